"""What the engine's longer works report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kgqa.index.minhash import NearDuplicate
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
class FileReport:
    """One file of a folder. ``status``: added, changed, unchanged, failed (with ``error``), unknown (its format),

    gone (its file is no more, its source still stands) or deleted.
    """

    source: str
    status: str
    read: int = 0
    added: int = 0
    removed: int = 0
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class FolderReport:
    """What a folder brought, or would bring: ``passages`` and ``characters`` of the files that were read.

    ``disk_mb`` is estimated for store and text index; ``encode_seconds`` for ``index`` to encode the passages, from a
    sample, where that was asked for. ``duplicates`` are the first hundred passages that nearly repeat another.
    """

    folder: str
    files: tuple[FileReport, ...]
    passages: int
    characters: int
    disk_mb: float
    seconds: float
    duplicates: tuple[NearDuplicate, ...]
    duplicates_total: int
    revision: int
    encode_seconds: float | None = None

    @property
    def failed(self) -> tuple[FileReport, ...]:
        return tuple(file for file in self.files if file.status == "failed")

    def to_dict(self) -> dict[str, Any]:
        out = {name: getattr(self, name) for name in self.__slots__}
        out["files"] = [file.to_dict() for file in self.files]
        out["duplicates"] = [{"id": d.id, "of": d.of, "similarity": d.similarity} for d in self.duplicates]
        return out


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What ``index`` brought up to date, and the seconds it took.

    ``approximate``: by kind, how many vectors are searched approximately and what share of the exact ten nearest that
    finds (``recall_at_10``), measured when it was built.
    """

    revision: int
    passages: int
    encoded: int
    reused: int
    seconds: float
    approximate: Mapping[str, Any] = field(default_factory=dict)

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
