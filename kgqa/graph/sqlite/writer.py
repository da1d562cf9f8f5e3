"""Writes records as assertions: in batches, inside one transaction, each assertion once."""

from __future__ import annotations

import hashlib
import sqlite3
from itertools import chain

from kgqa.errors import InputError
from kgqa.graph.assertions import RelationField, attributes, check_passage, entity_facts, relation_facts
from kgqa.graph.blocks import TripleBlock, as_items
from kgqa.graph.keys import identifier, pack_qualifiers
from kgqa.graph.sqlite.batches import Batches
from kgqa.graph.sqlite.bulk import LateIndexes
from kgqa.graph.sqlite.numbers import Meta, Numbers
from kgqa.types import Entity, Passage, Progress, Records, Relation, Same, Triple

_REPORT_EVERY = 10_000


class Writer:
    """Takes records in a transaction that is under way. ``replacing`` notes which old assertions come again."""

    def __init__(
        self, connection: sqlite3.Connection, meta: Meta, *, language: str, source: str, replacing: bool
    ) -> None:
        self._connection = connection
        self._meta = meta
        self._language = language
        self._late = LateIndexes(connection)
        self._numbers = Numbers(connection, meta, self._late)
        self._default = identifier(source, "the name of a source")
        self._seeing = replacing and meta["next_assertion"] > 0
        self._batches = Batches(connection, meta, self._numbers, self._late, source=self._default, seeing=self._seeing)
        if replacing:
            connection.execute("CREATE TEMP TABLE IF NOT EXISTS seen (number INTEGER PRIMARY KEY)")
            connection.execute("DELETE FROM temp.seen")

    def add_all(self, records: Records, progress: Progress | None) -> None:
        """Adds every record. Raises InputError that names the id of a bad one."""
        done = told = 0
        for item in as_items(records):
            if isinstance(item, Triple):
                self._add_triple(item)
            elif isinstance(item, TripleBlock):
                self._add_block(item)
                done += len(item) - 1
            else:
                self._add(item)
            done += 1
            self._batches.store_full()
            if progress is not None and done - told >= _REPORT_EVERY:
                progress("writing", done, None)
                told = done
        self._numbers.flush()
        self._batches.store_all()
        self._late.make_all()

    # --- one record

    def _add_triple(self, triple: Triple) -> None:
        numbers = self._numbers
        try:
            head, relation, tail = (
                numbers.nodes.get(triple.head),
                numbers.relations.get(triple.relation),
                numbers.nodes.get(triple.tail),
            )
        except TypeError:  # cannot be hashed, so it is neither an id nor a literal
            head = relation = tail = None
        if head is None:
            head = numbers.node(triple.head)
        if tail is None:
            tail = numbers.node(triple.tail)
        if relation is None:
            relation = numbers.relation(triple.relation)
        batch = self._batches.of(triple.source)
        if triple.qualifiers:
            batch.qualified.append((head, relation, tail, pack_qualifiers(triple.qualifiers)))
            self._batches.waiting += 1
        else:
            batch.plain.extend((head, relation, tail))
            self._batches.waiting_plain += 1

    def _add_block(self, block: TripleBlock) -> None:
        import numpy as np

        numbers = self._numbers
        rows = np.empty((len(block), 3), dtype=np.int32)
        ends = list(chain.from_iterable(zip(block.heads, block.tails, strict=True)))
        rows[:, ::2] = np.array(numbers.entities(ends)).reshape(-1, 2)
        relations = {id: numbers.relation(id) for id in dict.fromkeys(block.relations)}
        rows[:, 1] = list(map(relations.__getitem__, block.relations))
        self._batches.of(None).plain.frombytes(rows.tobytes())
        self._batches.waiting_plain += len(block)

    def _add(self, record: object) -> None:
        match record:
            case Entity():
                self._add_entity(record)
            case Relation():
                self._add_relation(record)
            case Passage():
                self._add_passage(record)
            case Same():
                self._add_same(record)
            case _:
                raise InputError(f"no record: {record!r}", hint="Entity, Triple, Relation, Passage or Same")

    def _add_entity(self, entity: Entity) -> None:
        node = self._numbers.node(identifier(entity.id, "an entity id"))
        batch = self._batches.of(entity.source)
        facts = entity_facts(entity, self._language)
        batch.entity_facts += [(node, int(fact.field), fact.language, fact.value) for fact in facts]
        self._batches.waiting += len(facts)
        for relation, value in attributes(entity):
            batch.plain.extend((node, self._numbers.relation(relation), self._numbers.node(value)))
            self._batches.waiting_plain += 1

    def _add_relation(self, relation: Relation) -> None:
        number = self._numbers.relation(relation.id)
        facts = relation_facts(relation, self._language)
        for fact in facts:
            if fact.field == RelationField.INVERSE_OF:
                self._numbers.relation(fact.value)
        rows = [(number, int(fact.field), fact.language, fact.value, int(fact.inferred)) for fact in facts]
        self._batches.of(relation.source).relation_facts += rows
        self._batches.waiting += len(rows)

    def _add_same(self, same: Same) -> None:
        a, b = sorted((identifier(same.a, "an entity id"), identifier(same.b, "an entity id")))
        self._batches.of(same.source).same.append((self._numbers.node(a), self._numbers.node(b)))
        self._batches.waiting += 1

    def _add_passage(self, passage: Passage) -> None:
        """Stored at once: its mentions need its number."""
        name = identifier(passage.id, "a passage id")
        check_passage(passage)
        said_by = self._default if passage.source is None else identifier(passage.source, "the name of a source")
        source = self._numbers.source(said_by)
        content = (passage.offset, passage.title, passage.language, passage.document, passage.text)
        digest = hashlib.blake2b(repr(content).encode(), digest_size=16).digest()
        known = self._connection.execute("SELECT 1 FROM passage WHERE id = ? LIMIT 1", (name,)).fetchone()
        number = self._meta["next_assertion"]
        inserted = self._connection.execute(
            'INSERT INTO passage (number, id, source, digest, "offset", title, language, document, text) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, source, digest) DO NOTHING",
            (number, name, source, digest, *content),
        ).rowcount
        if inserted:
            self._batches.take(source, 1)
            self._meta["passages"] += known is None
        else:
            number = self._connection.execute(
                "SELECT number FROM passage WHERE id = ? AND source = ? AND digest = ?", (name, source, digest)
            ).fetchone()[0]
        given = [mention for mention in passage.mentions if not mention.found]  # found ones are derived, not said
        rows = [
            (
                number,
                span.start,
                span.end,
                self._numbers.node(identifier(span.entity, f"an entity mentioned in {name!r}")),
            )
            for span in given
        ]
        first = self._batches.take(source, len(rows))
        self._connection.executemany(
            'INSERT INTO mention (number, passage, start, "end", entity) VALUES (?, ?, ?, ?, ?) '
            'ON CONFLICT (passage, start, "end", entity) DO NOTHING',
            [(at, *row) for at, row in enumerate(rows, first)],
        )
        if self._seeing and said_by == self._default:
            self._connection.execute("INSERT OR IGNORE INTO temp.seen VALUES (?)", (number,))
            self._connection.executemany(
                "INSERT OR IGNORE INTO temp.seen SELECT number FROM mention "
                'WHERE passage = ? AND start = ? AND "end" = ? AND entity = ?',
                rows,
            )
