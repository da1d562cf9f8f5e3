"""Writes records as assertions: in batches, inside one transaction, each assertion once."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field

from kgqa.errors import InputError
from kgqa.graph.assertions import RelationField, attributes, check_passage, entity_facts, relation_facts
from kgqa.graph.keys import identifier, pack_qualifiers
from kgqa.graph.sqlite.numbers import Meta, Numbers
from kgqa.types import Entity, Passage, Progress, Records, Relation, Same, Triple

_BATCH = 50_000
_REPORT_EVERY = 10_000


@dataclass(slots=True)
class _Batch:
    """Rows of one source that wait to be stored, without number and source."""

    statements: list[tuple[int, int, int, str]] = field(default_factory=list)
    entity_facts: list[tuple[int, int, str, str]] = field(default_factory=list)
    relation_facts: list[tuple[int, int, str, str, int]] = field(default_factory=list)
    same: list[tuple[int, int]] = field(default_factory=list)


_INSERT = {
    "statements": "INSERT INTO statement (number, source, head, relation, tail, qualifiers) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (head, relation, tail, qualifiers, source) DO NOTHING",
    "entity_facts": "INSERT INTO entity_fact (number, source, node, field, language, value) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (node, field, language, value, source) DO NOTHING",
    "relation_facts": "INSERT INTO relation_fact (number, source, relation, field, language, value, inferred) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (relation, field, language, value, inferred, source) DO NOTHING",
    "same": "INSERT INTO same (number, source, a, b) VALUES (?, ?, ?, ?) ON CONFLICT (a, b, source) DO NOTHING",
}
_SEE = {
    "statements": "INSERT OR IGNORE INTO temp.seen SELECT number FROM statement "
    "WHERE source = ? AND head = ? AND relation = ? AND tail = ? AND qualifiers = ?",
    "entity_facts": "INSERT OR IGNORE INTO temp.seen SELECT number FROM entity_fact "
    "WHERE source = ? AND node = ? AND field = ? AND language = ? AND value = ?",
    "relation_facts": "INSERT OR IGNORE INTO temp.seen SELECT number FROM relation_fact "
    "WHERE source = ? AND relation = ? AND field = ? AND language = ? AND value = ? AND inferred = ?",
    "same": "INSERT OR IGNORE INTO temp.seen SELECT number FROM same WHERE source = ? AND a = ? AND b = ?",
}


class Writer:
    """Takes records in a transaction that is under way. ``replacing`` notes which old assertions come again."""

    def __init__(
        self, connection: sqlite3.Connection, meta: Meta, *, language: str, source: str, replacing: bool
    ) -> None:
        self._connection = connection
        self._meta = meta
        self._language = language
        self._numbers = Numbers(connection, meta)
        self._batches: dict[str, _Batch] = defaultdict(_Batch)
        self._waiting = 0
        self._default = identifier(source, "the name of a source")
        self._seeing = replacing
        self._runs: dict[int, tuple[int, int]] = {}
        if replacing:
            connection.execute("CREATE TEMP TABLE IF NOT EXISTS seen (number INTEGER PRIMARY KEY)")
            connection.execute("DELETE FROM temp.seen")

    def add_all(self, records: Records, progress: Progress | None) -> None:
        """Adds every record. Raises InputError that names the id of a bad one."""
        nodes = self._numbers.nodes
        numbers, relations = self._numbers, self._numbers.relations
        default, default_name = self._batches[self._default], self._default
        append = default.statements.append
        late_index = self._drop_tail_index()
        for done, record in enumerate(records, start=1):
            if isinstance(record, Triple):
                try:
                    head, relation, tail = (
                        nodes.get(record.head),
                        relations.get(record.relation),
                        nodes.get(record.tail),
                    )
                except TypeError:  # cannot be hashed, so it is neither an id nor a literal
                    head = relation = tail = None
                if head is None:
                    head = numbers.node(record.head)
                if tail is None:
                    tail = numbers.node(record.tail)
                if relation is None:
                    relation = numbers.relation(record.relation)
                row = (head, relation, tail, pack_qualifiers(record.qualifiers) if record.qualifiers else "")
                if record.source is None or record.source == default_name:
                    append(row)
                else:
                    self._batch(record.source).statements.append(row)
                    self._waiting += 1
            else:
                self._add(record)
            if self._waiting + len(default.statements) >= _BATCH:
                self._flush()
            if progress is not None and done % _REPORT_EVERY == 0:
                progress("writing", done, None)
        self._flush()
        self._close_runs()
        if late_index:
            self._connection.execute(late_index)

    def _drop_tail_index(self) -> str | None:
        """While the first statements come in there is nothing to look up by tail; gives the SQL to make it again."""
        if self._connection.execute("SELECT 1 FROM statement LIMIT 1").fetchone() is not None:
            return None
        row = self._connection.execute("SELECT sql FROM sqlite_master WHERE name = 'statement_tail'").fetchone()
        self._connection.execute("DROP INDEX statement_tail")
        return str(row[0])

    # --- one record

    def _batch(self, source: str | None) -> _Batch:
        return self._batches[self._default if source is None else identifier(source, "the name of a source")]

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
        batch = self._batch(entity.source)
        facts = entity_facts(entity, self._language)
        batch.entity_facts += [(node, int(fact.field), fact.language, fact.value) for fact in facts]
        self._waiting += len(facts)
        for relation, value in attributes(entity):
            batch.statements.append((node, self._numbers.relation(relation), self._numbers.node(value), ""))

    def _add_relation(self, relation: Relation) -> None:
        number = self._numbers.relation(relation.id)
        facts = relation_facts(relation, self._language)
        for fact in facts:
            if fact.field == RelationField.INVERSE_OF:
                self._numbers.relation(fact.value)
        rows = [(number, int(fact.field), fact.language, fact.value, int(fact.inferred)) for fact in facts]
        self._batch(relation.source).relation_facts += rows
        self._waiting += len(rows)

    def _add_same(self, same: Same) -> None:
        a, b = sorted((identifier(same.a, "an entity id"), identifier(same.b, "an entity id")))
        self._batch(same.source).same.append((self._numbers.node(a), self._numbers.node(b)))
        self._waiting += 1

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
            self._take(source, 1)
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
        first = self._take(source, len(rows))
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

    # --- batches

    def _flush(self) -> None:
        self._numbers.flush()
        for name, batch in self._batches.items():
            for kind, insert in _INSERT.items():
                rows = getattr(batch, kind)
                if not rows:
                    continue
                rows.sort()  # neighbours in the index are stored together
                source = self._numbers.source(name)
                first = self._take(source, len(rows))
                self._connection.executemany(insert, ((at, source, *row) for at, row in enumerate(rows, first)))
                if self._seeing and name == self._default:
                    self._connection.executemany(_SEE[kind], ((source, *row) for row in rows))
                rows.clear()
        self._waiting = 0

    def _take(self, source: int, count: int) -> int:
        """Numbers for ``count`` assertions of a source: a run, joined to the one before where it is the same."""
        first = self._meta.take("next_assertion", count)
        if count:
            run = self._runs.get(source)
            if run is not None and run[1] + 1 == first:
                self._runs[source] = (run[0], first + count - 1)
            else:
                if run is not None:
                    self._store_run(source, run)
                self._runs[source] = (first, first + count - 1)
        return first

    def _store_run(self, source: int, run: tuple[int, int]) -> None:
        self._connection.execute("INSERT INTO run (first, last, source) VALUES (?, ?, ?)", (*run, source))

    def _close_runs(self) -> None:
        for source, run in self._runs.items():
            self._store_run(source, run)
        self._runs.clear()
