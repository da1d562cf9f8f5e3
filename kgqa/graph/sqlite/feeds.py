"""Feeds that indexes and the snapshot are built from: whole tables, streamed in order of number."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

from kgqa.graph.assertions import EntityField, Said
from kgqa.graph.keys import unpack_qualifiers
from kgqa.graph.rows import as_edges, as_name_rows, as_node_row
from kgqa.graph.store import Edges, NameRow, NodeRow, PassageRow
from kgqa.types import Literal, MentionSpan, Passage

_NODES = "SELECT number, text, kind, unit, lang FROM node ORDER BY number"
_THESE_NODES = (
    "SELECT number, text, kind, unit, lang FROM node WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
)
_NAMED = (EntityField.LABEL, EntityField.ALIAS, EntityField.TYPE)
_FACTS = (
    "SELECT f.node, f.field, f.language, f.value, s.name FROM entity_fact AS f INDEXED BY entity_fact_key "
    "CROSS JOIN source AS s ON s.number = f.source WHERE f.field IN (?, ?, ?) ORDER BY f.node"
)
_THESE_FACTS = (
    "SELECT f.node, f.field, f.language, f.value, s.name FROM entity_fact AS f INDEXED BY entity_fact_key "
    "CROSS JOIN source AS s ON s.number = f.source WHERE f.field IN (?, ?, ?) "
    "AND f.node IN (SELECT value FROM json_each(?)) ORDER BY f.node"
)


def node_rows(connection: sqlite3.Connection, numbers: Sequence[int] | None = None) -> Iterator[NodeRow]:
    for node, facts in _nodes_with_facts(connection, numbers):
        yield as_node_row(node, facts)


def name_rows(connection: sqlite3.Connection, numbers: Sequence[int] | None = None) -> Iterator[NameRow]:
    for node, facts in _nodes_with_facts(connection, numbers):
        yield from as_name_rows(node, facts)


def _nodes_with_facts(
    connection: sqlite3.Connection, numbers: Sequence[int] | None
) -> Iterator[tuple[tuple[Any, ...], list[Said]]]:
    """Each node with its labels, aliases and types: two cursors in step."""
    if numbers is None:
        nodes = connection.execute(_NODES)
        facts = connection.execute(_FACTS, _NAMED)
    else:
        wanted = json.dumps(sorted({int(number) for number in numbers}))
        nodes = connection.execute(_THESE_NODES, (wanted,))
        facts = connection.execute(_THESE_FACTS, (*_NAMED, wanted))
    groups = groupby(facts, key=itemgetter(0))
    number, group = next(groups, (None, iter(())))
    for node in nodes:
        if number == node[0]:
            yield node, [Said(*fact[1:]) for fact in group]
            number, group = next(groups, (None, iter(())))
        else:
            yield node, []


def passages(connection: sqlite3.Connection, ids: Sequence[str] | None = None) -> Iterator[Passage]:
    """Each passage once, as its first source has it."""
    if ids is None:
        found = connection.execute(_PASSAGES)
    else:
        found = connection.execute(_THESE_PASSAGES, (json.dumps(list(dict.fromkeys(ids))),))
    yield from _shown(connection, found)


_SAID = 'SELECT p.id, p.number, p.text, p.title, p.language, p.document, p."offset", s.name, p.digest '
_IN_ORDER = "JOIN source AS s ON s.number = p.source ORDER BY p.id"
_PASSAGES = f"{_SAID}FROM passage AS p {_IN_ORDER}"
_THESE_PASSAGES = f"{_SAID}FROM json_each(?) AS k CROSS JOIN passage AS p ON p.id = k.value {_IN_ORDER}"
_MENTIONS = (
    'SELECT m.passage, m.start, m."end", n.text FROM json_each(?) AS k CROSS JOIN mention AS m ON m.passage = k.value '
    "JOIN node AS n ON n.number = m.entity ORDER BY 1, 2, 3, 4"
)
_TOGETHER = 500  # passages whose mentions are read at once


def _shown(connection: sqlite3.Connection, found: sqlite3.Cursor) -> Iterator[Passage]:
    groups = groupby(found, key=itemgetter(0))
    shown = (min(group, key=itemgetter(7, 2, 8)) for _, group in groups)
    while rows := list(islice(shown, _TOGETHER)):
        mentions: dict[int, list[MentionSpan]] = {}
        for number, *mention in connection.execute(_MENTIONS, (json.dumps([row[1] for row in rows]),)):
            mentions.setdefault(number, []).append(MentionSpan(*mention))
        for name, number, text, title, language, document, offset, source, _ in rows:
            spans = tuple(mentions.get(number, ()))
            yield Passage(name, text, title, language, document, offset, spans, source)


def passage_rows(connection: sqlite3.Connection) -> Iterator[PassageRow]:
    rows = connection.execute(
        "SELECT p.id, p.language, p.document, s.name FROM passage AS p JOIN source AS s ON s.number = p.source "
        "ORDER BY p.id, s.name, p.text, p.digest"
    )
    for name, group in groupby(rows, key=itemgetter(0)):
        said = list(group)
        yield PassageRow(name, said[0][1], said[0][2], tuple(dict.fromkeys(row[3] for row in said)))


def sources_of_passages(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    rows = connection.execute(
        "SELECT DISTINCT p.id, s.name FROM json_each(?) AS k CROSS JOIN passage AS p ON p.id = k.value "
        "JOIN source AS s ON s.number = p.source ORDER BY p.id, s.name",
        (json.dumps(list(dict.fromkeys(ids))),),
    )
    return {id: tuple(name for _, name in group) for id, group in groupby(rows, key=itemgetter(0))}


def edges(connection: sqlite3.Connection, chunk: int) -> Iterator[Edges]:
    cursor = connection.execute(
        "SELECT DISTINCT head, relation, tail FROM statement INDEXED BY statement_key ORDER BY head, relation, tail"
    )
    while rows := cursor.fetchmany(chunk):
        yield as_edges(rows)


_QUALIFIERS_OF = (
    "SELECT DISTINCT head, relation, tail, qualifiers FROM statement "
    "WHERE head = ? AND relation = ? AND tail = ? AND qualifiers <> '' ORDER BY qualifiers"
)


def qualified(
    connection: sqlite3.Connection, edges: Edges | None = None
) -> Iterator[tuple[int, int, int, dict[str, Literal | str]]]:
    rows: Iterable[tuple[int, int, int, str]]
    if edges is None:
        # By the index of those that have qualifiers, so that a graph without any costs nothing.
        rows = connection.execute(
            "SELECT DISTINCT head, relation, tail, qualifiers FROM statement INDEXED BY statement_qualified "
            "WHERE qualifiers <> '' ORDER BY head, relation, tail, qualifiers"
        )
    else:
        triples = sorted(set(zip(edges.heads.tolist(), edges.relations.tolist(), edges.tails.tolist(), strict=True)))
        rows = chain.from_iterable(connection.execute(_QUALIFIERS_OF, triple) for triple in triples)
    for head, relation, tail, packed in rows:
        yield head, relation, tail, unpack_qualifiers(packed)


def same_pairs(connection: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    yield from connection.execute("SELECT DISTINCT a, b FROM same ORDER BY a, b")
