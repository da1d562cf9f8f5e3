"""The end of a write: labels and properties for people, the log for deltas, and the new revision, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kgqa.graph.neo4j.clearing import clear
from kgqa.graph.neo4j.names import ENTITY_PROPERTIES, OURS, STALE, property_of
from kgqa.graph.neo4j.outside import record_counts
from kgqa.graph.neo4j.packing import ASSERTIONS, LOG, LOG_AT_MOST, log_row, unpack
from kgqa.graph.neo4j.projection import AXIS, entity_properties, literal_key
from kgqa.graph.neo4j.removal import Removal, Tally, drop_relations
from kgqa.graph.neo4j.server import Server, Work
from kgqa.graph.neo4j.showing import View

_CHUNK = 5_000
_STALE = (
    "MATCH (n:KgqaStale) WHERE id(n) > $after WITH n ORDER BY id(n) LIMIT $limit "
    "OPTIONAL MATCH (n)-[a]->(t:Literal) WHERE a.runs IS NOT NULL "
    "WITH n, collect([type(a), a.runs, t.value, t.type, t.unit, t.lang]) AS values "
    "RETURN id(n) AS id, n.id, n.long_id, n.facts, n.runs, labels(n), keys(n), values ORDER BY id"
)
_REFRESH = "UNWIND $rows AS row MATCH (n) WHERE id(n) = row[0] REMOVE n:$(row[3]) SET n:$(row[2]) SET n += row[1]"
_PENDING = "UNWIND $names AS name MATCH (s:Source {name: name}) RETURN s.run, s.begun, s.pending, s.same, s.unlogged"
_FINISH = (
    "UNWIND $names AS name MATCH (s:Source {name: name}) SET s.finished = true, "
    "s.revision = CASE WHEN s.pending[3] > 0 THEN $next ELSE s.revision END, "
    "s.entities = s.entities + s.pending[0], s.statements = s.statements + s.pending[1], "
    "s.passages = s.passages + s.pending[2], s.assertions = s.assertions + s.pending[3], "
    "s.run = null, s.begun = null, s.pending = null, s.same = null, s.unlogged = null"
)
_NOT_UNDER_WAY = (
    "UNWIND $names AS name MATCH (s:Source {name: name}) SET s.finished = true, s.run = null, s.begun = null, "
    "s.pending = null, s.same = null, s.unlogged = null"
)
KINDS = ("entities", "statements", "passages", "assertions")
_SUBTRACT = (
    "UNWIND $rows AS row MATCH (s:Source {name: row[0]}) SET s.entities = s.entities - row[1][0], "
    "s.statements = s.statements - row[1][1], s.passages = s.passages - row[1][2], "
    "s.assertions = s.assertions - row[1][3], s.revision = $next"
)
_SUBTRACT_PENDING = (
    "UNWIND $rows AS row MATCH (s:Source {name: row[0]}) WHERE s.pending IS NOT NULL "
    "SET s.pending = [i IN range(0, 3) | s.pending[i] - row[1][i]]"
)
_FORGET_CHANGES = "MATCH (c:KgqaChange) WHERE c.revision IS NULL AND any(run IN c.runs WHERE run IN $runs) DELETE c"
_FORGET_LOG = "MATCH (c:KgqaChange) WHERE c.revision IS NOT NULL OR any(run IN c.runs WHERE run IN $runs) DELETE c"
_MARK_LOG = (
    "MATCH (c:KgqaChange) WHERE c.revision IS NULL AND any(run IN c.runs WHERE run IN $runs) SET c.revision = $next"
)
_EMPTY_SOURCES = "MATCH (s:Source) WHERE s.run IS NULL AND s.gone IS NULL AND s.assertions = 0 DELETE s"
_GOES = "MATCH (s:Source {name: $name}) SET s.gone = $marks, s.finished = false"


class Publisher:
    """Works inside the writer's locked transaction; the caller commits it."""

    def __init__(self, server: Server, work: Work, view: View) -> None:
        self._server, self._work, self._view = server, work, view
        self.next = view.revision + 1

    def publish(
        self, sources: Iterable[str], removal: Tally | None, *, leaving: tuple[str, list[int]] | None = None
    ) -> tuple[int, int]:
        """Finishes these sources; gives how many assertions came and went. Nothing did: no new revision.

        ``leaving``: the source and runs of what was not removed yet, but shows to nobody from now on.
        """
        names = sorted(sources)
        if removal is not None and removal.total:
            self._subtract(removal)
        pending = self._work.rows(_PENDING, names=names)
        added = sum(row[2][ASSERTIONS] for row in pending)
        removed = removal.shown if removal is not None else 0
        self._work.rows(_FINISH, names=names, next=self.next)
        if leaving is not None:
            self._work.rows(_GOES, name=leaving[0], marks=leaving[1])
        drop_sources(self._work)
        runs = [row[0] for row in pending]
        if not (added or removed):
            self._work.rows(_FORGET_CHANGES, runs=runs)
            return 0, 0
        if leaving is None:  # otherwise that is done when all is gone
            # What this transaction changed only it can see; otherwise small ones spare the server's memory.
            place = self._work.rows if removal is not None and removal.total else self._server.write
            refresh_stale(place, self._view, runs, graph=self._server.graph)
        same = (removal is not None and removal.same) or any(row[3] for row in pending)
        late = any(row[1] != self._view.revision for row in pending if row[2][ASSERTIONS])
        unlogged = leaving is not None or late or any(row[4] for row in pending) or not self._view.revision
        self._log(runs, removal if isinstance(removal, Removal) else None, unlogged=unlogged)
        self._work.rows(
            "MATCH (m:KgqaMeta) SET m.revision = $next, "
            "m.same_revision = CASE WHEN $same THEN $next ELSE m.same_revision END",
            next=self.next,
            same=same,
        )
        record_counts(self._work.rows)
        return added, removed

    def _subtract(self, removal: Tally) -> None:
        rows = [[name, [counts[kind] for kind in KINDS]] for name, counts in removal.gone.items()]
        self._work.rows(_SUBTRACT, rows=rows, next=self.next)
        rows = [[name, [counts[kind] for kind in KINDS]] for name, counts in removal.undone.items()]
        self._work.rows(_SUBTRACT_PENDING, rows=rows)
        # What batches wrote may be gone: only those of this write are known to stand.
        kept = sorted(removal.batches)
        self._work.rows("MATCH (b:KgqaBatch) WHERE NOT b.key IN $kept DELETE b", kept=kept)
        drop_relations(self._work)

    def _log(self, runs: list[int], removal: Removal | None, *, unlogged: bool) -> None:
        """What this revision changed; what is too much, or began before another revision, is not told by row."""
        if removal is not None:
            unlogged |= len(removal.edges) + len(removal.nodes) > LOG_AT_MOST
        if unlogged:
            self._work.rows(_FORGET_LOG, runs=runs)
            self._work.rows("MATCH (m:KgqaMeta) SET m.log_floor = $next", next=self.next)
            return
        self._work.rows(_MARK_LOG, runs=runs, next=self.next)
        if removal is not None and (removal.edges or removal.nodes or removal.passages):
            row = log_row(removal.edges, removal.nodes, removal.passages)
            self._work.rows(LOG, row={"revision": self.next, "runs": [], **row})


