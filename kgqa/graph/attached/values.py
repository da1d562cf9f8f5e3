"""Values of a property graph as literals: the server's temporal types, numbers, text and lists of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kgqa.graph.values import comparable_literal
from kgqa.types import Literal, LiteralType

_COMPARED = frozenset(LiteralType) - {LiteralType.STRING}


def literals(value: Any, type: LiteralType | None = None, unit: str | None = None) -> Iterator[Literal]:
    """Every literal of a property's value, a list giving several.

    ``type`` None goes by what is stored. A value that does not read as ``type`` stays text; bytes are left out.
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
        case None | bytes() | bytearray():
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
            text, stored = ", ".join(repr(part) for part in value), LiteralType.STRING
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
