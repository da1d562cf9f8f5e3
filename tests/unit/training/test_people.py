"""People's questions as lessons for a reader of any graph: what is right and what is nested into what."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from eval.benchmarks.simple_questions import Asker, facts, questions, reverses
from kgqa.graph.formats import read
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search.ranking.outline import slot_of
from kgqa.reasoning.search.vocabulary.schema import Schema, build_schema
from tests.planner_graph import LetterEncoder

RELATIONS = ("/book/work/author", "/book/author/works", "/people/person/birthplace", "/film/film/director")
FACTS = [("m/1", 0, "m/2"), ("m/2", 1, "m/1"), ("m/2", 2, "m/3"), ("m/9", 3, "m/2"), ("m/4", 0, "m/5")]
TEXTS = ["who is the author of one", "name a work by two", "where was two born", "who directed nine", "who wrote four"]
MASKED = [
    ("1", "who is the author of #head_entity# ?"),
    ("2", "name a work by #head_entity#"),
    ("3", "where was #head_entity# born"),
    ("4", "who directed #head_entity#"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prefix = "www.freebase.com"
    rows = [f"{prefix}/{h}\t{prefix}{RELATIONS[r]}\t{prefix}/{t}\t{text}\n" for (h, r, t), text in zip(FACTS, TEXTS)]
    mapped = [f"Q1\tP50\tQ2\t{TEXTS[0]}\n", f"Q2\tR50\tQ1\t{TEXTS[1]}\n", f"Q2\tP19\tQ3\t{TEXTS[2]}\n"]
    pool = [f"{gold}\t1 2 3\t{text}\n" for gold, text in MASKED]
    files = {
        "annotated_fb_data_valid.txt": rows,
        "annotated_fb_data_test.txt": [],
        "annotated_wd_data_valid.txt": mapped,
        "annotated_wd_data_test.txt": [],
        "valid.replace_ne.withpool": pool,
        "test.replace_ne.withpool": [],
        "relation.2M.list": [f"{relation}\n" for relation in RELATIONS],
    }
    for name, lines in files.items():
        (tmp_path / name).write_text("".join(lines), encoding="utf-8")
    return tmp_path


def graph(folder: Path) -> tuple[Snapshot, Schema]:
    path = folder / "facts.tsv"
    path.write_text("".join("\t".join(fact) + "\n" for fact in facts(folder)), encoding="utf-8")
    store = SQLiteStore.create(folder / "store")
    store.write(read(path), source="facts")
    snapshot = open_snapshot(folder / "snapshot", store)
    return snapshot, build_schema(snapshot, store.relations(), LetterEncoder())


def test_films_are_left_out(folder: Path) -> None:
    known = {relation for _, relation, _ in facts(folder)}
    assert known == set(RELATIONS[:3])
    assert [one.right for one in questions(folder, frozenset(known))] == [(relation,) for relation in RELATIONS[:3]]


def test_relations_mapped_to_a_property_and_its_inverse_lead_back(folder: Path) -> None:
    assert reverses(folder) == {RELATIONS[0]: {RELATIONS[1]}, RELATIONS[1]: {RELATIONS[0]}}


def test_a_nested_question_is_answered_by_both_relations_in_order(folder: Path) -> None:
    _, schema = graph(folder)
    asker = Asker(folder, schema, facts(folder), "[MASK]", random.Random(0))
    found = {
        reading.text: [
            (schema.steps[column].relation, schema.steps[column].inverse, slot)
            for plan, _, slot, column in reading.plans.elements.tolist()
            if plan in right.tolist()
        ]
        for (reading,), right in asker.examples(asker.asked, 200, nested=0.9)
    }
    first, second = slot_of(0, 2), slot_of(1, 2)
    author = {(RELATIONS[0], False, first), (RELATIONS[1], True, first)}
    assert set(found["where was the author of [MASK] born"]) <= author | {(RELATIONS[2], False, second)}
    assert found["where was [MASK] born"] == [(RELATIONS[2], False, slot_of(0, 1))]


def test_a_wrong_walk_is_never_one_that_says_the_same(folder: Path) -> None:
    _, schema = graph(folder)
    asker = Asker(folder, schema, facts(folder), "[MASK]", random.Random(1))
    author = schema.steps.index(next(s for s in schema.steps if s.relation == RELATIONS[0] and not s.inverse))
    by_work = schema.steps.index(next(s for s in schema.steps if s.relation == RELATIONS[1] and s.inverse))
    for (reading,), right in asker.examples(asker.asked, 100, nested=0.0):
        if reading.text == "who is the author of [MASK]":
            rows = reading.plans.elements[reading.plans.elements[:, 2] == slot_of(0, 1)]
            operators = reading.plans.operators
            counted = {plan for plan in rows[:, 0] if (operators[:, 0] == plan).sum() > 1}
            same = {plan for plan, column in rows[:, [0, 3]].tolist() if column in (author, by_work)} - counted
            assert same <= set(right.tolist())
