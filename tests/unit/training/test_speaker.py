"""Walks are said as questions: the name stands once in each, and no word is left hanging."""

from __future__ import annotations

import random

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search import Planner
from kgqa.training.choice import Chooser, Ways
from kgqa.training.lexis import Plain
from kgqa.training.phrase import MARK
from kgqa.training.speaker import Speaker
from kgqa.types import Entity, Relation, Triple
from tests.planner_graph import LetterEncoder

LABELS = {
    "directed": "directed by",
    "cast": "starred actors",
    "tongue": "in language",
    "genre": "has genre",
    "place": "located in",
    "capital": "capital of",
    "borders": "borders",
    "year": "release year",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("graph")
    store = SQLiteStore.create(folder / "store")
    store.write([Entity("a", label="Alpha", types=("film",)), Entity("b", label="Beta", types=("person",))], source="t")
    store.write([Triple("a", relation, "b") for relation in LABELS], source="t")
    return open_snapshot(folder / "snapshot", store)


@pytest.mark.parametrize("ways", list(Ways))
@pytest.mark.parametrize("relation", LABELS)
def test_every_form_of_label_is_said_with_the_name_once(snapshot: Snapshot, relation: str, ways: Ways) -> None:
    relations = [Relation(name, label=label) for name, label in LABELS.items()]
    schema = Planner(snapshot, relations, LetterEncoder()).schema
    speaker = Speaker(schema, Chooser(random.Random(0), ways), Plain())
    for part in (part for part, step in enumerate(schema.steps) if step.relation == relation):
        for others in ((), (int(schema.opposite[part]),), (0,)):
            said = [speaker.question((*others, part), [0, 1]) for _ in range(40)]
            assert all(text.count(MARK) == 1 and "  " not in text and text == text.strip() for text in said)
            assert len(set(said)) > 10


def test_a_name_is_introduced_by_what_it_is(snapshot: Snapshot) -> None:
    relations = [Relation(name, label=label) for name, label in LABELS.items()]
    schema = Planner(snapshot, relations, LetterEncoder()).schema
    speaker = Speaker(schema, Chooser(random.Random(0)), Plain())
    part = next(part for part, step in enumerate(schema.steps) if step.relation == "directed" and step.inverse)
    role = int(schema.opposite[part])
    said = [speaker.question((part,), [role]) for _ in range(200)]
    assert any(f"director {MARK}" in text or f"person {MARK}" in text for text in said)
