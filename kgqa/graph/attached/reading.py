"""Reads a property graph by its map as records. Every name goes to the server as a parameter; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from kgqa.errors import InputError
from kgqa.graph.attached.mapping import UNLABELLED, GraphMap, NodeMap
from kgqa.graph.attached.values import literals, texts
from kgqa.graph.neo4j.server import Server
from kgqa.graph.words import as_words
from kgqa.types import Entity, Literal, Record, Relation, Triple

_MOST_ROWS = 100  # statements that the lists among one relationship's properties may give

_ID = (
    "coalesce(head([rule IN $rules WHERE rule.label IN labels({0}) AND {0}[rule.property] IS NOT NULL "
    "| rule.label + ':' + toString({0}[rule.property])]), elementId({0}))"
)
_SHOWN = "(any(label IN labels({0}) WHERE label IN $labels) OR ($unlabelled AND size(labels({0})) = 0))"
_NODES = (
    f"MATCH (n) WHERE {_SHOWN.format('n')} RETURN {_ID.format('n')}, labels(n), [property IN $properties | n[property]]"
)
_RELATIONSHIPS = (
    f"MATCH (a)-[r]->(b) WHERE type(r) IN $types AND {_SHOWN.format('a')} AND {_SHOWN.format('b')} "
    f"RETURN {_ID.format('a')}, type(r), {_ID.format('b')}, [property IN $properties | r[property]]"
)


def read_graph(server: Server, mapping: GraphMap) -> Iterator[Record]:
    """Relations, then entities, then statements, as they stream in.

    Raises InputError when a property that gives ids repeats.
    """
    yield from _relations(mapping)
    yield from _entities(server, mapping)
    yield from _statements(server, mapping)


def _relations(mapping: GraphMap) -> Iterator[Relation]:
    for name, relationship in mapping.relationships.items():
        if relationship.label or relationship.inverse_label or relationship.symmetric is not None:
            yield Relation(
                name,
                label=relationship.label,
                inverse_label=relationship.inverse_label,
                symmetric=relationship.symmetric,
            )
    said = set()
    for node in mapping.entries().values():
        for name, attribute in node.attributes.items():
            relation = attribute.relation or name
            label = attribute.label or (as_words(name) if relation != name else None)
            if label and relation not in said:
                said.add(relation)
                yield Relation(relation, label=label)


def _entities(server: Server, mapping: GraphMap) -> Iterator[Entity]:
    entries = mapping.entries()
    names = sorted({name for node in entries.values() for name in _properties(node)})
    seen: set[str] = set()
    keyed = {label for label, node in entries.items() if node.id}
    for id, labels, values in server.read(_NODES, properties=names, **_which(mapping)):
        if not keyed.isdisjoint(labels):
            if id in seen:
                raise InputError(f"two nodes have the id {id!r}", hint="give another 'id' property in the map, or none")
            seen.add(id)
        yield _entity(id, labels, dict(zip(names, values, strict=True)), entries, mapping.language)


def _which(mapping: GraphMap) -> dict[str, Any]:
    """The parameters that say which nodes are read and what makes their ids."""
    return {
        "labels": list(mapping.nodes),
        "unlabelled": mapping.unlabelled is not None,
        "rules": [{"label": label, "property": node.id} for label, node in mapping.nodes.items() if node.id],
    }


def _properties(node: NodeMap) -> Iterator[str]:
    yield from node.named_by
    if node.description:
        yield node.description
    yield from node.aliases
    yield from node.attributes


def _entity(
    id: str, labels: list[str], values: Mapping[str, Any], known: Mapping[str, NodeMap], language: str
) -> Entity:
    wanted = set(labels) or {UNLABELLED}
    entries = {label: node for label, node in known.items() if label in wanted}
    attributes: dict[str, dict[Literal, None]] = {}
    aliases: dict[str, None] = {}
    for node in entries.values():
        aliases |= {text: None for name in node.aliases for text in texts(values[name])}
        for name, attribute in node.attributes.items():
            found = dict.fromkeys(literals(values[name], attribute.type, attribute.unit))
            if found:
                attributes.setdefault(attribute.relation or name, {}).update(found)
    label = next((name for node in entries.values() if (name := _joined(values, node.named_by))), None)
    aliases.pop(label or "", None)
    return Entity(
        id,
        label=label,
        aliases={language: tuple(aliases)} if aliases else {},
        types=tuple(node.type or label for label, node in entries.items() if node.type or label),
        description=_first(values, (node.description for node in entries.values())),
        attributes={name: tuple(found) for name, found in attributes.items()},
    )


def _joined(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first text of each of these properties, in one."""
    return " ".join(text for name in names for text in islice(texts(values[name]), 1))


def _first(values: Mapping[str, Any], names: Iterator[str | None]) -> str | None:
    """The first text among these properties."""
    return next((text for name in names if name for text in texts(values[name])), None)


def _statements(server: Server, mapping: GraphMap) -> Iterator[Triple]:
    relationships = mapping.relationships
    names = sorted({name for relationship in relationships.values() for name in relationship.qualifiers})
    types = list(relationships)
    for head, relation, tail, values in server.read(_RELATIONSHIPS, types=types, properties=names, **_which(mapping)):
        held = dict(zip(names, values, strict=True))
        parts: list[list[tuple[str, Literal]]] = []
        rows = 1
        for name, qualifier in relationships[relation].qualifiers.items():
            found = [(qualifier.name or name, each) for each in literals(held[name], qualifier.type, qualifier.unit)]
            if found:
                # A qualifier has one value: a list says the statement once for each.
                found = found[: max(1, _MOST_ROWS // rows)]
                rows *= len(found)
                parts.append(found)
        for qualifiers in product(*parts):
            yield Triple(head, relation, tail, dict(qualifiers))
