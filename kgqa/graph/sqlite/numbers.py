"""Ids to numbers while writing: nodes, relations and sources, each number given once and never again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import cast

from kgqa.errors import InputError
from kgqa.graph.keys import ENTITY_KIND, identifier, node_key, node_ref
from kgqa.graph.sqlite.bulk import LateIndexes
from kgqa.types import Literal

_CACHED_NODES = 1_000_000
_NEW_NODES = 50_000
_MOST_NODES = 2**31  # the snapshot counts them in 32 bits


class Meta:
    """The counters of a store, read at the start of a transaction and written back at its end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._values: dict[str, int] = dict(
            connection.execute("SELECT name, value FROM meta WHERE typeof(value) = 'integer'")
        )

    def __getitem__(self, name: str) -> int:
        return self._values[name]

    def __setitem__(self, name: str, value: int) -> None:
        self._values[name] = value

    def take(self, name: str, count: int = 1) -> int:
        """The first of ``count`` new numbers."""
        first = self._values[name]
        self._values[name] = first + count
        return first

    def save(self) -> None:
        rows = [(value, name) for name, value in self._values.items()]
        self._connection.executemany("UPDATE meta SET value = ? WHERE name = ?", rows)


class Numbers:
    """Looks numbers up and gives new ones. New nodes wait in a list until ``flush`` stores them, a batch at a time."""

    def __init__(self, connection: sqlite3.Connection, meta: Meta, late: LateIndexes) -> None:
        self._connection = connection
        self._meta = meta
        self._late = late
        self.nodes: dict[str | Literal, int] = {}
        self._all_cached = meta["entities"] + meta["literals"] == 0  # then what is not cached is new
        self._new: list[tuple[int, str, int, str, str]] = []
        self.relations: dict[str, int] = {}
        self._sources: dict[str, int] = {}

    def node(self, ref: str | Literal) -> int:
        """The number of an entity or literal, a new one when the store lacks it. Raises InputError for a bad id."""
        key = node_key(ref)
        canonical = node_ref(*key)
        number = self.nodes.get(canonical)
        if number is None and not self._all_cached:
            number = self._stored(key)
        if number is None:
            if len(self._new) >= _NEW_NODES:
                self.flush()
            number = self._take_nodes(1)
            self._new.append((number, *key))
            self._meta["entities" if key[1] == ENTITY_KIND else "literals"] += 1
        self.nodes[ref] = self.nodes[canonical] = number
        return number

    def entities(self, ids: Sequence[str]) -> list[int]:
        """The numbers of many entities, whose ids are sound (see ``TripleBlock``), as ``node`` gives them."""
        found = list(map(self.nodes.get, ids))
        if None in found:
            gaps = [place for place, number in enumerate(found) if number is None]
            numbers = self._new_entities(list(dict.fromkeys(map(ids.__getitem__, gaps))))
            for place in gaps:
                found[place] = numbers[ids[place]]
        return cast("list[int]", found)

    def _new_entities(self, ids: list[str]) -> dict[str, int]:
        """The numbers of distinct entities that are not cached."""
        if not self._all_cached:
            return {id: self.node(id) for id in ids}
        first = self._take_nodes(len(ids))
        numbers = dict(zip(ids, range(first, first + len(ids)), strict=True))
        self._new += [(number, id, ENTITY_KIND, "", "") for id, number in numbers.items()]
        self._meta["entities"] += len(ids)
        self.nodes.update(numbers)
        if len(self._new) >= _NEW_NODES:
            self.flush()
        return numbers

    def _take_nodes(self, count: int) -> int:
        first = self._meta.take("next_node", count)
        if first + count > _MOST_NODES:
            raise InputError("more than 2 147 483 648 nodes", hint="split the graph into several stores")
        return first

    def _stored(self, key: tuple[str, int, str, str]) -> int | None:
        row = self._connection.execute(
            "SELECT number FROM node WHERE text = ? AND kind = ? AND unit = ? AND lang = ?", key
        ).fetchone()
        return None if row is None else row[0]

    def relation(self, id: str) -> int:
        name = identifier(id, "the id of a relation")
        number = self.relations.get(name)
        if number is None:
            row = self._connection.execute("SELECT number FROM relation WHERE id = ?", (name,)).fetchone()
            if row is None:
                number = self._meta.take("next_relation")
                self._connection.execute("INSERT INTO relation (number, id) VALUES (?, ?)", (number, name))
            else:
                number = int(row[0])
            self.relations[id] = self.relations[name] = number
        return number

    def source(self, name: str) -> int:
        number = self._sources.get(name)
        if number is None:
            checked = identifier(name, "the name of a source")
            row = self._connection.execute("SELECT number FROM source WHERE name = ?", (checked,)).fetchone()
            if row is None:
                number = self._meta.take("next_source")
                self._connection.execute("INSERT INTO source (number, name) VALUES (?, ?)", (number, checked))
            else:
                number = int(row[0])
            self._sources[name] = number
        return number

    def flush(self) -> None:
        """Stores the new nodes; forgets the cache when it has grown too large."""
        self._connection.executemany(
            "INSERT INTO node (number, text, kind, unit, lang) VALUES (?, ?, ?, ?, ?)", self._new
        )
        self._new.clear()
        if len(self.nodes) > _CACHED_NODES:
            self._late.make("node_key")
            self.nodes.clear()
            self._all_cached = False
