"""Reads every passage into the tables: twice, since names are known only when all titles and written names are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from kgqa.graph.store import GraphStore
from kgqa.retrieval.links import tables
from kgqa.retrieval.links.linked import NameReader
from kgqa.types import Progress

_BATCH = 2_000  # passages whose rows are written at once


def read_all(db: sqlite3.Connection, store: GraphStore, reader: NameReader, progress: Progress | None) -> int:
    """Fills the tables anew, within the caller's transaction. Returns the most words that a known name has."""
    tables.unlink_all(db)
    names, passages = tables.Numbering(db, "name"), tables.Numbering(db, "passage")
    kept: set[int] = set()
    writer = _Writer(db, (names, passages))

    def tell(what: str, done: int) -> None:
        if progress is not None and done % 1000 == 0:
            progress(what, done, None)

    for passage in store.passages():
        (number,) = passages.of([passage.id])
        kept.add(number)
        writer.add("bears", number, names.of(sorted(reader.borne(passage))))
        writer.add("writes", number, names.of(sorted(reader.written(passage))))
        tell("names", len(kept))
    writer.flush()
    db.executemany(
        "DELETE FROM passage WHERE number = ?", [(number,) for number in passages.all() if number not in kept]
    )
    tables.add_indexes(db)
    if not kept:
        return 0
    known = list(tables.known_keys(db))
    for done, (passage, keys) in enumerate(reader.mentioned_in_all(store.passages(), known), start=1):
        writer.add("mentions", passages.of([passage.id])[0], names.of(sorted(keys)))
        tell("mentions", done)
    writer.flush()
    return max((key.count(" ") + 1 for key in known), default=0)


class _Writer:
    """Collects links and writes them some thousand passages at a time, with the numbers given in the meantime."""

    def __init__(self, db: sqlite3.Connection, numberings: Iterable[tables.Numbering]) -> None:
        self._db, self._numberings = db, tuple(numberings)
        self._rows: dict[str, list[tuple[int, int]]] = {table: [] for table in tables.LINKS}
        self._added = 0

    def add(self, table: str, passage: int, names: Iterable[int]) -> None:
        self._rows[table] += [(passage, name) for name in names]
        self._added += 1
        if self._added >= _BATCH:
            self.flush()

    def flush(self) -> None:
        for numbering in self._numberings:
            numbering.save()
        for table, rows in self._rows.items():
            tables.add_links(self._db, table, rows)
            rows.clear()
        self._added = 0
