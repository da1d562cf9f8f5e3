"""From records to batches: each batch is one transaction, known by the digest of its records, so that it is sent once.

A killed write is continued by the next one of the same records: what is known is passed over at the speed of reading.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kgqa.errors import InputError
from kgqa.graph.assertions import RelationField, Said, attributes, check_passage, entity_facts, relation_facts
from kgqa.graph.keys import NodeKey, identifier, node_key, pack_qualifiers
from kgqa.graph.neo4j.batches import Sender
from kgqa.graph.neo4j.names import stored_id
from kgqa.types import Entity, Literal, Passage, Progress, Record, Records, Relation, Same, Triple

_BATCH = 20_000
_REPORT_EVERY = 10_000
_REMEMBERED = 1_000_000

Ref = str | NodeKey
"""An entity by its id, a literal by its key."""


def digest(*parts: object) -> str:
    """A short key for what may be long: the server's indexes bound the length of their keys."""
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=16).hexdigest()


@dataclass(slots=True)
class Batch:
    """Assertions that are sent together, each once. Sources are names; facts are (field, language, value, source)."""

    key: str = ""
    size: int = 0
    sources: set[str] = field(default_factory=set)
    nodes: dict[Ref, None] = field(default_factory=dict)
    facts: dict[str, dict[Said, None]] = field(default_factory=lambda: defaultdict(dict))
    relations: dict[str, None] = field(default_factory=dict)
    relation_facts: dict[str, dict[Said, None]] = field(default_factory=lambda: defaultdict(dict))
    statements: dict[tuple[Ref, str, Ref, str], list[str]] = field(default_factory=dict)
    passages: dict[str, dict[str, Any]] = field(default_factory=dict)
    mentions: dict[tuple[str, int, int, str, str], str] = field(default_factory=dict)
    same: dict[tuple[str, str, str], None] = field(default_factory=dict)


def source_name(name: str) -> str:
    """The name of a source. Raises InputError for one that the server's indexes cannot hold."""
    checked = identifier(name, "the name of a source")
    if stored_id(checked)[1] is not None:
        raise InputError(f"the name of a source is too long: {checked[:60]!r}...", hint="1,000 bytes at most")
    return checked


class Writer:
    """Takes records apart and sends them, one batch ahead of the server."""

    def __init__(self, sender: Sender, *, language: str, source: str) -> None:
        self._sender = sender
        self._language = language
        self._default = source
        self._salt = digest(language, source).encode()
        self._checked: dict[str, str] = {}
        self._checked_relations: dict[str, str] = {}
        self._batch = Batch()
        self._hash = hashlib.blake2b(self._salt, digest_size=16)

    def add_all(self, records: Records, progress: Progress | None) -> None:
        """Sends every record. Raises InputError that names the id of a bad one."""
        with ThreadPoolExecutor(1, thread_name_prefix="kgqa-neo4j") as pool:
            sending: Future[None] | None = None
            for done, record in enumerate(records, start=1):
                self._add(record)
                if self._batch.size >= _BATCH:
                    if sending is not None:
                        sending.result()
                    sending = pool.submit(self._sender.send, self._close())
                if progress is not None and done % _REPORT_EVERY == 0:
                    progress("writing", done, None)
            if sending is not None:
                sending.result()
            if self._batch.size:
                self._sender.send(self._close())

    def _close(self) -> Batch:
        batch, self._batch = self._batch, Batch()
        batch.key = self._hash.hexdigest()
        self._hash = hashlib.blake2b(self._salt, digest_size=16)
        if len(self._checked) > _REMEMBERED:
            self._checked.clear()
            self._checked_relations.clear()
        return batch

    # --- one record

    def _add(self, record: Record) -> None:
        batch = self._batch
        source = self._default
        if isinstance(record, (Entity, Triple, Relation, Passage, Same)):
            if record.source is not None:
                source = source_name(record.source)
        else:
            raise InputError(f"no record: {record!r}", hint="Entity, Triple, Relation, Passage or Same")
        said: object = record
        if isinstance(record, Triple):  # its fields in a tuple are written faster than itself
            said = record.head, record.relation, record.tail, record.qualifiers or None, record.source
        self._hash.update(repr(said).encode("utf-8", "surrogatepass"))
        batch.sources.add(source)
        match record:
            case Triple():
                qualifiers = pack_qualifiers(record.qualifiers) if record.qualifiers else ""
                self._statement(self._ref(record.head), record.relation, self._ref(record.tail), qualifiers, source)
            case Entity():
                self._add_entity(record, source)
            case Relation():
                self._add_relation(record, source)
            case Passage():
                self._add_passage(record, source)
            case Same():
                a, b = sorted((self._entity(record.a), self._entity(record.b)))
                batch.same[a, b, source] = None
                batch.size += 1

    def _add_entity(self, entity: Entity, source: str) -> None:
        batch, key = self._batch, self._entity(entity.id)
        facts = batch.facts[key]
        for fact in entity_facts(entity, self._language):
            facts[Said(int(fact.field), fact.language, fact.value, source, fact.inferred)] = None
            batch.size += 1
        for relation, value in attributes(entity):
            self._statement(key, relation, self._ref(value), "", source)

    def _statement(self, head: Ref, relation: str, tail: Ref, qualifiers: str, source: str) -> None:
        batch = self._batch
        said_by = batch.statements.setdefault((head, self._relation(relation), tail, qualifiers), [])
        if source not in said_by:
            said_by.append(source)
        batch.size += 1

    def _add_relation(self, relation: Relation, source: str) -> None:
        batch, subject = self._batch, self._relation(relation.id)
        for fact in relation_facts(relation, self._language):
            if fact.field == RelationField.INVERSE_OF:
                self._relation(fact.value)
            batch.relation_facts[subject][fact._replace(field=int(fact.field), source=source)] = None
            batch.size += 1

    def _add_passage(self, passage: Passage, source: str) -> None:
        batch, name = self._batch, identifier(passage.id, "a passage id")
        check_passage(passage)
        content = {
            "text": passage.text,
            "title": passage.title,
            "language": passage.language,
            "document": passage.document,
            "offset": passage.offset,
        }
        key = digest(name, source, *content.values())
        short, long = stored_id(name)
        batch.passages[key] = {"key": key, "id": short, "long_id": long, "source": source, **content}
        batch.size += 1
        for span in passage.mentions:
            if not span.found:  # found ones are derived, not said
                entity = self._entity(identifier(span.entity, f"an entity mentioned in the passage {name!r}"))
                batch.mentions[key, span.start, span.end, entity, source] = name
                batch.size += 1

    # --- what names things

    def _ref(self, ref: str | Literal) -> Ref:
        if not isinstance(ref, Literal):
            return self._entity(ref)
        key = node_key(ref)
        self._batch.nodes[key] = None
        return key

    def _entity(self, name: str) -> str:
        known = self._checked.get(name) if isinstance(name, str) else None
        if known is None:
            known = self._checked[name] = identifier(name, "an entity id")
        self._batch.nodes[known] = None
        return known

    def _relation(self, relation: str) -> str:
        known = self._checked_relations.get(relation) if isinstance(relation, str) else None
        if known is None:
            known = self._checked_relations[relation] = identifier(relation, "the id of a relation")
        self._batch.relations[known] = None
        return known
