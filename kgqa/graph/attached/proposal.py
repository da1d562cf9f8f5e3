"""Proposes how a property graph is read, from what was seen of it and from how people commonly name properties."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kgqa.graph.attached.inspection import Inspection, Sampled
from kgqa.graph.attached.mapping import UNLABELLED, GraphMap, NodeMap, PropertyMap, QualifierMap, RelationshipMap
from kgqa.graph.attached.naming import DESCRIPTIONS, by_words, is_alias, is_key, is_prose, is_text, name_of, words_of
from kgqa.graph.attached.values import iso_text
from kgqa.graph.values import date_interval
from kgqa.graph.words import as_words
from kgqa.types import LiteralType

_FROM = frozenset({"since", "from", "start", "started", "begin", "began", "beginning", "joined", "hired"})
_TO = frozenset({"until", "to", "end", "ended", "till", "left", "through"})
_AT = frozenset({"at", "on", "date", "year", "when", "day", "month", "time"})
_YEARS = frozenset(
    {"year", "born", "died", "founded", "established", "released", "published", "birth", "death", "release", "date"}
)
_UNITS = {
    "km": "km", "cm": "cm", "mm": "mm", "kg": "kg", "mg": "mg", "km2": "km^2", "m2": "m^2", "kwh": "kWh", "mw": "MW",
    "min": "min", "mins": "min", "minutes": "min", "seconds": "s", "hours": "hour", "meters": "m", "metres": "m",
    "miles": "mile", "feet": "foot", "celsius": "degC", "usd": "USD", "eur": "EUR", "gbp": "GBP",
}  # fmt: skip
_DECIMAL = re.compile(r"[+-]?\d+\.\d+")
_INTEGER = re.compile(r"[+-]?(?:0|[1-9]\d*)")
_TIMES = frozenset((LiteralType.DATE, LiteralType.YEAR))
_VECTOR = 16  # a list of so many numbers says nothing to a reader


def propose_graph_map(found: Inspection, *, language: str = "en") -> GraphMap:
    """A map of everything that was found, to be looked at and changed by a person."""
    nodes = {
        item.name: _node_map(item)
        for item in sorted(found.nodes, key=lambda item: (item.count, item.name))
        if item.alone or not item.name.startswith("_")
    }
    relationships = {item.name: _relationship_map(item) for item in found.relationships}
    taken = set(relationships)
    apart = {
        label: node.model_copy(update={"attributes": _apart(node.attributes, taken)}) for label, node in nodes.items()
    }
    unlabelled = apart.pop(UNLABELLED, None)
    return GraphMap(language=language, nodes=apart, unlabelled=unlabelled, relationships=relationships)


def _apart(attributes: Mapping[str, PropertyMap], taken: set[str]) -> dict[str, PropertyMap]:
    """Attributes renamed where a relationship type has their name."""
    return {
        name: attribute if name not in taken else attribute.model_copy(update={"relation": f"{name} (property)"})
        for name, attribute in attributes.items()
    }


def _node_map(item: Sampled) -> NodeMap:
    left = {name: flat for name, values in item.properties.items() if (flat := _flat(values))}
    name = name_of(item.name, left, item.sampled)
    named = {name} if isinstance(name, str) else set(name or ())
    aliases = [prop for prop, values in left.items() if prop not in named and is_alias(prop, values)]
    description = next(
        (prop for prop in by_words(left, DESCRIPTIONS) if prop not in named and is_text(left[prop])), None
    )
    key = item.unique[0] if item.unique else None
    apart = {*named, *aliases, *({key} - named)}
    if description is not None and (description in DESCRIPTIONS[:1] or is_prose(left[description])):
        apart.add(description)  # a short one, a tagline say, may be asked for
    attributes = {prop: _property_map(prop, values) for prop, values in left.items() if prop not in apart}
    return NodeMap(id=key, name=name, aliases=aliases, description=description, attributes=attributes)


def _flat(values: Sequence[Any]) -> list[Any]:
    """The values with lists opened; nothing for vectors and bytes."""
    flat: list[Any] = []
    for value in values:
        if isinstance(value, bytes | bytearray):
            return []
        if isinstance(value, list):
            if len(value) >= _VECTOR and all(isinstance(part, float) for part in value):
                return []
            flat.extend(value)
        else:
            flat.append(value)
    return flat


def _property_map(prop: str, values: Sequence[Any]) -> PropertyMap:
    type = _type_of(prop, values)
    words = words_of(prop)
    unit = _UNITS.get(words[-1]) if len(words) > 1 and all(_is_number(value) for value in values) else None
    label = " ".join(words[:-1]) if unit else None
    return PropertyMap(type=type, unit=unit, label=label)


def _type_of(prop: str, values: Sequence[Any]) -> LiteralType | None:
    """The type that the values have beyond what is stored: years among numbers, dates and numbers among texts."""
    timely = not (_YEARS | _FROM | _TO).isdisjoint(words_of(prop))
    if timely and all(isinstance(value, int) and 1 <= value <= 2100 for value in values):
        return LiteralType.YEAR
    if not is_text(values):
        return None
    if all(date_interval(iso_text(value)) is not None and (timely or "-" in value[1:]) for value in values):
        return LiteralType.DATE
    for type, form in ((LiteralType.INTEGER, _INTEGER), (LiteralType.DECIMAL, _DECIMAL)):
        if not is_key(prop) and all(form.fullmatch(value) for value in values):
            return type
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _relationship_map(item: Sampled) -> RelationshipMap:
    words = as_words(item.name.lower() if item.name.isupper() else item.name)
    qualifiers: dict[str, QualifierMap] = {}
    taken: set[str] = set()
    for prop, values in item.properties.items():
        flat = _flat(values)
        if not flat:
            continue
        type = _type_of(prop, flat)
        time = _time_of(prop) if type in _TIMES or all(_is_temporal(value) for value in flat) else None
        qualifiers[prop] = QualifierMap(name=time if time not in taken else None, type=type)
        taken |= {time} if time else set()
    return RelationshipMap(label=words if words != as_words(item.name) else None, qualifiers=qualifiers)


def _time_of(prop: str) -> str | None:
    words = set(words_of(prop))
    for name, signs in (("valid_from", _FROM), ("valid_to", _TO), ("at", _AT)):
        if words & signs:
            return name
    return None


def _is_temporal(value: Any) -> bool:
    from neo4j import time

    return isinstance(value, time.Date | time.DateTime)
