"""Literals in JSON: Python scalars as a shorthand, ``{"value", "type", "unit", "lang"}`` in full."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

from kgqa.errors import InputError
from kgqa.types import Literal, LiteralType

_FIELDS = {"value", "type", "unit", "lang"}
_DATE = r"[+-]?\d{4,}(?:-\d\d(?:-\d\d(?:T\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?)?)?)?(?:Z|[+-]\d\d:?\d\d)?"
_FORMS = {
    LiteralType.INTEGER: (re.compile(r"[+-]?\d+"), "such as 42"),
    LiteralType.DECIMAL: (re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"), "such as 2.5"),
    LiteralType.BOOLEAN: (re.compile(r"true|false|1|0"), "true or false"),
    LiteralType.DATE: (re.compile(_DATE), "ISO 8601, such as 1898-07-18, 1898-07 or -0044"),
    LiteralType.YEAR: (re.compile(r"[+-]?\d+(?:Z|[+-]\d\d:\d\d)?"), "such as 1898 or -0044"),
    LiteralType.DURATION: (
        re.compile(r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"),
        "ISO 8601, such as P3D",
    ),
}


def make_literal(
    value: str, type: LiteralType = LiteralType.STRING, *, unit: str | None = None, lang: str | None = None
) -> Literal:
    """A literal whose lexical form is checked against its type. Raises InputError."""
    if type in _FORMS:
        pattern, example = _FORMS[type]
        if not pattern.fullmatch(value) or not value.isascii():
            raise InputError(f"{value!r} does not read as {type}", hint=f"write it {example}")
    if lang is not None and type is not LiteralType.STRING:
        raise InputError(f"a literal of type {type} takes no language", hint="leave out lang")
    return Literal(value, type, unit, lang)


def is_form(value: str, type: LiteralType) -> bool:
    """Whether ``value`` is a lexical form of the type."""
    return type not in _FORMS or (value.isascii() and _FORMS[type][0].fullmatch(value) is not None)


def literal_from_json(data: Any) -> Literal:
    """A literal from a Python scalar or a mapping with value, type, unit and lang. Raises InputError."""
    if not isinstance(data, dict):
        return Literal(*_scalar(data))
    unknown = sorted(set(data) - _FIELDS, key=str)
    if unknown:
        raise InputError(f"unknown field {unknown[0]!r} of a literal", hint=f"known: {', '.join(sorted(_FIELDS))}")
    if "value" not in data:
        raise InputError("a literal has no value", hint='write {"value": 2100000, "unit": "m"}')
    value, inferred = _scalar(data["value"])
    unit, lang = _optional_text(data.get("unit"), "unit"), _optional_text(data.get("lang"), "lang")
    if data.get("type") is None:
        kind = inferred
    else:
        try:
            kind = LiteralType(data["type"])
        except ValueError:
            raise InputError(
                f"unknown literal type {data['type']!r}", hint=f"known: {', '.join(LiteralType)}"
            ) from None
        if (inferred is LiteralType.BOOLEAN) != (kind is LiteralType.BOOLEAN) and inferred is not LiteralType.STRING:
            raise InputError(f"{data['value']!r} does not read as {kind}", hint="give a value of that type")
    return make_literal(value, kind, unit=unit, lang=lang)


def literal_to_json(literal: Literal) -> str | int | float | bool | dict[str, Any]:
    """The shorthand where it says everything, otherwise the full form; read back, both give an equal literal."""
    value = _exact(literal)
    plain = literal.unit is None and literal.lang is None
    if plain and (literal.type is LiteralType.STRING or not isinstance(value, str)):
        return value
    return literal_to_dict(literal)


def literal_to_dict(literal: Literal) -> dict[str, Any]:
    """The full form. A lexical form that a JSON number would change (``007``, ``2.50``) stays text."""
    out: dict[str, Any] = {"value": _exact(literal), "type": str(literal.type)}
    if literal.unit is not None:
        out["unit"] = literal.unit
    if literal.lang is not None:
        out["lang"] = literal.lang
    return out


def _exact(literal: Literal) -> str | int | float | bool:
    value = literal.python_value()
    if isinstance(value, bool):
        return value if literal.value == ("true" if value else "false") else literal.value
    if isinstance(value, float) and not math.isfinite(value):
        return literal.value
    return value if isinstance(value, str) or repr(value) == literal.value else literal.value


def _scalar(value: Any) -> tuple[str, LiteralType]:
    if isinstance(value, str):
        return text(value, "value", empty=True), LiteralType.STRING
    if isinstance(value, bool):
        return ("true" if value else "false"), LiteralType.BOOLEAN
    if isinstance(value, int):
        return str(int(value)), LiteralType.INTEGER
    if isinstance(value, float) and math.isfinite(value):
        return repr(float(value)), LiteralType.DECIMAL
    raise InputError(
        f"{value!r:.80} is no value", hint='a value is text, a number, true or false, or {"value": ..., "type": ...}'
    )


def text(value: Any, what: str, *, empty: bool = False) -> str:
    """``value`` as it is when it is text that UTF-8 can hold; otherwise InputError."""
    if not isinstance(value, str):
        raise InputError(f"{what} must be text, not {value!r:.80}", hint="put it in quotes")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise InputError(f"{what} holds half a surrogate pair, which is no text") from None
    if not empty and not value.strip():
        raise InputError(f"{what} is empty", hint="leave it out or fill it")
    return value


def identifier(value: Any, what: str) -> str:
    """``value`` as an id: text that is not blank, in Unicode normal form C."""
    checked = text(value, what)
    return checked if checked.isascii() else unicodedata.normalize("NFC", checked)


def _optional_text(value: Any, what: str) -> str | None:
    return None if value is None else text(value, what)
