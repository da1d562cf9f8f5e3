"""What the engine's longer works report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kgqa.retrieval.results import SearchResult


@dataclass(frozen=True, slots=True)
class IngestReport:
    """``read`` records gave ``added`` new and ``removed`` gone assertions; ``skipped`` lines could not be read."""

    source: str
    read: int
    added: int
    removed: int
    skipped: int
    revision: int

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What ``index`` brought up to date, and the seconds it took."""

    revision: int
    passages: int
    encoded: int
    reused: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What was trained, on which revision, and its own figures."""

    what: str
    revision: int
    seconds: float
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"what": self.what, "revision": self.revision, "seconds": self.seconds, "metrics": dict(self.metrics)}


@dataclass(frozen=True, slots=True)
class BatchError:
    """Stands in a batch where a line gave no answer."""

    id: str | None
    line: int | None
    code: str
    detail: str

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "line": self.line, "error": {"code": self.code, "detail": self.detail}}


@dataclass(frozen=True, slots=True)
class SearchReport:
    """What a search found, passages first."""

    query: str
    results: tuple[SearchResult, ...]
    revision: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "results": [result.to_dict() for result in self.results],
            "revision": self.revision,
        }
