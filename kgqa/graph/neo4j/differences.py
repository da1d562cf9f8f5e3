"""What changed after a revision, and whether a store is sound: from the log, from counters, and by looking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kgqa.graph.assertions import EntityField
from kgqa.graph.neo4j.feeds import Feeds
from kgqa.graph.neo4j.names import MENTIONS, SAME_AS
from kgqa.graph.neo4j.packing import unpack
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import View
from kgqa.graph.rows import as_edges
from kgqa.graph.store import Changes, Counts, Problem

_LOG = (
    "MATCH (c:KgqaChange) WHERE c.revision > $since AND c.revision <= $now RETURN c.revision AS at, c.heads, "
    "c.relations, c.tails, c.stood, c.qualified, c.nodes, c.passages ORDER BY at"
)


def read_changes(server: Server, feeds: Feeds, view: View, since: int) -> Changes:
    """Exact differences, from the log of what writes touched; what was added and removed again is in neither list."""
    now, nothing = view.revision, as_edges([])
    if since == now:
        return Changes(now, nothing, nothing, (), (), requalified=nothing)
    floor, same = next(server.read("MATCH (m:KgqaMeta) RETURN m.log_floor, m.same_revision"))
    if since > now or since < 0 or since < floor or since < same:
        return Changes(now, nothing, nothing, (), (), rebuild=True)
    stood: dict[tuple[int, int, int], bool] = {}
    requalified: set[tuple[int, int, int]] = set()
    nodes: set[int] = set()
    passages: set[str] = set()
    for _, heads, relations, tails, before, qualified, changed, texts in server.read(_LOG, since=since, now=now):
        # An empty list is stored as null where Neo4j cannot tell what it is a list of.
        columns = [column or [] for column in (heads, relations, tails, before, qualified)]
        for head, relation, tail, was, with_qualifiers in zip(*columns, strict=True):
            edge = (head, relation, tail)
            stood.setdefault(edge, was)
            if with_qualifiers:
                requalified.add(edge)
        nodes.update(changed or ())
        passages.update(texts or ())
    stands = feeds.standing(as_edges(sorted(stood)))
    return Changes(
        revision=now,
        added=as_edges(sorted(edge for edge, was in stood.items() if not was and edge in stands)),
        removed=as_edges(sorted(edge for edge, was in stood.items() if was and edge not in stands)),
        nodes=tuple(sorted(nodes)),
        passages=tuple(sorted(passages)),
        requalified=as_edges(sorted(requalified)),
    )


def read_counts(server: Server, view: View, *, relations: int, sources: int) -> Counts:
    """Counted by the server; from what it counts itself, where nothing is unfinished."""

    def count(query: str) -> int:
        return int(server.one(query, **view.parameters))

    def nodes(label: str) -> int:
        shows = f"WHERE {view.node('n')} " if view.hidden else ""
        return count(f"MATCH (n:{label}) {shows}RETURN count(n)")

    shows = view.several("a")
    statements = sum(
        count(f"MATCH (h:{label})-[a]->() WHERE a.runs IS NOT NULL AND {shows} RETURN count(a)")
        for label in ("Entity", "Literal")
    )
    mark = f"[{int(EntityField.TYPE)},"
    facts = (
        "MATCH (n:Entity) UNWIND range(0, size(n.facts) - 1) AS i WITH n.facts[i] AS fact, n.runs[i] AS run "
        "WHERE fact STARTS WITH $mark AND run <= $newest AND NOT run IN $hidden RETURN DISTINCT fact"
    )
    types = {unpack(row[0]).value for row in server.read(facts, mark=mark, **view.parameters)}
    said = server.one("MATCH (s:Source) RETURN coalesce(sum(s.statements), 0)")
    return Counts(
        entities=nodes("Entity"),
        literals=nodes("Literal"),
        relations=relations,
        types=len(types),
        statements=statements,
        assertions=int(said),
        passages=count(f"MATCH (p:Passage) WHERE {view.single('p')} RETURN count(DISTINCT p.id)"),
        mentions=count(f"MATCH (:Passage)-[a:{MENTIONS}]->() WHERE {view.single('a')} RETURN count(a)"),
        sources=sources,
    )


_PROBLEMS = (
    (
        "node",
        "node {0} is mentioned by nothing",
        "MATCH (n:{label}) WHERE size(coalesce(n.facts, [])) = 0 AND NOT EXISTS {{ (n)--() }} RETURN n.number LIMIT 10",
    ),
    (
        "counter",
        "number {0} is in use, but {1} is the next to be given",
        "MATCH (c:KgqaCounter) MATCH (n:{label}) WHERE n.number >= c.next_node RETURN n.number, c.next_node LIMIT 10",
    ),
    (
        "statement",
        "a statement of node {0} has {1} sources but {2} runs",
        "MATCH (n:{label})-[a]->() WHERE a.runs IS NOT NULL AND size(a.runs) <> size(coalesce(a.sources, [])) "
        "RETURN n.number, size(coalesce(a.sources, [])), size(a.runs) LIMIT 10",
    ),
    (
        "relation",
        "a statement has the type {0!r}, which no relation has",
        "MATCH (n:{label})-[a]->() WHERE a.runs IS NOT NULL WITH DISTINCT type(a) AS type "
        "WHERE NOT EXISTS {{ MATCH (r:Relation) WHERE r.type = type }} RETURN type LIMIT 10",
    ),
)
_ONCE = (
    (
        "mention",
        "a mention lies outside the text of passage {0!r}",
        f"MATCH (p:Passage)-[a:{MENTIONS}]->() WHERE a.start < 0 OR a.start >= a.end RETURN p.id LIMIT 10",
    ),
    (
        "run",
        "run {0} was never given",
        f"MATCH (c:KgqaCounter) MATCH (:Entity)-[a:{SAME_AS}]->() WHERE a.run >= c.next_run RETURN a.run LIMIT 10",
    ),
)


def find_problems(server: Server, view: View) -> Iterator[Problem]:
    """Everything wrong that can be found, at most ten of a kind."""
    for where, what, query in _PROBLEMS:
        for label in ("Entity", "Literal"):
            for row in server.read(query.format(label=label)):
                yield Problem(where, what.format(*row))
    for where, what, query in _ONCE:
        for row in server.read(query):
            yield Problem(where, what.format(*row))
    said: Counter[str] = Counter()
    for label in ("Entity", "Literal"):
        query = (
            f"MATCH (:{label})-[a]->() WHERE a.runs IS NOT NULL UNWIND range(0, size(a.runs) - 1) AS i "
            "WITH a.sources[i] AS source, a.runs[i] AS run WHERE run <= $newest AND NOT run IN $hidden "
            "RETURN source, count(*)"
        )
        said.update(dict(server.read(query, **view.parameters)))
    counters = dict(server.read("MATCH (s:Source) RETURN s.name, s.statements"))
    for name in sorted(said.keys() | counters.keys()):
        if said[name] != counters.get(name, 0):
            told = f"source {name!r} has {said[name]} statements, its counter says {counters.get(name, 0)}"
            yield Problem("source", told)
