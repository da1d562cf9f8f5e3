"""Removes what only one source says, in time that goes with what is removed, and notes it for deltas."""

from __future__ import annotations

import sqlite3

from kgqa.graph.assertions import EntityField, RelationField
from kgqa.graph.keys import ENTITY_KIND
from kgqa.graph.sqlite.numbers import Meta

LOG_AT_LEAST = 10_000  # removals are noted up to this many or a tenth of the graph; beyond, readers start anew

_TEMPORARY = (
    "CREATE TEMP TABLE IF NOT EXISTS seen (number INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE IF NOT EXISTS gone_statement (number INTEGER PRIMARY KEY, head, relation, tail, qualifiers)",
    "CREATE TEMP TABLE IF NOT EXISTS gone_entity_fact (number INTEGER PRIMARY KEY, node, field, value)",
    "CREATE TEMP TABLE IF NOT EXISTS gone_relation_fact (number INTEGER PRIMARY KEY, relation, field, value)",
    "CREATE TEMP TABLE IF NOT EXISTS gone_passage (number INTEGER PRIMARY KEY, id)",
    "CREATE TEMP TABLE IF NOT EXISTS gone_mention (number INTEGER PRIMARY KEY, id, entity)",
    "CREATE TEMP TABLE IF NOT EXISTS gone_same (number INTEGER PRIMARY KEY, a, b)",
    "CREATE TEMP TABLE IF NOT EXISTS orphan (node INTEGER PRIMARY KEY)",
)
_EMPTY = (
    "DELETE FROM temp.gone_statement",
    "DELETE FROM temp.gone_entity_fact",
    "DELETE FROM temp.gone_relation_fact",
    "DELETE FROM temp.gone_passage",
    "DELETE FROM temp.gone_mention",
    "DELETE FROM temp.gone_same",
    "DELETE FROM temp.orphan",
)
_COLLECT = (  # mentions before passages: they are found through their passage
    "INSERT INTO temp.gone_statement SELECT number, head, relation, tail, qualifiers FROM statement "
    "WHERE number BETWEEN ? AND ? AND number NOT IN temp.seen",
    "INSERT INTO temp.gone_entity_fact SELECT number, node, field, value FROM entity_fact "
    "WHERE number BETWEEN ? AND ? AND number NOT IN temp.seen",
    "INSERT INTO temp.gone_relation_fact SELECT number, relation, field, value FROM relation_fact "
    "WHERE number BETWEEN ? AND ? AND number NOT IN temp.seen",
    "INSERT INTO temp.gone_mention SELECT m.number, p.id, m.entity FROM mention AS m "
    "JOIN passage AS p ON p.number = m.passage WHERE m.number BETWEEN ? AND ? AND m.number NOT IN temp.seen",
    "INSERT INTO temp.gone_passage SELECT number, id FROM passage "
    "WHERE number BETWEEN ? AND ? AND number NOT IN temp.seen",
    "INSERT INTO temp.gone_same SELECT number, a, b FROM same WHERE number BETWEEN ? AND ? AND number NOT IN temp.seen",
)
_DELETE = (
    "DELETE FROM statement WHERE number IN (SELECT number FROM temp.gone_statement)",
    "DELETE FROM entity_fact WHERE number IN (SELECT number FROM temp.gone_entity_fact)",
    "DELETE FROM relation_fact WHERE number IN (SELECT number FROM temp.gone_relation_fact)",
    "DELETE FROM mention WHERE number IN (SELECT number FROM temp.gone_mention)",
    "DELETE FROM passage WHERE number IN (SELECT number FROM temp.gone_passage)",
    "DELETE FROM same WHERE number IN (SELECT number FROM temp.gone_same)",
)
_ORPHANS = (
    "INSERT INTO temp.orphan SELECT node FROM ("
    "SELECT head AS node FROM temp.gone_statement UNION SELECT tail FROM temp.gone_statement "
    "UNION SELECT node FROM temp.gone_entity_fact UNION SELECT entity FROM temp.gone_mention "
    "UNION SELECT a FROM temp.gone_same UNION SELECT b FROM temp.gone_same) AS c "
    "WHERE NOT EXISTS (SELECT 1 FROM statement WHERE head = c.node) "
    "AND NOT EXISTS (SELECT 1 FROM statement WHERE tail = c.node) "
    "AND NOT EXISTS (SELECT 1 FROM entity_fact WHERE node = c.node) "
    "AND NOT EXISTS (SELECT 1 FROM mention WHERE entity = c.node) "
    "AND NOT EXISTS (SELECT 1 FROM same WHERE a = c.node) "
    "AND NOT EXISTS (SELECT 1 FROM same WHERE b = c.node)"
)
_LOG = (
    "INSERT INTO removed_statement SELECT ?, number, head, relation, tail FROM temp.gone_statement",
    "INSERT OR IGNORE INTO removed_node SELECT ?, node FROM temp.gone_entity_fact",
    "INSERT OR IGNORE INTO removed_node SELECT ?, node FROM temp.orphan",
    "INSERT OR IGNORE INTO removed_passage SELECT ?, id FROM temp.gone_passage",
    "INSERT OR IGNORE INTO removed_passage SELECT ?, id FROM temp.gone_mention",
)
_FOLD = ("DELETE FROM removed_statement", "DELETE FROM removed_node", "DELETE FROM removed_passage")


