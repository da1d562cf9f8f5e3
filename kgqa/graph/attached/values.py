"""Values of a property graph as literals: the server's temporal types, numbers, text and lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kgqa.graph.values import comparable_literal
from kgqa.types import Literal, LiteralType

_COMPARED = frozenset(LiteralType) - {LiteralType.STRING}
_LATITUDE_LAST = frozenset((4326, 4979))
"""Coordinate systems (SRID) of the earth, whose points begin with the longitude."""
_SQL_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)(?:\.\d+)?")


def literals(value: Any, type: LiteralType | None = None, unit: str | None = None) -> Iterator[Literal]:
    """Every literal of a property's value, a list giving several.

    ``type`` None goes by what is stored. A value that does not read as ``type`` stays text; bytes are left out, and so
    is the text NULL, which tables that were loaded have where there is no value.
    """
    for item in value if isinstance(value, list) else [value]:
        found = _literal(item, type, unit)
        if found is not None and found.value:
            yield found


def texts(value: Any) -> Iterator[str]:
    """Every text of a property's value, as a name: numbers and dates are written out."""
    for item in literals(value):
        if text := item.value.strip():
            yield text


def _literal(value: Any, type: LiteralType | None, unit: str | None) -> Literal | None:
    from neo4j import time

    match value:
        case None | bytes() | bytearray() | "NULL":
            return None
        case bool():
            text, stored = str(value).lower(), LiteralType.BOOLEAN
        case int():
            text, stored = str(value), LiteralType.INTEGER
        case float():
            text, stored = repr(value), LiteralType.DECIMAL
        case time.DateTime():
            text, stored = _moment(value), LiteralType.DATE
        case time.Date():
            text, stored = value.iso_format(), LiteralType.DATE
        case time.Duration():
            text, stored = value.iso_format(), LiteralType.DURATION
        case tuple():  # a point
            parts = [repr(part) for part in value]
            if getattr(value, "srid", None) in _LATITUDE_LAST:  # people write the latitude first
                parts[:2] = parts[1::-1]
            text, stored = ", ".join(parts), LiteralType.STRING
        case str() if type is LiteralType.DATE:
            text, stored = iso_text(value), LiteralType.STRING
        case _:
            text, stored = str(value), LiteralType.STRING
    wanted = Literal(text, type or stored, unit)
    if wanted.type in _COMPARED and comparable_literal(wanted) is None:
        return Literal(text)
    return wanted


def _moment(value: Any) -> str:
    """A moment to the second, as a day alone at midnight: that is how many drivers write dates."""
    day: str = value.date().iso_format()
    clock = f"{value.hour:02}:{value.minute:02}:{int(value.second):02}"
    return day if clock == "00:00:00" else f"{day}T{clock}"


def iso_text(text: str) -> str:
    """A moment as databases write it ("1996-07-04 00:00:00.000") in ISO 8601, as a day alone at midnight."""
    match = _SQL_MOMENT.fullmatch(text.strip())
    if match is None:
        return text
    return match[1] if not match[2].strip("0:") else f"{match[1]}T{match[2]}"
