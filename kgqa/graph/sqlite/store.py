"""The embedded store: the GraphStore contract on one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from kgqa.errors import NotFoundError, StoreError, UsageError
from kgqa.graph.keys import identifier, node_key
from kgqa.graph.sqlite import changes, check, export, feeds, reading
from kgqa.graph.sqlite.accounting import account_added
from kgqa.graph.sqlite.connections import Connections
from kgqa.graph.sqlite.folder import DATABASE, create_folder, open_folder
from kgqa.graph.sqlite.numbers import Meta
from kgqa.graph.sqlite.removal import remove_unseen
from kgqa.graph.sqlite.writer import Writer
from kgqa.graph.store import (
    Changes,
    Counts,
    Edges,
    GraphStore,
    NameRow,
    NodeRow,
    PassageRow,
    Problem,
    SourceInfo,
    WriteReport,
)
from kgqa.types import Entity, Literal, Passage, Progress, Record, Records, Relation, Statement


class SQLiteStore(GraphStore):
    """A graph in a folder. Many threads and processes read beside one writer; what is committed survives a crash.

    Each iterator sees the one revision at which it was started, whatever is written meanwhile.
    """

    def __init__(self, folder: Path, language: str, identity: str, *, wait: float = 30.0) -> None:
        self._folder = folder
        self._language = language
        self._identity = identity
        self._connections = Connections(folder / DATABASE, wait=wait)

    @classmethod
    def create(cls, folder: str | Path, language: str = "en") -> Self:
        """Makes an empty store. Raises UsageError when there is one, StoreError when it cannot be made."""
        place = Path(folder)
        create_folder(place, identifier(language, "the language of a store"))
        return cls(place, *open_folder(place))

    @classmethod
    def open(cls, folder: str | Path, *, wait: float = 30.0) -> Self:
        """Opens a store, bringing an older one to this format. ``wait``: seconds to wait for another writer.

        Raises StoreNotFoundError when there is none, StoreVersionError when it is newer than this kgqa.
        """
        place = Path(folder)
        return cls(place, *open_folder(place), wait=wait)

    @property
    def location(self) -> str:
        return str(self._folder)

    @property
    def language(self) -> str:
        return self._language

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def revision(self) -> int:
        with self._connections.reading() as connection:
            return int(connection.execute("SELECT value FROM meta WHERE name = 'revision'").fetchone()[0])

    # --- writing

    def write(
        self, records: Records, *, source: str, replace: bool = False, progress: Progress | None = None
    ) -> WriteReport:
        with self._connections.writing() as connection:
            meta = Meta(connection)
            boundary = meta["next_assertion"]
            name = identifier(source, "the name of a source")
            writer = Writer(connection, meta, language=self._language, source=name, replacing=replace)
            writer.add_all(records, progress)
            added = account_added(connection, meta, boundary)
            removed = 0
            row = connection.execute("SELECT number FROM source WHERE name = ?", (name,)).fetchone()
            if replace and row is not None:
                removed = remove_unseen(connection, meta, row[0], boundary, seen=True)
            return self._commit(connection, meta, added, removed)

    def delete(self, *, source: str) -> WriteReport:
        with self._connections.writing() as connection:
            meta = Meta(connection)
            name = identifier(source, "the name of a source")
            row = connection.execute("SELECT number FROM source WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise NotFoundError(f"{self.location}: no source {name!r}; `kgqa info` lists the sources")
            removed = remove_unseen(connection, meta, row[0], meta["next_assertion"], seen=False)
            return self._commit(connection, meta, 0, removed)

    def _commit(self, connection: sqlite3.Connection, meta: Meta, added: int, removed: int) -> WriteReport:
        """Ends the transaction with a new revision; when nothing changed it is rolled back by the caller's context."""
        if not added and not removed:
            return WriteReport(meta["revision"], 0, 0)
        connection.execute("DELETE FROM source WHERE assertions = 0")
        meta["revision"] += 1
        connection.execute(
            "INSERT INTO revision (number, next_assertion, next_node) VALUES (?, ?, ?)",
            (meta["revision"], meta["next_assertion"], meta["next_node"]),
        )
        meta.save()
        connection.execute("COMMIT")
        return WriteReport(meta["revision"], added, removed)

    # --- reading by id

    def node(self, ref: str | Literal) -> int | None:
        with self._connections.reading() as connection:
            return reading.find_node(connection, node_key(ref))

    def nodes(self, numbers: Sequence[int]) -> list[NodeRow]:
        found = {row.number: row for row in self.node_rows(numbers=numbers)}
        try:
            return [found[int(number)] for number in numbers]
        except KeyError as error:
            raise NotFoundError(f"{self.location}: no node has the number {error.args[0]}") from None

    def entity(self, id: str) -> Entity | None:
        with self._connections.reading() as connection:
            return reading.read_entity(connection, identifier(id, "an entity id"), self._language)

    def relation(self, id: str) -> Relation | None:
        with self._connections.reading() as connection:
            found = reading.read_relations(connection, self._language, identifier(id, "the id of a relation"))
        return found[0] if found else None

    def relations(self) -> tuple[Relation, ...]:
        with self._connections.reading() as connection:
            return tuple(reading.read_relations(connection, self._language))

    def relation_numbers(self) -> dict[int, str]:
        with self._connections.reading() as connection:
            return dict(connection.execute("SELECT number, id FROM relation ORDER BY number").fetchall())

    def statements(
        self,
        *,
        head: str | Literal | None = None,
        relation: str | None = None,
        tail: str | Literal | None = None,
        limit: int | None = None,
    ) -> Iterator[Statement]:
        if limit is not None and limit < 0:
            raise UsageError(f"limit is {limit}; it must be 0 or more")
        with self._connections.reading() as connection:
            yield from reading.read_statements(connection, head, relation, tail, limit)

    def stated(self, triples: Sequence[tuple[str | Literal, str, str | Literal]]) -> list[tuple[Statement, ...]]:
        with self._connections.reading() as connection:
            return reading.read_stated(connection, triples)

    def passage(self, id: str) -> Passage | None:
        with self._connections.reading() as connection:
            number = reading.passage_number(connection, identifier(id, "a passage id"))
            return None if number is None else reading.read_passage(connection, number)

    def passage_sources(self, id: str) -> tuple[str, ...]:
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT s.name FROM passage AS p JOIN source AS s ON s.number = p.source WHERE p.id = ? "
                "ORDER BY s.name",
                (identifier(id, "a passage id"),),
            )
            return tuple(row[0] for row in rows)

    def sources_of_passages(self, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        with self._connections.reading() as connection:
            return feeds.sources_of_passages(connection, ids)

    def sources(self) -> tuple[SourceInfo, ...]:
        with self._connections.reading() as connection:
            rows = connection.execute("SELECT name, entities, statements, passages, revision FROM source ORDER BY name")
            return tuple(SourceInfo(*row) for row in rows)

    def counts(self) -> Counts:
        with self._connections.reading() as connection:
            meta = Meta(connection)
            relations, types, sources = connection.execute(
                "SELECT (SELECT COUNT(*) FROM relation), (SELECT COUNT(*) FROM type), (SELECT COUNT(*) FROM source)"
            ).fetchone()
        counted = ("entities", "literals", "statements", "assertions", "passages", "mentions")
        return Counts(relations=relations, types=types, sources=sources, **{name: meta[name] for name in counted})

    # --- feeds

    def node_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NodeRow]:
        with self._connections.reading() as connection:
            yield from feeds.node_rows(connection, numbers)

    def name_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NameRow]:
        with self._connections.reading() as connection:
            yield from feeds.name_rows(connection, numbers)

    def passages(self, *, ids: Sequence[str] | None = None) -> Iterator[Passage]:
        with self._connections.reading() as connection:
            yield from feeds.passages(connection, ids)

    def passage_rows(self) -> Iterator[PassageRow]:
        with self._connections.reading() as connection:
            yield from feeds.passage_rows(connection)

    def edges(self, *, chunk: int = 200_000) -> Iterator[Edges]:
        if chunk < 1:
            raise UsageError(f"chunk is {chunk}; it must be 1 or more")
        with self._connections.reading() as connection:
            yield from feeds.edges(connection, chunk)

    def qualified(self, *, edges: Edges | None = None) -> Iterator[tuple[int, int, int, dict[str, Literal | str]]]:
        with self._connections.reading() as connection:
            yield from feeds.qualified(connection, edges)

    def same_pairs(self) -> Iterator[tuple[int, int]]:
        with self._connections.reading() as connection:
            yield from feeds.same_pairs(connection)

    def changes(self, since: int) -> Changes:
        with self._connections.reading() as connection:
            return changes.read_changes(connection, since)

    # --- whole

    def export(self, *, source: str | None = None) -> Iterator[Record]:
        with self._connections.reading() as connection:
            number = None
            if source is not None:
                row = connection.execute("SELECT number FROM source WHERE name = ?", (source,)).fetchone()
                if row is None:
                    raise NotFoundError(f"{self.location}: no source {source!r}; `kgqa info` lists the sources")
                number = row[0]
            yield from export.export_records(connection, self._language, number)

    def verify(self) -> list[Problem]:
        try:
            with self._connections.reading() as connection:
                return list(check.find_problems(connection))
        except StoreError as error:
            return [Problem("database", str(error))]

    def close(self) -> None:
        self._connections.close()
