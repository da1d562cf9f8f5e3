"""What is to be completed where a called-for hop leads nowhere: that hop, and what the question asks beyond it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.plan import Hop, Start, Step
from kgqa.reasoning.search import Planner
from kgqa.types import Relation, Triple
from tests.planner_graph import LetterEncoder, Names, capital_records


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The small graph without what leads from France to others, its capital among it."""
    folder: Path = tmp_path_factory.mktemp("torn")
    with SQLiteStore.create(folder / "store") as store:
        kept = [item for item in capital_records() if not (isinstance(item, Triple) and "fr" in (item.head, item.tail))]
        store.write(kept, source="test")
        return open_snapshot(folder / "snapshot", store)


@pytest.fixture(scope="module")
def searcher(torn: Snapshot) -> Planner:
    return Planner(torn, [record for record in capital_records() if isinstance(record, Relation)], LetterEncoder())


FIRST = Hop(Start(("fr",)), Step("capital"))


def test_the_last_hop_of_a_question_is_completed(torn: Snapshot, searcher: Planner) -> None:
    question = "What is the capital of France?"
    found = searcher.search(question, Names(torn)(question))
    assert not found.plans or found.reason is not None
    assert found.missing == FIRST


def test_the_walk_goes_on_from_what_is_missing_where_the_question_asks_for_more(
    torn: Snapshot, searcher: Planner
) -> None:
    question = "Who was born in the capital of France?"
    found = searcher.search(question, Names(torn)(question))
    assert found.reason is not None
    assert found.missing == Hop(FIRST, Step("born_in", inverse=True))
    assert 0.0 < found.missing_probability <= 1.0
