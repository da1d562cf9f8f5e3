"""Checks a store: SQLite's own integrity, references, counters, and nodes that nothing mentions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from kgqa.graph.assertions import ENTITY_KIND, EntityField, RelationField
from kgqa.graph.store import Problem

_COUNTS = {
    "entities": f"SELECT COUNT(*) FROM node WHERE kind = {ENTITY_KIND}",
    "literals": f"SELECT COUNT(*) FROM node WHERE kind <> {ENTITY_KIND}",
    "statements": "SELECT COUNT(*) FROM (SELECT DISTINCT head, relation, tail, qualifiers FROM statement)",
    "assertions": "SELECT COUNT(*) FROM statement",
    "passages": "SELECT COUNT(DISTINCT id) FROM passage",
    "mentions": "SELECT COUNT(*) FROM mention",
    "revision": "SELECT MAX(number) FROM revision",
}
_HIGHEST = {
    "next_node": "SELECT MAX(number) FROM node",
    "next_relation": "SELECT MAX(number) FROM relation",
    "next_source": "SELECT MAX(number) FROM source",
    "next_assertion": "SELECT MAX((SELECT COALESCE(MAX(number), -1) FROM statement), "
    "(SELECT COALESCE(MAX(number), -1) FROM entity_fact), (SELECT COALESCE(MAX(number), -1) FROM relation_fact), "
    "(SELECT COALESCE(MAX(number), -1) FROM passage), (SELECT COALESCE(MAX(number), -1) FROM mention), "
    "(SELECT COALESCE(MAX(number), -1) FROM same))",
}
_ALL = (  # every assertion with its source
    "SELECT number, source FROM statement UNION ALL SELECT number, source FROM entity_fact "
    "UNION ALL SELECT number, source FROM relation_fact UNION ALL SELECT number, source FROM passage "
    "UNION ALL SELECT number, source FROM same UNION ALL "
    "SELECT m.number, p.source FROM mention AS m JOIN passage AS p ON p.number = m.passage"
)
_FINDINGS = (
    (
        "node",
        "node {0} ({1!r}) is mentioned by nothing",
        "SELECT number, text FROM node AS n WHERE number NOT IN (SELECT head FROM statement "
        "UNION SELECT tail FROM statement UNION SELECT node FROM entity_fact UNION SELECT entity FROM mention "
        "UNION SELECT a FROM same UNION SELECT b FROM same) LIMIT 10",
    ),
    (
        "source",
        "source {0!r} has {1} assertions, its counter says {2}",
        f"SELECT s.name, COALESCE(c.n, 0), s.assertions FROM source AS s LEFT JOIN (SELECT source, COUNT(*) AS n "
        f"FROM ({_ALL}) GROUP BY source) AS c ON c.source = s.number WHERE s.assertions <> COALESCE(c.n, 0) LIMIT 10",
    ),
    (
        "source",
        "source {0!r} counts {1} statements, {2} entities and {3} passages, which is not so",
        "SELECT s.name, s.statements, s.entities, s.passages FROM source AS s WHERE "
        "s.statements <> (SELECT COUNT(*) FROM statement WHERE source = s.number) OR "
        f"s.entities <> (SELECT COUNT(*) FROM entity_fact WHERE source = s.number AND field = {EntityField.PRESENT:d}) "
        "OR s.passages <> (SELECT COUNT(*) FROM passage WHERE source = s.number) LIMIT 10",
    ),
    (
        "run",
        "assertion {0} of source {1} lies in no run of that source",
        f"SELECT a.number, a.source FROM ({_ALL}) AS a WHERE a.source IS NOT (SELECT r.source FROM run AS r "
        "WHERE r.first <= a.number AND r.last >= a.number ORDER BY r.first DESC LIMIT 1) LIMIT 10",
    ),
    (
        "relation",
        "relation {0!r} is used {2} times, its counter says {1}",
        "SELECT r.id, r.uses, COALESCE(c.n, 0) FROM relation AS r LEFT JOIN (SELECT relation, COUNT(*) AS n FROM ("
        "SELECT relation FROM statement UNION ALL SELECT relation FROM relation_fact UNION ALL SELECT i.number "
        f"FROM relation_fact AS f JOIN relation AS i ON i.id = f.value WHERE f.field = {RelationField.INVERSE_OF:d}) "
        "GROUP BY relation) AS c ON c.relation = r.number WHERE r.uses <> COALESCE(c.n, 0) LIMIT 10",
    ),
    (
        "type",
        "type {0!r} is used {2} times, its counter says {1}",
        "SELECT COALESCE(t.id, c.value), COALESCE(t.uses, 0), COALESCE(c.n, 0) FROM type AS t FULL JOIN ("
        f"SELECT value, COUNT(*) AS n FROM entity_fact WHERE field = {EntityField.TYPE:d} GROUP BY value) AS c "
        "ON c.value = t.id WHERE COALESCE(t.uses, 0) <> COALESCE(c.n, 0) LIMIT 10",
    ),
    (
        "mention",
        "mention {0} lies outside the text of passage {1!r}",
        "SELECT m.number, p.id FROM mention AS m JOIN passage AS p ON p.number = m.passage "
        'WHERE m.start < 0 OR m."end" > LENGTH(p.text) OR m.start >= m."end" LIMIT 10',
    ),
)


def find_problems(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Everything wrong that can be found, at most ten of a kind."""
    for (finding,) in connection.execute("PRAGMA integrity_check(10)").fetchall():
        if finding != "ok":
            yield Problem("database", str(finding))
    for table, row, target, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(10):
        yield Problem(str(table), f"row {row} names a {target} that does not exist")
    meta = dict(connection.execute("SELECT name, value FROM meta").fetchall())
    for name, sql in _COUNTS.items():
        counted = connection.execute(sql).fetchone()[0]
        if counted != meta.get(name):
            yield Problem("counter", f"{name} says {meta.get(name)}, counted {counted}")
    for name, sql in _HIGHEST.items():
        highest = connection.execute(sql).fetchone()[0]
        if highest is not None and highest >= meta.get(name, 0):
            yield Problem("counter", f"{name} says {meta.get(name)}, but number {highest} is in use")
    for where, what, sql in _FINDINGS:
        for row in connection.execute(sql).fetchall():
            yield Problem(where, what.format(*row))
