"""Times that a question names: a year, a month or day of one, a decade, a century."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.english.dates import CENTURIES, MONTHS
from kgqa.english.numerals import read_year
from kgqa.types import Literal, LiteralType

_YEAR = re.compile(r"[12]\d{3}$")
_DAY = re.compile(r"[0-3]?\d$")
_LEADING = ("the", "year", "month", "early", "late", "mid")
_ENDINGS = ("st", "nd", "rd", "th")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time with the positions of its words; a decade or century has a first and a last year, which else are equal."""

    tokens: tuple[int, ...]
    first: Literal
    last: Literal

    @property
    def long(self) -> bool:
        """Whether it is a stretch of several years."""
        return self.first != self.last


def read_moment(words: Sequence[str], i: int, *, scales: frozenset[str]) -> Moment | None:
    """The time that starts at position ``i``, articles skipped. ``scales``: words that make a number of a year."""
    start = i
    while i < len(words) and words[i] in _LEADING:
        i += 1
    following = [*words[i : i + 5], "", "", "", "", ""]
    word = following[0]
    if word in MONTHS:
        return _in_month(following, start, i)
    if _DAY.match(word):
        ending = 1 if following[1] in _ENDINGS else 0
        if following[1] in _ENDINGS and following[2] == "century":
            return _century(int(word), start, i + 3)
        of = 1 if following[1 + ending] == "of" else 0
        at = 1 + ending + of
        if following[at] in MONTHS and _YEAR.match(following[at + 1]):
            text = f"{following[at + 1]}-{MONTHS[following[at]]:02d}-{int(word):02d}"
            return _one(text, LiteralType.DATE, start, i + at + 2)
    if (years := read_year(words, i)) is not None:
        first, last, end = years
        if first == last:
            return _one(str(first), LiteralType.YEAR, start, end)
        return _years(first, last, start, end)
    if word in CENTURIES and following[1] == "century":
        return _century(CENTURIES[word], start, i + 2)
    if not _YEAR.match(word) or following[1] in scales:
        return None
    if following[1] == "s" and word.endswith("0"):
        length = 100 if word.endswith("00") else 10
        return _years(int(word), int(word) + length - 1, start, i + 2)
    if re.fullmatch(r"0[1-9]|1[0-2]", following[1]):  # written as in ISO 8601
        if re.fullmatch(r"0[1-9]|[12]\d|3[01]", following[2]):
            return _one("-".join(following[:3]), LiteralType.DATE, start, i + 3)
        return _one("-".join(following[:2]), LiteralType.DATE, start, i + 2)
    return _one(word, LiteralType.YEAR, start, i + 1)


def _in_month(following: Sequence[str], start: int, i: int) -> Moment | None:
    """ "March 1962", "March 5, 1962", "March 5th 1962"."""
    month = MONTHS[following[0]]
    if _YEAR.match(following[1]):
        return _one(f"{following[1]}-{month:02d}", LiteralType.DATE, start, i + 2)
    at = 3 if following[2] in _ENDINGS else 2
    if _DAY.match(following[1]) and _YEAR.match(following[at]):
        return _one(f"{following[at]}-{month:02d}-{int(following[1]):02d}", LiteralType.DATE, start, i + at + 1)
    return None


def _one(text: str, type: LiteralType, start: int, end: int) -> Moment:
    value = Literal(text, type)
    return Moment(tuple(range(start, end)), value, value)


def _century(number: int, start: int, end: int) -> Moment:
    return _years(100 * number - 99, 100 * number, start, end)


def _years(first: int, last: int, start: int, end: int) -> Moment:
    years = (Literal(f"{year:04d}", LiteralType.YEAR) for year in (first, last))
    return Moment(tuple(range(start, end)), *years)
