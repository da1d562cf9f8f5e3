"""What others write into a graph of ours: noticed when the graph is opened, and said.

Neo4j Community has no feed of changes. Each write of ours ends with a seal: the number of the database's last
transaction, which is the seal's own. When there are later ones, or counts that moved, somebody else has written: there
is a new revision, for which indexes are built anew. Where several graphs share a database (``?graph=``) the others'
writes are no matter, so there only counts are compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from kgqa.errors import StoreError
from kgqa.graph.neo4j.bookmarks import transaction_number
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
    "MATCH (m:KgqaMeta) RETURN m.counted, "
    "EXISTS { MATCH (s:Source) WHERE s.run IS NOT NULL OR s.gone IS NOT NULL OR s.finished = false }"
)
_MOVED = "MATCH (m:KgqaMeta) SET m.log_floor = m.revision + 1, m.revision = m.revision + 1, m.counted = $counted"
_SAID = "MATCH (:{label})-[a]->() WHERE a.runs IS NOT NULL UNWIND a.sources AS source RETURN source, count(*)"
_RECOUNT = (
    "UNWIND $rows AS row MATCH (s:Source {name: row[0]}) "
    "SET s.assertions = s.assertions + row[1] - s.statements, s.statements = row[1]"
)
_SEALED = "MATCH (c:KgqaCounter) RETURN c.sealed"
_SEAL = "MATCH (c:KgqaCounter) SET c.sealed = $number"
_ATTEMPTS = 3
Run = Callable[..., list[tuple[Any, ...]]]


def record_counts(run: Run) -> None:
    """Notes the counts as our write leaves them."""
    run("MATCH (m:KgqaMeta) SET m.counted = $counted", counted=_count(run))


def seal(server: Server) -> None:
    """Notes the last transaction as ours. Where that fails, what has been written stands and is looked at anew."""
    try:
        for _ in range(_ATTEMPTS):  # somebody else may write between the two
            last = transaction_number(server.bookmark())
            if last is None or server.numbered(_SEAL, number=last + 1) == last + 1:
                return
    except StoreError:
        return


def _sealed(server: Server) -> bool | None:
    """Whether the last transaction was ours; None where that is not known."""
    sealed, last = server.one(_SEALED), transaction_number(server.bookmark())
    return None if sealed is None or last is None or server.graph is not None else sealed == last


def notice_changes(server: Server) -> bool:
    """Whether others have written since our last write; if so there is a new revision, to be built anew."""

    def read(query: str) -> list[tuple[Any, ...]]:
        return list(server.read(query))

    sealed = _sealed(server)
    recorded, under_way = read(_RECORDED)[0]
    if recorded is None or under_way:
        return False
    if sealed is not False and list(recorded) == _count(read):
        if sealed is None and server.graph is None:
            seal(server)
        return False
    with server.locked() as work:
        recorded, under_way = work.rows(_RECORDED)[0]
        counted = _count(work.rows)
        if under_way or (list(recorded) == counted and _sealed(server) is not False):
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
    seal(server)
    return True


def _count(run: Run) -> list[int]:
    return [int(run(query)[0][0]) for query in _COUNTED]
