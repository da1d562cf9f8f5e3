"""Ids to numbers while writing: nodes, relations and sources, each number given once and never again."""

from __future__ import annotations

import sqlite3

from kgqa.errors import InputError
from kgqa.graph.keys import ENTITY_KIND, identifier, node_key, node_ref
from kgqa.types import Literal

_CACHED_NODES = 1_000_000


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
    """Looks numbers up and gives new ones. New nodes wait in a list until ``flush`` stores them."""

    def __init__(self, connection: sqlite3.Connection, meta: Meta) -> None:
        self._connection = connection
        self._meta = meta
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
            number = self._meta.take("next_node")
            self._new.append((number, *key))
            self._meta["entities" if key[1] == ENTITY_KIND else "literals"] += 1
        self.nodes[ref] = self.nodes[canonical] = number
        return number

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
        if self._meta["next_node"] > 2**31:
            raise InputError("more than 2 147 483 648 nodes", hint="split the graph into several stores")
        self._connection.executemany(
            "INSERT INTO node (number, text, kind, unit, lang) VALUES (?, ?, ?, ?, ?)", self._new
        )
        self._new.clear()
        if len(self.nodes) > _CACHED_NODES:
            self.nodes.clear()
            self._all_cached = False
