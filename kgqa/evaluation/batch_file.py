"""Answers a file of questions into a file of answers that a kill can interrupt and a later run can continue.

One line a question, in order, each written with one call and handed to the system at once: a killed process loses at
most the line that it was writing. Beside OUT stands OUT.run.json, which says what the answers are a function of.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from kgqa import __version__
from kgqa.engine.reports import BatchError
from kgqa.errors import KgqaError, UsageError
from kgqa.evaluation.jsonl import Line, line_id, nfc, publish_text, read_lines
from kgqa.types import Answer, Progress, Question

RUN_FORMAT = "kgqa-run/1"
_NO_EFFECT = frozenset({"store", "work", "cache", "threads", "online", "tracing"})  # on what is answered


class Existing(StrEnum):
    """What to do with answers that are there already."""

    REFUSE = "refuse"
    RESUME = "resume"
    OVERWRITE = "overwrite"


class Answering(Protocol):
    """What a batch needs of an Engine."""

    @property
    def revision(self) -> int: ...

    @property
    def settings(self) -> BaseModel: ...

    def info(self) -> Mapping[str, Any]: ...

    def batch(self, questions: Iterable[Question]) -> Iterator[Answer | BatchError]: ...


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How a batch went; ``kept`` lines were there from an earlier run and count in the other numbers too."""

    questions: int
    answered: int
    abstained: int
    errors: int
    kept: int
    seconds: float
    revision: int

    def to_dict(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


Item = tuple[int, Question | BatchError]
"""The number of a line and what it asks, or why it asks nothing."""


def read_questions(path: Path) -> list[Item]:
    """The questions of a JSONL file, in order; a line that gives none is a BatchError in its place.

    Only ``id`` (default: the line's number), ``question`` and ``entities`` are read. Raises InputError when the file
    cannot be read.
    """
    seen: set[str] = set()
    return [(line.number, _question(line, seen)) for line in read_lines(path)]


def run_batch(
    engine: Answering,
    questions: Path,
    out: Path,
    *,
    existing: Existing = Existing.REFUSE,
    progress: Progress | None = None,
) -> BatchReport:
    """Answers every question of a file into ``out``.

    Raises UsageError when ``out`` exists and ``existing`` refuses it, or when answers cannot be continued because the
    questions, the graph, the models or the settings are others.
    """
    started = time.monotonic()
    items = read_questions(questions)
    run = run_record(engine, items)
    run_path = out.with_name(out.name + ".run.json")
    if out.exists() and existing is Existing.REFUSE:
        raise UsageError(f"{out} exists: continue it with --resume, or write it anew with --overwrite")
    if out.resolve() == questions.resolve():
        raise UsageError(f"{out} is the file of questions: name another file for the answers")
    tally = _Tally()
    if out.exists() and existing is Existing.RESUME:
        _check_run(run_path, run, out)
        kept = _keep(out, items, tally)
    else:
        kept = 0
        out.parent.mkdir(parents=True, exist_ok=True)
        out.unlink(missing_ok=True)
        publish_text(run_path, json.dumps(run, ensure_ascii=False, indent=2) + "\n")
    with out.open("ab", buffering=0) as file:
        for done, answer in enumerate(_answers(engine, items[kept:]), start=kept + 1):
            data = answer.to_dict()
            file.write(json.dumps(data, ensure_ascii=False).encode("utf-8") + b"\n")
            tally.add(data)
            if progress is not None:
                progress("answering", done, len(items))
    seconds = time.monotonic() - started
    return BatchReport(len(items), tally.answered, tally.abstained, tally.errors, kept, seconds, engine.revision)


def run_record(engine: Answering, items: Sequence[Item]) -> dict[str, Any]:
    """What the answers are a function of: the content of OUT.run.json."""
    digest = hashlib.sha256()
    for _, item in items:
        asked = [item.id, item.question, item.entities] if isinstance(item, Question) else item.to_dict()
        digest.update(json.dumps(asked, ensure_ascii=False).encode("utf-8") + b"\n")
    info = engine.info()
    settings = engine.settings.model_dump(mode="json")
    run = {
        "format": RUN_FORMAT,
        "version": __version__,
        "questions": {"count": len(items), "sha256": digest.hexdigest()},
        "revision": engine.revision,
        "graph": info.get("counts", {}),
        "models": info.get("models", {}),
        "settings": {name: value for name, value in settings.items() if name not in _NO_EFFECT},
    }
    plain: dict[str, Any] = json.loads(json.dumps(run))  # as it will be read back
    return plain


class _Tally:
    """Counts the lines of a batch by what they say."""

    def __init__(self) -> None:
        self.answered = self.abstained = self.errors = 0

    def add(self, data: Mapping[str, Any]) -> None:
        if "error" in data:
            self.errors += 1
        elif data.get("abstained"):
            self.abstained += 1
        else:
            self.answered += 1


def _question(line: Line, seen: set[str]) -> Question | BatchError:
    key = str(line.number)
    code, problem = "bad_input", line.problem
    if problem is None:
        try:
            key = line_id(line.data, line.number)
            question, entities = _asked(line.data)
            if key not in seen:
                seen.add(key)
                return Question(question, key, entities)
            code, problem = "duplicate_id", f"id {key!r} was given before: ids must be unique"
        except ValueError as error:
            problem = str(error)
    seen.add(key)
    return BatchError(key, line.number, code, problem)


def _asked(data: Mapping[str, Any]) -> tuple[str, tuple[str, ...] | None]:
    question, entities = data.get("question"), data.get("entities")
    if not isinstance(question, str) or not question.strip():
        raise ValueError("'question' must be a text that is not empty")
    if entities is None:
        return question, None
    if not isinstance(entities, list) or not all(isinstance(entity, str) for entity in entities):
        raise ValueError("'entities' must be a list of ids")
    return question, tuple(nfc(entity) for entity in entities)


def _answers(engine: Answering, items: Sequence[Item]) -> Iterator[Answer | BatchError]:
    """One answer for each item, in order; the engine sees only questions."""
    answers = engine.batch(item for _, item in items if isinstance(item, Question))
    for line, item in items:
        if isinstance(item, BatchError):
            yield item
            continue
        answer = next(answers, None)
        if answer is None or answer.id != item.id:
            raise KgqaError(f"the engine gave no answer for question {item.id!r}; please report this as a defect")
        yield replace(answer, line=line) if isinstance(answer, BatchError) else answer


def _check_run(path: Path, run: Mapping[str, Any], out: Path) -> None:
    again = "finish with what it was started with, or start anew with --overwrite"
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{out} cannot be continued: {path.name} beside it cannot be read; {again}") from error
    for name, value in run.items():
        if not isinstance(before, dict) or before.get(name) != value:
            raise UsageError(f"{out} cannot be continued: {_differing(name, before, value)}; {again}")


def _differing(name: str, before: Any, value: Any) -> str:
    old = before.get(name) if isinstance(before, dict) else None
    if isinstance(old, dict) and isinstance(value, dict) and name == "settings":
        keys = sorted(key for key in {*old, *value} if old.get(key) != value.get(key))
        return f"settings differ ({', '.join(keys)})"
    return f"{name} differ" if isinstance(value, dict) else f"{name} was {old!r} and is {value!r}"


def _keep(out: Path, items: Sequence[Item], tally: _Tally) -> int:
    """Cuts a torn last line; returns how many whole ones stand. Raises UsageError when they answer other questions."""
    kept = whole = 0
    with out.open("rb") as file:
        for raw in file:
            if not raw.endswith(b"\n"):
                break
            try:
                data = json.loads(raw)
                same = kept < len(items) and data["id"] == items[kept][1].id
            except (ValueError, TypeError, KeyError):
                same = False
            if not same:
                raise UsageError(f"{out}:{kept + 1} does not answer question {kept + 1}: start anew with --overwrite")
            tally.add(data)
            kept += 1
            whole += len(raw)
    with out.open("r+b") as file:
        file.truncate(whole)
    return kept
