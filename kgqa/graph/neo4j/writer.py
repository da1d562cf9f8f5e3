"""Writes records in idempotent batches that nobody sees until the last one; a killed write is continued by the next."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from kgqa.errors import InputError
from kgqa.graph.assertions import RelationField, attributes, check_passage, entity_facts, relation_facts
from kgqa.graph.keys import NodeKey, identifier, node_key, pack_qualifiers
from kgqa.graph.neo4j.server import PENDING, Server
from kgqa.types import Entity, Passage, Progress, Record, Records, Relation, Same, Triple

_BATCH = 5_000
_REPORT_EVERY = 10_000

_TAKE_NODES = "MATCH (c:KgqaCounter) SET c.next_node = c.next_node + $count RETURN c.next_node - $count"
_TAKE_RELATIONS = "MATCH (c:KgqaCounter) SET c.next_relation = c.next_relation + $count RETURN c.next_relation - $count"
_KNOWN_NODES = "UNWIND $keys AS key MATCH (n:Node {key: key}) RETURN key"
_KNOWN_RELATIONS = "UNWIND $keys AS key MATCH (n:Relation {key: key}) RETURN key"
_NEW_NODES = "UNWIND $rows AS row MERGE (n:Node {key: row.key}) ON CREATE SET n += row"
_NEW_RELATIONS = "UNWIND $rows AS row MERGE (r:Relation {key: row.key}) ON CREATE SET r += row"
_SOURCES = "UNWIND $names AS name MERGE (s:Source {name: name}) SET s.finished = false"
_ROWS = {
    "statements": "UNWIND $rows AS row MATCH (h:Node {key: row.head}) MATCH (t:Node {key: row.tail}) "
    "MATCH (r:Relation {key: row.relation}) "
    "MERGE (h)-[a:STATEMENT {relation: r.number, qualifiers: row.qualifiers, source: row.source}]->(t) "
    "ON CREATE SET a.revision = $pending SET a.touched = $token",
    "facts": "UNWIND $rows AS row MATCH (n:Node {key: row.subject}) MERGE (n)-[a:FACT {field: row.field, "
    "language: row.language, value: row.value, source: row.source}]->(n) "
    "ON CREATE SET a.revision = $pending SET a.touched = $token",
    "relation_facts": "UNWIND $rows AS row MATCH (r:Relation {key: row.subject}) MERGE (r)-[a:RELATION_FACT "
    "{field: row.field, language: row.language, value: row.value, inferred: row.inferred, source: row.source}]->(r) "
    "ON CREATE SET a.revision = $pending SET a.touched = $token",
    "passages": "UNWIND $rows AS row MERGE (a:Passage {key: row.key}) "
    "ON CREATE SET a += row, a.revision = $pending SET a.touched = $token",
    "mentions": "UNWIND $rows AS row MATCH (p:Passage {key: row.passage}) MATCH (n:Node {key: row.entity}) "
    "MERGE (p)-[a:MENTIONS {start: row.start, end: row.end, source: row.source}]->(n) "
    "ON CREATE SET a.revision = $pending SET a.touched = $token",
    "same": "UNWIND $rows AS row MATCH (x:Node {key: row.a}) MATCH (y:Node {key: row.b}) "
    "MERGE (x)-[a:SAME {source: row.source}]->(y) ON CREATE SET a.revision = $pending SET a.touched = $token",
}
"""Each query writes rows of its kind; writing a row again changes nothing but the mark of who touched it last."""


def digest(*parts: object) -> str:
    """A short key for what may be long: the server's indexes bound the length of their keys."""
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=16).hexdigest()


