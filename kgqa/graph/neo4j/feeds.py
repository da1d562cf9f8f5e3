"""What indexes and the snapshot are built from, streamed in columns: a row for a node, with all that leads from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from kgqa.graph.assertions import EntityField, Said
from kgqa.graph.keys import ENTITY_KIND, unpack_qualifiers
from kgqa.graph.neo4j.names import SAME_AS, escape
from kgqa.graph.neo4j.packing import unpack_all
from kgqa.graph.neo4j.projection import literal_key
from kgqa.graph.neo4j.reading import chunks
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import View
from kgqa.graph.rows import StoredNode
from kgqa.graph.store import Edges
from kgqa.types import Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NAMED = (EntityField.LABEL, EntityField.ALIAS, EntityField.TYPE)
_READERS = 2
_PAGE = 10_000
"""Numbers of nodes at once. What they have comes in lists: a record of the driver's costs more than what it holds."""
_ENTITY = "[n.number, coalesce(n.long_id, n.id), coalesce(n.facts, []), coalesce(n.runs, [])]"
_LITERAL = "[n.number, n.value, n.type, n.unit, n.lang]"
_NODES = (
    "MATCH (n:{label}) WHERE n.number >= $low AND n.number < $high RETURN collect(CASE WHEN {shows} THEN {columns} END)"
)
_THESE = "UNWIND $numbers AS wanted MATCH (n:{label} {{number: wanted}}) WHERE {shows} RETURN collect({columns})"
_IDS = "MATCH (n:{label}) WHERE n.number >= $low AND n.number < $high RETURN [collect(id(n)), collect(n.number)]"
_EDGES = (
    "MATCH (n:{label}) WHERE n.number >= $low AND n.number < $high WITH collect(n) AS heads UNWIND heads AS h "
    "MATCH (h)-[a]->(t) WHERE {shows} "
    "WITH type(a) AS type, collect(id(h)) AS hs, collect(id(t)) AS ts, count(a.qualifiers) AS qualified "
    "RETURN collect([type, hs, ts, qualified])"
)
"""By internal ids, which cost no look at the properties of nodes; ``_IDS`` tells their numbers, from the index."""
_SAME = "MATCH (x:Entity)-[a:" + SAME_AS + "]->(y:Entity) WHERE {shows} RETURN DISTINCT x.number AS x, y.number AS y"


@dataclass(slots=True)
class Learnt:
    """Which relationship types have qualifiers, as of a view: told by its edges, so that the others need no look."""

    known: tuple[View, frozenset[str]] | None = None


