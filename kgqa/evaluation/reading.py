"""Gold and answers, whoever wrote them: read leniently in form, strictly in meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kgqa.errors import InputError
from kgqa.evaluation.jsonl import Line, line_id, nfc, read_objects
from kgqa.evaluation.matching import Key, answer_keys, gold_keys


class Writable(Protocol):
    """An Answer or a BatchError."""

    def to_dict(self) -> dict[str, Any]: ...


Source = str | Path | Iterable[Mapping[str, Any] | Writable]
"""A JSONL file, or what its lines would hold."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with its right answers: None when the file does not say, empty when it has none in the graph."""

    id: str
    answers: tuple[frozenset[Key], ...] | None
    type: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer that a system gave: what it is compared by, and whether it carries an id."""

    label: str
    keys: frozenset[Key]
    id: str | None = None

    @property
    def identity(self) -> Key:
        """What makes two given answers the same one."""
        if self.id is not None:
            return ("id", self.id)
        return min((key for key in self.keys if key[0] == "text"), default=("label", self.label))


@dataclass(frozen=True, slots=True)
class Given:
    """What a system gave for one question. ``data`` is the line itself, ``guess`` what it would have answered first
    where it abstained and says so."""

    id: str
    answers: tuple[GivenAnswer, ...]
    data: Mapping[str, Any]
    total: int
    abstained: bool
    error: str | None = None
    guess: GivenAnswer | None = None


def read_gold(source: Source) -> list[Gold]:
    """Raises InputError that names the line of a gold record that cannot be used."""
    return [_gold(line, path) for line, path in _lines(source)]


def read_answers(source: Source) -> list[Given]:
    """Raises InputError that names the line of an answer that cannot be used."""
    return [_given(line, path) for line, path in _lines(source)]


def _lines(source: Source) -> Iterator[tuple[Line, Path | None]]:
    if isinstance(source, str | Path):
        path = Path(source)
        for line in read_objects(path):
            yield line, path
        return
    for number, item in enumerate(source, start=1):
        yield Line(number, dict(item) if isinstance(item, Mapping) else item.to_dict()), None


def _id(line: Line, path: Path | None) -> str:
    try:
        return line_id(line.data, line.number)
    except ValueError as error:
        raise InputError(str(error), path=path, line=line.number) from error


def _gold(line: Line, path: Path | None) -> Gold:
    data = line.data
    kind, question = data.get("type"), data.get("question")
    aliases = data.get("aliases") or {}
    if not isinstance(aliases, dict) or not all(_texts(names) for names in aliases.values()):
        raise InputError("'aliases' must map an answer to a list of names", path=path, line=line.number)
    answers = data.get("answers")
    if answers is not None and not (
        isinstance(answers, list) and all(isinstance(a, str | int | float) for a in answers)
    ):
        hint = "ids, names, numbers, true or false; [] when the question has no answer"
        raise InputError("'answers' must be a list", path=path, line=line.number, hint=hint)
    keys = None
    if answers is not None:
        keys = tuple(dict.fromkeys(gold_keys(answer, tuple(aliases.get(str(answer), ()))) for answer in answers))
    return Gold(
        _id(line, path),
        keys,
        None if kind is None else str(kind),
        question if isinstance(question, str) else None,
    )


def _given(line: Line, path: Path | None) -> Given:
    data = line.data
    key = _id(line, path)
    error = data.get("error")
    if error is not None:
        code = error.get("code") if isinstance(error, dict) else error
        return Given(key, (), data, 0, False, str(code))
    raw = data.get("answers")
    items = [] if raw is None else raw if isinstance(raw, list) else [raw]
    answers = tuple(_answer(item, line, path) for item in items)
    text = data.get("text")
    abstained = data.get("abstained")
    if not isinstance(abstained, bool):  # a system that knows no abstention: silence is one
        abstained = not answers and not (isinstance(text, str) and text.strip())
    confidence = data.get("confidence")
    if confidence is not None and (
        isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1
    ):
        raise InputError("'confidence' must be a number from 0 to 1", path=path, line=line.number)
    total = data.get("answers_total")
    if isinstance(total, bool) or not isinstance(total, int) or total < len(answers):
        total = len(answers)
    if not abstained:
        return Given(key, answers, data, total, False)
    candidates = data.get("candidates")
    guess = _answer(candidates[0], line, path) if isinstance(candidates, list) and candidates else None
    return Given(key, (), data, 0, True, guess=guess)


def _answer(item: Any, line: Line, path: Path | None) -> GivenAnswer:
    if isinstance(item, bool):
        return GivenAnswer("yes" if item else "no", answer_keys(value=item))
    if isinstance(item, str | int | float):
        return GivenAnswer(str(item), answer_keys(label=str(item)))
    if isinstance(item, dict):
        key, label, value, unit, kind = (item.get(name) for name in ("id", "label", "value", "unit", "kind"))
        key = nfc(key) if isinstance(key, str) else None
        label = str(label) if label is not None else None
        if key is not None or label is not None or isinstance(value, str | int | float):
            keys = answer_keys(
                id=key, label=label, value=value, unit=unit if isinstance(unit, str) else None, kind=str(kind)
            )
            return GivenAnswer(label if label is not None else str(key if key is not None else value), keys, key)
    hint = "a string, or an object with an id, a label or a value"
    raise InputError("an answer that cannot be read", path=path, line=line.number, hint=hint)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
