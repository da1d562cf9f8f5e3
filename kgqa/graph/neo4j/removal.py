"""Takes assertions away: all of a source, what a replacing write did not say again, or what a failed write left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from kgqa.graph.assertions import EntityField, RelationField, Said
from kgqa.graph.neo4j.names import MENTIONS, SAME_AS, escape
from kgqa.graph.neo4j.packing import Kept, unpack
from kgqa.graph.neo4j.server import Work
from kgqa.graph.neo4j.showing import View

Goes = Callable[[str, int], bool]
"""Whether what this source says in this run goes, unless it is kept."""

_CHUNK = 10_000
STATEMENTS = (
    "MATCH (h:{label})-[a]->(t) WHERE a.runs IS NOT NULL AND any(i IN range(0, size(a.runs) - 1) "
    "WHERE a.sources[i] IN $sources OR a.runs[i] IN $runs) "
    "RETURN id(a), id(h), h.number, type(a), id(t), t.number, coalesce(a.qualifiers, ''), a.sources, a.runs"
)
FACTS = "MATCH (n:{label}) WHERE size(n.facts) > 0 RETURN id(n), n.number, n.facts, n.runs"
RELATION_NUMBERS = "MATCH (r:Relation) RETURN r.type, r.number"
MENTIONED = (
    f"MATCH (p:Passage)-[a:{MENTIONS}]->(n) WHERE a.source IN $sources OR a.run IN $runs "
    "RETURN id(a), id(n), n.number, p.key, p.id, p.long_id, a.start, a.end, a.source, a.run"
)
PASSAGES = (
    "MATCH (p:Passage) WHERE p.source IN $sources OR p.run IN $runs "
    "RETURN id(p), p.key, p.id, p.long_id, p.source, p.run"
)
SAME = (
    f"MATCH (x:Entity)-[a:{SAME_AS}]->(y) WHERE a.source IN $sources OR a.run IN $runs "
    "RETURN id(a), id(x), x.number, id(y), y.number, a.source, a.run"
)
_DELETE_EDGES = "UNWIND $rows AS id MATCH ()-[a]->() WHERE id(a) = id DELETE a"
_DELETE_PASSAGES = "UNWIND $rows AS id MATCH (p:Passage) WHERE id(p) = id DETACH DELETE p"
_KEEP_SOURCES = "UNWIND $rows AS row MATCH ()-[a]->() WHERE id(a) = row[0] SET a.sources = row[1], a.runs = row[2]"
_KEEP_FACTS = "UNWIND $rows AS row MATCH (n) WHERE id(n) = row[0] SET n.facts = row[1], n.runs = row[2]"
_STALE = "UNWIND $rows AS id MATCH (n:Entity) WHERE id(n) = id SET n:KgqaStale"
_LOST = (
    "UNWIND $rows AS id MATCH (n) WHERE id(n) = id AND size(coalesce(n.facts, [])) = 0 AND NOT EXISTS {{ (n)--() }} "
    "WITH n, n.number AS number DETACH DELETE n RETURN number"
)
_UNSEEN = "UNWIND $rows AS id MATCH (n) WHERE id(n) = id AND NOT {shown} SET n.run = $hide RETURN n.number"


class Tally:
    """What went of each source: of what showed, and of what was unfinished. ``batches`` are known to stand."""

    def __init__(self) -> None:
        self.gone: dict[str, Counter[str]] = {}
        self.undone: dict[str, Counter[str]] = {}
        self.shown = 0
        self.total = 0
        self.same = False
        """Whether a pair went that showed."""
        self.batches: set[str] = set()

    def count(self, source: str, *kinds: str, shows: bool) -> None:
        """An assertion goes."""
        self.total += 1
        self.shown += shows
        (self.gone if shows else self.undone).setdefault(source, Counter()).update(("assertions", *kinds))


class Removal(Tally):
    """Works in the writer's locked transaction. ``edges``, ``nodes``, ``passages``: what it changed of what showed."""

    def __init__(self, work: Work, view: View) -> None:
        super().__init__()
        self._work, self._view = work, view
        self.edges: list[tuple[int, int, int, bool, bool]] = []
        self.nodes: set[int] = set()
        self.passages: set[str] = set()
        self._touched: set[int] = set()
        self._stale: set[int] = set()

    def run(self, *, sources: list[str], runs: list[int], kept: Kept | None = None) -> None:
        """Removes what these sources say and what these runs wrote, less what is kept."""
        wanted = {"sources": sources, "runs": runs}

        def goes(source: str, run: int) -> bool:
            return source in sources or run in runs

        for label in ("Entity", "Literal"):
            self._statements(label, goes, kept, wanted)
        self._entity_facts(goes, kept)
        self._relation_facts(goes, kept)
        self._mentions(goes, kept, wanted)
        self._pairs(goes, kept, wanted)
        self._texts(goes, kept, wanted)
        if kept is not None:
            self.batches |= kept.batches
        if self.total:
            self._each(_STALE, sorted(self._stale))
            self._drop_nodes()

    def _count(self, source: str, run: int, *kinds: str) -> bool:
        shows = self._view.shows(run)
        self.count(source, *kinds, shows=shows)
        return shows

    def _each(self, query: str, rows: list[Any], **values: Any) -> Iterator[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        for at in range(0, len(rows), _CHUNK):
            found += self._work.rows(query, rows=rows[at : at + _CHUNK], **values)
        return iter(found)

    # --- kinds of assertions

    def _statements(self, label: str, goes: Goes, kept: Kept | None, wanted: dict[str, Any]) -> None:
        numbers = dict(self._work.rows(RELATION_NUMBERS))
        deleted, updated = [], []
        query = STATEMENTS.format(label=label)
        for id, h, head, type, t, tail, qualifiers, sources, runs in self._work.rows(query, **wanted):
            relation = numbers.get(type)
            if relation is None or (kept is not None and (head, relation, tail, qualifiers) in kept.statements):
                continue
            left = []
            stood = any(map(self._view.shows, runs))
            for source, run in zip(sources, runs, strict=True):
                if goes(source, run):
                    self._count(source, run, "statements")
                else:
                    left.append((source, run))
            if left:
                updated.append([id, [source for source, _ in left], [run for _, run in left]])
            else:
                deleted.append(id)
            self._touched |= {h, t}
            self._stale.add(h)
            if stood:
                self.edges.append((head, relation, tail, True, True))
        self._each(_DELETE_EDGES, deleted)
        self._each(_KEEP_SOURCES, updated)

    def _facts(
        self, label: str, goes: Goes, kept: set[tuple[int, Said]] | None, *, present: int | None
    ) -> Iterator[tuple[int, int, bool]]:
        """Internal id, number and whether it showed, of each node of which facts went."""
        updated, changed = [], []
        for id, number, facts, runs in self._work.rows(FACTS.format(label=label)):
            left, showed = [], False
            for text, run in zip(facts, runs, strict=True):
                said = unpack(text)
                if goes(said.source, run) and not (kept is not None and (number, said) in kept):
                    kinds = ("entities",) if said.field == present else ()
                    showed |= self._count(said.source, run, *kinds)
                else:
                    left.append((text, run))
            if len(left) < len(facts):
                updated.append([id, [text for text, _ in left], [run for _, run in left]])
                changed.append((id, number, showed))
        self._each(_KEEP_FACTS, updated)
        yield from changed

    def _entity_facts(self, goes: Goes, kept: Kept | None) -> None:
        said = None if kept is None else kept.facts
        for id, number, showed in self._facts("Entity", goes, said, present=EntityField.PRESENT):
            self._touched.add(id)
            self._stale.add(id)
            if showed:
                self.nodes.add(number)

    def _relation_facts(self, goes: Goes, kept: Kept | None) -> None:
        for _ in self._facts("Relation", goes, None if kept is None else kept.relation_facts, present=None):
            pass

    def _mentions(self, goes: Goes, kept: Kept | None, wanted: dict[str, Any]) -> None:
        deleted = []
        for id, n, number, key, name, long, start, end, source, run in self._work.rows(MENTIONED, **wanted):
            if goes(source, run) and not (kept is not None and (key, start, end, number) in kept.mentions):
                deleted.append(id)
                self._touched.add(n)
                if self._count(source, run):
                    self.passages.add(long or name)
        self._each(_DELETE_EDGES, deleted)

    def _pairs(self, goes: Goes, kept: Kept | None, wanted: dict[str, Any]) -> None:
        deleted = []
        for id, x, a, y, b, source, run in self._work.rows(SAME, **wanted):
            if goes(source, run) and not (kept is not None and (a, b) in kept.same):
                deleted.append(id)
                self._touched |= {x, y}
                self.same |= self._count(source, run)
        self._each(_DELETE_EDGES, deleted)

    def _texts(self, goes: Goes, kept: Kept | None, wanted: dict[str, Any]) -> None:
        deleted = []
        for id, key, name, long, source, run in self._work.rows(PASSAGES, **wanted):
            if goes(source, run) and not (kept is not None and key in kept.passages):
                deleted.append(id)
                if self._count(source, run, "passages"):
                    self.passages.add(long or name)
        self._each(_DELETE_PASSAGES, deleted)

    # --- what nothing mentions any more

    def _drop_nodes(self) -> None:
        touched = sorted(self._touched)
        self.nodes.update(row[0] for row in self._each(_LOST.format(), touched))
        if self._view.hidden:
            # What only an unfinished write mentions is made its own, so that it does not show.
            query = _UNSEEN.format(shown=self._view.mentioned("n"))
            hide = {"hide": self._view.hidden[0], **self._view.parameters}
            self.nodes.update(row[0] for row in self._each(query, touched, **hide))


def drop_relations(work: Work) -> None:
    """Relations that nothing names any more."""
    rows = work.rows("MATCH (r:Relation) RETURN id(r), r.id, r.long_id, r.type, r.facts")
    named = set()
    for row in rows:
        for said in map(unpack, row[4]):
            if said.field == RelationField.INVERSE_OF:
                named.add(said.value)
    lost = []
    for id, short, long, type, facts in rows:
        if not facts and (long or short) not in named:
            pattern = "EXISTS {{ MATCH (h:{label})-[a:{type}]->() WHERE a.runs IS NOT NULL }}"
            either = " OR ".join(pattern.format(label=label, type=escape(type)) for label in ("Entity", "Literal"))
            if not work.rows(f"RETURN {either}")[0][0]:
                lost.append(id)
    if lost:
        work.rows("UNWIND $rows AS id MATCH (r:Relation) WHERE id(r) = id DELETE r", rows=lost)