class Feeds:
    """Streams of one store as of a view. ``types`` gives number and id by relationship type."""

    def __init__(self, server: Server, view: View, types: dict[str, tuple[int, str]], learnt: Learnt) -> None:
        self._server, self._view, self._types, self._learnt = server, view, types, learnt

    @property
    def view(self) -> View:
        return self._view

    def _rows(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        return self._server.read(query, **self._view.parameters, **values)

    def _pages(self, query: str) -> Iterator[list[Any]]:
        """What a query gives for each ``_PAGE`` numbers, in their order; the next are asked for meanwhile."""

        def page(low: int) -> list[Any]:
            ((found,),) = self._rows(query, low=low, high=low + _PAGE)
            return list(found)

        ((numbers,),) = self._rows("MATCH (c:KgqaCounter) RETURN c.next_node")
        waiting: deque[Future[list[Any]]] = deque()
        with ThreadPoolExecutor(_READERS, thread_name_prefix="kgqa-neo4j") as pool:
            for low in range(0, numbers, _PAGE):
                waiting.append(pool.submit(page, low))
                if len(waiting) > _READERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    # --- nodes

    def nodes(self, numbers: Sequence[int] | None) -> Iterator[tuple[StoredNode, list[Said]]]:
        """Each node that shows, or these, with its labels, aliases and types; in order of number."""
        wanted = None if numbers is None else sorted({int(number) for number in numbers})
        yield from merge(self._entities(wanted), self._literals(wanted), key=lambda pair: pair[0][0])

    def _entities(self, wanted: list[int] | None) -> Iterator[tuple[StoredNode, list[Said]]]:
        for page in self._numbered("Entity", _ENTITY, wanted):
            facts = unpack_all(text for row in page for text in row[2])
            for number, id, texts, runs in page:
                said = self._view.visible(list(islice(facts, len(texts))), runs)
                yield (number, id, ENTITY_KIND, "", ""), [fact for fact in said if fact.field in _NAMED]

    def _literals(self, wanted: list[int] | None) -> Iterator[tuple[StoredNode, list[Said]]]:
        for page in self._numbered("Literal", _LITERAL, wanted):
            for number, *stored in page:
                text, kind, unit, lang = literal_key(*stored)
                yield (number, text, kind, unit, lang), []

    def _numbered(self, label: str, columns: str, wanted: list[int] | None) -> Iterator[list[list[Any]]]:
        """The columns of nodes, a page at a time; from an index, so that the server sorts nothing."""
        shows = self._view.node("n")
        if wanted is None:
            for page in self._pages(_NODES.format(label=label, shows=shows, columns=columns)):
                yield sorted(page, key=itemgetter(0))
            return
        query = _THESE.format(label=label, shows=shows, columns=columns)
        for chunk in chunks(wanted):
            ((found,),) = self._rows(query, numbers=chunk)
            yield found

    # --- statements

    def edges(self, chunk: int) -> Iterator[Edges]:
        """Every distinct edge, by pages of heads and within them by relation."""
        import numpy as np

        waiting: list[tuple[Any, ...]] = []
        count = 0
        for columns in self._adjacent():
            waiting.append(columns)
            count += len(columns[0])
            if count < chunk:
                continue
            joined = [np.concatenate(column) for column in zip(*waiting, strict=True)]
            whole = count - count % chunk
            for at in range(0, whole, chunk):
                yield Edges(*(column[at : at + chunk] for column in joined))
            waiting, count = [tuple(column[whole:] for column in joined)], count - whole
        rest = [np.concatenate(column) for column in zip(*waiting, strict=True)]
        if rest and len(rest[0]):
            yield Edges(*rest)

    def _adjacent(self) -> Iterator[tuple[Any, Any, Any]]:
        """Heads, relations and tails of a page of heads; what differs in qualifiers alone is one edge."""
        import numpy as np

        shows, numbers = self._view.several("a"), self._numbers()
        qualified: set[str] = set()
        for label in ("Entity", "Literal"):
            for found in self._pages(_EDGES.format(label=label, shows=shows)):
                for type, heads, tails, several in sorted(found, key=itemgetter(0)):
                    if type in self._types:
                        if several:
                            qualified.add(type)
                        # Numbers stay below 2**31, so that two make one.
                        ends = numbers(heads), numbers(tails)
                        pairs = np.unique((ends[0] << 32 | ends[1])[(ends[0] >= 0) & (ends[1] >= 0)])
                        relations = np.full(len(pairs), self._types[type][0], dtype=np.int32)
                        yield (pairs >> 32).astype(np.int32), relations, (pairs & 0xFFFFFFFF).astype(np.int32)
        self._learnt.known = self._view, frozenset(qualified)

    def _numbers(self) -> Callable[[list[int]], NDArray[np.int64]]:
        """Gives the numbers of entities and literals by their internal ids, -1 for other nodes."""
        import numpy as np

        columns: list[list[Any]] = [[-1], [-1]]
        for label in ("Entity", "Literal"):
            for page in self._pages(_IDS.format(label=label)):
                for column, more in zip(columns, page, strict=True):
                    column += more
        ids, numbers = (np.array(column, dtype=np.int64) for column in columns)
        order = np.argsort(ids)
        ids, numbers = ids[order], numbers[order]

        def of(wanted: list[int]) -> NDArray[np.int64]:
            given = np.array(wanted, dtype=np.int64)
            at = np.searchsorted(ids, given, side="right") - 1
            return np.where(ids[at] == given, numbers[at], -1)

        return of

    def qualified(self, edges: Edges | None) -> Iterator[tuple[int, int, int, dict[str, Literal | str]]]:
        """Statements with qualifiers, of everything or of these edges; in order."""
        shows = f"a.qualifiers IS NOT NULL AND {self._view.several('a')}"
        of = {number: type for type, (number, _) in self._types.items()}
        if edges is None:
            learnt = self._learnt.known
            known = [None] if learnt is None or learnt[0] != self._view else sorted(learnt[1])
            rows = [
                (h, self._types[type][0], t, q)
                for label in ("Entity", "Literal")
                for wanted in known
                for type, h, t, q in self._rows(
                    f"MATCH (h:{label})-[a{'' if wanted is None else ':' + escape(wanted)}]->(t) WHERE {shows} "
                    "RETURN DISTINCT type(a), h.number, t.number, a.qualifiers"
                )
                if type in self._types
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
