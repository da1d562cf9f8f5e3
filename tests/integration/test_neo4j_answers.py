"""The same graph in a folder and on a server: the same answers, the same snapshot, the same files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.graph.neo4j.local import RunningServer
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Record, Relation, Same, Triple

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

QUESTIONS = (
    "What is the capital of France?",
    "Which countries border the country whose capital is Paris?",
    "How many countries border France?",
    "Which country has the largest population?",
    "Is Paris the capital of Spain?",
    "What is the population of Spain?",
    "What is the tower of Paris made of?",
    "Who rules Atlantis?",
)


def atlas() -> Iterator[Record]:
    yield Relation("capital_of", label="capital of", inverse_label="has capital", functional=True)
    yield Relation("borders", label="borders", symmetric=True)
    people = {"France": 68_000_000, "Spain": 48_000_000, "Italy": 59_000_000, "Belgium": 11_700_000}
    for name, number in people.items():
        size = {"population": Literal(str(number), LiteralType.INTEGER)}
        yield Entity(name.lower(), label=name, types=("country",), attributes=size)
    for city, country in (("Paris", "france"), ("Madrid", "spain"), ("Rome", "italy"), ("Brussels", "belgium")):
        yield Entity(city.lower(), label=city, types=("city",))
        yield Triple(city.lower(), "capital_of", country, {"valid_from": "0987"} if city == "Paris" else {})
    for other in ("spain", "italy", "belgium"):
        yield Triple("france", "borders", other)
    yield Passage(
        "p1", "The tower of Paris is made of wrought iron.", title="Paris", mentions=(MentionSpan(13, 18, "paris"),)
    )
    yield Same("paris", "http://example.org/paris")


def told(answer: Any) -> dict[str, Any]:
    data = answer.to_dict()
    data.pop("timing_ms")
    return data


def test_answers_and_exports_are_those_of_the_embedded_store(empty: RunningServer, tmp_path: Path) -> None:
    settings = load_settings(work=tmp_path / "work")
    with (
        Engine.create(tmp_path / "store", settings=settings) as here,
        Engine.create(empty.uri, settings=settings) as there,
    ):
        for engine in (here, there):
            engine.ingest(list(atlas()), source_name="atlas")
            engine.ingest(
                [Triple("madrid", "capital_of", "spain"), Entity("spain", label="España")], source_name="blog"
            )
            engine.index()
        for question in QUESTIONS:
            assert told(there.ask(question)) == told(here.ask(question)), question
        assert here.ask(QUESTIONS[0]).answers[0].label == "Paris"
        for engine, name in ((here, "here"), (there, "there")):
            engine.delete(source="blog")
            engine.export(tmp_path / f"{name}.jsonl")
        assert (tmp_path / "here.jsonl").read_bytes() == (tmp_path / "there.jsonl").read_bytes()
        assert told(there.ask(QUESTIONS[5])) == told(here.ask(QUESTIONS[5]))
