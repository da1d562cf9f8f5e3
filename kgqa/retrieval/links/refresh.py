"""Brings the passage graph up to a store's revision: what changed is read again, and its rows made anew.

The links stand in one SQLite database, changed in one transaction; the rows that walks follow are arrays, published
by one pointer after it. A kill between the two leaves the version before, and the next refresh makes all rows anew.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import StoreError
from kgqa.graph.publish import new_part, publish, writing
from kgqa.graph.snapshot.arrays import open_arrays, write_arrays
from kgqa.graph.store import Changes, GraphStore
from kgqa.retrieval.links import tables
from kgqa.retrieval.links.difference import FOLD, Applied, Difference
from kgqa.retrieval.links.index import DATABASE, FORMAT, LinkIndex
from kgqa.retrieval.links.linked import NameReader
from kgqa.retrieval.links.neighbours import neighbourhood, whole_neighbourhood
from kgqa.retrieval.links.rows import arrays_of, edges_of
from kgqa.retrieval.links.whole import read_all
from kgqa.types import Progress


def refresh_links(
    folder: Path, store: GraphStore, reader: NameReader, *, progress: Progress | None = None
) -> LinkIndex:
    """The passage graph of the store's present revision, made from the one in ``folder`` where there is one.

    Raises StoreError when the database cannot be written.
    """
    current = LinkIndex.open(folder)
    if (current.store, current.revision) == (store.identity, reader.snapshot.revision):
        return current
    with writing(folder):
        current = LinkIndex.open(folder)
        if (current.store, current.revision) != (store.identity, reader.snapshot.revision):
            db = tables.connect(folder / DATABASE)
            try:
                _Refresh(folder, db, current, store, reader, progress).run()
            finally:
                db.close()
    return LinkIndex.open(folder)


class _Refresh:
    """One run of ``refresh_links``."""

    def __init__(
        self,
        folder: Path,
        db: sqlite3.Connection,
        current: LinkIndex,
        store: GraphStore,
        reader: NameReader,
        progress: Progress | None,
    ) -> None:
        self._folder, self._db, self._current = folder, db, current
        self._store, self._reader, self._progress = store, reader, progress
        self._revision = reader.snapshot.revision
        self._longest = 0

    def run(self) -> None:
        changes = self._changes()
        try:
            self._db.execute("BEGIN IMMEDIATE")
            applied = None if changes is None else self._apply(changes)
            if applied is None:
                self._longest = read_all(self._db, self._store, self._reader, self._progress)
            else:
                self._longest = applied.longest
            state = {"store": self._store.identity, "revision": str(self._revision), "longest": str(self._longest)}
            tables.set_meta(self._db, **state)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            raise StoreError(f"{self._folder}: the links could not be refreshed: {error}") from error
        except BaseException:
            self._undo()
            raise
        self._publish(None if applied is None else set(applied.touched))

    def _apply(self, changes: Changes) -> Applied | None:
        longest = int(tables.meta(self._db, "longest") or 0)
        return Difference(self._db, self._store, self._reader).apply(changes, longest=longest)

    def _undo(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _changes(self) -> Changes | None:
        """What changed since the tables were read; None when all is to be read again."""
        shown = tables.meta(self._db, "revision")
        ours = tables.meta(self._db, "store") == self._store.identity == self._current.store
        if shown is None or not ours or int(shown) != self._current.revision or int(shown) > self._revision:
            return None
        changes = self._store.changes(int(shown))
        return None if changes.rebuild or changes.revision != self._revision else changes

    # --- rows

    def _publish(self, touched: set[int] | None) -> None:
        db = self._db
        largest = max(
            int(db.execute(f"SELECT coalesce(max(number), 0) FROM {table}").fetchone()[0])  # noqa: S608 - fixed names
            for table in ("passage", "name")
        )
        size = 3 * (largest + 1)
        parts: list[str] = []
        if touched is not None:
            base = open_arrays(self._folder / self._current.pointer["parts"][0])
            for name in self._current.pointer["parts"][1:]:
                touched |= set(open_arrays(self._folder / name)["rows"].tolist())
            if FOLD * len(touched) <= len(base["bounds"]):
                nodes = np.array(sorted(touched), dtype=np.int64)
                near = neighbourhood(db, self._reader.snapshot, nodes)
                parts = [base.path.name, self._write(arrays_of(edges_of(near), nodes, size), size)]
        if not parts:
            near = whole_neighbourhood(db, self._reader.snapshot, size // 3)
            parts = [self._write(arrays_of(edges_of(near), None, size), size)]
        info = {
            "format": FORMAT,
            "store": self._store.identity,
            "revision": self._revision,
            "passages": int(db.execute("SELECT count(*) FROM passage").fetchone()[0]),
            "longest": self._longest,
        }
        publish(self._folder, parts, info)

    def _write(self, arrays: dict[str, NDArray[Any]], size: int) -> str:
        part = new_part(self._folder, "links")
        write_arrays(part, arrays, {"size": size})
        return part.name
