"""Brings the passage graph up to a store's revision: what changed is read again, and its rows made anew.

The links stand in one SQLite database, changed in one transaction; the rows that walks follow are arrays, published
by one pointer after it. A kill between the two leaves the version before, and the next refresh makes all rows anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import StoreError
from kgqa.graph.publish import new_part, publish, writing
from kgqa.graph.snapshot.arrays import open_arrays, write_arrays
from kgqa.graph.store import Changes, GraphStore
from kgqa.index.contract import MAX_K
from kgqa.retrieval.links import tables
from kgqa.retrieval.links.index import DATABASE, FORMAT, LinkIndex, entity_key
from kgqa.retrieval.links.linked import NameReader
from kgqa.retrieval.links.neighbours import neighbourhood, whole_neighbourhood
from kgqa.retrieval.links.rows import ABOUT, NAMED, arrays_of, edges_of
from kgqa.types import Passage, Progress

FOLD = 10
"""Rows that replace more than a tenth of the base are folded into a new base."""
_RARE = 2  # a name in so few passages may have become, or ceased to be, a link between them


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
        self._longest = int(tables.meta(db, "longest") or 0)

    def run(self) -> None:
        changes = self._changes()
        try:
            self._db.execute("BEGIN IMMEDIATE")
            touched = None if changes is None else self._apply(changes)
            if touched is None:
                self._read_all()
            state = {"store": self._store.identity, "revision": str(self._revision), "longest": str(self._longest)}
            tables.set_meta(self._db, **state)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            raise StoreError(f"{self._folder}: the links could not be refreshed: {error}") from error
        except BaseException:
            self._undo()
            raise
        self._publish(touched)

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

    # --- all passages

    def _read_all(self) -> None:
        """Reads every passage, twice: names are known only when all titles and written names are."""
        db, reader = self._db, self._reader
        for table in tables.LINKS:
            db.execute(f"DROP INDEX IF EXISTS {table}_by_name")
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed names
        seen: set[int] = set()
        numbers: dict[str, int] = {}

        def names(keys: Iterable[str]) -> list[int]:
            new = sorted(key for key in keys if key not in numbers)
            numbers.update(zip(new, tables.name_numbers(db, new), strict=True))
            return [numbers[key] for key in keys]

        for passage in self._store.passages():
            number = tables.passage_number(db, passage.id)
            seen.add(number)
            self._link(number, names(self._borne(passage)), names(reader.written(passage)))
            self._tell("names", len(seen))
        db.executemany(
            "DELETE FROM passage WHERE number = ?",
            [row for row in db.execute("SELECT number FROM passage").fetchall() if row[0] not in seen],
        )
        tables.add_indexes(db)
        if not seen:
            return
        known = list(tables.known_keys(db))
        self._longest = max((key.count(" ") + 1 for key in known), default=0)
        for done, (passage, keys) in enumerate(reader.mentioned_in_all(self._store.passages(), known), start=1):
            tables.link(db, "mentions", tables.passage_number(db, passage.id), names(keys))
            self._tell("mentions", done)

    def _borne(self, passage: Passage) -> set[str]:
        keys = self._reader.borne(passage)
        self._longest = max([self._longest, *(key.count(" ") + 1 for key in keys)])
        return keys

    def _link(self, number: int, borne: Sequence[int], written: Sequence[int]) -> None:
        tables.link(self._db, "bears", number, borne)
        tables.link(self._db, "writes", number, written)

    def _tell(self, what: str, done: int) -> None:
        if self._progress is not None and done % 1000 == 0:
            self._progress(what, done, None)

    # --- what changed

    def _apply(self, changes: Changes) -> set[int] | None:
        """Reads changed passages, and those in which a name became known or unknown. Returns the nodes to be remade.

        None when so much changed that reading all is less work.
        """
        db = self._db
        count = int(db.execute("SELECT count(*) FROM passage").fetchone()[0])
        if FOLD * len(changes.passages) > count or (self._reader.entities and len(changes.nodes) > count):
            return None
        old = self._numbers(changes.passages)
        before = self._pairs(old.values())
        present = {passage.id: passage for passage in self._store.passages(ids=sorted(changes.passages))}
        read = {
            id: (sorted(self._borne(passage)), sorted(self._reader.written(passage))) for id, passage in present.items()
        }
        keys = {key for borne, written in read.values() for key in (*borne, *written)}
        status = self._known_keys(keys | self._keys({name for rows in before.values() for _, name in rows}))
        for table in tables.LINKS:
            tables.unlink(db, table, old.values())
        db.executemany("DELETE FROM passage WHERE id = ?", [(id,) for id in old if id not in present])
        for id, (borne, written) in read.items():
            self._link(tables.passage_number(db, id), tables.name_numbers(db, borne), tables.name_numbers(db, written))
        self._longest = max([self._longest, *(key.count(" ") + 1 for key in status)])
        now = tables.known_among(db, sorted(status))
        flipped = {key for key, was in status.items() if was != (key in now)}
        again = set(present) | self._standing(flipped) | self._renamed(changes.nodes)
        relinked: dict[str, Passage] = {passage.id: passage for passage in self._store.passages(ids=sorted(again))}
        numbers = self._numbers(relinked)
        after_before = self._pairs(numbers.values())
        tables.unlink(db, "mentions", numbers.values())
        for id, passage in relinked.items():
            keys_now = sorted(self._reader.mentioned(passage, db, longest=self._longest))
            tables.link(db, "mentions", numbers[id], tables.name_numbers(db, keys_now))
        after = self._pairs(numbers.values())
        return self._touched({*old.values(), *numbers.values()}, (before, after_before, after), changes)

    def _numbers(self, ids: Iterable[str]) -> dict[str, int]:
        found = {}
        for id in ids:
            row = self._db.execute("SELECT number FROM passage WHERE id = ?", (id,)).fetchone()
            if row is not None:
                found[id] = int(row[0])
        return found

    def _pairs(self, passages: Iterable[int]) -> dict[str, list[list[int]]]:
        chosen = sorted(passages)
        return {table: tables.pairs(self._db, table, passages=chosen).tolist() for table in tables.LINKS}

    def _keys(self, names: set[int]) -> set[str]:
        rows = (self._db.execute("SELECT key FROM name WHERE number = ?", (name,)).fetchone() for name in names)
        return {str(row[0]) for row in rows}

    def _known_keys(self, keys: set[str]) -> dict[str, bool]:
        known = tables.known_among(self._db, sorted(keys))
        return {key: key in known for key in keys}

    def _standing(self, keys: set[str]) -> set[str]:
        """The passages in which a key may stand."""
        return {
            hit.id for key in sorted(keys) if not key.startswith("#") for hit in self._reader.text.passages(key, MAX_K)
        }

    def _renamed(self, nodes: Sequence[int]) -> set[str]:
        """The passages that mention these entities, or may by the names that they have now."""
        if not nodes or not self._reader.entities:
            return set()
        numbers = tables.name_numbers(self._db, [entity_key(node) for node in nodes])
        rows = tables.pairs(self._db, "mentions", names=numbers)
        found = {
            str(id)
            for passage in set(rows[:, 0].tolist())
            for (id,) in self._db.execute("SELECT id FROM passage WHERE number = ?", (passage,))
        }
        for row in self._store.name_rows(numbers=list(nodes)):
            found |= {hit.id for hit in self._reader.text.passages(row.name, MAX_K)} if row.name.strip() else set()
        for node in self._store.node_rows(numbers=list(nodes)):
            if node.literal is None and node.label.strip():
                found |= {hit.id for hit in self._reader.text.passages(node.label, MAX_K)}
        return found

    def _touched(self, passages: set[int], links: Iterable[dict[str, list[list[int]]]], changes: Changes) -> set[int]:
        """The nodes whose rows change: of these passages and their names, and passages that share a rare name."""
        names, titled = set(), set()
        for tables_of in links:
            for table, rows in tables_of.items():
                names |= {name for _, name in rows}
                titled |= {name for _, name in rows} if table == "bears" else set()
        ends = {
            int(node)
            for edges in (changes.added, changes.removed)
            for array in (edges.heads, edges.tails)
            for node in np.unique(array).tolist()
        }
        for node in ends | set(changes.nodes):
            row = self._db.execute("SELECT number FROM name WHERE key = ?", (entity_key(node),)).fetchone()
            names |= set() if row is None else {int(row[0])}
        mentions = tables.pairs(self._db, "mentions", names=sorted(names))
        counted = dict(zip(*(part.tolist() for part in np.unique(mentions[:, 1], return_counts=True)), strict=True))
        beside = {passage for passage, name in mentions.tolist() if name in titled or counted[name] <= _RARE}
        bearers = tables.pairs(self._db, "bears", names=sorted(names)).tolist()
        beside |= {passage for passage, name in bearers if counted.get(name, 0) <= _RARE}
        nodes = {3 * passage for passage in passages | beside}
        return nodes | {3 * name + role for name in names for role in (ABOUT, NAMED)}

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
