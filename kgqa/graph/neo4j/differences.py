"""What changed after a revision, and whether a store is sound: queries over revisions, counters and the log."""

from __future__ import annotations

from collections.abc import Iterator

from kgqa.graph.keys import ENTITY_KIND
from kgqa.graph.neo4j.server import PENDING, Server
from kgqa.graph.rows import as_edges
from kgqa.graph.store import Changes, Counts, Problem

_ADDED = (
    "MATCH (h)-[a:STATEMENT]->(t) WHERE a.revision > $since AND a.revision <= $now AND NOT EXISTS { "
    "MATCH (h)-[o:STATEMENT]->(t) WHERE o.relation = a.relation AND o.revision <= $since } "
    "RETURN DISTINCT h.number, a.relation, t.number"
)
_GONE = (
    "MATCH (r:Removed {kind: 'STATEMENT'}) WHERE r.revision > $since AND r.added <= $since "
    "RETURN DISTINCT r.head, r.relation, r.tail"
)
_STANDS = (
    "UNWIND $edges AS edge MATCH (h:Node {number: edge[0]})-[a:STATEMENT]->(t:Node {number: edge[2]}) "
    "WHERE a.relation = edge[1] AND a.revision <= $now RETURN DISTINCT edge"
)
_NODES = (
    "MATCH (n:Node)-[a:FACT]->() WHERE a.revision > $since AND a.revision <= $now RETURN n.number AS number "
    "UNION MATCH (n:Node)-[a]-() WHERE a.revision > $since AND a.revision <= $now "
    "AND NOT EXISTS { MATCH (n)-[o]-() WHERE o.revision <= $since } RETURN n.number AS number "
    "UNION MATCH (r:Removed {kind: 'NODE'}) WHERE r.revision > $since RETURN r.node AS number"
)
_REQUALIFIED = (
    "MATCH (h)-[a:STATEMENT]->(t) WHERE a.revision > $since AND a.revision <= $now AND a.qualifiers <> '' "
    "RETURN h.number AS h, a.relation AS r, t.number AS t "
    "UNION MATCH (x:Removed {kind: 'STATEMENT'}) WHERE x.revision > $since AND x.added <= $since "
    "RETURN x.head AS h, x.relation AS r, x.tail AS t"
)
_PASSAGES = (
    "MATCH (p:Passage) WHERE p.revision > $since AND p.revision <= $now RETURN p.id AS id "
    "UNION MATCH (p:Passage)-[a:MENTIONS]->() WHERE a.revision > $since AND a.revision <= $now RETURN p.id AS id "
    "UNION MATCH (r:Removed {kind: 'PASSAGE'}) WHERE r.revision > $since RETURN r.id AS id"
)


def read_changes(server: Server, since: int) -> Changes:
    """Exact differences; what was added and removed again is in neither list."""
    now, floor, same = next(server.read("MATCH (m:KgqaMeta) RETURN m.revision, m.log_floor, m.same_revision"))
    nothing = as_edges([])
    if since == now:
        return Changes(now, nothing, nothing, (), (), requalified=nothing)
    if since > now or since < 0 or since < floor or since < same:
        return Changes(now, nothing, nothing, (), (), rebuild=True)
    fresh = set(server.read(_ADDED, since=since, now=now))
    gone = set(server.read(_GONE, since=since))
    stands = {tuple(row[0]) for row in server.read(_STANDS, edges=[list(edge) for edge in gone], now=now)}
    return Changes(
        revision=now,
        added=as_edges(sorted(fresh - gone)),
        removed=as_edges(sorted(gone - stands)),
        nodes=tuple(sorted(row[0] for row in server.read(_NODES, since=since, now=now))),
        passages=tuple(sorted(row[0] for row in server.read(_PASSAGES, since=since, now=now))),
        requalified=as_edges(sorted(server.read(_REQUALIFIED, since=since, now=now))),
    )


_COUNTS = {
    "entities": "MATCH (n:Node) WHERE n.kind = $entity AND EXISTS { MATCH (n)-[a]-() WHERE a.revision <= $now } "
    "RETURN count(n)",
    "literals": "MATCH (n:Node) WHERE n.kind <> $entity AND EXISTS { MATCH (n)-[a]-() WHERE a.revision <= $now } "
    "RETURN count(n)",
    "types": "MATCH ()-[a:FACT]->() WHERE a.field = 3 AND a.revision <= $now RETURN count(DISTINCT a.value)",
    "statements": "MATCH (h)-[a:STATEMENT]->(t) WHERE a.revision <= $now "
    "WITH DISTINCT h, a.relation AS r, t, a.qualifiers AS q RETURN count(*)",
    "assertions": "MATCH ()-[a:STATEMENT]->() WHERE a.revision <= $now RETURN count(a)",
    "passages": "MATCH (p:Passage) WHERE p.revision <= $now RETURN count(DISTINCT p.id)",
    "mentions": "MATCH ()-[a:MENTIONS]->() WHERE a.revision <= $now RETURN count(a)",
}


def read_counts(server: Server, now: int, *, relations: int, sources: int) -> Counts:
    """Counted on the server at each call."""
    counted = {name: int(server.one(query, now=now, entity=ENTITY_KIND)) for name, query in _COUNTS.items()}
    return Counts(relations=relations, sources=sources, **counted)


_PROBLEMS = (
    (
        "node",
        "node {0} is mentioned by nothing",
        "MATCH (n:Node) WHERE NOT EXISTS { (n)--() } RETURN n.number LIMIT 10",
    ),
    (
        "counter",
        "number {0} is in use, but {1} is the next to be given",
        "MATCH (c:KgqaCounter) MATCH (n:Node) WHERE n.number >= c.next_node RETURN n.number, c.next_node LIMIT 10",
    ),
    (
        "statement",
        "a statement names relation {0}, which does not exist",
        "MATCH ()-[a:STATEMENT]->() WHERE NOT EXISTS { MATCH (r:Relation) WHERE r.number = a.relation } "
        "RETURN a.relation LIMIT 10",
    ),
    (
        "source",
        "a statement names source {0!r}, which does not exist",
        "MATCH ()-[a:STATEMENT]->() WHERE NOT EXISTS { MATCH (s:Source) WHERE s.name = a.source } "
        "RETURN DISTINCT a.source LIMIT 10",
    ),
    (
        "mention",
        "a mention lies outside the text of passage {0!r}",
        "MATCH (p:Passage)-[a:MENTIONS]->() WHERE a.start < 0 OR a.start >= a.end RETURN p.id LIMIT 10",
    ),
    (
        "revision",
        "an assertion of source {0!r} carries revision {1}, which was not published",
        "MATCH (m:KgqaMeta) MATCH ()-[a:STATEMENT|FACT|RELATION_FACT|MENTIONS|SAME]->() "
        "WHERE a.revision > m.revision AND a.revision < $pending RETURN a.source, a.revision LIMIT 10",
    ),
)


def find_problems(server: Server) -> Iterator[Problem]:
    """Everything wrong that can be found, at most ten of a kind."""
    for where, what, query in _PROBLEMS:
        for row in server.read(query, pending=PENDING):
            yield Problem(where, what.format(*row))