Run = Callable[..., list[tuple[Any, ...]]]


def drop_sources(work: Work) -> None:
    """Sources that say nothing, and of which nothing waits."""
    work.rows(_EMPTY_SOURCES)


def refresh_stale(run: Run, view: View, runs: Iterable[int], *, graph: str | None) -> None:
    """Labels and properties of entities whose facts or attributes changed, as they are with these runs finished."""
    done = View(view.revision, max([view.newest, *runs]), tuple(sorted(set(view.hidden) - set(runs))))
    ours = {name if graph is None else f"{graph}.{name}" for name in OURS}
    stale = STALE if graph is None else f"{graph}.{STALE}"
    types = {row[0]: row[1] for row in run("MATCH (r:Relation) RETURN r.type, coalesce(r.long_id, r.id)")}
    public = {property_of(type, ENTITY_PROPERTIES) for type in types} | {"aliases", "description", *AXIS}
    after = -1
    while rows := run(_STALE, limit=_CHUNK, after=after):
        updates: list[Any] = []
        for id, short, long, facts, fact_runs, labels, present, literals in rows:
            said = [unpack(text) for text in done.visible(facts, fact_runs)]
            stored = [(types[type], made, literal_key(*parts)) for type, made, *parts in literals if type in types]
            values = [(relation, key) for relation, made, key in stored if any(map(done.shows, made))]
            properties, wanted = entity_properties(long or short, said, values)
            gone = {name: None for name in present if name in public and name not in properties}
            waits = any(number in done.hidden for made in (fact_runs, *(row[1] for row in stored)) for number in made)
            dropped = [name for name in labels if name not in ours and name not in wanted and name != stale]
            updates.append([id, {**properties, **gone}, wanted, dropped if waits else [*dropped, stale]])
        run(_REFRESH, rows=updates)
        after = rows[-1][0]


def take_back(server: Server, sources: Iterable[str], view: View, work: Work) -> None:
    """Removes what a failed write left under these sources: the store is as it was. The caller commits ``work``."""
    names = sorted(sources)
    runs = [row[0] for row in work.rows(_PENDING, names=names) if row[0] is not None]
    # First of all, so that after a kill no batch is passed over that does not stand any more.
    server.write("MATCH (b:KgqaBatch) WHERE any(run IN b.runs WHERE run IN $runs) DELETE b", runs=runs)
    hidden = View(view.revision, view.newest, tuple(sorted({*view.hidden, *runs})))
    clear(server, runs, hidden)
    refresh_stale(server.write, hidden, (), graph=server.graph)
    drop_relations(work)
    work.rows(_FORGET_CHANGES, runs=runs)
    forget_pending(work, names)
    drop_sources(work)


def forget_pending(work: Work, names: Iterable[str]) -> None:
    """The sources have no write under way any more."""
    work.rows(_NOT_UNDER_WAY, names=sorted(names))
