"""Reads by id: nodes, entities, relations, statements, passages."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from kgqa.graph.assertions import Said, merge_entity, merge_relation
from kgqa.graph.keys import ENTITY_KIND, NodeKey, node_key, node_ref
from kgqa.graph.rows import StatementRow, as_statements
from kgqa.types import Entity, Literal, MentionSpan, Passage, Relation, Statement

_STATEMENT = (
    "SELECT h.text, h.kind, h.unit, h.lang, r.id, t.text, t.kind, t.unit, t.lang, s.qualifiers, o.name "
    "FROM statement AS s JOIN node AS h ON h.number = s.head JOIN relation AS r ON r.number = s.relation "
    "JOIN node AS t ON t.number = s.tail JOIN source AS o ON o.number = s.source "
)
_IN_ORDER = (  # the heads in order of their key; CROSS JOIN keeps SQLite from choosing another way
    "SELECT h.text, h.kind, h.unit, h.lang, r.id, t.text, t.kind, t.unit, t.lang, s.qualifiers, o.name "
    "FROM node AS h INDEXED BY node_key CROSS JOIN statement AS s INDEXED BY statement_key ON s.head = h.number "
    "CROSS JOIN relation AS r ON r.number = s.relation CROSS JOIN node AS t ON t.number = s.tail "
    "CROSS JOIN source AS o ON o.number = s.source "
)
_STATED = (
    "SELECT s.qualifiers, o.name FROM statement AS s JOIN source AS o ON o.number = s.source "
    "WHERE s.head = ? AND s.relation = ? AND s.tail = ?"
)
_ORDER = "ORDER BY h.text, h.kind, h.unit, h.lang"


def find_node(connection: sqlite3.Connection, key: NodeKey) -> int | None:
    row = connection.execute(
        "SELECT number FROM node WHERE text = ? AND kind = ? AND unit = ? AND lang = ?", key
    ).fetchone()
    return None if row is None else int(row[0])


def find_relation(connection: sqlite3.Connection, id: str) -> int | None:
    row = connection.execute("SELECT number FROM relation WHERE id = ?", (id,)).fetchone()
    return None if row is None else int(row[0])


def read_entity(connection: sqlite3.Connection, id: str, language: str) -> Entity | None:
    number = find_node(connection, (id, ENTITY_KIND, "", ""))
    if number is None:
        return None
    facts = connection.execute(
        "SELECT f.field, f.language, f.value, s.name FROM entity_fact AS f JOIN source AS s ON s.number = f.source "
        "WHERE f.node = ?",
        (number,),
    )
    values: dict[str, list[Literal]] = defaultdict(list)
    for relation, *key in connection.execute(
        "SELECT DISTINCT r.id, t.text, t.kind, t.unit, t.lang FROM statement AS s "
        "JOIN relation AS r ON r.number = s.relation JOIN node AS t ON t.number = s.tail "
        "WHERE s.head = ? AND t.kind <> ? ORDER BY 1, 2, 3, 4, 5",
        (number, ENTITY_KIND),
    ):
        value = node_ref(*key)
        if isinstance(value, Literal):
            values[relation].append(value)
    attributes = {name: found[0] if len(found) == 1 else tuple(found) for name, found in values.items()}
    return merge_entity(id, (Said(*fact) for fact in facts), attributes, language)


def read_relations(connection: sqlite3.Connection, language: str, id: str | None = None) -> list[Relation]:
    """All relations by id, or the one."""
    rows = connection.execute(
        "SELECT r.id, f.field, f.language, f.value, s.name, f.inferred FROM relation AS r "
        "LEFT JOIN relation_fact AS f ON f.relation = r.number LEFT JOIN source AS s ON s.number = f.source "
        "WHERE ?1 IS NULL OR r.id = ?1 ORDER BY r.id",
        (id,),
    )
    return [
        merge_relation(name, (Said(*row[1:]) for row in group if row[1] is not None), language)
        for name, group in groupby(rows, key=itemgetter(0))
    ]


def read_statements(
    connection: sqlite3.Connection,
    head: str | Literal | None,
    relation: str | None,
    tail: str | Literal | None,
    limit: int | None,
) -> Iterator[Statement]:
    """Statements that match, in order of head, relation and tail by id."""
    values: dict[str, int] = {}
    for name, ref in (("head", head), ("tail", tail)):
        if ref is not None:
            number = find_node(connection, node_key(ref))
            if number is None:
                return
            values[name] = number
    if relation is not None:
        number = find_relation(connection, relation)
        if number is None:
            return
        values["relation"] = number
    rows: Iterable[StatementRow]
    conditions = " AND ".join(f"s.{name} = :{name}" for name in values)  # names from the fixed set above
    if "head" in values or "tail" in values:
        rows = connection.execute(_STATEMENT + "WHERE " + conditions, values).fetchall()
        rows = sorted(rows)
    elif values:
        rows = statement_rows(connection.execute(_IN_ORDER + "WHERE " + conditions + " " + _ORDER, values))
    else:
        rows = all_statement_rows(connection)
    yield from as_statements(rows, limit)


def read_stated(
    connection: sqlite3.Connection, triples: Iterable[tuple[str | Literal, str, str | Literal]]
) -> list[tuple[Statement, ...]]:
    """The statements of each (head, relation, tail), in order of their qualifiers; each node is looked up once."""
    nodes: dict[NodeKey, int | None] = {}
    relations: dict[str, int | None] = {}
    out: list[tuple[Statement, ...]] = []
    for head, relation, tail in triples:
        keys = node_key(head), node_key(tail)
        for key in keys:
            if key not in nodes:
                nodes[key] = find_node(connection, key)
        if relation not in relations:
            relations[relation] = find_relation(connection, relation)
        numbers = nodes[keys[0]], relations[relation], nodes[keys[1]]
        rows = connection.execute(_STATED, numbers).fetchall() if None not in numbers else ()
        out.append(tuple(as_statements((*keys[0], relation, *keys[1], *row) for row in sorted(rows))))
    return out


def all_statement_rows(connection: sqlite3.Connection, source: int | None = None) -> Iterator[StatementRow]:
    """Every assertion of a statement, sorted, in memory that goes with the busiest head."""
    if source is None:
        return statement_rows(connection.execute(_IN_ORDER + _ORDER))
    return statement_rows(connection.execute(_IN_ORDER + "WHERE s.source = ? " + _ORDER, (source,)))


def statement_rows(rows: Iterable[StatementRow]) -> Iterator[StatementRow]:
    for _, group in groupby(rows, key=itemgetter(0, 1, 2, 3)):
        yield from sorted(group)


def read_passage(connection: sqlite3.Connection, number: int) -> Passage:
    """The passage stored under this number, with the mentions given for it."""
    row = connection.execute(
        'SELECT p.id, p.text, p.title, p.language, p.document, p."offset", s.name '
        "FROM passage AS p JOIN source AS s ON s.number = p.source WHERE p.number = ?",
        (number,),
    ).fetchone()
    mentions = connection.execute(
        'SELECT m.start, m."end", n.text FROM mention AS m JOIN node AS n ON n.number = m.entity WHERE m.passage = ? '
        'ORDER BY m.start, m."end", n.text',
        (number,),
    )
    name, text, title, language, document, offset, source = row
    return Passage(
        id=name,
        text=text,
        title=title,
        language=language,
        document=document,
        offset=offset,
        mentions=tuple(MentionSpan(*mention) for mention in mentions),
        source=source,
    )


def passage_number(connection: sqlite3.Connection, id: str) -> int | None:
    """The passage that shows under this id: the first source by name, then the first text."""
    row = connection.execute(
        "SELECT p.number FROM passage AS p JOIN source AS s ON s.number = p.source WHERE p.id = ? "
        "ORDER BY s.name, p.text, p.digest LIMIT 1",
        (id,),
    ).fetchone()
    return None if row is None else int(row[0])
