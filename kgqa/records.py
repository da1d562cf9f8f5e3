"""What a graph is made of, as sources say it and stores keep it, and what linking finds of it in a text.

Public as ``kgqa.types``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

EMPTY: Mapping[str, Any] = {}


class LiteralType(StrEnum):
    """What a literal is; quantities compare after unit conversion, dates by interval."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    YEAR = "year"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as a node. ``value`` is its lexical form: equal text, type, unit and language are one node."""

    value: str
    type: LiteralType = LiteralType.STRING
    unit: str | None = None
    lang: str | None = None

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"value": self.python_value(), "type": str(self.type)}
        if self.unit is not None:
            out["unit"] = self.unit
        if self.lang is not None:
            out["lang"] = self.lang
        return out

    def python_value(self) -> str | int | float | bool:
        """The value as JSON knows it; a form that does not parse, or that JSON has no number for, stays text."""
        try:
            match self.type:
                case LiteralType.INTEGER:
                    return int(self.value)
                case LiteralType.DECIMAL:
                    number = float(self.value)
                    return number if math.isfinite(number) else self.value
                case LiteralType.BOOLEAN:
                    return {"true": True, "1": True, "false": False, "0": False}.get(self.value.lower(), self.value)
                case _:
                    return self.value
        except ValueError:
            return self.value

    def label(self) -> str:
        return f"{self.value} {self.unit}" if self.unit else self.value


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing. ``label`` is in the store's default language; the mappings go by language tag."""

    id: str
    label: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    description: str | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Literal | tuple[Literal, ...]] = field(default_factory=dict)
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Triple:
    """A statement as a source says it: head, relation, tail (an entity id or a literal) and qualifiers."""

    head: str | Literal
    relation: str
    tail: str | Literal
    qualifiers: Mapping[str, Literal | str] = field(default_factory=dict)
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """What is known of a relation. None means not said; ``inferred`` names the fields deduced from the data."""

    id: str
    label: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    description: str | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    inverse_label: str | None = None
    inverse_of: str | None = None
    symmetric: bool | None = None
    functional: bool | None = None
    domain: str | None = None
    range: str | None = None
    inferred: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class MentionSpan:
    """A mention of an entity in a passage; offsets count code points."""

    start: int
    end: int
    entity: str
    found: bool = False  # True: found by our linker, redone when names change; False: given by a source


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text. ``offset`` is where it starts in its document, in code points."""

    id: str
    text: str
    title: str | None = None
    language: str | None = None
    document: str | None = None
    offset: int = 0
    mentions: tuple[MentionSpan, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """Two ids for one thing; deleting its source parts them again."""

    a: str
    b: str
    source: str | None = None


Record = Entity | Triple | Relation | Passage | Same


@dataclass(frozen=True, slots=True)
class Statement:
    """A stored statement with every source that asserts it."""

    head: str | Literal
    relation: str
    tail: str | Literal
    qualifiers: Mapping[str, Literal | str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a mention: a node of the graph. ``score`` in [0, 1]."""

    node: int
    id: str
    label: str
    score: float
    how: str  # "given", "exact", "alias", "fuzzy", "value", "type"


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of text with its readings, best first; no readings means NIL (a name that the graph lacks)."""

    text: str
    start: int
    end: int
    candidates: tuple[Candidate, ...] = ()
    score: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        best = self.candidates[0] if self.candidates else None
        return {
            "mention": self.text,
            "start": self.start,
            "end": self.end,
            "id": best.id if best else None,
            "score": round(best.score if best else 0.0, 4),
        }
