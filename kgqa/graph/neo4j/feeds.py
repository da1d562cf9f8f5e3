"""What indexes and the snapshot are built from, streamed in columns: a row for a node, with all that leads from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from operator import itemgetter
from typing import Any

from kgqa.graph.assertions import EntityField, Said
from kgqa.graph.keys import ENTITY_KIND, unpack_qualifiers
from kgqa.graph.neo4j.names import SAME_AS, escape
from kgqa.graph.neo4j.packing import unpack
from kgqa.graph.neo4j.projection import literal_key
from kgqa.graph.neo4j.reading import chunks
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import View
from kgqa.graph.rows import StoredNode
from kgqa.graph.store import Edges
from kgqa.types import Literal

_NAMED = (EntityField.LABEL, EntityField.ALIAS, EntityField.TYPE)
_ENTITIES = "RETURN n.number AS number, coalesce(n.long_id, n.id), n.facts, n.runs ORDER BY number"
_LITERALS = "RETURN n.number AS number, n.value, n.type, n.unit, n.lang ORDER BY number"
_QUALIFIED = "RETURN DISTINCT h.number AS h, {number} AS r, t.number AS t, a.qualifiers AS q"
_SAME = "MATCH (x:Entity)-[a:" + SAME_AS + "]->(y:Entity) WHERE {shows} RETURN DISTINCT x.number AS x, y.number AS y"
_EDGES_AT_ONCE = 500


class Feeds:
    """Streams of one store as of a view. ``types`` gives number and id by relationship type."""

    def __init__(self, server: Server, view: View, types: dict[str, tuple[int, str]]) -> None:
        self._server, self._view, self._types = server, view, types

    @property
    def view(self) -> View:
        return self._view

    def _rows(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        return self._server.read(query, **self._view.parameters, **values)

    # --- nodes

    def nodes(self, numbers: Sequence[int] | None) -> Iterator[tuple[StoredNode, list[Said]]]:
        """Each node that shows, or these, with its labels, aliases and types; in order of number."""
        wanted = None if numbers is None else sorted({int(number) for number in numbers})
        yield from merge(self._entities(wanted), self._literals(wanted), key=lambda pair: pair[0][0])

    def _entities(self, wanted: list[int] | None) -> Iterator[tuple[StoredNode, list[Said]]]:
        for id, facts, runs, number in self._numbered("Entity", _ENTITIES, wanted):
            said = [unpack(text) for text in self._view.visible(facts, runs)]
            yield (number, id, ENTITY_KIND, "", ""), [fact for fact in said if fact.field in _NAMED]

    def _literals(self, wanted: list[int] | None) -> Iterator[tuple[StoredNode, list[Said]]]:
        for value, type, unit, lang, number in self._numbered("Literal", _LITERALS, wanted):
            text, kind, *rest = literal_key(value, type, unit, lang)
            yield (number, text, kind, rest[0], rest[1]), []

    def _numbered(self, label: str, returned: str, wanted: list[int] | None) -> Iterator[tuple[Any, ...]]:
        """The columns after the number, then the number; from an index, so that the server sorts nothing."""
        shows = self._view.node("n")
        if wanted is None:
            query = f"MATCH (n:{label}) WHERE n.number >= 0 AND {shows} {returned}"
            yield from ((*row[1:], row[0]) for row in self._rows(query))
            return
        query = f"UNWIND $numbers AS wanted MATCH (n:{label} {{number: wanted}}) WHERE {shows} {returned}"
        for chunk in chunks(wanted):
            yield from ((*row[1:], row[0]) for row in self._rows(query, numbers=chunk))

    # --- statements

    def edges(self, chunk: int) -> Iterator[Edges]:
        """Every distinct edge, relation by relation."""
        import numpy as np

        heads: list[Any] = []
        relations: list[Any] = []
        tails: list[Any] = []
        waiting = 0
        for number, h, t in self._adjacent():
            heads.append(h)
            tails.append(t)
            relations.append(np.full(len(h), number, dtype=np.int32))
            waiting += len(h)
            while waiting >= chunk:
                columns = [np.concatenate(column) for column in (heads, relations, tails)]
                yield Edges(*(column[:chunk] for column in columns))
                heads, relations, tails = ([column[chunk:]] for column in columns)
                waiting -= chunk
        if waiting:
            yield Edges(*(np.concatenate(column) for column in (heads, relations, tails)))

    def _adjacent(self) -> Iterator[tuple[int, Any, Any]]:
        """Relation, heads and tails of some hundred heads at a time."""
        import numpy as np

        shows = self._view.several("a")
        labels = [label for label in ("Entity", "Literal") if self._leads(label)]
        for type, (number, _) in sorted(self._types.items(), key=itemgetter(1)):
            for label in labels:
                query = (
                    f"MATCH (h:{label})-[a:{escape(type)}]->(t) WHERE {shows} "
                    "RETURN h.number, collect(DISTINCT t.number)"
                )
                for rows in chunks(self._rows(query)):
                    heads = np.array([row[0] for row in rows], dtype=np.int32)
                    lengths = np.array([len(row[1]) for row in rows])
                    tails = np.fromiter((tail for row in rows for tail in row[1]), dtype=np.int32)
                    yield number, np.repeat(heads, lengths), tails

    def _leads(self, label: str) -> bool:
        return next(self._rows(f"MATCH (h:{label})-[a]->() RETURN 1 LIMIT 1"), None) is not None

    def qualified(self, edges: Edges | None) -> Iterator[tuple[int, int, int, dict[str, Literal | str]]]:
        """Statements with qualifiers, of everything or of these edges; in order."""
        shows = f"a.qualifiers IS NOT NULL AND {self._view.several('a')}"
        of = {number: type for type, (number, _) in self._types.items()}
        if edges is None:
            rows = [
                row
                for label in ("Entity", "Literal")
                for type, number, h, t, q in self._rows(
                    f"MATCH (h:{label})-[a]->(t) WHERE {shows} "
                    "RETURN DISTINCT type(a), 0, h.number, t.number, a.qualifiers"
                )
                if type in self._types
                for row in [(h, self._types[type][0], t, q)]
            ]
        else:
            rows = []
            for relation, pairs in self._by_relation(edges).items():
                for matched in between(escape(of[relation])) if relation in of else ():
                    query = f"{matched} WHERE {shows} RETURN DISTINCT pair[0], pair[1], a.qualifiers"
                    for chunk in chunks(pairs):
                        rows += [(h, relation, t, q) for h, t, q in self._rows(query, pairs=chunk)]
        for head, relation, tail, packed in sorted(rows):
            yield head, relation, tail, unpack_qualifiers(packed)

    @staticmethod
    def _by_relation(edges: Edges) -> dict[int, list[list[int]]]:
        found: dict[int, list[list[int]]] = {}
        table = zip(edges.relations.tolist(), edges.heads.tolist(), edges.tails.tolist(), strict=True)
        for relation, head, tail in sorted(set(table)):
            found.setdefault(relation, []).append([head, tail])
        return found

    def standing(self, edges: Edges) -> set[tuple[int, int, int]]:
        """Those of these edges that show."""
        of = {number: type for type, (number, _) in self._types.items()}
        shows, found = self._view.several("a"), set()
        for relation, pairs in self._by_relation(edges).items():
            for matched in between(escape(of[relation])) if relation in of else ():
                for chunk in chunks(pairs):
                    rows = self._rows(f"{matched} WHERE {shows} RETURN DISTINCT pair[0], pair[1]", pairs=chunk)
                    found |= {(head, relation, tail) for head, tail in rows}
        return found

    def same_pairs(self) -> list[tuple[int, int]]:
        rows = self._rows(_SAME.format(shows=self._view.single("a")))
        return sorted((a, b) for a, b in rows)


def between(type: str) -> list[str]:
    """Patterns of the statements of an escaped type between $pairs of numbers, by the labels of both ends."""
    return [
        f"UNWIND $pairs AS pair MATCH (h:{head} {{number: pair[0]}}) MATCH (t:{tail} {{number: pair[1]}}) "
        f"MATCH (h)-[a:{type}]->(t)"
        for head in ("Entity", "Literal")
        for tail in ("Entity", "Literal")
    ]
