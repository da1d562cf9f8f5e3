"""What others write into a graph of ours: noticed by the server's own counts when the graph is opened, and said.

Neo4j Community has no feed of changes. Counts that moved since our last write mean a new revision, for which indexes
are built anew; a change that leaves every count as it was is not noticed (``kgqa verify`` finds broken statements).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from kgqa.graph.neo4j.names import MENTIONS
from kgqa.graph.neo4j.server import Server

_COUNTED = (
    "MATCH (n:Entity) RETURN count(n)",
    "MATCH (n:Literal) RETURN count(n)",
    "MATCH (n:Passage) RETURN count(n)",
    "MATCH (:Entity)-[a]->() RETURN count(a)",
    "MATCH (:Literal)-[a]->() RETURN count(a)",
    f"MATCH (:Passage)-[a:{MENTIONS}]->() RETURN count(a)",
)
"""Each is answered from the store of counts, whatever the size of the graph."""
_RECORDED = (
    "MATCH (m:KgqaMeta) RETURN m.counted, EXISTS { MATCH (s:Source) WHERE s.run IS NOT NULL OR s.finished = false }"
)
_MOVED = "MATCH (m:KgqaMeta) SET m.log_floor = m.revision + 1, m.revision = m.revision + 1, m.counted = $counted"
_SAID = "MATCH (:{label})-[a]->() WHERE a.runs IS NOT NULL UNWIND a.sources AS source RETURN source, count(*)"
_RECOUNT = (
    "UNWIND $rows AS row MATCH (s:Source {name: row[0]}) "
    "SET s.assertions = s.assertions + row[1] - s.statements, s.statements = row[1]"
)
Run = Callable[..., list[tuple[Any, ...]]]


def record_counts(run: Run) -> None:
    """Notes the counts as our write leaves them."""
    run("MATCH (m:KgqaMeta) SET m.counted = $counted", counted=_count(run))


def notice_changes(server: Server) -> bool:
    """Whether others have added or removed since our last write; if so there is a new revision, to be built anew."""

    def read(query: str) -> list[tuple[Any, ...]]:
        return list(server.read(query))

    recorded, under_way = read(_RECORDED)[0]
    if recorded is None or under_way or list(recorded) == _count(read):
        return False
    with server.locked() as work:
        recorded, under_way = work.rows(_RECORDED)[0]
        counted = _count(work.rows)
        if under_way or list(recorded) == counted:
            return False
        said = Counter(dict.fromkeys((row[0] for row in work.rows("MATCH (s:Source) RETURN s.name")), 0))
        for label in ("Entity", "Literal"):
            said.update(dict(work.rows(_SAID.format(label=label))))
        work.rows(_RECOUNT, rows=[list(row) for row in said.items()])
        work.rows(_MOVED, counted=counted)
        # What batches wrote may be gone, and the log no longer tells all.
        work.rows("MATCH (b:KgqaBatch) DELETE b")
        work.rows("MATCH (c:KgqaChange) DELETE c")
        work.commit()
    return True


def _count(run: Run) -> list[int]:
    return [int(run(query)[0][0]) for query in _COUNTED]
