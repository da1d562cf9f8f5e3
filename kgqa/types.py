"""The words that every room speaks: records of a graph, evidence, answers, and the protocols between rooms.

Everything here is immutable and light to import. ``to_dict`` gives the JSON form that the schemas under
``eval/schemas`` define (CONTRACTS.md, sections 1 and 5).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str, int, int | None], None]
"""Called with (what is done, items so far, items in all or None when unknown)."""

EMPTY: Mapping[str, Any] = {}


class LiteralType(StrEnum):
    """What a literal is; quantities compare after unit conversion, dates by interval."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    YEAR = "year"
    DURATION = "duration"


# --- records: what is stored ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as a node. ``value`` is its lexical form: equal text, type, unit and language are one node."""

    value: str
    type: LiteralType = LiteralType.STRING
    unit: str | None = None
    lang: str | None = None

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"value": self.python_value(), "type": str(self.type)}
        if self.unit is not None:
            out["unit"] = self.unit
        if self.lang is not None:
            out["lang"] = self.lang
        return out

    def python_value(self) -> str | int | float | bool:
        """The value as JSON knows it; a form that does not parse, or that JSON has no number for, stays text."""
        try:
            match self.type:
                case LiteralType.INTEGER:
                    return int(self.value)
                case LiteralType.DECIMAL:
                    number = float(self.value)
                    return number if math.isfinite(number) else self.value
                case LiteralType.BOOLEAN:
                    return {"true": True, "1": True, "false": False, "0": False}.get(self.value.lower(), self.value)
                case _:
                    return self.value
        except ValueError:
            return self.value

    def label(self) -> str:
        return f"{self.value} {self.unit}" if self.unit else self.value


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing. ``label`` is in the store's default language; the mappings go by language tag."""

    id: str
    label: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    description: str | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Literal | tuple[Literal, ...]] = field(default_factory=dict)
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Triple:
    """A statement as a source says it: head, relation, tail (an entity id or a literal) and qualifiers."""

    head: str | Literal
    relation: str
    tail: str | Literal
    qualifiers: Mapping[str, Literal | str] = field(default_factory=dict)
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """What is known of a relation. None means not said; ``inferred`` names the fields deduced from the data."""

    id: str
    label: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    description: str | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    inverse_label: str | None = None
    inverse_of: str | None = None
    symmetric: bool | None = None
    functional: bool | None = None
    domain: str | None = None
    range: str | None = None
    inferred: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class MentionSpan:
    """A mention of an entity in a passage; offsets count code points."""

    start: int
    end: int
    entity: str
    found: bool = False  # True: found by our linker, redone when names change; False: given by a source


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text. ``offset`` is where it starts in its document, in code points."""

    id: str
    text: str
    title: str | None = None
    language: str | None = None
    document: str | None = None
    offset: int = 0
    mentions: tuple[MentionSpan, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """Two ids for one thing; deleting its source parts them again."""

    a: str
    b: str
    source: str | None = None


Record = Entity | Triple | Relation | Passage | Same


@dataclass(frozen=True, slots=True)
class Statement:
    """A stored statement with every source that asserts it."""

    head: str | Literal
    relation: str
    tail: str | Literal
    qualifiers: Mapping[str, Literal | str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


# --- linking ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a mention: a node of the graph. ``score`` in [0, 1]."""

    node: int
    id: str
    label: str
    score: float
    how: str  # "given", "exact", "alias", "fuzzy", "value", "type"


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of text with its readings, best first; no readings means NIL (a name that the graph lacks)."""

    text: str
    start: int
    end: int
    candidates: tuple[Candidate, ...] = ()
    score: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        best = self.candidates[0] if self.candidates else None
        return {
            "mention": self.text,
            "start": self.start,
            "end": self.end,
            "id": best.id if best else None,
            "score": round(best.score if best else 0.0, 4),
        }


# --- evidence and answers ---------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Question:
    """What batch reads of a question line and nothing else."""

    question: str
    id: str | None = None
    entities: tuple[str, ...] | None = None


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


# --- protocols: what a lower room needs from a higher one -------------------------------------------------


@dataclass(frozen=True, slots=True)
class PredictedFact:
    """A fact that is not in the graph, with the calibrated probability that it is true."""

    head: int
    relation: str
    tail: int
    probability: float


@runtime_checkable
class FactSource(Protocol):
    """Completes a missing hop: the link predictor and the passages implement it."""

    def complete(
        self, nodes: Sequence[int], relation: str, *, inverse: bool = False, k: int = 5, presumed: bool = False
    ) -> list[PredictedFact]:
        """Facts (node, relation, ?) or, when ``inverse``, (?, relation, node); best first, known ones left out.

        ``presumed``: who asks takes for granted that one of the nodes at least has a value.
        """
        ...


@runtime_checkable
class TextEncoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors. shape: (len(texts), dim)"""
        ...


Records = Iterable[Record]
