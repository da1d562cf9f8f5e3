"""The schemas say yes to what the contracts show and what we write, and no to what is wrong."""

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from kgqa.engine.reports import BatchError
from kgqa.errors import NotFoundError
from kgqa.evaluation import evaluate
from kgqa.evaluation.schemas import load_schema, schema_names
from kgqa.reasoning import plan as algebra
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

HOP = algebra.Hop(
    algebra.Start(("Q1", Literal("7", LiteralType.INTEGER))),
    algebra.Step("r", inverse=True),
    where=(algebra.QualifierCondition("at", algebra.Comparison.LESS, Literal("1900", LiteralType.YEAR)),),
    during=algebra.TimeSpan("1900", None),
    completed=True,
)
PATH = (algebra.Step("p"),)
PLANS = [
    HOP,
    algebra.Intersect((HOP, algebra.OfType("t"))),
    algebra.Union((HOP, HOP)),
    algebra.Difference(HOP, HOP),
    algebra.TypeFilter(HOP, "t"),
    algebra.ValueFilter(HOP, PATH, algebra.Comparison.EQUAL, Literal("5", LiteralType.DECIMAL, unit="m")),
    algebra.HasFilter(HOP, PATH, HOP, negated=True),
    algebra.Superlative(HOP, PATH, largest=False, count=True, rank=2),
    algebra.Count(HOP),
    algebra.Exists(HOP, HOP),
    algebra.Exists(HOP),
    algebra.Compare(HOP, HOP, PATH, algebra.Comparison.GREATER, which=False),
]


class Shown:
    def to_dict(self):
        return algebra.plan_to_dict(HOP)


ANSWER = Answer(
    question="?",
    text="Paris [1].",
    revision=3,
    verdict=Verdict(
        VerdictLabel.SUPPORTED, (VerdictLabel.SUPPORTED,), (VerdictStep("hop", ("Q1",), ("Q90",), True, (1,)),)
    ),
    answers=(
        AnswerItem(AnswerKind.ENTITY, "Paris", 0.9, id="Q90"),
        AnswerItem(AnswerKind.VALUE, "5 m", 0.9, value=5, type="integer", unit="m"),
        AnswerItem(AnswerKind.COUNT, "3", 0.9, value=3, type="integer"),
        AnswerItem(AnswerKind.BOOLEAN, "yes", 0.9, value=True),
        AnswerItem(AnswerKind.TEXT, "in 1898", 0.9, citation=2),
    ),
    claims=(Claim("Paris", (1,)),),
    evidence=(
        TripleEvidence(1, "Q1", "r", "Q90", "a", "b", "c", {"at": "1900"}, ("s",), True, 0.7),
        PassageEvidence(2, "p7", 0, 3, "abc", ("s",), 0.4, "title"),
    ),
    linked=(Mention("x", 0, 1, (Candidate(1, "Q1", "x", 0.9, "exact"),)), Mention("y", 2, 3)),
    plan=Shown(),
    plan_text="in words",
    confidence=0.9,
    answers_total=5,
    evidence_total=2,
    timing_ms={"total": 1.23456},
    id="q1",
)
ABSTAINED = Answer(
    question="?",
    text="I do not know.",
    revision=3,
    verdict=Verdict(VerdictLabel.UNANSWERABLE),
    reason=Reason(ReasonCode.NO_ANSWER, "nothing there"),
    candidates=(AnswerItem(AnswerKind.ENTITY, "Paris", 0.1, id="Q90"),),
)
RUN = {
    "format": "kgqa-run/1", "version": "0.1.0", "questions": {"count": 1, "sha256": "0" * 64},
    "revision": 1, "graph": {}, "models": {}, "settings": {"seed": 0},
}  # fmt: skip
QUESTION = {
    "id": "q1", "question": "...", "entities": ["Q42"], "answers": ["Q90"], "aliases": {"Q90": ["Paris"]},
    "paths": [["r1", "^r2"]], "passages": ["p7"], "type": "2-hop",
}  # fmt: skip
FACTS = [
    {"entity": {"id": "Q90", "label": "Paris", "labels": {"ja": "パリ"}, "aliases": {"en": ["City of Light"]},
                "types": ["city"], "description": "...", "attributes": {"population": 2100000}}},
    {"triple": {"head": "Q90", "relation": "capital_of", "tail": "Q142", "qualifiers": {"valid_from": "0987"}}},
    {"triple": {"head": "Q90", "relation": "area", "tail": {"value": 1.5, "type": "decimal", "unit": "m"}},
     "source": "s"},
    {"relation": {"id": "capital_of", "label": "capital of", "aliases": {"en": ["seat of government of"]},
                  "inverse_label": "has capital", "functional": True}},
    {"passage": {"id": "p7", "title": "Paris", "text": "...", "language": "en", "document": "...",
                 "mentions": [{"start": 0, "end": 2, "entity": "Q90"}]}},
    {"same": {"a": "Q90", "b": "dbr:Paris"}},
]  # fmt: skip


def report():
    answers = [{"id": "a", "answers": ["x"], "confidence": 0.5, "timing_ms": {"total": 2}}]
    gold = [{"id": "a", "answers": ["x"], "type": "t"}, {"id": "b", "answers": []}]
    return evaluate(answers, gold, against=answers, resamples=3).to_dict()


