"""A removal too big for one transaction: what goes is marked, hidden by the new revision at once, then cleared away.

Marks are runs: what shows gets one that shows until the revision, what does not one that is hidden from the first. So a
kill before the revision leaves the graph as it was, and a kill after it is made good by the next write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

from kgqa.graph.assertions import EntityField
from kgqa.graph.neo4j.clearing import clear
from kgqa.graph.neo4j.outside import record_counts, seal
from kgqa.graph.neo4j.packing import LOG_AT_MOST, Kept, unpack
from kgqa.graph.neo4j.publishing import drop_sources, refresh_stale
from kgqa.graph.neo4j.removal import (
    FACTS,
    MENTIONED,
    PASSAGES,
    RELATION_NUMBERS,
    SAME,
    STATEMENTS,
    Tally,
    drop_relations,
)
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import View, current_view

_CHUNK = 10_000
_MARKS = (
    "MATCH (s:Source {name: $name}) MATCH (c:KgqaCounter) WITH s, c, c.next_run AS run "
    "SET c.next_run = run + 2, s.gone = [run] RETURN run"
)
_EDGE_RUNS = "UNWIND $rows AS row MATCH ()-[a]->() WHERE id(a) = row[0] SET a.runs = row[1]"
_EDGE_RUN = "UNWIND $rows AS row MATCH ()-[a]->() WHERE id(a) = row[0] SET a.run = row[1]"
_NODE_RUNS = "UNWIND $rows AS row MATCH (n) WHERE id(n) = row[0] SET n.runs = row[1]"
_NODE_RUN = "UNWIND $rows AS row MATCH (n) WHERE id(n) = row[0] SET n.run = row[1]"
_SETTLED = "MATCH (s:Source) WHERE s.gone IS NOT NULL SET s.finished = s.run IS NULL, s.gone = null"

Going = tuple[str, int, list[tuple[bool, tuple[str, ...]] | int]]
"""The query that marks it, its internal id, and for each of its runs the run that stays or whether it shows and what
kinds go."""


class Retirement(Tally):
    """What a source no longer says, marked with two runs."""

    def __init__(self, source: str, marks: list[int]) -> None:
        super().__init__()
        self.source, self.marks = source, marks


def too_much(server: Server, view: View, source: str, kept: Kept | None) -> bool:
    """Whether more goes than one transaction should take."""
    said = server.one("MATCH (s:Source {name: $name}) RETURN s.assertions + coalesce(s.pending[3], 0)", name=source)
    if (said or 0) <= LOG_AT_MOST or kept is None:
        return (said or 0) > LOG_AT_MOST
    return len(list(islice(_going(server, view, source, kept), LOG_AT_MOST + 1))) > LOG_AT_MOST


def retire(server: Server, view: View, source: str, kept: Kept | None) -> Retirement:
    """Marks what a source says, less what is kept, in transactions of bounded size."""
    ((run,),) = server.write(_MARKS, name=source)
    hidden, shows = run, -run - 1
    done = Retirement(source, [shows, hidden])
    if kept is not None:
        done.batches |= kept.batches
    rows: dict[str, list[list[Any]]] = defaultdict(list)
    for query, id, runs in _going(server, view, source, kept):
        marked: list[int] = []
        for said in runs:
            if isinstance(said, int):
                marked.append(said)
                continue
            showed, kinds = said
            done.count(source, *kinds, shows=showed)
            done.same |= showed and kinds == ("same",)
            marked.append(shows if showed else hidden)
        rows[query].append([id, marked if query in (_EDGE_RUNS, _NODE_RUNS) else marked[0]])
        if len(rows[query]) >= _CHUNK:
            server.write(query, rows=rows.pop(query))
    for query, rest in rows.items():
        server.write(query, rows=rest)
    return done


def settle(server: Server) -> None:
    """Clears away what removals have hidden, where there is any."""
    if not current_view(server, server.location).leaving:
        return
    with server.locked() as work:
        view = current_view(work, server.location)
        if not view.leaving:
            return
        clear(server, view.leaving, view)
        refresh_stale(server.write, view, (), graph=server.graph)
        work.rows(_SETTLED)
        drop_sources(work)
        drop_relations(work)
        record_counts(work.rows)
        work.commit()
    seal(server)


def _going(server: Server, view: View, source: str, kept: Kept | None) -> Iterator[Going]:
    """All that goes, streamed."""
    wanted: dict[str, Any] = {"sources": [source], "runs": []}
    numbers = dict(server.read(RELATION_NUMBERS))
    for label in ("Entity", "Literal"):
        for id, _, head, type, _, tail, qualifiers, sources, runs in server.read(
            STATEMENTS.format(label=label), **wanted
        ):
            relation = numbers.get(type)
            if relation is not None and (kept is None or (head, relation, tail, qualifiers) not in kept.statements):
                yield (
                    _EDGE_RUNS,
                    id,
                    [
                        (view.shows(run), ("statements",)) if name == source else run
                        for name, run in zip(sources, runs, strict=True)
                    ],
                )
    for label, present in (("Entity", EntityField.PRESENT), ("Relation", None)):
        said = None if kept is None else kept.facts if label == "Entity" else kept.relation_facts
        for id, number, facts, runs in server.read(FACTS.format(label=label)):
            found: list[tuple[bool, tuple[str, ...]] | int] = []
            for fact, run in zip(map(unpack, facts), runs, strict=True):
                goes = fact.source == source and not (said is not None and (number, fact) in said)
                kinds = ("entities",) if fact.field == present else ()
                found.append((view.shows(run), kinds) if goes else run)
            if any(isinstance(each, tuple) for each in found):
                yield _NODE_RUNS, id, found
    for id, _, number, key, _, _, start, end, _, run in server.read(MENTIONED, **wanted):
        if kept is None or (key, start, end, number) not in kept.mentions:
            yield _EDGE_RUN, id, [(view.shows(run), ())]
    for id, _, a, _, b, _, run in server.read(SAME, **wanted):
        if kept is None or (a, b) not in kept.same:
            yield _EDGE_RUN, id, [(view.shows(run), ("same",))]
    for id, key, _, _, _, run in server.read(PASSAGES, **wanted):
        if kept is None or key not in kept.passages:
            yield _NODE_RUN, id, [(view.shows(run), ("passages",))]
