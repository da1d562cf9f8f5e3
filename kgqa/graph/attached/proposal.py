"""Proposes how a property graph is read, from what was seen of it and from how people commonly name properties."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kgqa.graph.attached.inspection import Inspection, Sampled
from kgqa.graph.attached.mapping import UNLABELLED, GraphMap, NodeMap, PropertyMap, QualifierMap, RelationshipMap
from kgqa.graph.values import date_interval
from kgqa.graph.words import as_words
from kgqa.types import LiteralType

_NAMES = ("name", "title", "label", "caption", "heading", "term")
_ALIASES = frozenset({"alias", "aliases", "aka", "synonym", "synonyms", "nickname", "nicknames", "alternative"})
_DESCRIPTIONS = (
    "description", "summary", "abstract", "about", "bio", "biography", "overview", "plot", "definition", "comment",
    "tagline",
)  # fmt: skip
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
_CODE = re.compile(r"\S*\d\S*|\S+://\S+|[0-9a-fA-F-]{16,}")
_LONG = 80  # characters on average: prose, not a name
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
    name = _name_of(left, item.sampled)
    aliases = [prop for prop, values in left.items() if prop != name and _is_alias(prop, values)]
    description = next((prop for prop in _by_words(left, _DESCRIPTIONS) if prop != name and _is_text(left[prop])), None)
    key = item.unique[0] if item.unique else None
    apart = {name, description, key if key != name else None, *aliases}
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


def _name_of(properties: Mapping[str, Sequence[Any]], sampled: int) -> str | None:
    """The property that most reads like a name: by its own name, by how many have it, by what its values look like."""
    best, chosen = 0.0, None
    for prop, values in properties.items():
        if not _is_text(values):
            continue
        words = as_words(prop).lower().split()
        said = next((1 - rank / 10 for rank, word in enumerate(_NAMES) if word in words), 0.0)
        whole = 0.5 if len(words) == 1 else 0.0
        share = min(len(values) / sampled, 1.0)
        distinct = len(set(values)) / len(values)
        looks = sum(not _CODE.fullmatch(value.strip()) for value in values) / len(values)
        long = sum(map(len, values)) / len(values) > _LONG
        other = _is_alias(prop, values) or any(word in words for word in _DESCRIPTIONS)
        score = (4 * said + (whole if said else 0) + 2 * share + distinct + looks) * (0.1 if long or other else 1.0)
        if score > best:
            best, chosen = score, prop
    return chosen


def _is_alias(prop: str, values: Sequence[Any]) -> bool:
    words = as_words(prop).lower().split()
    said = any(_stands_for(word, alias) for word in words for alias in _ALIASES) or words[:2] == ["also", "known"]
    return _is_text(values) and (said or (words[:1] == ["original"] and words[-1] in _NAMES))


def _stands_for(word: str, whole: str) -> bool:
    """Whether a word is ``whole`` or a beginning of it of three letters or more, as "syns" and "alt" are."""
    return word == whole or (len(word) > 2 and whole.startswith(word.removesuffix("s")) and len(word) < 5)


def _by_words(properties: Mapping[str, Sequence[Any]], wanted: Sequence[str]) -> list[str]:
    """The properties whose name holds one of the words, in the order of the words."""
    return [prop for word in wanted for prop in properties if word in as_words(prop).lower().split()]


def _is_text(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values) and any(value.strip() for value in values)


def _property_map(prop: str, values: Sequence[Any]) -> PropertyMap:
    type = _type_of(prop, values)
    words = as_words(prop).lower().split()
    unit = _UNITS.get(words[-1]) if len(words) > 1 and all(_is_number(value) for value in values) else None
    label = " ".join(words[:-1]) if unit else None
    return PropertyMap(type=type, unit=unit, label=label)


def _type_of(prop: str, values: Sequence[Any]) -> LiteralType | None:
    """The type that the values have beyond what is stored: years among numbers, dates among texts."""
    words = as_words(prop).lower().split()
    timely = not (_YEARS | _FROM | _TO).isdisjoint(words)
    if timely and all(isinstance(value, int) and 1 <= value <= 2100 for value in values):
        return LiteralType.YEAR
    if _is_text(values) and all(date_interval(value) is not None for value in values):
        return LiteralType.DATE if timely or all(len(value) > 4 for value in values) else None
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
        time = _time_of(prop) if type is not None or all(_is_temporal(value) for value in flat) else None
        qualifiers[prop] = QualifierMap(name=time if time not in taken else None, type=type)
        taken |= {time} if time else set()
    return RelationshipMap(label=words if words != as_words(item.name) else None, qualifiers=qualifiers)


def _time_of(prop: str) -> str | None:
    words = set(as_words(prop).lower().split())
    for name, signs in (("valid_from", _FROM), ("valid_to", _TO), ("at", _AT)):
        if words & signs:
            return name
    return None


def _is_temporal(value: Any) -> bool:
    from neo4j import time

    return isinstance(value, time.Date | time.DateTime)
