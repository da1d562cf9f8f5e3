"""networkx graphs, both ways.

Nodes are entities: the attributes ``label``, ``labels``, ``aliases``, ``types`` (or ``type``), ``description``,
``descriptions`` mean what they mean in a native record, all others are attributes. An edge is a statement whose
relation is its attribute ``relation`` or, in a multigraph, its key; ``source`` is the statement's source, all
others are qualifiers. An undirected graph says that its relations are symmetric.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kgqa.errors import InputError
from kgqa.graph.formats.literals import identifier, literal_from_json
from kgqa.graph.formats.native_read import record_from_dict
from kgqa.graph.formats.native_write import record_to_dict
from kgqa.graph.formats.objects import is_missing, plain
from kgqa.graph.formats.options import LineErrors
from kgqa.types import Entity, Literal, Passage, Record, Relation, Same, Triple

if TYPE_CHECKING:
    import networkx as nx

_NAMES = ("label", "labels", "aliases", "types", "description", "descriptions")
_RESERVED = {*_NAMES, "type", "attributes", "source"}


def read_networkx(graph: nx.Graph[Any], errors: LineErrors) -> Iterator[Record]:
    """Entities, then statements, then what ``graph.graph["relations"]`` and ``["same"]`` hold in native form."""
    ids: dict[Hashable, str | Literal] = {}
    owner: dict[str, Hashable] = {}
    for number, (node, data) in enumerate(graph.nodes(data=True), 1):
        try:
            ids[node] = name = node if isinstance(node, Literal) else identifier(str(node), "node")
            if isinstance(name, Literal):
                continue
            if owner.setdefault(name, node) != node:
                raise InputError(f"two nodes have the id {name!r}: {owner[name]!r} and {node!r}", hint="rename one")
            record = _entity(name, data)
        except InputError as error:
            ids.pop(node, None)
            errors.bad(f"node {node!r}: {error.problem}", line=number, text=repr((node, data)), hint=error.hint)
        else:
            yield record
    yield from _edges(graph, ids, errors)
    for kind, name in (("relation", "relations"), ("same", "same")):
        for number, body in enumerate(graph.graph.get(name, ()), 1):
            try:
                yield record_from_dict({kind: body})
            except InputError as error:
                errors.bad(f"graph[{name!r}]: {error.problem}", line=number, text=repr(body), hint=error.hint)


def _edges(graph: nx.Graph[Any], ids: dict[Hashable, str | Literal], errors: LineErrors) -> Iterator[Record]:
    symmetric: set[str] = set()
    multi: Any = graph.edges
    edges: Iterable[tuple[Any, ...]] = (
        multi(keys=True, data=True)
        if graph.is_multigraph()
        else ((head, tail, None, data) for head, tail, data in graph.edges(data=True))
    )
    for number, (head, tail, key, data) in enumerate(edges, 1):
        if head not in ids or tail not in ids:
            continue  # its node was refused above
        try:
            relation = _relation(data, key)
            record = Triple(ids[head], relation, ids[tail], _qualifiers(data), _source(data))
        except InputError as error:
            where = f"edge {head!r} to {tail!r}"
            errors.bad(f"{where}: {error.problem}", line=number, text=repr((head, tail, data)), hint=error.hint)
            continue
        if not graph.is_directed() and relation not in symmetric:
            symmetric.add(relation)
            yield Relation(relation, symmetric=True)
        yield record


def _entity(id: str, data: Mapping[str, Any]) -> Entity:
    body: dict[str, Any] = {"id": id, "attributes": dict(data.get("attributes") or {})}
    for name, value in data.items():
        if name in _NAMES:
            body[name] = None if is_missing(value) else value
        elif name == "type":
            body.setdefault("types", [value] if isinstance(value, str) else value)
        elif name not in _RESERVED and not is_missing(value):
            body["attributes"][str(name)] = (
                [plain(v) for v in value] if isinstance(value, list | tuple) else plain(value)
            )
    record = record_from_dict({"entity": body, "source": _source(data)})
    if not isinstance(record, Entity):
        raise InputError("no entity")
    return record


def _relation(data: Mapping[str, Any], key: object) -> str:
    relation = data.get("relation", key if isinstance(key, str) else None)
    if relation is None:
        raise InputError("no relation", hint='set the edge attribute "relation", or name it by the key of a multigraph')
    return identifier(relation, "relation")


def _qualifiers(data: Mapping[str, Any]) -> dict[str, Literal | str]:
    given = {**data, **(data.get("qualifiers") or {})}
    found: dict[str, Literal | str] = {}
    for name, value in given.items():
        value = plain(value)
        nested = name in (data.get("qualifiers") or {})
        if (name in ("relation", "source", "qualifiers") and not nested) or is_missing(value):
            continue
        found[str(name)] = value if isinstance(value, str | Literal) else literal_from_json(value)
    return found


def _source(data: Mapping[str, Any]) -> str | None:
    return None if data.get("source") is None else identifier(data["source"], "source")


# --- writing ----------------------------------------------------------------------------------------------


def to_networkx(records: Iterable[Record]) -> nx.MultiDiGraph[Any]:
    """A MultiDiGraph that :func:`read_networkx` reads back. Passages have no place in it and are left out."""
    import networkx as nx

    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.graph.update(relations=[], same=[])
    for record in records:
        match record:
            case Entity():
                graph.add_node(record.id, **_node_data(record))
            case Triple():
                _add_edge(graph, record)
            case Relation():
                graph.graph["relations"].append(record_to_dict(record)["relation"])
            case Same():
                graph.graph["same"].append(record_to_dict(record)["same"])
            case Passage():
                pass
    return graph


def _node_data(record: Entity) -> dict[str, Any]:
    native = record_to_dict(record)
    body = native["entity"]
    del body["id"]
    attributes = body.pop("attributes", {})
    nested = {name: value for name, value in attributes.items() if name in _RESERVED}
    flat = {name: value for name, value in attributes.items() if name not in _RESERVED}
    return {**body, **flat, **({"attributes": nested} if nested else {}), **_source_data(record)}


def _add_edge(graph: nx.MultiDiGraph[Any], record: Triple) -> None:
    taken = {"relation", "source", "qualifiers"}
    flat = {name: value for name, value in record.qualifiers.items() if name not in taken}
    nested = {name: value for name, value in record.qualifiers.items() if name in taken}
    data = {"relation": record.relation, **flat, **({"qualifiers": nested} if nested else {}), **_source_data(record)}
    key: Any = record.relation
    while graph.has_edge(record.head, record.tail, key):
        if graph.edges[record.head, record.tail, key] == data:
            return
        key = (record.relation, 2 if key == record.relation else key[1] + 1)
    graph.add_edge(record.head, record.tail, key=key)
    graph.edges[record.head, record.tail, key].update(data)


def _source_data(record: Entity | Triple) -> dict[str, str]:
    return {} if record.source is None else {"source": record.source}
