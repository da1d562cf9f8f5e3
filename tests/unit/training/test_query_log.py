"""A log of questions: read with errors that say the line; questions asked alike agree on one reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from kgqa.errors import InputError
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search.ranking.outline import Layout
from kgqa.training.examples import Example, Reading
from kgqa.training.planner import train_planner
from kgqa.training.query_log import agreed, read_log, surest
from kgqa.types import Relation
from tests.planner_graph import Names, capital_records
from tests.tiny_bert import tiny_encoder


def asked(text: str, *plans: tuple[int, ...]) -> Example:
    """A question with a name masked; its plans are walks of columns, one after another."""
    elements = [(number, 1, depth, column) for number, walk in enumerate(plans) for depth, column in enumerate(walk)]
    operators = [(number, 11 + len(walk)) for number, walk in enumerate(plans)]
    layout = Layout(len(plans), np.asarray(elements), np.asarray(operators))
    reading = Reading(text, np.arange(len(plans)), layout)
    return Example(np.zeros((len(plans), 1), dtype=np.float32), np.empty(0, dtype=np.int64), "asked", (reading,))


def test_lines_are_read_and_other_fields_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text('{"question": "capital of France?", "id": "7"}\n\n{"question": "?"}\n', encoding="utf-8")
    assert list(read_log(file)) == ["capital of France?", "?"]


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "a"}', '{"question": 1}'])
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(f'{{"question": "a"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        list(read_log(file))


def test_questions_asked_alike_agree_on_what_leads_on_for_all_of_them() -> None:
    log = [asked("who made [MASK]", (0,), (1,)), asked("who made [MASK]", (1,), (2,)), asked("who made [MASK]", (1,))]
    scores = [np.asarray([1.0, 0.5]), np.asarray([0.2, 0.0]), np.asarray([0.0])]
    found = agreed(log, scores)
    assert {item.place: item.right.tolist() for item in found} == {0: [1], 1: [0], 2: [0]}


def test_a_question_worded_in_its_own_way_means_what_scores_highest() -> None:
    log = [asked("who made [MASK]", (0,), (1,)), asked("where is [MASK]", (0,), (1,))]
    found = agreed(log, [np.asarray([3.0, 0.0]), np.asarray([0.0, 1.0])])
    assert [(item.place, item.right.tolist()) for item in found] == [(0, [0]), (1, [1])]  # the surest first


def test_each_number_of_hops_gives_its_surest() -> None:
    log = [asked(f"q{number} [MASK]", (0,), (1, 2)) for number in range(8)]
    short = [np.asarray([3.0 + number, 0.0]) for number in range(4)]
    long = [np.asarray([0.0, 1.0 + number / 10]) for number in range(4)]
    chosen = surest(agreed(log, [*short, *long]), 0.5, log)
    assert sorted((item.place, item.hops) for item in chosen) == [(2, 1), (3, 1), (6, 2), (7, 2)]


def test_of_questions_worded_alike_a_few_are_enough() -> None:
    log = [asked("who made [MASK]", (0,), (1,)) for _ in range(20)]
    assert len(surest(agreed(log, [np.asarray([1.0, 0.0])] * 20), 1.0, log)) == 8


def test_what_people_asked_is_learnt_from_and_the_same_log_gives_the_same_reader(tmp_path: Path) -> None:
    store = SQLiteStore.create(tmp_path / "store")
    store.write(capital_records(), source="test")
    graph = open_snapshot(tmp_path / "snapshot", store)
    relations = [record for record in capital_records() if isinstance(record, Relation)]
    logs = [[f"so which town governs {name}" for name in ("France", "Italy", "Spain")]] * 2
    readers = []
    for number, log in enumerate([*logs, []]):
        encoder = tiny_encoder(tmp_path / f"{number}" / "model")
        folder = tmp_path / f"{number}" / "planner"
        train_planner(graph, relations, encoder, folder, questions=120, steps=5, seed=5, log=log, link=Names(graph))
        (path,) = folder.glob("planner-*/reader.safetensors")
        readers.append(load_file(path))
    same, other = ({name: np.array_equal(readers[0][name], reader[name]) for name in reader} for reader in readers[1:])
    assert all(same.values())
    assert not other["head.key"]
