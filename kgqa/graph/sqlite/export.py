"""Every assertion as a record with its source, sorted by ids, so that equal stores give equal records."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from kgqa.graph.assertions import Said, split_entity, split_relation
from kgqa.graph.keys import node_ref, unpack_qualifiers
from kgqa.graph.sqlite.reading import all_statement_rows, read_passage
from kgqa.types import Record, Same, Triple


def export_records(connection: sqlite3.Connection, language: str, source: int | None) -> Iterator[Record]:
    """Relations, entities, triples, passages, same; of one source when given."""
    yield from _relations(connection, language, source)
    yield from _entities(connection, language, source)
    for row in all_statement_rows(connection, source):
        yield Triple(node_ref(*row[:4]), row[4], node_ref(*row[5:9]), unpack_qualifiers(row[9]), row[10])
    for (number,) in connection.execute(
        "SELECT p.number FROM passage AS p JOIN source AS s ON s.number = p.source "
        "WHERE ?1 IS NULL OR p.source = ?1 ORDER BY p.id, s.name, p.text, p.digest",
        (source,),
    ):
        yield read_passage(connection, number)
    for row in connection.execute(
        "SELECT a.text, b.text, s.name FROM same AS e JOIN node AS a ON a.number = e.a "
        "JOIN node AS b ON b.number = e.b "
        "JOIN source AS s ON s.number = e.source WHERE ?1 IS NULL OR e.source = ?1 ORDER BY 1, 2, 3",
        (source,),
    ):
        yield Same(*row)


def _relations(connection: sqlite3.Connection, language: str, source: int | None) -> Iterator[Record]:
    rows = connection.execute(
        "SELECT r.id, s.name, f.field, f.language, f.value, s.name, f.inferred FROM relation_fact AS f "
        "JOIN relation AS r ON r.number = f.relation JOIN source AS s ON s.number = f.source "
        "WHERE ?1 IS NULL OR f.source = ?1 ORDER BY r.id, s.name",
        (source,),
    )
    for (relation, name), group in groupby(rows, key=itemgetter(0, 1)):
        yield from split_relation(relation, name, (Said(*row[2:]) for row in group), language)


def _entities(connection: sqlite3.Connection, language: str, source: int | None) -> Iterator[Record]:
    rows = connection.execute(
        "SELECT n.text, s.name, f.field, f.language, f.value FROM node AS n INDEXED BY node_key "
        "CROSS JOIN entity_fact AS f INDEXED BY entity_fact_key ON f.node = n.number "
        "CROSS JOIN source AS s ON s.number = f.source "
        "WHERE ?1 IS NULL OR f.source = ?1 ORDER BY n.text, n.kind, n.unit, n.lang",
        (source,),
    )
    for entity, facts in groupby(rows, key=itemgetter(0)):
        for name, group in groupby(sorted(facts, key=itemgetter(1)), key=itemgetter(1)):
            yield from split_entity(entity, name, (Said(*row[2:]) for row in group), language)
