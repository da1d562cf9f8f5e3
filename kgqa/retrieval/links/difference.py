"""Reads changed passages again, and those in which a name became known or ceased to be: in time that goes with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kgqa.graph.store import Changes, GraphStore
from kgqa.index.contract import MAX_K
from kgqa.retrieval.links import tables
from kgqa.retrieval.links.index import entity_key
from kgqa.retrieval.links.linked import NameReader
from kgqa.retrieval.links.rows import ABOUT, NAMED
from kgqa.types import Passage

FOLD = 10
"""More than a tenth changed is read anew as a whole."""
_RARE = 2  # a name in so few passages may have become, or ceased to be, a link between them


@dataclass(frozen=True, slots=True)
class Applied:
    """The nodes whose rows are to be remade, and the most words that a name in the tables has had."""

    touched: frozenset[int]
    longest: int


class Difference:
    """What changed in a store, brought into the tables within the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, store: GraphStore, reader: NameReader) -> None:
        self._db, self._store, self._reader = db, store, reader

    def apply(self, changes: Changes, *, longest: int) -> Applied | None:
        """Reads changed passages, and those in which a name became known or unknown. ``longest`` is that of before.

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
            id: (sorted(self._reader.borne(passage)), sorted(self._reader.written(passage)))
            for id, passage in present.items()
        }
        keys = {key for borne, written in read.values() for key in (*borne, *written)}
        status = self._known_keys(keys | self._keys({name for rows in before.values() for _, name in rows}))
        for table in tables.LINKS:
            tables.unlink(db, table, old.values())
        db.executemany("DELETE FROM passage WHERE id = ?", [(id,) for id in old if id not in present])
        for id, (borne, written) in read.items():
            number = tables.passage_number(db, id)
            tables.link(db, "bears", number, tables.name_numbers(db, borne))
            tables.link(db, "writes", number, tables.name_numbers(db, written))
        longest = max([longest, *(key.count(" ") + 1 for key in status)])
        now = tables.known_among(db, sorted(status))
        flipped = {key for key, was in status.items() if was != (key in now)}
        again = set(present) | self._standing(flipped) | self._renamed(changes.nodes)
        relinked: dict[str, Passage] = {passage.id: passage for passage in self._store.passages(ids=sorted(again))}
        numbers = self._numbers(relinked)
        after_before = self._pairs(numbers.values())
        tables.unlink(db, "mentions", numbers.values())
        for id, passage in relinked.items():
            keys_now = sorted(self._reader.mentioned(passage, db, longest=longest))
            tables.link(db, "mentions", numbers[id], tables.name_numbers(db, keys_now))
        after = self._pairs(numbers.values())
        touched = self._touched({*old.values(), *numbers.values()}, (before, after_before, after), changes)
        return Applied(frozenset(touched), longest)

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
