"""Checks a store: SQLite's own integrity, references, counters, and nodes that nothing mentions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from kgqa.graph.assertions import EntityField
from kgqa.graph.keys import ENTITY_KIND
from kgqa.graph.store import Problem

_FIELDS = {"entity": ENTITY_KIND, "present": int(EntityField.PRESENT), "type": int(EntityField.TYPE)}
_COUNTS = {
    "entities": "SELECT COUNT(*) FROM node WHERE kind = :entity",
    "literals": "SELECT COUNT(*) FROM node WHERE kind <> :entity",
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
    "next_assertion": "SELECT MAX(number) FROM assertion",
}
_FINDINGS = (
    (
        "node",
        "node {0} ({1!r}) is mentioned by nothing",
        "SELECT number, text FROM node WHERE number NOT IN (SELECT head FROM statement "
        "UNION SELECT tail FROM statement UNION SELECT node FROM entity_fact UNION SELECT entity FROM mention "
        "UNION SELECT a FROM same UNION SELECT b FROM same) LIMIT 10",
    ),
    (
        "source",
        "source {0!r} has {1} assertions, its counter says {2}",
        "SELECT s.name, COALESCE(c.n, 0), s.assertions FROM source AS s LEFT JOIN (SELECT source, COUNT(*) AS n "
        "FROM assertion GROUP BY source) AS c ON c.source = s.number WHERE s.assertions <> COALESCE(c.n, 0) LIMIT 10",
    ),
    (
        "source",
        "source {0!r} has {1} statements, its counter says {2}",
        "SELECT s.name, COALESCE(c.n, 0), s.statements FROM source AS s LEFT JOIN (SELECT source, COUNT(*) AS n "
        "FROM statement GROUP BY source) AS c ON c.source = s.number WHERE s.statements <> COALESCE(c.n, 0) LIMIT 10",
    ),
    (
        "source",
        "source {0!r} describes {1} entities, its counter says {2}",
        "SELECT s.name, COALESCE(c.n, 0), s.entities FROM source AS s LEFT JOIN (SELECT source, COUNT(*) AS n "
        "FROM entity_fact WHERE field = :present GROUP BY source) AS c ON c.source = s.number "
        "WHERE s.entities <> COALESCE(c.n, 0) LIMIT 10",
    ),
    (
        "source",
        "source {0!r} has {1} passages, its counter says {2}",
        "SELECT s.name, COALESCE(c.n, 0), s.passages FROM source AS s LEFT JOIN (SELECT source, COUNT(*) AS n "
        "FROM passage GROUP BY source) AS c ON c.source = s.number WHERE s.passages <> COALESCE(c.n, 0) LIMIT 10",
    ),
    (
        "run",
        "assertion {0} of source {1} lies in no run of that source",
        "SELECT a.number, a.source FROM assertion AS a WHERE a.source IS NOT (SELECT r.source FROM run AS r "
        "WHERE r.first <= a.number AND r.last >= a.number ORDER BY r.first DESC LIMIT 1) LIMIT 10",
    ),
    (
        "relation",
        "relation {0!r} is used {1} times, its counter says {2}",
        "SELECT r.id, COALESCE(c.n, 0), r.uses FROM relation AS r LEFT JOIN (SELECT relation, COUNT(*) AS n "
        "FROM relation_use GROUP BY relation) AS c ON c.relation = r.number WHERE r.uses <> COALESCE(c.n, 0) LIMIT 10",
    ),
    (
        "type",
        "type {0!r} is used {1} times, its counter says {2}",
        "SELECT t.id, COALESCE(c.n, 0), t.uses FROM type AS t LEFT JOIN (SELECT value, COUNT(*) AS n FROM entity_fact "
        "WHERE field = :type GROUP BY value) AS c ON c.value = t.id WHERE t.uses <> COALESCE(c.n, 0) "
        "UNION ALL SELECT value, COUNT(*), 0 FROM entity_fact WHERE field = :type "
        "AND value NOT IN (SELECT id FROM type) GROUP BY value LIMIT 10",
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
        counted = connection.execute(sql, _FIELDS).fetchone()[0]
        if counted != meta.get(name):
            yield Problem("counter", f"{name} says {meta.get(name)}, counted {counted}")
    for name, sql in _HIGHEST.items():
        highest = connection.execute(sql).fetchone()[0]
        if highest is not None and highest >= meta.get(name, 0):
            yield Problem("counter", f"{name} says {meta.get(name)}, but number {highest} is in use")
    for where, what, sql in _FINDINGS:
        for row in connection.execute(sql, _FIELDS).fetchall():
            yield Problem(where, what.format(*row))
