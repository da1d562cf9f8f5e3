"""When an answer is the gold answer: by id, or by what it says once spelling is set aside.

An answer and a gold answer match when they share a *key*: the id; the normalised name or alias; the number; the
date; yes or no. Normalisation follows the SQuAD script (Rajpurkar et al., 2016: case, punctuation, English articles
and white space do not count), widened to Unicode and made safe for numbers: a sign, a decimal point and the dots of
"3.5" keep their meaning. Values with units match by the same number with the same unit's name; nothing is converted.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from kgqa.evaluation.jsonl import nfc

Key = tuple[str, Any]

_CITATION = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_KEPT = frozenset("#%&@")  # C# is not C
_JOINED = frozenset(".'’`")  # U.S. is US, O'Neil is ONeil
_ARTICLES = frozenset({"a", "an", "the"})
_NUMBER = re.compile(r"[+-]?\d{1,60}(?:\.\d{1,60})?(?:[eE][+-]?\d{1,3})?")
_ISO_DATE = re.compile(
    r"([+-]?\d{1,6})-(\d{2})(?:-(\d{2}))?(?:T00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:00)?)?", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(\d{1,2})\s+([a-z]+)\.?,?\s+(\d{3,4})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(?:(\d{1,2}),?\s+)?(\d{3,4})")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def normalise(text: str) -> str:
    """What a name says: case folded, punctuation, articles and extra white space gone."""
    folded = kept = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).casefold())
    if not folded.replace(" ", "").isalnum():  # most names need no closer look
        kept = "".join(
            char if _counts(folded, at) else "" if char in _JOINED else " " for at, char in enumerate(folded)
        )
    words = kept.split()
    return " ".join([word for word in words if word not in _ARTICLES] or words) or folded.strip()


def gold_keys(value: str | int | float | bool, names: tuple[str, ...] = ()) -> frozenset[Key]:
    """The keys of a gold answer with its aliases."""
    if isinstance(value, bool):
        return frozenset({("truth", value), ("text", "yes" if value else "no")})
    text = str(value)
    keys = {("id", nfc(text)), *_value_keys(text)}
    return frozenset(keys.union(*(_value_keys(name) for name in names)))


def answer_keys(
    *,
    id: str | None = None,
    label: str | None = None,
    value: Any = None,
    unit: str | None = None,
    kind: str | None = None,
) -> frozenset[Key]:
    """The keys of an answer. One that is an entity is compared by id and name, never as a number or a date."""
    keys: set[Key] = set()
    if id is not None:
        keys.add(("id", nfc(id)))
    if isinstance(value, bool):
        keys.add(("truth", value))
    elif isinstance(value, str | int | float):
        keys.update(_value_keys(str(value)))
        if unit:
            keys.add(("text", normalise(f"{value} {unit}")))
    if label is not None:
        keys.update({("text", normalise(label))} if kind == "entity" else _value_keys(label))
        if id is None:
            keys.add(("id", nfc(label)))
    return frozenset(keys)


def gold_phrases(keys: frozenset[Key]) -> tuple[str, ...]:
    """What to look for in a running text, normalised. Yes and no count only as its first word: see ``says``."""
    return tuple(sorted(value for what, value in keys if what == "text" and value))


def says(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether a text says one of the normalised phrases, as whole words; citations like [2] are not words of it."""
    plain = f" {normalise(_CITATION.sub(' ', text))} "
    for phrase in phrases:
        if phrase in ("yes", "no", "true", "false"):
            if plain.startswith(f" {phrase} "):
                return True
        elif (phrase if _UNSPACED.search(phrase) else f" {phrase} ") in plain:
            return True
    return False


def _counts(text: str, at: int) -> bool:
    """Whether a character is part of what a name says."""
    char = text[at]
    if char == ".":
        return text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
    if char == "-":
        return text[at + 1 : at + 2].isdigit() and (at == 0 or text[at - 1].isspace())
    return char in _KEPT or not unicodedata.category(char).startswith("P")


def _value_keys(text: str) -> set[Key]:
    plain = normalise(text)
    keys: set[Key] = {("text", plain)}
    if plain in ("yes", "true"):
        keys.add(("truth", True))
    elif plain in ("no", "false"):
        keys.add(("truth", False))
    if (number := _number(text)) is not None:
        keys.add(("number", number))
    if (date := _date(text)) is not None:
        keys.add(("date", date))
    return keys


def _number(text: str) -> Decimal | None:
    bare = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-"))
    return Decimal(bare).normalize() + 0 if _NUMBER.fullmatch(bare) else None


def _date(text: str) -> tuple[int, int, int | None] | None:
    """(year, month, day or None) of an ISO 8601 date or an English one; a bare year is a number."""
    bare = " ".join(text.split()).casefold()
    if found := _ISO_DATE.fullmatch(bare):
        year, month, day = int(found[1]), int(found[2]), found[3]
    elif (found := _DAY_FIRST.fullmatch(bare)) and (name := _month(found[2])):
        year, month, day = int(found[3]), name, found[1]
    elif (found := _MONTH_FIRST.fullmatch(bare)) and (name := _month(found[1])):
        year, month, day = int(found[3]), name, found[2]
    else:
        return None
    if not 1 <= month <= 12 or (day is not None and not 1 <= int(day) <= 31):
        return None
    return year, month, None if day is None else int(day)


def _month(name: str) -> int:
    matches = [
        at for at, month in enumerate(_MONTHS, start=1) if month == name or (len(name) >= 3 and month[:3] == name)
    ]
    return matches[0] if matches else 0