def remove_unseen(connection: sqlite3.Connection, meta: Meta, source: int, boundary: int, *, seen: bool) -> int:
    """Removes the assertions of ``source`` numbered below ``boundary`` that are not in temp.seen; gives how many."""
    for statement in (*_TEMPORARY, *_EMPTY):
        connection.execute(statement)
    if not seen:
        connection.execute("DELETE FROM temp.seen")
    runs = connection.execute(
        "SELECT first, last FROM run WHERE source = ? AND first < ? ORDER BY first", (source, boundary)
    ).fetchall()
    gone = 0
    for run in runs:
        for statement in _COLLECT:
            gone += connection.execute(statement, run).rowcount
    if gone:
        for statement in _DELETE:
            connection.execute(statement)
        _discount(connection, meta, source, gone)
        _remove_orphans(connection, meta)
        _log(connection, meta, gone)
    _drop_empty_runs(connection, runs)
    return gone


def _discount(connection: sqlite3.Connection, meta: Meta, source: int, gone: int) -> None:
    def count(sql: str, *values: int) -> int:
        return int(connection.execute(sql, values).fetchone()[0])

    statements = count("SELECT COUNT(*) FROM temp.gone_statement")
    meta["assertions"] -= statements
    meta["statements"] -= count(
        "SELECT COUNT(*) FROM temp.gone_statement AS g WHERE NOT EXISTS (SELECT 1 FROM statement AS s "
        "INDEXED BY statement_key WHERE s.head = g.head AND s.relation = g.relation "
        "AND s.tail = g.tail AND s.qualifiers = g.qualifiers)"
    )
    meta["mentions"] -= count("SELECT COUNT(*) FROM temp.gone_mention")
    meta["passages"] -= count(
        "SELECT COUNT(DISTINCT id) FROM temp.gone_passage AS g "
        "WHERE NOT EXISTS (SELECT 1 FROM passage AS p WHERE p.id = g.id)"
    )
    if count("SELECT COUNT(*) FROM temp.gone_same"):
        meta["same_revision"] = meta["revision"] + 1
    entities = count("SELECT COUNT(*) FROM temp.gone_entity_fact WHERE field = ?", EntityField.PRESENT)
    passages = count("SELECT COUNT(*) FROM temp.gone_passage")
    connection.execute(
        "UPDATE source SET assertions = assertions - ?, statements = statements - ?, entities = entities - ?, "
        "passages = passages - ?, revision = ? WHERE number = ?",
        (gone, statements, entities, passages, meta["revision"] + 1, source),
    )
    connection.execute(
        "UPDATE type SET uses = uses - g.gone FROM (SELECT value, COUNT(*) AS gone FROM temp.gone_entity_fact "
        "WHERE field = ? GROUP BY value) AS g WHERE type.id = g.value",
        (EntityField.TYPE,),
    )
    connection.execute("DELETE FROM type WHERE uses = 0 AND id IN (SELECT value FROM temp.gone_entity_fact)")
    connection.execute(
        "UPDATE relation SET uses = uses - g.gone FROM (SELECT relation, COUNT(*) AS gone FROM ("
        "SELECT relation FROM temp.gone_statement UNION ALL SELECT relation FROM temp.gone_relation_fact UNION ALL "
        "SELECT r.number FROM temp.gone_relation_fact AS f JOIN relation AS r ON r.id = f.value WHERE f.field = ?"
        ") GROUP BY relation) AS g WHERE relation.number = g.relation",
        (RelationField.INVERSE_OF,),
    )
    connection.execute("DELETE FROM relation WHERE uses = 0")


def _remove_orphans(connection: sqlite3.Connection, meta: Meta) -> None:
    """Nodes that nothing mentions any more."""
    connection.execute(_ORPHANS)
    literals, orphans = connection.execute(
        "SELECT COALESCE(SUM(n.kind <> ?), 0), COUNT(*) FROM temp.orphan AS o JOIN node AS n ON n.number = o.node",
        (ENTITY_KIND,),
    ).fetchone()
    meta["literals"] -= literals
    meta["entities"] -= orphans - literals
    connection.execute("DELETE FROM node WHERE number IN (SELECT node FROM temp.orphan)")


def _log(connection: sqlite3.Connection, meta: Meta, gone: int) -> None:
    """Notes the removals under the coming revision; folds the log when it has grown past its bound."""
    revision = meta["revision"] + 1
    bound = max(LOG_AT_LEAST, meta["assertions"] // 10)
    if meta["logged"] + gone > bound:
        for statement in _FOLD:
            connection.execute(statement)
        meta["logged"] = 0
        meta["log_floor"] = revision - 1
    if gone > bound:
        meta["log_floor"] = revision
        return
    for statement in _LOG:
        connection.execute(statement, (revision,))
    meta["logged"] += gone


def _drop_empty_runs(connection: sqlite3.Connection, runs: list[tuple[int, int]]) -> None:
    for first, last in runs:
        left = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM statement WHERE number BETWEEN ?1 AND ?2) "
            "OR EXISTS (SELECT 1 FROM entity_fact WHERE number BETWEEN ?1 AND ?2) "
            "OR EXISTS (SELECT 1 FROM relation_fact WHERE number BETWEEN ?1 AND ?2) "
            "OR EXISTS (SELECT 1 FROM passage WHERE number BETWEEN ?1 AND ?2) "
            "OR EXISTS (SELECT 1 FROM mention WHERE number BETWEEN ?1 AND ?2) "
            "OR EXISTS (SELECT 1 FROM same WHERE number BETWEEN ?1 AND ?2)",
            (first, last),
        ).fetchone()[0]
        if not left:
            connection.execute("DELETE FROM run WHERE first = ?", (first,))
