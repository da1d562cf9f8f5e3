"""The words that every room speaks: records of a graph, evidence, answers, and the protocols between rooms.

Everything here is immutable and light to import. ``to_dict`` gives the JSON form that the schemas under
``eval/schemas`` define (CONTRACTS.md, sections 1 and 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from kgqa.answers import (
    TYPE_RELATION,
    Answer,
    AnswerItem,
    AnswerKind,
    Claim,
    Evidence,
    PassageEvidence,
    PlanLike,
    Reason,
    ReasonCode,
    TripleEvidence,
    Verdict,
    VerdictLabel,
    VerdictStep,
)
from kgqa.records import (
    EMPTY,
    Candidate,
    Entity,
    Literal,
    LiteralType,
    Mention,
    MentionSpan,
    Passage,
    Record,
    Relation,
    Same,
    Statement,
    Triple,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "EMPTY",
    "TYPE_RELATION",
    "Answer",
    "AnswerItem",
    "AnswerKind",
    "Candidate",
    "Claim",
    "Entity",
    "Evidence",
    "FactSource",
    "Literal",
    "LiteralType",
    "Mention",
    "MentionSpan",
    "Passage",
    "PassageEvidence",
    "PlanLike",
    "PredictedFact",
    "Progress",
    "Question",
    "Reason",
    "ReasonCode",
    "Record",
    "Records",
    "Relation",
    "Same",
    "Statement",
    "TextEncoder",
    "Triple",
    "TripleEvidence",
    "Verdict",
    "VerdictLabel",
    "VerdictStep",
]

Progress = Callable[[str, int, int | None], None]
"""Called with (what is done, items so far, items in all or None when unknown)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What batch reads of a question line and nothing else."""

    question: str
    id: str | None = None
    entities: tuple[str, ...] | None = None


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
