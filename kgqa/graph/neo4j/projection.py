"""Labels and properties of an entity, for people: made from what its sources say, never read back as truth."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kgqa.graph.assertions import EntityField, Said, shown_label
from kgqa.graph.keys import NodeKey, node_key, node_ref
from kgqa.graph.neo4j.names import ENTITY_PROPERTIES, label_of, property_of, stored_id, type_of
from kgqa.graph.values import Comparable, comparable_label, comparable_literal
from kgqa.types import Literal, LiteralType

if TYPE_CHECKING:
    from kgqa.graph.neo4j.writer import Ref

AXIS = ("dimension", "lo", "hi")
_SHOWN_AT_MOST = 4_000
"""Characters of a text that becomes a property of an entity; the whole stands among its facts."""


def stored_key(ref: Ref) -> str:
    """What the constraint on nodes is on: an entity's ``id``, a literal's ``key``."""
    if isinstance(ref, str):
        return stored_id(ref)[0]
    return hashlib.blake2b(json.dumps(ref, ensure_ascii=False).encode(), digest_size=16).hexdigest()


def literal_key(value: str, type: str, unit: str | None, lang: str | None) -> NodeKey:
    """The key of a literal from what its node stores."""
    return node_key(Literal(value, LiteralType(type), unit, lang))


def literal_properties(key: NodeKey) -> dict[str, Any]:
    """All properties of a literal but its number and run."""
    literal = node_ref(*key)
    if not isinstance(literal, Literal):
        raise TypeError(f"no literal: {key!r}")
    about = {"value": literal.value, "type": str(literal.type), "unit": literal.unit, "lang": literal.lang}
    return {"key": stored_key(key), **about, **_axis(comparable_literal(literal))}


def entity_properties(
    id: str, facts: Sequence[Said], values: Iterable[tuple[str, NodeKey]]
) -> tuple[dict[str, Any], list[str]]:
    """Public properties and labels. ``values`` are (relation, literal) of its attributes."""
    short, long = stored_id(id)
    name = shown_label(id, facts)
    aliases = sorted({fact.value for fact in facts if fact.field == EntityField.ALIAS})
    described = [fact for fact in facts if fact.field == EntityField.DESCRIPTION]
    properties: dict[str, Any] = {"id": short, "long_id": long, "name": name[:_SHOWN_AT_MOST]}
    if aliases:
        properties["aliases"] = [alias[:_SHOWN_AT_MOST] for alias in aliases]
    if described:
        first = min(described, key=lambda fact: (fact.language, fact.source, fact.value))
        properties["description"] = first.value[:_SHOWN_AT_MOST]
    shown: dict[str, set[NodeKey]] = defaultdict(set)
    for relation, key in values:
        shown[relation].add(key)
    for relation, keys in shown.items():
        properties[property_of(type_of(relation), ENTITY_PROPERTIES)] = _as_property(sorted(keys))
    properties |= _axis(comparable_label(name))
    return properties, sorted({label_of(fact.value) for fact in facts if fact.field == EntityField.TYPE})


def _as_property(keys: list[NodeKey]) -> Any:
    """One value as what it is; several as a list, which Neo4j wants of one kind."""
    values = []
    for key in keys:
        literal = node_ref(*key)
        value = literal.python_value() if isinstance(literal, Literal) else literal
        values.append(str(value) if isinstance(value, int) and abs(value) >= 2**63 else value)
    values = [value[:_SHOWN_AT_MOST] if isinstance(value, str) else value for value in values]
    if len(values) == 1:
        return values[0]
    return values if len({type(value) for value in values}) == 1 else [str(value) for value in values]


def _axis(value: Comparable | None) -> dict[str, Any]:
    return {} if value is None else dict(zip(AXIS, (value.dimension, value.lo, value.hi), strict=True))
