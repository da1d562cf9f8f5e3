"""The library's store, snapshot and text index, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.retrieval.retriever import Retriever
from tests.unit.retrieval.library import RECORDS


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteStore]:
    with SQLiteStore.create(tmp_path_factory.mktemp("library") / "store") as store:
        store.write(RECORDS, source="library")
        yield store


@pytest.fixture(scope="session")
def snapshot(store: SQLiteStore, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return open_snapshot(tmp_path_factory.mktemp("snapshot"), store)


@pytest.fixture(scope="session")
def text(store: SQLiteStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextIndex]:
    with TextIndex.open(tmp_path_factory.mktemp("text")) as index:
        index.refresh(store)
        yield index


@pytest.fixture
def retriever(store: SQLiteStore, snapshot: Snapshot, text: TextIndex) -> Retriever:
    return Retriever(store, snapshot, text, link=Linker(snapshot, text).link)
