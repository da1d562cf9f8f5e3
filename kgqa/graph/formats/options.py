"""What a reader is told and what it reports: formats, the policy for bad input, the report of a read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TextIO

from kgqa.errors import InputError, UsageError
from kgqa.types import Progress

SHOWN_ERRORS = 20


class Format(StrEnum):
    """The formats that files come in."""

    JSONL = "jsonl"
    TSV = "tsv"
    CSV = "csv"
    PIPE = "pipe"
    NTRIPLES = "ntriples"
    NQUADS = "nquads"
    TURTLE = "turtle"
    TRIG = "trig"
    JSONLD = "jsonld"
    RDFXML = "rdfxml"
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    PARQUET = "parquet"

    @classmethod
    def from_str(cls, name: str | Format) -> Format:
        """The format of this name or usual short name (``nt``, ``ttl``, ``|``, ...). Raises UsageError."""
        short = _SHORT_NAMES.get(name.lower(), name.lower())
        try:
            return cls(short)
        except ValueError:
            raise UsageError(f"unknown format {name!r}; known: {', '.join(cls)}") from None


_SHORT_NAMES = {
    "|": "pipe",
    "ndjson": "jsonl",
    "nt": "ntriples",
    "n-triples": "ntriples",
    "nq": "nquads",
    "n-quads": "nquads",
    "ttl": "turtle",
    "json-ld": "jsonld",
    "rdf": "rdfxml",
    "rdf/xml": "rdfxml",
    "xml": "rdfxml",
    "txt": "text",
    "md": "markdown",
    "htm": "html",
    "xhtml": "html",
}


class ErrorPolicy(StrEnum):
    """What happens at bad input: stop with an error, or skip the line, note it and go on."""

    STOP = "stop"
    SKIP = "skip"

    @classmethod
    def from_str(cls, name: str | ErrorPolicy) -> ErrorPolicy:
        """The policy of this name. Raises UsageError."""
        try:
            return cls(name)
        except ValueError:
            raise UsageError(f"unknown policy {name!r} for bad input; known: {', '.join(cls)}") from None


@dataclass(frozen=True, slots=True)
class SkippedLine:
    """A line that could not be read. ``line`` counts from 1; in tables of objects it is the row."""

    line: int
    error: str
    text: str


@dataclass(slots=True)
class ReadReport:
    """What a read met. ``skipped`` counts all lines left out, ``errors`` keeps the first few of them."""

    skipped: int = 0
    errors: list[SkippedLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a source is read; see :func:`kgqa.graph.formats.read` for the meaning of each."""

    name: str
    language: str = "en"
    encoding: str = "utf-8"
    header: bool | None = None
    progress: Progress | None = None
    overlap: int = 0

    def say(self, message: str) -> None:
        if self.progress is not None:
            self.progress(message, 0, None)


class LineErrors:
    """Meets bad lines: raises InputError, or notes them and lets the reader go on, as the policy says.

    ``skipped`` is a path (written anew) or an open text stream; each skipped line becomes one JSON line with
    ``line``, ``error`` and ``text``.
    """

    def __init__(
        self, policy: ErrorPolicy, *, path: str | None, report: ReadReport, skipped: str | Path | TextIO | None = None
    ) -> None:
        self._policy, self._path, self._report, self._target = policy, path, report, skipped
        self._stream: TextIO | None = None

    def bad(self, problem: str, *, line: int, text: str, hint: str | None = None) -> None:
        """Raises InputError under STOP; under SKIP records the line and returns."""
        if self._policy is ErrorPolicy.STOP:
            raise InputError(problem, path=self._path, line=line, hint=hint)
        report = self._report
        report.skipped += 1
        skipped = SkippedLine(line, problem, text.rstrip("\r\n"))
        if len(report.errors) < SHOWN_ERRORS:
            report.errors.append(skipped)
        if self._stream is not None:
            self._stream.write(_json_line({"line": line, "error": problem, "text": skipped.text}))

    def fail(self, problem: str, *, line: int | None = None, hint: str | None = None) -> NoReturn:
        """Raises InputError whatever the policy: nothing after this point can be read."""
        raise InputError(problem, path=self._path, line=line, hint=hint)

    def __enter__(self) -> LineErrors:
        if self._policy is ErrorPolicy.SKIP and self._target is not None:
            if isinstance(self._target, str | Path):
                self._stream = Path(self._target).open("w", encoding="utf-8")
            else:
                self._stream = self._target
        return self

    def __exit__(self, *exception: object) -> None:
        if self._stream is not None and self._stream is not self._target:
            self._stream.close()
        self._stream = None


def _json_line(data: dict[str, Any]) -> str:
    line = json.dumps(data, ensure_ascii=False)
    if any("\ud800" <= char <= "\udfff" for char in line):  # bytes that were no text
        line = json.dumps(data, ensure_ascii=True)
    return line + "\n"
