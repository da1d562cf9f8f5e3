"""The store contract on the embedded store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa.graph.sqlite import SQLiteStore
from kgqa.graph.store import GraphStore
from tests.contract.graph_store import GraphStoreContract, MakeStore


class TestSQLiteStore(GraphStoreContract):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Iterator[MakeStore]:
        stores: list[GraphStore] = []

        def make() -> GraphStore:
            stores.append(SQLiteStore.create(tmp_path / str(len(stores))))
            return stores[-1]

        yield make
        for store in stores:
            store.close()