GOOD = [
    ("question", QUESTION),
    ("question", {"question": "only this"}),
    ("gold", QUESTION),
    ("gold", {"answers": [7, True, "x"]}),
    *(("fact", fact) for fact in FACTS),
    *(("plan", algebra.plan_to_dict(plan)) for plan in PLANS),
    ("answer", ANSWER.to_dict()),
    ("answer", ABSTAINED.to_dict()),
    ("batch-error", BatchError("q1", 3, "bad_input", "why").to_dict()),
    ("batch-error", BatchError(None, None, "plan", "why").to_dict()),
    ("report", report()),
    ("run", RUN),
]


def valid(name, data):
    return Draft202012Validator(load_schema(name)).is_valid(json.loads(json.dumps(data)))


@pytest.mark.parametrize(("name", "data"), GOOD)
def test_what_is_right_is_valid(name, data):
    errors = [
        error.message for error in Draft202012Validator(load_schema(name)).iter_errors(json.loads(json.dumps(data)))
    ]
    assert errors == []


def test_every_operator_of_the_algebra_has_its_schema():
    shown = {option["properties"]["op"]["const"] for option in load_schema("plan")["$defs"]["plan"]["oneOf"]}
    assert shown == set(algebra.OPERATORS)


def edit(data, path, value):
    """A copy with one place changed; the value ``...`` takes the place away."""
    out = copy.deepcopy(json.loads(json.dumps(data)))
    at = out
    for part in path[:-1]:
        at = at[part]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return out


ANSWERED = ANSWER.to_dict()
WRONG = [
    ("question", {"question": " "}),
    ("question", {"id": "x"}),
    ("question", edit(QUESTION, ["entities"], "Q42")),
    ("gold", edit(QUESTION, ["answers"], "Q90")),
    ("gold", edit(QUESTION, ["aliases"], {"Q90": "Paris"})),
    ("fact", {}),
    ("fact", {**FACTS[0], **FACTS[1]}),
    ("fact", edit(FACTS[0], ["entity", "id"], ...)),
    ("fact", edit(FACTS[0], ["entity", "name"], "Paris")),
    ("fact", edit(FACTS[0], ["entity", "aliases"], ["City of Light"])),
    ("fact", edit(FACTS[1], ["triple", "tail"], ...)),
    ("fact", edit(FACTS[1], ["triple", "tail"], None)),
    ("fact", edit(FACTS[2], ["triple", "tail", "type"], "float")),
    ("fact", edit(FACTS[3], ["relation", "functional"], "yes")),
    ("fact", edit(FACTS[4], ["passage", "text"], ...)),
    ("fact", edit(FACTS[4], ["passage", "mentions", 0, "start"], -1)),
    ("fact", edit(FACTS[5], ["same", "c"], "x")),
    ("plan", {"op": "leap"}),
    ("plan", edit(algebra.plan_to_dict(HOP), ["step"], ...)),
    ("plan", edit(algebra.plan_to_dict(HOP), ["input", "op"], "leap")),
    ("plan", edit(algebra.plan_to_dict(HOP), ["jump"], True)),
    ("answer", edit(ANSWERED, ["confidence"], 1.5)),
    ("answer", edit(ANSWERED, ["verdict", "label"], "true")),
    ("answer", edit(ANSWERED, ["answers", 0, "id"], ...)),
    ("answer", edit(ANSWERED, ["answers", 1, "type"], ...)),
    ("answer", edit(ANSWERED, ["answers", 3, "label"], "maybe")),
    ("answer", edit(ANSWERED, ["answers", 4, "citation"], 0)),
    ("answer", edit(ANSWERED, ["answers"], [])),
    ("answer", edit(ANSWERED, ["evidence", 0, "n"], ...)),
    ("answer", edit(ANSWERED, ["evidence", 1, "head"], "Q1")),
    ("answer", edit(ANSWERED, ["plan", "op"], "leap")),
    ("answer", edit(ANSWERED, ["extra"], 1)),
    ("answer", edit(ANSWERED, ["reason"], {"code": "no_plan", "detail": "x"})),
    ("answer", edit(ABSTAINED.to_dict(), ["reason"], None)),
    ("answer", edit(ABSTAINED.to_dict(), ["reason", "code"], "tired")),
    ("answer", edit(ABSTAINED.to_dict(), ["answers"], ANSWERED["answers"][:1])),
    ("batch-error", {"id": "x", "line": 0, "error": {"code": "c", "detail": "d"}}),
    ("batch-error", {"id": "x", "line": 1, "error": "c"}),
    ("report", edit(report(), ["figures", "f1"], ...)),
    ("report", edit(report(), ["by_type", "t", "questions"], 0)),
    ("run", edit(RUN, ["questions", "sha256"], "abc")),
    ("run", edit(RUN, ["revision"], ...)),
]


@pytest.mark.parametrize(("name", "data"), WRONG)
def test_what_is_wrong_is_not(name, data):
    assert not valid(name, data)


@pytest.mark.parametrize("name", schema_names())
def test_a_schema_is_one_of_its_standard_and_stands_alone(name):
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:kgqa:schema:{name}"
    assert schema["title"]
    assert schema["description"]
    bundled = {name, *(key.removeprefix("urn:kgqa:schema:") for key in schema.get("$defs", {}))}
    assert all(target in bundled for target in references(schema))


def references(node):
    if isinstance(node, dict):
        if str(node.get("$ref", "")).startswith("urn:kgqa:schema:"):
            yield node["$ref"].removeprefix("urn:kgqa:schema:")
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_field_of_an_answer_is_required():
    for field in ANSWERED:
        assert not valid("answer", edit(ANSWERED, [field], ...)), field


def test_an_unknown_schema_names_the_known_ones():
    with pytest.raises(NotFoundError, match="answer"):
        load_schema("../answer")
