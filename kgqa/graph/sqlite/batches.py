"""Assertions of one transaction that wait to be stored, and their storing: each once, numbered in runs by source."""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from dataclasses import dataclass, field

from kgqa.graph.keys import identifier
from kgqa.graph.sqlite.bulk import LateIndexes, distinct_rows, insert_statements
from kgqa.graph.sqlite.numbers import Meta, Numbers

_BATCH = 50_000
_PLAIN_BATCH = 2_000_000  # plain statements, 12 bytes each while they wait: the more at once, the less is sorted again


@dataclass(slots=True)
class Batch:
    """Rows of one source that wait to be stored, without number and source.

    ``plain``: head, relation and tail of statements without qualifiers, one after the other.
    """

    plain: array[int] = field(default_factory=lambda: array("i"))
    qualified: list[tuple[int, int, int, str]] = field(default_factory=list)
    entity_facts: list[tuple[int, int, str, str]] = field(default_factory=list)
    relation_facts: list[tuple[int, int, str, str, int]] = field(default_factory=list)
    same: list[tuple[int, int]] = field(default_factory=list)


_INSERT = {
    "qualified": "INSERT INTO statement (number, source, head, relation, tail, qualifiers) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (head, relation, tail, qualifiers, source) DO NOTHING",
    "entity_facts": "INSERT INTO entity_fact (number, source, node, field, language, value) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (node, field, language, value, source) DO NOTHING",
    "relation_facts": "INSERT INTO relation_fact (number, source, relation, field, language, value, inferred) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (relation, field, language, value, inferred, source) DO NOTHING",
    "same": "INSERT INTO same (number, source, a, b) VALUES (?, ?, ?, ?) ON CONFLICT (a, b, source) DO NOTHING",
}
_SEE_STATEMENT = (
    "INSERT OR IGNORE INTO temp.seen SELECT number FROM statement "
    "WHERE source = ? AND head = ? AND relation = ? AND tail = ? AND qualifiers = ?"
)
_SEE = {
    "qualified": _SEE_STATEMENT,
    "entity_facts": "INSERT OR IGNORE INTO temp.seen SELECT number FROM entity_fact "
    "WHERE source = ? AND node = ? AND field = ? AND language = ? AND value = ?",
    "relation_facts": "INSERT OR IGNORE INTO temp.seen SELECT number FROM relation_fact "
    "WHERE source = ? AND relation = ? AND field = ? AND language = ? AND value = ? AND inferred = ?",
    "same": "INSERT OR IGNORE INTO temp.seen SELECT number FROM same WHERE source = ? AND a = ? AND b = ?",
}


class Batches:
    """The waiting rows by source. ``seeing`` notes in ``temp.seen`` which assertions of ``source`` come (again)."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        meta: Meta,
        numbers: Numbers,
        late: LateIndexes,
        *,
        source: str,
        seeing: bool,
    ) -> None:
        self._connection = connection
        self._meta = meta
        self._numbers = numbers
        self._late = late
        self._default = source
        self._seeing = seeing
        self._batches: dict[str, Batch] = defaultdict(Batch)
        self._plain_stored = False
        self._runs: dict[int, tuple[int, int]] = {}
        self.waiting = self.waiting_plain = 0

    def of(self, source: str | None) -> Batch:
        """The rows of a source, the default one for None; who adds some counts them in ``waiting``."""
        if source is None or source == self._default:
            return self._batches[self._default]
        return self._batches[identifier(source, "the name of a source")]

    def store_full(self) -> None:
        """Stores what waits where it has become much."""
        if self.waiting >= _BATCH:
            self._flush()
        if self.waiting_plain >= _PLAIN_BATCH:
            self._flush_plain()

    def store_all(self) -> None:
        """Stores everything that waits, and the runs."""
        self._flush()
        self._flush_plain()
        for source, run in self._runs.items():
            self._store_run(source, run)
        self._runs.clear()

    def take(self, source: int, count: int) -> int:
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

    def _flush(self) -> None:
        for name, batch in self._batches.items():
            for kind, insert in _INSERT.items():
                rows = getattr(batch, kind)
                if not rows:
                    continue
                if kind == "qualified":
                    self._late.make("statement_key")
                rows.sort()  # neighbours in the index are stored together
                source = self._numbers.source(name)
                first = self.take(source, len(rows))
                self._connection.executemany(insert, ((at, source, *row) for at, row in enumerate(rows, first)))
                if self._seeing and name == self._default:
                    self._connection.executemany(_SEE[kind], ((source, *row) for row in rows))
                rows.clear()
        self.waiting = 0

    def _flush_plain(self) -> None:
        """The statements without qualifiers of all sources. The first ones in a store cannot be there already."""
        import numpy as np

        known_new = "statement_key" in self._late and not self._plain_stored and not self._seeing
        if not known_new:
            self._late.make("statement_key")
        for name, batch in self._batches.items():
            if not batch.plain:
                continue
            source = self._numbers.source(name)
            rows = distinct_rows(np.frombuffer(batch.plain, dtype=np.int32).reshape(-1, 3))
            batch.plain = array("i")
            insert_statements(
                self._connection, rows, source=source, first=self.take(source, len(rows)), known_new=known_new
            )
            if self._seeing and name == self._default:
                self._connection.executemany(_SEE_STATEMENT, ((source, *row, "") for row in rows.tolist()))
        self._plain_stored = True
        self.waiting_plain = 0

    def _store_run(self, source: int, run: tuple[int, int]) -> None:
        self._connection.execute("INSERT INTO run (first, last, source) VALUES (?, ?, ?)", (*run, source))