class Writer:
    """Collects rows and sends them in batches. ``token`` marks what this write touched."""

    def __init__(self, server: Server, *, language: str, source: str) -> None:
        self._server = server
        self._language = language
        self._default = source
        self.token = uuid.uuid4().hex
        self.sources: set[str] = set()
        self._begun: set[str] = set()
        self._nodes: dict[str, NodeKey] = {}
        self._relations: dict[str, str] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _ROWS}

    def add_all(self, records: Records, progress: Progress | None) -> None:
        """Sends every record. Raises InputError that names the id of a bad one."""
        for done, record in enumerate(records, start=1):
            self._add(record)
            if sum(map(len, self._rows.values())) >= _BATCH:
                self._flush()
            if progress is not None and done % _REPORT_EVERY == 0:
                progress("writing", done, None)
        self._flush()

    # --- records to rows

    def _add(self, record: Record) -> None:
        if not isinstance(record, (Entity, Triple, Relation, Passage, Same)):
            raise InputError(f"no record: {record!r}", hint="Entity, Triple, Relation, Passage or Same")
        source = self._default if record.source is None else identifier(record.source, "the name of a source")
        match record:
            case Triple():
                qualifiers = pack_qualifiers(record.qualifiers)
                self._statement(node_key(record.head), record.relation, node_key(record.tail), qualifiers, source)
            case Entity():
                key = node_key(record.id)
                for fact in entity_facts(record, self._language):
                    said = {"field": int(fact.field), "language": fact.language, "value": fact.value}
                    self._put("facts", source, subject=self._node(key), **said)
                for relation, value in attributes(record):
                    self._statement(key, relation, node_key(value), "", source)
            case Relation():
                self._add_relation(record, source)
            case Passage():
                self._add_passage(record, source)
            case Same():
                a, b = sorted((node_key(record.a), node_key(record.b)))
                self._put("same", source, a=self._node(a), b=self._node(b))

    def _statement(self, head: NodeKey, relation: str, tail: NodeKey, qualifiers: str, source: str) -> None:
        keys = {"head": self._node(head), "relation": self._relation(relation), "tail": self._node(tail)}
        self._put("statements", source, qualifiers=qualifiers, **keys)

    def _add_relation(self, relation: Relation, source: str) -> None:
        subject = self._relation(relation.id)
        for fact in relation_facts(relation, self._language):
            if fact.field == RelationField.INVERSE_OF:
                self._relation(fact.value)
            said = {"field": int(fact.field), "language": fact.language, "value": fact.value}
            self._put("relation_facts", source, subject=subject, inferred=bool(fact.inferred), **said)

    def _add_passage(self, passage: Passage, source: str) -> None:
        name = identifier(passage.id, "a passage id")
        check_passage(passage)
        content = {
            "text": passage.text,
            "title": passage.title,
            "language": passage.language,
            "document": passage.document,
            "offset": passage.offset,
        }
        key = digest(name, source, *content.values())
        self._put("passages", source, key=key, id=name, **content)
        for span in passage.mentions:
            if not span.found:  # found ones are derived, not said
                entity = node_key(identifier(span.entity, f"an entity mentioned in the passage {name!r}"))
                self._put("mentions", source, passage=key, start=span.start, end=span.end, entity=self._node(entity))

    def _node(self, key: NodeKey) -> str:
        short = digest(*key)
        self._nodes[short] = key
        return short

    def _relation(self, relation: str) -> str:
        name = identifier(relation, "the id of a relation")
        short = digest(name)
        self._relations[short] = name
        return short

    def _put(self, kind: str, source: str, **row: Any) -> None:
        self.sources.add(source)
        self._rows[kind].append({**row, "source": source})

    # --- batches

    def _flush(self) -> None:
        if begun := self.sources - self._begun:
            self._server.write(_SOURCES, names=sorted(begun))
            self._begun |= begun
        self._make_nodes()
        self._make_relations()
        for kind, rows in self._rows.items():
            if rows:
                self._server.write(_ROWS[kind], rows=rows, pending=PENDING, token=self.token)
                rows.clear()

    def _make_nodes(self) -> None:
        known = {row[0] for row in self._server.read(_KNOWN_NODES, keys=list(self._nodes))}
        new = {short: key for short, key in self._nodes.items() if short not in known}
        if new:
            first = self._server.write(_TAKE_NODES, count=len(new))[0][0]
            names = ("text", "kind", "unit", "lang")
            rows = [
                {"key": short, "number": number, **dict(zip(names, key, strict=True))}
                for number, (short, key) in enumerate(new.items(), first)
            ]
            self._server.write(_NEW_NODES, rows=rows)
        self._nodes.clear()

    def _make_relations(self) -> None:
        known = {row[0] for row in self._server.read(_KNOWN_RELATIONS, keys=list(self._relations))}
        new = {short: name for short, name in self._relations.items() if short not in known}
        if new:
            first = self._server.write(_TAKE_RELATIONS, count=len(new))[0][0]
            rows = [{"key": short, "id": name, "number": n} for n, (short, name) in enumerate(new.items(), first)]
            self._server.write(_NEW_RELATIONS, rows=rows)
        self._relations.clear()
