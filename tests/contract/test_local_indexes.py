"""The contracts of the indexes on those that lie in files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.contract import PassageIndex, VectorSearch
from kgqa.index.text import TextIndex
from kgqa.index.vector_refresh import refresh_vectors
from tests.contract.passage_index import MakeIndex, PassageIndexContract
from tests.contract.vector_search import HashEncoder, MakeVectors, VectorSearchContract


class TestTextIndex(PassageIndexContract):
    @pytest.fixture
    def make_index(self, tmp_path: Path) -> Iterator[MakeIndex]:
        with TextIndex.open(tmp_path / "text") as index:

            def make(store: GraphStore) -> PassageIndex:
                index.refresh(store)
                return index

            yield make


class TestVectorIndex(VectorSearchContract):
    @pytest.fixture(params=[None, 100], ids=["exact", "by a graph"])
    def make_index(self, tmp_path: Path, request: pytest.FixtureRequest) -> MakeVectors:
        if request.param is not None:
            pytest.importorskip("faiss")

        def make(store: GraphStore, encoder: HashEncoder) -> VectorSearch:
            snapshot = open_snapshot(tmp_path / "snapshot", store)
            return refresh_vectors(tmp_path / "vectors", store, snapshot, encoder, approximate_above=request.param)

        return make
