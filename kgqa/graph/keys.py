"""What names a node: ids in NFC, the keys of entities and literals; qualifiers as canonical JSON. For every store."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from kgqa.errors import InputError
from kgqa.types import Literal, LiteralType

ENTITY_KIND = 0
_KINDS = {kind: number for number, kind in enumerate(LiteralType, start=1)}
_TYPES = {number: kind for kind, number in _KINDS.items()}

NodeKey = tuple[str, int, str, str]
"""Text (id or value), kind (0 entity, else a literal's type), unit, language: equal keys are one node."""


# --- checks


def identifier(value: object, what: str) -> str:
    """An id in NFC. Raises InputError for what is no text, empty, or no valid Unicode."""
    if not isinstance(value, str):
        raise InputError(f"{what} must be text, not {type(value).__name__}: {value!r}")
    if not value:
        raise InputError(f"{what} is empty", hint="every id needs at least one character")
    checked_text(value, what)
    return value if unicodedata.is_normalized("NFC", value) else unicodedata.normalize("NFC", value)


def checked_text(value: object, what: str) -> str:
    """Text as given. Raises InputError for what is no text or no valid Unicode."""
    if not isinstance(value, str):
        raise InputError(f"{what} must be text, not {type(value).__name__}: {value!r}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(f"{what} is not valid Unicode: {value!r}", hint="read the source with its encoding") from error
    return value


# --- nodes and qualifiers


def node_key(ref: str | Literal) -> NodeKey:
    """The key of an entity id or a literal. Raises InputError for anything else."""
    if isinstance(ref, Literal):
        kind = _KINDS.get(ref.type)
        if kind is None:
            raise InputError(f"unknown type {ref.type!r} of the literal {ref.value!r}", hint=", ".join(LiteralType))
        value = checked_text(ref.value, "the value of a literal")
        return value, kind, checked_text(ref.unit or "", "a unit"), checked_text(ref.lang or "", "a language")
    return identifier(ref, "an entity id"), ENTITY_KIND, "", ""


def node_ref(text: str, kind: int, unit: str, lang: str) -> str | Literal:
    """The entity id or literal of a key."""
    return text if kind == ENTITY_KIND else Literal(text, _TYPES[kind], unit or None, lang or None)


def pack_qualifiers(qualifiers: Mapping[str, Literal | str]) -> str:
    """Canonical JSON, "" for none: text stays text, a literal is [value, type, unit, lang]."""
    if not qualifiers:
        return ""
    packed: dict[str, Any] = {}
    for name, value in qualifiers.items():
        name = identifier(name, "the name of a qualifier")
        if isinstance(value, Literal):
            text, kind, unit, lang = node_key(value)
            packed[name] = [text, str(_TYPES[kind]), unit or None, lang or None]
        else:
            packed[name] = checked_text(value, f"the qualifier {name!r}")
    return json.dumps(packed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unpack_qualifiers(packed: str) -> dict[str, Literal | str]:
    if not packed:
        return {}
    return {
        name: value if isinstance(value, str) else Literal(value[0], LiteralType(value[1]), value[2], value[3])
        for name, value in json.loads(packed).items()
    }
