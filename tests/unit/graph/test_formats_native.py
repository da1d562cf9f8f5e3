"""Native JSONL: what it accepts, what it refuses and says, what it writes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from kgqa.errors import InputError
from kgqa.graph.blocks import TripleBlock
from kgqa.graph.formats import read, record_from_dict, record_to_dict, write_jsonl
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Relation, Same, Triple

CONTRACT = """\
{"entity": {"id": "Q90", "label": "Paris", "labels": {"ja": "パリ"}, "aliases": {"en": ["City of Light"]}, "types": ["city"], "description": "...", "attributes": {"population": 2100000}}}
{"triple": {"head": "Q90", "relation": "capital_of", "tail": "Q142", "qualifiers": {"valid_from": "0987"}}}
{"relation": {"id": "capital_of", "label": "capital of", "aliases": {"en": ["seat of government of"]}, "inverse_label": "has capital", "functional": true}}
{"passage": {"id": "p7", "title": "Paris", "text": "Paris is a city.", "language": "en", "document": "d", "mentions": [{"start": 0, "end": 5, "entity": "Q90"}]}}
{"same": {"a": "Q90", "b": "dbpedia:Paris"}, "source": "links"}
"""  # noqa: E501


def test_the_examples_of_the_contract_read_as_the_records_they_describe(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text(CONTRACT, encoding="utf-8")
    assert list(read(path)) == [
        Entity(
            "Q90",
            "Paris",
            {"ja": "パリ"},
            {"en": ("City of Light",)},
            ("city",),
            "...",
            attributes={"population": Literal("2100000", LiteralType.INTEGER)},
        ),
        Triple("Q90", "capital_of", "Q142", {"valid_from": "0987"}),
        Relation(
            "capital_of",
            "capital of",
            aliases={"en": ("seat of government of",)},
            inverse_label="has capital",
            functional=True,
        ),
        Passage("p7", "Paris is a city.", "Paris", "en", "d", mentions=(MentionSpan(0, 5, "Q90"),)),
        Same("Q90", "dbpedia:Paris", "links"),
    ]


def test_writing_what_was_read_gives_the_same_lines(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text(CONTRACT, encoding="utf-8")
    out = io.StringIO()
    assert write_jsonl(read(path), out) == 5
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        json.loads(line) for line in CONTRACT.splitlines()
    ]


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (3, Literal("3", LiteralType.INTEGER)),
        (2.5, Literal("2.5", LiteralType.DECIMAL)),
        (True, Literal("true", LiteralType.BOOLEAN)),
        ("red", Literal("red")),
        ({"value": 12, "unit": "km"}, Literal("12", LiteralType.INTEGER, "km")),
        ({"value": "1898-07", "type": "date"}, Literal("1898-07", LiteralType.DATE)),
        ({"value": -44, "type": "year"}, Literal("-44", LiteralType.YEAR)),
        ({"value": "rot", "lang": "de"}, Literal("rot", lang="de")),
        ([1, "a"], (Literal("1", LiteralType.INTEGER), Literal("a"))),
    ],
)
def test_attribute_shorthand_is_typed(value: object, literal: object) -> None:
    record = record_from_dict({"entity": {"id": "x", "attributes": {"a": value}}})
    assert isinstance(record, Entity) and record.attributes["a"] == literal


@pytest.mark.parametrize(
    "literal",
    [
        Literal("007", LiteralType.INTEGER),
        Literal("2.50", LiteralType.DECIMAL),
        Literal("1", LiteralType.BOOLEAN),
        Literal("1e400", LiteralType.DECIMAL),
        Literal("", LiteralType.STRING),
    ],
)
def test_a_lexical_form_that_json_numbers_would_change_survives(literal: Literal) -> None:
    record = Triple("a", "r", literal)
    assert record_from_dict(json.loads(json.dumps(record_to_dict(record)))) == record


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no JSON"),
        ("[]", "a record is a JSON object"),
        ('{"entity": {"id": "a"}, "triple": {}}', "exactly one of"),
        ('{"entty": {"id": "a"}}', "'entty'"),
        ('{"entity": {"id": "a", "lable": "x"}}', "unknown field 'lable'"),
        ('{"entity": {"label": "x"}}', "entity has no id"),
        ('{"entity": {"id": " "}}', "id is empty"),
        ('{"entity": {"id": 5}}', "id must be text"),
        ('{"entity": {"id": "a", "aliases": ["x"]}}', "aliases must be an object"),
        ('{"entity": {"id": "a", "aliases": {"en": "x"}}}', "must be a list"),
        ('{"entity": {"id": "a", "attributes": {"p": NaN}}}', "NaN"),
        ('{"entity": {"id": "a", "attributes": {"p": {"value": "x", "type": "integer"}}}}', "attribute 'p'"),
        ('{"entity": {"id": "a", "attributes": {"p": {"value": 1, "type": "boolean"}}}}', "does not read as boolean"),
        ('{"entity": {"id": "a", "attributes": {"p": {"value": 1, "kind": "integer"}}}}', "unknown field 'kind'"),
        ('{"triple": {"head": "a", "relation": "", "tail": "b"}}', "relation is empty"),
        ('{"triple": {"head": "a", "relation": "r"}}', "triple has no tail"),
        ('{"triple": {"head": "\\ud800", "relation": "r", "tail": "b"}}', "surrogate"),
        ('{"relation": {"id": "r", "functional": "yes"}}', "true or false"),
        ('{"passage": {"id": "p"}}', "passage has no text"),
        ('{"passage": {"id": "p", "text": "ab", "mentions": [{"start": 1, "end": 3, "entity": "e"}]}}', "outside"),
        ('{"passage": {"id": "p", "text": "ab", "mentions": [{"start": 1, "end": 1, "entity": "e"}]}}', "outside"),
        ('{"passage": {"id": "p", "text": "ab", "mentions": [{"start": true, "end": 2, "entity": "e"}]}}', "start"),
    ],
)
def test_a_bad_record_is_refused_with_its_line_and_reason(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text('{"entity": {"id": "good"}}\n\n' + line + "\n", encoding="utf-8")
    reader = read(path)
    assert next(reader) == Entity("good")
    with pytest.raises(InputError) as caught:
        list(reader)
    assert says in str(caught.value)
    assert caught.value.line == 3 and str(path) in str(caught.value)


def test_offsets_count_code_points() -> None:
    record = record_from_dict(
        {"passage": {"id": "p", "text": "😀 Paris", "mentions": [{"start": 2, "end": 7, "entity": "Q90"}]}}
    )
    assert isinstance(record, Passage) and record.text[2:7] == "Paris"


def test_ids_are_brought_to_nfc_and_texts_are_left_alone() -> None:
    record = record_from_dict({"entity": {"id": "Cafe\u0301", "label": "Cafe\u0301"}})
    assert record == Entity("Café", "Cafe\u0301")


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old", encoding="utf-8")

    def records():  # type: ignore[no-untyped-def]
        yield Entity("a")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        write_jsonl(records(), target)
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_sorted_writing_gives_equal_bytes_for_equal_records(tmp_path: Path) -> None:
    records = [Entity("b", labels={"fr": "x", "de": "y"}), Triple("a", "r", "b"), Entity("a")]
    again = [Entity("a"), Triple("a", "r", "b"), Entity("b", labels={"de": "y", "fr": "x"})]
    write_jsonl(records, tmp_path / "1.jsonl", sort=True)
    write_jsonl(again, tmp_path / "2.jsonl", sort=True)
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_neighbouring_plain_triples_come_in_blocks_and_everything_in_its_order(tmp_path: Path) -> None:
    records = [
        Triple("a", "r", "b"),
        Triple("c", "r", "d"),
        Entity("a", "A"),
        Triple("é", "r", "b"),
        Triple("a", "r", "b", source="s"),
        Triple("a", "r", Literal("1", LiteralType.INTEGER)),
        Triple("a", "r", "b", {"q": "x"}),
        *(Triple(f"h{number}", "r", "t") for number in range(5_000)),
    ]
    write_jsonl(records, tmp_path / "facts.jsonl")
    items = list(read(tmp_path / "facts.jsonl").items())
    assert [len(item) for item in items if isinstance(item, TripleBlock)] == [2, 4096, 904]
    assert list(read(tmp_path / "facts.jsonl")) == records


def test_triples_before_a_bad_line_are_read_and_the_line_is_named(tmp_path: Path) -> None:
    good = '{"triple": {"head": "a", "relation": "r", "tail": "b"}}\n'
    path = tmp_path / "facts.jsonl"
    path.write_text(good * 3 + '{"triple": {"head": " ", "relation": "r", "tail": "b"}}\n' + good, encoding="utf-8")
    reader = read(path)
    assert [next(reader) for _ in range(3)] == [Triple("a", "r", "b")] * 3
    with pytest.raises(InputError, match="head is empty") as caught:
        next(reader)
    assert caught.value.line == 4
    kept = read(path, on_error="skip")
    assert len(list(kept)) == 4 and kept.report.skipped == 1
