"""The contract of an index of names on the one that lies in files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa.graph.store import GraphStore
from kgqa.index.contract import NameIndex
from kgqa.index.text import TextIndex
from kgqa.types import Entity, Passage
from tests.contract.name_index import MakeNames, NameIndexContract


class TestTextIndex(NameIndexContract):
    @pytest.fixture
    def make_index(self, tmp_path: Path) -> Iterator[MakeNames]:
        with TextIndex.open(tmp_path / "text") as index:

            def make(store: GraphStore) -> NameIndex:
                index.refresh(store)
                return index

            yield make

    def test_names_that_are_kept_elsewhere_are_read_when_they_are_wanted_after_all(
        self, store: GraphStore, tmp_path: Path
    ) -> None:
        store.write([Entity("A", "Alpha"), Passage("p", "Alpha comes first.")], source="a")
        with TextIndex.open(tmp_path / "apart") as index:
            index.refresh(store, names=False)
            assert index.counts() == (1, 0)
            store.write([Entity("B", "Beta")], source="b")
            index.refresh(store, names=False)
            assert index.counts() == (1, 0)
            assert index.refresh(store)
            assert index.counts() == (1, 2)
            store.write([Entity("C", "Gamma")], source="c")
            index.refresh(store, names=False)  # those that are there are kept up to date
            assert [entry.name for entry in index.lookup(["gamma"])] == ["Gamma"]
