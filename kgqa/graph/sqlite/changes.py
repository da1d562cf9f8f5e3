"""What changed after a revision, from the numbers given since and the log of removals."""

from __future__ import annotations

import sqlite3

from kgqa.graph.rows import as_edges
from kgqa.graph.sqlite.numbers import Meta
from kgqa.graph.store import Changes

_REMOVED = (
    "SELECT DISTINCT head, relation, tail FROM removed_statement AS s WHERE revision > ? AND number < ? "
    "AND NOT EXISTS (SELECT 1 FROM statement AS o WHERE o.head = s.head AND o.relation = s.relation "
    "AND o.tail = s.tail) ORDER BY head, relation, tail"
)
_FRESH = (  # NOT INDEXED: by number, not by a scan of an index that happens to be in the wanted order
    "SELECT DISTINCT head, relation, tail FROM statement AS s NOT INDEXED WHERE number >= ?1 "
    "AND NOT EXISTS (SELECT 1 FROM statement AS o INDEXED BY statement_key WHERE o.head = s.head "
    "AND o.relation = s.relation AND o.tail = s.tail AND o.number < ?1) ORDER BY head, relation, tail"
)
_REQUALIFIED = (
    "SELECT head, relation, tail FROM statement INDEXED BY statement_qualified "
    "WHERE number >= ?1 AND qualifiers <> '' "
    "UNION SELECT head, relation, tail FROM removed_statement WHERE revision > ?2 AND number < ?1"
)


def read_changes(connection: sqlite3.Connection, since: int) -> Changes:
    """Exact differences: what was added and removed again between the two revisions is in neither list."""
    meta = Meta(connection)
    revision = meta["revision"]
    nothing = as_edges([])
    if since == revision:
        return Changes(revision, nothing, nothing, (), (), requalified=nothing)
    then = connection.execute("SELECT next_assertion, next_node FROM revision WHERE number = ?", (since,)).fetchone()
    if then is None or since < meta["log_floor"] or since < meta["same_revision"]:
        return Changes(revision, nothing, nothing, (), (), rebuild=True)
    boundary, first_node = then
    gone = set(
        connection.execute(
            "SELECT DISTINCT head, relation, tail FROM removed_statement WHERE revision > ? AND number < ?",
            (since, boundary),
        )
    )
    removed = connection.execute(_REMOVED, (since, boundary)).fetchall()
    fresh = connection.execute(_FRESH, (boundary,))
    added = [edge for edge in fresh if edge not in gone]
    nodes = connection.execute(
        "SELECT number FROM node WHERE number >= ? UNION SELECT node FROM entity_fact WHERE number >= ? "
        "UNION SELECT node FROM removed_node WHERE revision > ?",
        (first_node, boundary, since),
    )
    passages = connection.execute(
        "SELECT id FROM passage WHERE number >= ? "
        "UNION SELECT p.id FROM mention AS m JOIN passage AS p ON p.number = m.passage WHERE m.number >= ? "
        "UNION SELECT id FROM removed_passage WHERE revision > ?",
        (boundary, boundary, since),
    )
    return Changes(
        revision=revision,
        added=as_edges(added),
        removed=as_edges(removed),
        nodes=tuple(row[0] for row in nodes),
        passages=tuple(row[0] for row in passages),
        requalified=as_edges(connection.execute(_REQUALIFIED, (boundary, since)).fetchall()),
    )
