"""The end of a write: removals, numbers that nothing mentions, the log for deltas, and the new revision, at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kgqa.graph.assertions import RelationField
from kgqa.graph.neo4j.server import PENDING, Server

if TYPE_CHECKING:
    from neo4j import Transaction

LOG_AT_MOST = 100_000
_FLIP = 10_000

_KINDS = {
    "STATEMENT": "()-[a:STATEMENT]->()",
    "FACT": "()-[a:FACT]->()",
    "RELATION_FACT": "()-[a:RELATION_FACT]->()",
    "MENTIONS": "()-[a:MENTIONS]->()",
    "SAME": "()-[a:SAME]->()",
    "Passage": "(a:Passage)",
}
"""The pattern of each kind of assertion; a fixed set, so that queries are composed of known parts only."""

_GONE = "a.source = $source AND ($token IS NULL OR coalesce(a.touched, '') <> $token)"
_COLLECT = {
    "STATEMENT": f"MATCH (h)-[a:STATEMENT]->(t) WHERE {_GONE} "
    "RETURN h.number AS x, t.number AS y, a.relation AS what, a.revision AS revision",
    "FACT": f"MATCH (n)-[a:FACT]->(n) WHERE {_GONE} "
    "RETURN n.number AS x, null AS y, a.field AS what, a.revision AS revision",
    "MENTIONS": f"MATCH (p:Passage)-[a:MENTIONS]->(n) WHERE {_GONE} "
    "RETURN n.number AS x, null AS y, p.id AS what, a.revision AS revision",
    "SAME": f"MATCH (x)-[a:SAME]->(y) WHERE {_GONE} "
    "RETURN x.number AS x, y.number AS y, null AS what, a.revision AS revision",
    "RELATION_FACT": f"MATCH (r)-[a:RELATION_FACT]->(r) WHERE {_GONE} "
    "RETURN null AS x, null AS y, r.number AS what, a.revision AS revision",
    "Passage": f"MATCH (a:Passage) WHERE {_GONE} RETURN null AS x, null AS y, a.id AS what, a.revision AS revision",
}
_INVERSE = int(RelationField.INVERSE_OF)
_LOST_RELATIONS = (
    "MATCH (r:Relation) WHERE NOT EXISTS { (r)--() } "
    "AND NOT EXISTS { MATCH ()-[a:STATEMENT]->() WHERE a.relation = r.number } "
    "AND NOT EXISTS { MATCH ()-[a:RELATION_FACT]->() WHERE a.field = $inverse AND a.value = r.id } DELETE r"
)
_LOST_SOURCES = (
    "MATCH (s:Source) WHERE "
    + " AND ".join(f"NOT EXISTS {{ MATCH {pattern} WHERE a.source = s.name }}" for pattern in _KINDS.values())
    + " DELETE s"
)


class Publisher:
    """Works inside the writer's locked transaction; the caller commits it."""

    def __init__(self, server: Server, transaction: Transaction) -> None:
        self._server = server
        self._transaction = transaction
        row = transaction.run("MATCH (m:KgqaMeta) RETURN m.revision").single(strict=True)
        self.now: int = row[0]
        self.next = self.now + 1
        self.gone = 0
        self._same = False
        self._log: list[dict[str, Any]] = []

    def recover(self) -> None:
        """Takes back the numbers of a revision that a killed writer was about to publish."""
        for pattern in _KINDS.values():
            query = f"MATCH {pattern} WHERE a.revision > $now AND a.revision < $pending SET a.revision = $pending"
            self._server.write(query, now=self.now, pending=PENDING)

    def stamp(self, sources: Iterable[str]) -> int:
        """Gives what was written under these sources the coming revision, in batches; gives how much it was."""
        names, stamped = sorted(sources), 0
        for kind, pattern in _KINDS.items():
            query = (
                f"MATCH {pattern} WHERE a.revision = $pending AND a.source IN $names WITH a LIMIT $limit "
                "SET a.revision = $next RETURN a.source AS source, count(*)"
            )
            while rows := self._server.write(query, pending=PENDING, names=names, next=self.next, limit=_FLIP):
                stamped += sum(row[1] for row in rows)
                self._same |= kind == "SAME"
                changed = "UNWIND $names AS name MATCH (s:Source {name: name}) SET s.revision = $next"
                self._run(changed, names=[row[0] for row in rows], next=self.next)
        return stamped

    def remove(self, source: str, *, token: str | None) -> int:
        """Removes what ``source`` says and the write ``token`` did not touch (all when None); gives how much showed."""
        nodes: set[int] = set()
        changed: set[int] = set()
        passages: set[str] = set()
        shown = 0
        for kind, query in _COLLECT.items():
            rows = self._run(query, source=source, token=token)
            self.gone += len(rows)
            seen = [row for row in rows if row[3] <= self.now]
            shown += len(seen)
            nodes.update(number for row in rows for number in row[:2] if number is not None)
            if kind == "STATEMENT":
                self._log += [
                    {"kind": kind, "head": h, "tail": t, "relation": r, "added": added} for h, t, r, added in seen
                ]
            elif kind == "FACT":
                changed.update(row[0] for row in seen)
            elif kind in ("MENTIONS", "Passage"):
                passages.update(row[2] for row in seen)
            elif kind == "SAME":
                self._same |= bool(seen)
        if self.gone:
            for kind, pattern in _KINDS.items():
                delete = "DETACH DELETE a" if kind == "Passage" else "DELETE a"
                self._run(f"MATCH {pattern} WHERE {_GONE} {delete}", source=source, token=token)
            self._run("MATCH (s:Source {name: $source}) SET s.revision = $next", source=source, next=self.next)
            changed |= self._drop_nodes(nodes)
        self._log += [{"kind": "NODE", "node": number} for number in sorted(changed)]
        self._log += [{"kind": "PASSAGE", "id": name} for name in sorted(passages)]
        return shown

    def drop_unmentioned(self) -> None:
        """Relations and sources that nothing names any more."""
        self._run(_LOST_RELATIONS, inverse=_INVERSE)
        self._run(_LOST_SOURCES)

    def publish(self, sources: Iterable[str]) -> int:
        """Writes the log and the new revision; the sources are finished with it."""
        if len(self._log) > LOG_AT_MOST:
            self._run("MATCH (r:Removed) DELETE r")
            self._run("MATCH (m:KgqaMeta) SET m.log_floor = $next", next=self.next)
        else:
            self._run(
                "UNWIND $rows AS row CREATE (r:Removed) SET r = row, r.revision = $next", rows=self._log, next=self.next
            )
        self._run(
            "MATCH (m:KgqaMeta) SET m.revision = $next, m.same_revision = CASE WHEN $same THEN $next "
            "ELSE m.same_revision END",
            next=self.next,
            same=self._same,
        )
        self.finish(sources)
        return self.next

    def finish(self, sources: Iterable[str]) -> None:
        self._run("UNWIND $names AS name MATCH (s:Source {name: name}) SET s.finished = true", names=sorted(sources))

    def _drop_nodes(self, numbers: set[int]) -> set[int]:
        """Deletes the nodes that nothing mentions; gives those and the ones that nobody sees any more."""
        rows = self._run(
            "UNWIND $numbers AS number MATCH (n:Node {number: number}) "
            "WHERE NOT EXISTS { MATCH (n)-[a]-() WHERE a.revision <= $now } "
            "RETURN number, NOT EXISTS { (n)--() }",
            numbers=sorted(numbers),
            now=self.next,
        )
        lost = [number for number, unmentioned in rows if unmentioned]
        self._run("UNWIND $numbers AS number MATCH (n:Node {number: number}) DELETE n", numbers=lost)
        return {number for number, _ in rows}

    def _run(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self._transaction.run(query, values)]


def take_back(server: Server, sources: Iterable[str]) -> None:
    """Removes what a failed write left under these sources, so that the store is as it was."""
    names = sorted(sources)
    for kind, pattern in _KINDS.items():
        delete = "DETACH DELETE a" if kind == "Passage" else "DELETE a"
        query = f"MATCH {pattern} WHERE a.revision = $pending AND a.source IN $names WITH a LIMIT $limit {delete}"
        while server.write(f"{query} RETURN 1", pending=PENDING, names=names, limit=_FLIP):
            pass
    server.write("MATCH (n:Node) WHERE NOT EXISTS { (n)--() } DELETE n")
    server.write(_LOST_RELATIONS, inverse=_INVERSE)
    server.write("UNWIND $names AS name MATCH (s:Source {name: name}) SET s.finished = true", names=names)
    server.write(_LOST_SOURCES)
