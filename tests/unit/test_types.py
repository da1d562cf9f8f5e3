"""The words everyone speaks: immutable, light, and JSON that any reader understands."""

from __future__ import annotations

import dataclasses
import json

import pytest
from jsonschema import Draft202012Validator

import kgqa.types
from kgqa.evaluation.schemas import load_schema
from kgqa.types import (
    Answer,
    AnswerItem,
    AnswerKind,
    Candidate,
    Claim,
    Literal,
    LiteralType,
    Mention,
    PassageEvidence,
    Reason,
    ReasonCode,
    TripleEvidence,
    Verdict,
    VerdictLabel,
    VerdictStep,
)

RECORDS = [thing for thing in vars(kgqa.types).values() if isinstance(thing, type) and dataclasses.is_dataclass(thing)]
EVIDENCE = (
    TripleEvidence(1, "po", "discovered_by", "mc", "Polonium", "discovered by", "Marie Curie", sources=("s",)),
    PassageEvidence(2, "p1", 3, 8, "words", sources=("s",), score=0.123456),
)
SUPPORTED = Verdict(
    VerdictLabel.SUPPORTED, (VerdictLabel.SUPPORTED,), (VerdictStep("hop", ("po",), ("mc",), True, (1,)),)
)
ANSWER = Answer(
    "Who discovered polonium?",
    "Marie Curie [1].",
    12,
    SUPPORTED,
    answers=(AnswerItem(AnswerKind.ENTITY, "Marie Curie", 0.97, id="mc"),),
    claims=(Claim("Marie Curie [1].", (1,)),),
    evidence=EVIDENCE,
    linked=(Mention("polonium", 15, 23, (Candidate(4, "po", "Polonium", 0.99, "exact"),)),),
    confidence=0.912345,
    answers_total=1,
    evidence_total=2,
    timing_ms={"total": 6.12345},
    id="q1",
)
NO_NAME = Reason(ReasonCode.NO_ENTITY, "no name")
ABSTENTION = Answer("Who?", "I do not know.", 12, Verdict(VerdictLabel.UNANSWERABLE), reason=NO_NAME, id="2")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_is_frozen_and_has_slots(record: type) -> None:
    assert record.__dataclass_params__.frozen
    assert "__slots__" in vars(record)


@pytest.mark.parametrize("answer", [ANSWER, ABSTENTION], ids=["answer", "abstention"])
def test_an_answer_is_a_line_of_the_published_format(answer: Answer) -> None:
    line = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert [error.message for error in Draft202012Validator(load_schema("answer")).iter_errors(line)] == []


def test_an_abstention_is_an_answer_with_a_reason() -> None:
    assert not ANSWER.abstained
    assert ABSTENTION.abstained
    assert ABSTENTION.to_dict()["reason"] == {"code": "no_entity", "detail": "no name"}


def test_a_name_that_the_graph_lacks_links_to_nothing() -> None:
    assert Mention("Atlantis", 0, 8).to_dict() == {
        "mention": "Atlantis", "start": 0, "end": 8, "id": None, "score": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (Literal("42", LiteralType.INTEGER), 42),
        (Literal("4.5", LiteralType.DECIMAL), 4.5),
        (Literal("True", LiteralType.BOOLEAN), True),
        (Literal("0", LiteralType.BOOLEAN), False),
        (Literal("-0044", LiteralType.YEAR), "-0044"),
        (Literal("many", LiteralType.INTEGER), "many"),
        (Literal("perhaps", LiteralType.BOOLEAN), "perhaps"),
        (Literal("NaN", LiteralType.DECIMAL), "NaN"),
        (Literal("-INF", LiteralType.DECIMAL), "-INF"),
        (Literal("1e999", LiteralType.DECIMAL), "1e999"),
    ],
)
def test_a_literal_is_a_json_value_or_stays_text(literal: Literal, value: object) -> None:
    assert literal.python_value() == value
    assert type(literal.python_value()) is type(value)
    assert json.loads(json.dumps(literal.to_dict(), allow_nan=False))["value"] == value


def test_a_quantity_is_shown_with_its_unit() -> None:
    quantity = Literal("254", LiteralType.INTEGER, unit="degC")
    assert quantity.label() == "254 degC"
    assert quantity.to_dict() == {"value": 254, "type": "integer", "unit": "degC"}
    assert Literal("ville", lang="fr").to_dict() == {"value": "ville", "type": "string", "lang": "fr"}
