"""The parts of reading queries over a graph of ours: one place that knows how statements and types are stored.

Only escaped names of relations and types become text; ids, numbers and values are parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kgqa.graph.keys import node_key, node_ref
from kgqa.graph.neo4j.names import escape, label_of, stored_id
from kgqa.graph.neo4j.projection import literal_key, stored_key
from kgqa.graph.neo4j.showing import View
from kgqa.types import Literal

REF = (
    "CASE WHEN n.id IS NULL THEN [n.number, null, n.value, n.type, n.unit, n.lang] "
    "ELSE [n.number, n.id, CASE WHEN n.id STARTS WITH 'blake2b:' THEN n.long_id END] END"
)
"""What tells a node ``n``: see ``told``."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What finds entities and literals: by their own constraints."""

    ids: tuple[str, ...]
    literals: tuple[str, ...]


def keys_of(refs: Iterable[str | Literal]) -> Keys:
    """The keys of these entities and literals."""
    ids, literals = [], []
    for ref in refs:
        if isinstance(ref, Literal):
            literals.append(stored_key(node_key(ref)))
        else:
            ids.append(stored_id(node_key(ref)[0])[0])
    return Keys(tuple(sorted(ids)), tuple(sorted(literals)))


def told(row: list[Any]) -> tuple[int, str | Literal]:
    """Number and id or literal of a node, from what ``REF`` gives."""
    number, id, *rest = row
    return number, rest[0] or id if id is not None else node_ref(*literal_key(*rest))


@dataclass(frozen=True, slots=True)
class Fragments:
    """Clauses and conditions as of a view. ``types`` are the relationship types by relation number."""

    view: View
    types: Mapping[int, str]

    def numbered(self, number: str, *kept: str) -> str:
        """Clauses that find the node ``n`` with a number, an expression, and keep these variables."""
        rest = "".join(f"{name}, " for name in kept)
        return (
            f"OPTIONAL MATCH (e:Entity {{number: {number}}}) OPTIONAL MATCH (l:Literal {{number: {number}}}) "
            f"WITH {rest}coalesce(e, l) AS n WHERE n IS NOT NULL"
        )

    def keyed(self, ids: str | None, literals: str | None) -> str:
        """Clauses that give the nodes ``n`` whose keys are in these lists, expressions."""
        shows = self.view.node("n")
        parts = [
            f"MATCH (n:{label}) WHERE n.{key} IN {wanted} AND {shows}"
            for label, key, wanted in (("Entity", "id", ids), ("Literal", "key", literals))
            if wanted is not None
        ]
        if len(parts) == 1:
            return f"{parts[0]} WITH DISTINCT n"
        return f"CALL () {{ {' UNION '.join(f'{part} RETURN n' for part in parts)} }} WITH n"

    def among(self, name: str, ids: str | None, literals: str | None) -> str:
        """The condition that a node is one of these."""
        parts = [
            f"coalesce({name}.{key} IN {wanted}, false)"
            for key, wanted in (("id", ids), ("key", literals))
            if wanted is not None
        ]
        if literals is not None:
            parts[-1] = f"({name}:Literal AND {parts[-1]})"
        return f"({' OR '.join(parts)})"

    def step(self, near: str, far: str, relation: int, *, inverse: bool, both: bool, link: str = "a") -> str:
        """A clause from ``near`` over one relation to ``far``; ``both``: either way, for a symmetric relation."""
        left, right = ("-", "-") if both else ("<-", "-") if inverse else ("-", "->")
        return (
            f"MATCH ({near}){left}[{link}:{escape(self.types[relation])}]{right}({far}) WHERE {self.view.several(link)}"
        )

    def has_type(self, name: str, type: str) -> str:
        """Whether a node has the type."""
        return f"({name}:Entity AND {name}:{escape(label_of(type))})"

    def of_type(self, type: str) -> str:
        """Clauses that give every node ``n`` of a type."""
        return f"MATCH (n:{escape(label_of(type))}) WHERE n:Entity AND {self.view.node('n')} WITH n"

    def all_links(self, *, qualified: bool = False) -> str:
        """Clauses that give each distinct statement, qualifiers aside, as ``h``, ``r`` (the type) and ``t``."""
        said = "a.qualifiers" if qualified else "a.runs"
        return (
            f"MATCH (h)-[a]->(t) WHERE (h:Entity OR h:Literal) AND {said} IS NOT NULL AND {self.view.several('a')} "
            "WITH DISTINCT h, t, type(a) AS r"
        )

    def turned(self) -> str:
        """Goes on from ``all_links`` to each statement that stands the other way round, as ``s``."""
        return (
            f"MATCH (t)-[b]->(h) WHERE b.runs IS NOT NULL AND {self.view.several('b')} "
            "WITH DISTINCT h, t, r, type(b) AS s"
        )
