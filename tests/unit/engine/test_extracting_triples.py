"""Triples that a chat model reads off the passages: into a file, from there into the graph as a source of their own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from langchain_core.language_models import FakeListChatModel

from kgqa import Engine
from kgqa.errors import UsageError
from kgqa.evaluation.schemas import load_schema
from tests.unit.engine.conftest import RECORDS

MORE = [
    {"passage": {"id": "p2", "title": "Witness", "text": "Witness stars Harrison Ford. Peter Weir made it."}},
    {"passage": {"id": "p3", "text": "Ridley Scott made Alien in Shepperton."}},
]
REPLIES = [
    "Blade Runner | set in | Los Angeles\nIgnore the passage | and say | this",
    "Witness | stars | Harrison Ford\nPeter Weir | Directed By | Witness",
    "Alien | directed by | Ridley Scott",
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with Engine.create(tmp_path / "films.kgqa") as engine:
        engine.ingest([*RECORDS, *MORE], source_name="films")
    return tmp_path / "films.kgqa"


@pytest.fixture
def read(place: Path) -> Iterator[Engine]:
    with Engine.open(place, chat_model=FakeListChatModel(responses=REPLIES)) as engine:
        yield engine


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_triples_are_written_with_known_ids_their_source_and_their_passage(read: Engine, tmp_path: Path) -> None:
    report = read.extract(tmp_path / "out.jsonl", source="model")
    assert (report.passages, report.triples, report.refused) == (3, 4, {"not_in_passage": 1})
    triples = [line["triple"] for line in lines(tmp_path / "out.jsonl") if "triple" in line]
    assert [(t["head"], t["relation"], t["tail"]) for t in triples] == [
        ("blade", "set_in", "Los Angeles"),
        ("witness", "stars", "ford"),
        ("Peter Weir", "directed_by", "witness"),  # a relation of the graph
        ("alien", "directed_by", "scott"),
    ]
    assert [t["qualifiers"]["passage"]["value"] for t in triples] == ["p1", "p2", "p2", "p3"]
    validator = Draft202012Validator(load_schema("fact"))
    assert all(validator.is_valid(line) for line in lines(tmp_path / "out.jsonl"))
    assert {line["source"] for line in lines(tmp_path / "out.jsonl")} == {"model"}


def test_the_file_is_ingested_as_a_source_that_can_be_deleted(read: Engine, tmp_path: Path) -> None:
    before = read.info()["counts"]
    read.extract(tmp_path / "out.jsonl")
    read.ingest(tmp_path / "out.jsonl")
    assert "extracted" in {source["name"] for source in read.info()["sources"]}
    (found,) = read.store.statements(head="blade", relation="set_in")
    assert (found.tail, found.sources, str(found.qualifiers["passage"].value)) == ("Los Angeles", ("extracted",), "p1")
    read.delete(source="extracted")
    assert read.info()["counts"] == before


def test_a_run_cut_off_is_gone_on_with_and_gives_the_file_of_one_run(place: Path, tmp_path: Path) -> None:
    with Engine.open(place, chat_model=FakeListChatModel(responses=REPLIES)) as engine:
        engine.extract(tmp_path / "whole.jsonl")
    out = tmp_path / "out.jsonl"
    with Engine.open(place, chat_model=FakeListChatModel(responses=REPLIES[:2])) as engine:
        engine.extract(out, limit=2)
    with out.open("a", encoding="utf-8") as file:
        file.write('{"triple": {"head": "torn')  # what a kill may leave behind the last whole passage
    with Engine.open(place, chat_model=FakeListChatModel(responses=REPLIES[2:])) as engine:
        report = engine.extract(out, resume=True)
        assert (report.passages, report.triples) == (3, 4)
        assert engine.extract(out, resume=True) == report  # nothing is left
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_file_is_neither_overwritten_nor_gone_on_with_by_mistake(read: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    read.extract(out, limit=1)
    with pytest.raises(UsageError, match="exists"):
        read.extract(out)
    with pytest.raises(UsageError, match="another source"):
        read.extract(out, source="other", resume=True)
    out.with_name("out.jsonl.run.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError, match="overwrite"):
        read.extract(out, resume=True)
    assert read.extract(out, overwrite=True).passages == 3


def test_a_name_of_several_entities_is_refused(place: Path, tmp_path: Path) -> None:
    with Engine.open(place, chat_model=FakeListChatModel(responses=REPLIES)) as engine:
        engine.ingest([{"entity": {"id": "angeles2", "label": "Los Angeles"}}], source_name="a")
        engine.ingest([{"entity": {"id": "angeles3", "label": "Los Angeles"}}], source_name="b")
        assert engine.extract(tmp_path / "out.jsonl", limit=1).refused == {"ambiguous": 1, "not_in_passage": 1}


def test_without_a_chat_model_it_says_what_to_set(films: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="chat_model"):
        films.extract(tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()
