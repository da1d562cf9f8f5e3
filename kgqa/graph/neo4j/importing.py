"""From a store's sorted export to the files of Neo4j's offline import, and what is done after that import.

The files are written in one pass; in memory are only the nodes' names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from kgqa.graph.assertions import entity_facts
from kgqa.graph.keys import identifier, node_key, pack_qualifiers
from kgqa.graph.neo4j.import_files import ImportFiles
from kgqa.graph.neo4j.publishing import refresh_stale
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import current_view
from kgqa.types import Entity, Literal, Passage, Record, Relation, Same, Triple

_EMPTY = tuple(
    f"MATCH (n:{label}) WHERE n.facts IS NULL CALL (n) {{ SET n.facts = [], n.runs = [] }} "
    "IN TRANSACTIONS OF 10000 ROWS"
    for label in ("Entity", "Relation")
)
"""The import has no empty lists."""
_MARK = "MATCH (n:Entity)-[a]->(:Literal) WITH DISTINCT n CALL (n) { SET n:KgqaStale } IN TRANSACTIONS OF 10000 ROWS"


def finish_import(server: Server) -> None:
    """After an offline import: what the files could not say is made in the database, once."""
    for query in (*_EMPTY, _MARK):
        server.schema(query)
    refresh_stale(server.write, current_view(server, server.location), (), graph=None)
    server.schema("CALL db.awaitIndexes(3600)")
    server.write("MATCH (m:KgqaMeta) REMOVE m.imported")


def write_sorted(files: ImportFiles, records: Iterable[Record]) -> int:
    """Writes records as a store exports them: by kind, an entity's together, sorted. Gives how many there were."""
    count = 0
    for _, group in groupby(records, key=_together):
        same = list(group)
        count += len(same)
        if entities := [record for record in same if isinstance(record, Entity)]:
            _write_entity(files, entities)
        elif triples := [record for record in same if isinstance(record, Triple)]:
            _write_statements(files, triples)
        else:
            _write_other(files, same[0])
    files.finish()
    return count


def _write_entity(files: ImportFiles, records: list[Entity]) -> None:
    facts = [
        said._replace(field=int(said.field), source=record.source or "")
        for record in records
        for said in entity_facts(record, files.language)
    ]
    files.entity(records[0].id, facts)


def _write_statements(files: ImportFiles, records: list[Triple]) -> None:
    """Statements of one triple, which differ in qualifiers or source."""
    first = records[0]
    said: dict[str, list[str]] = defaultdict(list)
    for record in records:
        said[pack_qualifiers(record.qualifiers) if record.qualifiers else ""].append(record.source or "")
    head, tail = (files.node(node_key(ref) if isinstance(ref, Literal) else ref) for ref in (first.head, first.tail))
    _, type = files.relation(first.relation)
    for qualifiers, sources in said.items():
        if qualifiers:
            files.statement(head, tail, type, qualifiers, sources)
        else:
            files.plain(type, sources, [(head, tail)], count=1)


def _write_other(files: ImportFiles, record: Record) -> None:
    source = record.source or ""
    match record:
        case Relation():
            files.say_of_relation(record, source)
        case Passage():
            number = files.passage(record, source)
            for span in record.mentions:
                files.mention(number, span.start, span.end, files.node(span.entity), source)
        case Same():
            a, b = (files.node(identifier(id, "an entity id")) for id in sorted((record.a, record.b)))
            files.same(a, b, source)


def _together(record: Record) -> Any:
    """What entities of one id have in common, triples of one edge; any other record stands alone."""
    match record:
        case Entity():
            return record.id
        case Triple():
            return record.head, record.relation, record.tail
        case _:
            return object()
