"""Keeps the counters true: what a transaction added, counted from the numbers that it gave out."""

from __future__ import annotations

import sqlite3
from collections import Counter

from kgqa.graph.assertions import EntityField, RelationField
from kgqa.graph.sqlite.numbers import Meta

_BY_SOURCE = {
    "entity_fact": "SELECT source, COUNT(*) FROM entity_fact NOT INDEXED WHERE number >= ? GROUP BY source",
    "relation_fact": "SELECT source, COUNT(*) FROM relation_fact NOT INDEXED WHERE number >= ? GROUP BY source",
    "passage": "SELECT source, COUNT(*) FROM passage NOT INDEXED WHERE number >= ? GROUP BY source",
    "same": "SELECT source, COUNT(*) FROM same NOT INDEXED WHERE number >= ? GROUP BY source",
    "mention": "SELECT p.source, COUNT(*) FROM mention AS m NOT INDEXED JOIN passage AS p ON p.number = m.passage "
    "WHERE m.number >= ? GROUP BY p.source",
}


def account_added(connection: sqlite3.Connection, meta: Meta, boundary: int) -> int:
    """Counts the assertions numbered ``boundary`` or higher into all counters; gives how many there are."""
    revision = meta["revision"] + 1
    added = _account_statements(connection, meta, boundary)
    for table, sql in _BY_SOURCE.items():
        for source, count in connection.execute(sql, (boundary,)).fetchall():
            connection.execute(
                "UPDATE source SET assertions = assertions + ?, revision = ? WHERE number = ?",
                (count, revision, source),
            )
            added += count
            if table == "mention":
                meta["mentions"] += count
            elif table == "same":
                meta["same_revision"] = revision
            elif table == "passage":
                connection.execute("UPDATE source SET passages = passages + ? WHERE number = ?", (count, source))
    for source, count in connection.execute(
        "SELECT source, COUNT(*) FROM entity_fact NOT INDEXED WHERE number >= ? AND field = ? GROUP BY source",
        (boundary, EntityField.PRESENT),
    ).fetchall():
        connection.execute("UPDATE source SET entities = entities + ? WHERE number = ?", (count, source))
    connection.execute(
        "INSERT INTO type (id, uses) SELECT value, COUNT(*) FROM entity_fact NOT INDEXED "
        "WHERE number >= ? AND field = ? GROUP BY value ON CONFLICT (id) DO UPDATE SET uses = uses + excluded.uses",
        (boundary, EntityField.TYPE),
    )
    _account_relations(connection, boundary)
    return added


def _account_statements(connection: sqlite3.Connection, meta: Meta, boundary: int) -> int:
    relations: Counter[int] = Counter()
    sources: Counter[int] = Counter()
    pairs = Counter(
        connection.execute("SELECT source, relation FROM statement NOT INDEXED WHERE number >= ?", (boundary,))
    )
    for (source, relation), count in pairs.items():
        sources[source] += count
        relations[relation] += count
    connection.executemany(
        "UPDATE relation SET uses = uses + ? WHERE number = ?", [(count, number) for number, count in relations.items()]
    )
    connection.executemany(
        "UPDATE source SET statements = statements + ?1, assertions = assertions + ?1, revision = ?2 WHERE number = ?3",
        [(count, meta["revision"] + 1, number) for number, count in sources.items()],
    )
    added = sum(sources.values())
    meta["assertions"] += added
    # With one source every new assertion is a new statement; otherwise another source may have made it before.
    several = connection.execute("SELECT COUNT(*) FROM (SELECT 1 FROM source LIMIT 2)").fetchone()[0] > 1
    if several:
        meta["statements"] += connection.execute(
            "SELECT COUNT(*) FROM statement AS s NOT INDEXED WHERE s.number >= ? AND NOT EXISTS ("
            "SELECT 1 FROM statement AS o INDEXED BY statement_key "
            "WHERE o.head = s.head AND o.relation = s.relation AND o.tail = s.tail "
            "AND o.qualifiers = s.qualifiers AND o.number < s.number)",
            (boundary,),
        ).fetchone()[0]
    else:
        meta["statements"] += added
    return added


def _account_relations(connection: sqlite3.Connection, boundary: int) -> None:
    for relation, count in connection.execute(
        "SELECT relation, COUNT(*) FROM relation_fact NOT INDEXED WHERE number >= ? GROUP BY relation", (boundary,)
    ).fetchall():
        connection.execute("UPDATE relation SET uses = uses + ? WHERE number = ?", (count, relation))
    for inverse, count in connection.execute(
        "SELECT value, COUNT(*) FROM relation_fact NOT INDEXED WHERE number >= ? AND field = ? GROUP BY value",
        (boundary, RelationField.INVERSE_OF),
    ).fetchall():
        connection.execute("UPDATE relation SET uses = uses + ? WHERE id = ?", (count, inverse))
