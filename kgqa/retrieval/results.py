"""What a search returns: spans of passages and triples, each with its rank in every channel that found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from kgqa.errors import UsageError
from kgqa.types import Passage


class ResultKind(StrEnum):
    """What is searched for."""

    PASSAGE = "passage"
    TRIPLE = "triple"

    @classmethod
    def from_str(cls, text: str) -> Self:
        """Raises UsageError that names the kinds."""
        try:
            return cls(text)
        except ValueError as error:
            raise UsageError(f"no kind of result {text!r}; there are: {', '.join(cls)}") from error


@dataclass(frozen=True, slots=True)
class PassageResult:
    """A passage with the span in it that is nearest to the query. ``channels``, ``scores``: ranks, scores."""

    passage: Passage
    start: int
    end: int
    score: float
    channels: Mapping[str, int]
    sources: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Exactly passage.text[start:end]."""
        return self.passage.text[self.start : self.end]

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": str(ResultKind.PASSAGE),
            "id": self.passage.id,
            "title": self.passage.title,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "sources": list(self.sources),
            "score": round(self.score, 6),
            "channels": dict(sorted(self.channels.items())),
            "scores": {name: round(score, 6) for name, score in sorted(self.scores.items())},
        }


@dataclass(frozen=True, slots=True)
class TripleResult:
    """A stored statement by ids and labels; ``text`` says it in words."""

    head: str
    relation: str
    tail: str
    head_label: str
    relation_label: str
    tail_label: str
    qualifiers: Mapping[str, Any]
    sources: tuple[str, ...]
    score: float
    channels: Mapping[str, int]
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return f"{self.head_label} {self.relation_label} {self.tail_label}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": str(ResultKind.TRIPLE),
            "head": self.head,
            "relation": self.relation,
            "tail": self.tail,
            "head_label": self.head_label,
            "relation_label": self.relation_label,
            "tail_label": self.tail_label,
            "qualifiers": dict(self.qualifiers),
            "sources": list(self.sources),
            "score": round(self.score, 6),
            "channels": dict(sorted(self.channels.items())),
            "scores": {name: round(score, 6) for name, score in sorted(self.scores.items())},
        }


SearchResult = PassageResult | TripleResult
