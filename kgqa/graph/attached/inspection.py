"""What a property graph holds, seen from samples: labels, relationship types, and their properties with some values.

Only reading sessions are used. Counts come from the server's own statistics; values from the first nodes of a label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kgqa.graph.attached.mapping import UNLABELLED
from kgqa.graph.neo4j.names import escape
from kgqa.graph.neo4j.server import Server

SAMPLE = 500
_LONGEST_LIST = 64
"""Of a list only so many members are fetched: embeddings are lists of hundreds of numbers."""
_LONGEST_TEXT = 2_000

_LABELS = "CALL db.labels() YIELD label RETURN label ORDER BY label"
_TYPES = "CALL db.relationshipTypes() YIELD relationshipType AS type RETURN type ORDER BY type"
_UNIQUE = (
    "SHOW CONSTRAINTS YIELD type, entityType, labelsOrTypes, properties "
    "WHERE entityType = 'NODE' AND type IN ['UNIQUENESS', 'NODE_KEY'] AND size(properties) = 1 "
    "RETURN labelsOrTypes[0], properties[0] ORDER BY labelsOrTypes[0], properties[0]"
)
_CUT = (
    f"[key IN keys(x) | [key, CASE WHEN valueType(x[key]) STARTS WITH 'LIST' THEN x[key][..{_LONGEST_LIST}] "
    f"WHEN valueType(x[key]) STARTS WITH 'STRING' THEN left(x[key], {_LONGEST_TEXT}) ELSE x[key] END]]"
)


@dataclass(frozen=True, slots=True)
class Sampled:
    """One label or relationship type: how many there are, how many were looked at, the values seen of each property.

    ``alone`` counts the sampled nodes that have no other label (those with a leading underscore aside); ``unique``
    are the properties that a constraint keeps without repeats.
    """

    name: str
    count: int
    sampled: int
    properties: Mapping[str, list[Any]]
    alone: int = 0
    unique: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found; ``nodes`` and ``relationships`` with at least one member."""

    nodes: tuple[Sampled, ...]
    relationships: tuple[Sampled, ...]


def inspect_graph(server: Server, *, sample: int = SAMPLE) -> Inspection:
    """Looks at at most ``sample`` members of each label and relationship type; writes nothing."""
    unique: dict[str, list[str]] = defaultdict(list)
    for label, name in server.read(_UNIQUE):
        unique[label].append(name)
    nodes = [_label(server, row[0], sample, tuple(unique[row[0]])) for row in list(server.read(_LABELS))]
    nodes.append(_unlabelled(server, sample))
    types = [_type(server, row[0], sample) for row in list(server.read(_TYPES))]
    return Inspection(tuple(item for item in nodes if item.sampled), tuple(item for item in types if item.sampled))


def _label(server: Server, label: str, sample: int, unique: tuple[str, ...]) -> Sampled:
    pattern = f"MATCH (x:{escape(label)})"
    count = int(server.one(f"{pattern} RETURN count(x)"))
    rows = server.read(f"{pattern} WITH x LIMIT $sample RETURN labels(x), {_CUT}", sample=sample)
    alone, properties, sampled = 0, [], 0
    for labels, values in rows:
        sampled += 1
        alone += not any(other != label and not other.startswith("_") for other in labels)
        properties.append(values)
    return Sampled(label, count, sampled, _by_name(properties), alone, unique)


def _unlabelled(server: Server, sample: int) -> Sampled:
    rows = server.read(f"MATCH (x) WHERE size(labels(x)) = 0 WITH x LIMIT $sample RETURN {_CUT}", sample=sample)
    properties = [row[0] for row in rows]
    count = len(properties)
    if count == sample:
        count = int(server.one("MATCH (x) WHERE size(labels(x)) = 0 RETURN count(x)"))
    return Sampled(UNLABELLED, count, len(properties), _by_name(properties), len(properties))


def _type(server: Server, name: str, sample: int) -> Sampled:
    pattern = f"MATCH ()-[x:{escape(name)}]->()"
    count = int(server.one(f"{pattern} RETURN count(x)"))
    properties = [row[0] for row in server.read(f"{pattern} WITH x LIMIT $sample RETURN {_CUT}", sample=sample)]
    return Sampled(name, count, len(properties), _by_name(properties))


def _by_name(rows: Iterable[list[list[Any]]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for name, value in row:
            found[name].append(value)
    return dict(sorted(found.items()))
