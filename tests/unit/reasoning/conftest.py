"""The small graph of ``tests/planner_graph.py``, opened once."""

from __future__ import annotations

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search import Planner
from kgqa.types import Relation
from tests.planner_graph import LetterEncoder, Names, capital_records


@pytest.fixture(scope="session")
def capital_graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("graph")
    store = SQLiteStore.create(folder / "store")
    store.write(capital_records(), source="test")
    return open_snapshot(folder / "snapshot", store)


@pytest.fixture(scope="session")
def planner(capital_graph: Snapshot) -> Planner:
    relations = [record for record in capital_records() if isinstance(record, Relation)]
    return Planner(capital_graph, relations, LetterEncoder())


@pytest.fixture(scope="session")
def names(capital_graph: Snapshot) -> Names:
    return Names(capital_graph)
