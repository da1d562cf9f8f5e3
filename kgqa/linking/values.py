"""Values in a text: the literals that a number, a year, a date or a quoted word may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kgqa.english.dates import MONTHS
from kgqa.english.function_words import FUNCTION_WORDS
from kgqa.english.numerals import read_numeral
from kgqa.types import Literal, LiteralType

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?:(?P<y1>-?\d{{4}})-(?P<m1>\d\d)(?:-(?P<d1>\d\d))?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{_MONTH})\.?,?\s+(?P<y2>\d{{3,4}})"
    rf"|(?P<m3>{_MONTH})\.?\s+(?:(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?(?P<y3>\d{{3,4}}))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_COUNTS = 12  # a number in words up to this mostly counts things
_NUMBER = re.compile(r"(?<![\w.,-])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w])(?!,\d|\.\d)")


@dataclass(frozen=True, slots=True)
class ValueSpan:
    """Code points [start, end) that read as a value, with the literals that it may be."""

    start: int
    end: int
    literals: tuple[Literal, ...]


def find_values(text: str) -> Iterator[ValueSpan]:
    """The dates and numbers of a text, without overlap, in order."""
    end = 0
    for match in _DATE.finditer(text):
        yield from _numbers(text, end, match.start())
        end = match.end()
        yield ValueSpan(match.start(), end, _date_literals(match))
    yield from _numbers(text, end, len(text))
    yield from _numerals(text)


def _numerals(text: str) -> Iterator[ValueSpan]:
    """Numbers in words: from thirteen on, and smaller ones that count nothing: "number six?", not "six cities"."""
    found = list(_WORD.finditer(text))
    words = [match.group().lower() for match in found]
    place = 0
    while place < len(words):
        numeral = read_numeral(words, place)
        if numeral is None or not numeral[0].is_integer():
            place += 1
            continue
        value, after = numeral
        follows = words[after] if after < len(words) else ""
        if value > _COUNTS or not follows or follows in FUNCTION_WORDS:
            digits = str(int(value))
            yield ValueSpan(
                found[place].start(),
                found[after - 1].end(),
                tuple(Literal(digits, kind) for kind in (LiteralType.INTEGER, LiteralType.DECIMAL, LiteralType.STRING)),
            )
        place = after


def _numbers(text: str, start: int, end: int) -> Iterator[ValueSpan]:
    for match in _NUMBER.finditer(text, start, end):
        written = match.group()
        digits = written.replace(",", "")
        forms = dict.fromkeys((digits, written))
        types = [LiteralType.DECIMAL, LiteralType.STRING]
        if "." not in digits:
            types = [LiteralType.YEAR, LiteralType.INTEGER, *types, LiteralType.DATE]
        yield ValueSpan(match.start(), match.end(), tuple(Literal(form, kind) for kind in types for form in forms))


def _date_literals(match: re.Match[str]) -> tuple[Literal, ...]:
    year = next(value for value in match.group("y1", "y2", "y3") if value)
    month = next(value for value in match.group("m1", "m2", "m3") if value)
    day = next((value for value in match.group("d1", "d2", "d3") if value), None)
    number = MONTHS[month.lower()] if month.lower() in MONTHS else int(month)
    iso = f"{year.zfill(4)}-{number:02d}" + (f"-{int(day):02d}" if day else "")
    return tuple(
        Literal(form, kind) for form in (iso, match.group()) for kind in (LiteralType.DATE, LiteralType.STRING)
    )
