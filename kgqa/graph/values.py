"""Comparable values: numbers, dates, durations and quantities as closed intervals on one axis per dimension.

Dates follow ISO 8601 with reduced precision and years before 1 (year 0 is 1 BC); they are read by hand on the
proleptic Gregorian calendar, because ``datetime`` knows no year below 1. A year is the interval of its days.
Quantities are converted to base units by pint; a unit that pint does not know compares only with itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kgqa.types import Literal, LiteralType

NUMBER = "number"
DATE = "date"
TIME = "[time]"
BOOLEAN = "boolean"
DIMENSIONS = ("", NUMBER, DATE, TIME, BOOLEAN)
"""The dimensions that every snapshot numbers alike; 0 means not comparable."""

LAST_YEAR = 9999

_DATE = re.compile(
    r"([+-]?\d{4,9})(?:-(\d\d)(?:-(\d\d)(?:T\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?)?)?)?(?:Z|[+-]\d\d:?\d\d)?"
)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DURATION = re.compile(
    r"(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# A unit as products and quotients of names with one-digit powers: nothing else is handed to the units library.
_UNIT = re.compile(r"[^\W\d]\w*|[°%µμΩ]\w*")
_UNIT_EXPRESSION = re.compile(
    rf"(?:1\s*/\s*)?(?:{_UNIT.pattern})(?:(?:\^|\*\*)-?\d)?"
    rf"(?:\s*(?:\*|/|·|\s)\s*(?:{_UNIT.pattern})(?:(?:\^|\*\*)-?\d)?){{0,8}}"
)


@dataclass(frozen=True, slots=True)
class Comparable:
    """A value on the axis of its dimension, somewhere in the closed interval [lo, hi].

    Units: dates in days since 1970-01-01, durations in seconds, quantities in SI base units.
    """

    dimension: str
    lo: float
    hi: float


def comparable_literal(literal: Literal) -> Comparable | None:
    """The comparable value of a literal, None for text and for a form that does not parse."""
    text = literal.value.strip()
    match literal.type:
        case LiteralType.INTEGER | LiteralType.DECIMAL:
            return _quantity(text, literal.unit)
        case LiteralType.DATE | LiteralType.YEAR:
            return _dated(text)
        case LiteralType.DURATION:
            return _duration(text)
        case LiteralType.BOOLEAN:
            known = {"true": 1.0, "1": 1.0, "false": 0.0, "0": 0.0}.get(text.lower())
            return None if known is None else Comparable(BOOLEAN, known, known)
        case _:
            return None


def comparable_label(label: str) -> Comparable | None:
    """The value of an entity whose label reads as a number or a date, such as the columns of a plain table."""
    if not label or not (label[0].isdecimal() or label[0] in "+-."):
        return None
    if _NUMBER.fullmatch(label):
        number = float(label)
        return Comparable(NUMBER, number, number) if abs(number) != float("inf") else None
    return _dated(label)


def as_year(number: float) -> tuple[float, float] | None:
    """A bare whole number read as a year, for comparing it with a date: the interval of its days."""
    if number != int(number) or abs(number) > LAST_YEAR:
        return None
    year = int(number)
    return float(day_number(year, 1, 1)), float(day_number(year, 12, 31))


def date_interval(text: str) -> tuple[int, int] | None:
    """First and last day of an ISO 8601 date of any precision; None when it is no date. A time of day is dropped."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = int(match[1]), match[2], match[3]
    if month is None:
        return day_number(year, 1, 1), day_number(year, 12, 31)
    if not 1 <= int(month) <= 12:
        return None
    length = month_length(year, int(month))
    if day is None:
        return day_number(year, int(month), 1), day_number(year, int(month), length)
    if not 1 <= int(day) <= length:
        return None
    number = day_number(year, int(month), int(day))
    return number, number


def month_length(year: int, month: int) -> int:
    """Days of a month on the proleptic Gregorian calendar, on which year 0 is a leap year."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _MONTH_DAYS[month - 1]


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01, negative before it. Counts from 1 March so that a leap day ends its year."""
    if month <= 2:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1 - 719468


def _dated(text: str) -> Comparable | None:
    interval = date_interval(text)
    return None if interval is None else Comparable(DATE, float(interval[0]), float(interval[1]))


def _duration(text: str) -> Comparable | None:
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
    exact = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    # A calendar year has 365 or 366 days, a month 28 to 31: the interval says so.
    lo, hi = exact + (years * 365 + months * 28) * 86400, exact + (years * 366 + months * 31) * 86400
    return Comparable(TIME, -hi, -lo) if match[1] else Comparable(TIME, lo, hi)


def _quantity(text: str, unit: str | None) -> Comparable | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if abs(number) == float("inf"):
        return None
    if unit is None or not unit.strip():
        return Comparable(NUMBER, number, number)
    dimension, slope, offset = _unit(unit.strip())
    if slope != 1.0 or offset != 0.0:
        # Twelve digits, so that the same length in feet and in metres is one number.
        number = float(f"{number * slope + offset:.12g}")
    return Comparable(dimension, number, number)


@lru_cache(maxsize=4096)
def _unit(unit: str) -> tuple[str, float, float]:
    """Dimension, slope and offset to base units; (``unit:NAME``, 1, 0) for a unit that is not known."""
    unknown = ("unit:" + unit, 1.0, 0.0)
    if len(unit) > 60 or _UNIT_EXPRESSION.fullmatch(unit) is None:
        return unknown
    registry = _registry()
    try:
        parsed = registry.parse_units(unit.replace("·", "*").replace("%", "percent"))
        zero, one, two = (registry.Quantity(x, parsed).to_base_units().magnitude for x in (0.0, 1.0, 2.0))
    except Exception:  # pint raises errors of a dozen unrelated classes for text that is no unit
        return unknown
    slope = one - zero
    if not slope > 0 or abs(two - (zero + 2 * slope)) > 1e-9 * slope:
        return unknown  # logarithmic units do not convert linearly
    dimension = str(parsed.dimensionality)
    return (NUMBER if dimension == "dimensionless" else dimension), slope, zero


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(on_redefinition="ignore", autoconvert_offset_to_baseunit=True)
