"""Labelled questions: read with errors that say the line, and turned into plans by what these answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kgqa.errors import InputError
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.execute import execute
from kgqa.reasoning.search import Planner
from kgqa.training.labelled import LabelledQuestion, read_labelled, right_plans
from kgqa.training.planner import labelled_examples
from kgqa.types import Relation
from tests.planner_graph import LetterEncoder, Names, capital_records

RELATIONS = [record for record in capital_records() if isinstance(record, Relation)]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("graph")
    store = SQLiteStore.create(folder / "store")
    store.write(capital_records(), source="test")
    return open_snapshot(folder / "snapshot", store)


def test_lines_are_read_and_other_fields_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text(
        '{"question": "capital of France?", "answers": ["Paris"], "plan": 1}\n\n{"question": "?", "answers": []}\n',
        encoding="utf-8",
    )
    assert list(read_labelled(file)) == [LabelledQuestion("capital of France?", ("Paris",))]


@pytest.mark.parametrize("line", ["{", "[]", '{"question": "a"}', '{"question": "a", "answers": "b"}'])
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text(f'{{"question": "a", "answers": ["b"]}}\n{line}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        list(read_labelled(file))


@pytest.mark.parametrize("answer", ["Paris", "paris"])
def test_the_plans_that_give_the_answers_are_right(graph: Snapshot, answer: str) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    text = "What is the capital of France?"
    proposal = planner.propose(text, Names(graph)(text))
    right = right_plans(proposal.candidates, proposal.scores, [answer], graph)
    assert len(right)
    for place in right:
        nodes = execute(proposal.candidates[place].plan, graph).nodes
        assert [graph.label(node) for node in nodes.tolist()] == ["Paris"]


def test_answers_that_no_plan_gives_make_none_right(graph: Snapshot) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    questions = [LabelledQuestion("What is the capital of France?", ("Atlantis",))]
    (example,) = labelled_examples(planner, LetterEncoder(), questions, Names(graph))
    assert np.array_equal(example.right, np.asarray([], dtype=np.int64))
