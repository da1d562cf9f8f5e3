"""What a question is answered with: evidence, claims, verdicts, reasons.

Public as ``kgqa.types``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from kgqa.records import Mention

TYPE_RELATION = "rdf:type"
"""The relation under which evidence says that an entity has a type (``Entity.types``), which no statement does."""


@dataclass(frozen=True, slots=True)
class TripleEvidence:
    """A triple shown to the reader under number ``n``."""

    n: int
    head: str
    relation: str
    tail: str
    head_label: str
    relation_label: str
    tail_label: str
    qualifiers: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    predicted: bool = False
    probability: float | None = None
    kind: str = "triple"

    def to_dict(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "kind": self.kind,
            "head": self.head,
            "relation": self.relation,
            "tail": self.tail,
            "head_label": self.head_label,
            "relation_label": self.relation_label,
            "tail_label": self.tail_label,
            "qualifiers": dict(self.qualifiers),
            "sources": list(self.sources),
            "predicted": self.predicted,
            "probability": self.probability,
        }


@dataclass(frozen=True, slots=True)
class PassageEvidence:
    """A span of a passage shown under number ``n``; ``text`` is exactly passage[start:end]."""

    n: int
    id: str
    start: int
    end: int
    text: str
    sources: tuple[str, ...] = ()
    score: float = 0.0
    title: str | None = None
    kind: str = "passage"

    def to_dict(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "kind": self.kind,
            "id": self.id,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "sources": list(self.sources),
            "score": round(self.score, 4),
        }


Evidence = TripleEvidence | PassageEvidence


class AnswerKind(StrEnum):
    ENTITY = "entity"
    VALUE = "value"
    COUNT = "count"
    BOOLEAN = "boolean"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """One answer. ``id`` for entities; ``value``, ``type``, ``unit`` for values; ``citation`` for text."""

    kind: AnswerKind
    label: str
    score: float
    id: str | None = None
    value: str | int | float | bool | None = None
    type: str | None = None
    unit: str | None = None
    citation: int | None = None

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"kind": str(self.kind), "label": self.label, "score": round(self.score, 4)}
        for name in ("id", "value", "type", "unit", "citation"):
            if (value := getattr(self, name)) is not None:
                out[name] = value
        return out


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the answer with the numbers of the evidence that it rests on."""

    text: str
    citations: tuple[int, ...]
    predicted: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "citations": list(self.citations), "predicted": self.predicted}


class VerdictLabel(StrEnum):
    SUPPORTED = "supported"
    PREDICTED = "predicted"
    PARTLY_SUPPORTED = "partly_supported"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"
    UNANSWERABLE = "unanswerable"


@dataclass(frozen=True, slots=True)
class VerdictStep:
    """One step of the plan, executed again."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    holds: bool
    citations: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "op": self.op,
            "in": list(self.inputs),
            "out": list(self.outputs),
            "holds": self.holds,
            "citations": list(self.citations),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the answer follows from its evidence; never whether the question was understood."""

    label: VerdictLabel
    claims: tuple[VerdictLabel, ...] = ()
    steps: tuple[VerdictStep, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "label": str(self.label),
            "claims": [str(label) for label in self.claims],
            "steps": [step.to_dict() for step in self.steps],
        }


class ReasonCode(StrEnum):
    NO_ENTITY = "no_entity"
    AMBIGUOUS = "ambiguous"
    NO_PLAN = "no_plan"
    NO_ANSWER = "no_answer"
    FALSE_PREMISE = "false_premise"
    LOW_CONFIDENCE = "low_confidence"
    UNSUPPORTED = "unsupported"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the engine abstained, for programs (``code``) and people (``detail``)."""

    code: ReasonCode
    detail: str


@runtime_checkable
class PlanLike(Protocol):
    """What an answer shows of its plan; the algebra itself lives in ``kgqa.reasoning.plan``."""

    def to_dict(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or an abstention with its reason; ``to_dict`` is one line of ANSWERS.jsonl.

    ``confidence`` is the calibrated probability that the first answer is right; ``verdict`` judges whether
    the answer follows from its evidence. ``plan_text`` is the plan in English.
    """

    question: str
    text: str
    revision: int
    verdict: Verdict
    answers: tuple[AnswerItem, ...] = ()
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    linked: tuple[Mention, ...] = ()
    plan: PlanLike | None = None
    plan_text: str | None = None
    alternatives: tuple[str, ...] = ()
    confidence: float = 0.0
    reason: Reason | None = None
    candidates: tuple[AnswerItem, ...] = ()
    answers_total: int = 0
    evidence_total: int = 0
    timing_ms: Mapping[str, float] = field(default_factory=dict)
    id: str | None = None

    @property
    def abstained(self) -> bool:
        return self.reason is not None

    def to_dict(self) -> dict[str, Any]:
        plan = None if self.plan is None else {**self.plan.to_dict(), "text": self.plan_text}
        return {
            "id": self.id,
            "question": self.question,
            "text": self.text,
            "answers": [item.to_dict() for item in self.answers],
            "answers_total": self.answers_total,
            "claims": [claim.to_dict() for claim in self.claims],
            "evidence": [item.to_dict() for item in self.evidence],
            "evidence_total": self.evidence_total,
            "plan": plan,
            "linked": [mention.to_dict() for mention in self.linked],
            "verdict": self.verdict.to_dict(),
            "confidence": round(self.confidence, 4),
            "abstained": self.abstained,
            "reason": None if self.reason is None else {"code": str(self.reason.code), "detail": self.reason.detail},
            "candidates": [item.to_dict() for item in self.candidates],
            "revision": self.revision,
            "timing_ms": {name: round(ms, 3) for name, ms in self.timing_ms.items()},
        }
