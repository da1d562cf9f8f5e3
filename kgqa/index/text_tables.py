"""The tables of the text index and how they are filled."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from kgqa.errors import MissingDependencyError, StoreError, StoreVersionError
from kgqa.graph.store import GraphStore
from kgqa.index.name_rows import name_rows
from kgqa.index.text_query import searchable
from kgqa.types import Progress

FORMAT = 1
_BATCH = 20_000
_PASSAGES = 1_000  # written at once

_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE passage (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE passage_fts USING fts5(title, text,"
    " tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co M*'\")",
    "CREATE VIRTUAL TABLE passage_vocab USING fts5vocab(passage_fts, row)",
    "CREATE TABLE name (number INTEGER PRIMARY KEY, node INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,"
    " kind TEXT NOT NULL, language TEXT)",
    "CREATE VIRTUAL TABLE name_fts USING fts5(key, content = '', detail = none, columnsize = 0,"
    " tokenize = 'trigram case_sensitive 1')",
    "CREATE VIRTUAL TABLE name_vocab USING fts5vocab(name_fts, row)",
)
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS name_by_key ON name (key)",
    "CREATE INDEX IF NOT EXISTS name_by_node ON name (node)",
)
_NAMES = ("name_vocab", "name_fts", "name", "passage_vocab", "passage_fts", "passage", "meta")


def connect(path: Path) -> sqlite3.Connection:
    """A connection in which transactions are begun by hand."""
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -32768")
    except sqlite3.Error as error:
        raise StoreError(
            f"{path}: the text index cannot be opened: {error}; delete the file and index again"
        ) from error
    return db


def create_tables(db: sqlite3.Connection, path: Path, *, anew: bool = False) -> None:
    """Makes the tables where they are missing, or, ``anew``, in place of the old ones (within the caller's work)."""
    try:
        if anew:
            for name in _NAMES:
                db.execute(f"DROP TABLE IF EXISTS {name}")
            _create(db)
            return
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > FORMAT:
            raise StoreVersionError(f"{path}: written by a newer kgqa (text index format {version}); upgrade kgqa")
        if version == FORMAT:
            return
        db.execute("BEGIN IMMEDIATE")
        if int(db.execute("PRAGMA user_version").fetchone()[0]) < FORMAT:
            _create(db)
            db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if db.in_transaction and not anew:
            db.execute("ROLLBACK")
        if "no such module" in str(error) or "tokenizer" in str(error):
            raise MissingDependencyError(
                "SQLite 3.34 or newer with FTS5",
                purpose="The text index",
                install=f"use a Python whose sqlite3 has it (this one has SQLite {sqlite3.sqlite_version})",
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: the text index is damaged ({error}); delete the file and index again") from error


def _create(db: sqlite3.Connection) -> None:
    for statement in _TABLES:
        db.execute(statement)


def fill_names(
    db: sqlite3.Connection,
    store: GraphStore,
    *,
    nodes: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> int:
    """Adds the names of all nodes (or these). Returns the most tokens that a key has."""
    if nodes is not None and not nodes:
        return 0
    number = int(db.execute("SELECT coalesce(max(number), 0) FROM name").fetchone()[0])
    longest, done, batch = 0, 0, []
    for node, key, name, kind, language in name_rows(store, nodes):
        number += 1
        longest = max(longest, key.count(" ") + 1)
        batch.append((number, node, key, name, kind, language))
        if len(batch) == _BATCH:
            done += _insert_names(db, batch)
            batch.clear()
            if progress is not None:
                progress("names", done, None)
    done += _insert_names(db, batch)
    if progress is not None:
        progress("names", done, done)
    for statement in _INDEXES:  # after the rows: sorted at once in a rebuild, there already in a refresh
        db.execute(statement)
    return longest


def _insert_names(db: sqlite3.Connection, batch: list[tuple[int, int, str, str, str, str | None]]) -> int:
    db.executemany("INSERT INTO name (number, node, key, name, kind, language) VALUES (?, ?, ?, ?, ?, ?)", batch)
    db.executemany("INSERT INTO name_fts (rowid, key) VALUES (?, ?)", ((row[0], f" {row[2]} ") for row in batch))
    return len(batch)


def drop_names(db: sqlite3.Connection, nodes: Sequence[int]) -> None:
    """Removes the names of these nodes."""
    for start in range(0, len(nodes), _BATCH):
        chunk = [(node,) for node in nodes[start : start + _BATCH]]
        rows = [row for node in chunk for row in db.execute("SELECT number, key FROM name WHERE node = ?", node)]
        db.executemany(
            "INSERT INTO name_fts (name_fts, rowid, key) VALUES ('delete', ?, ?)",
            ((number, f" {key} ") for number, key in rows),
        )
        db.executemany("DELETE FROM name WHERE node = ?", chunk)


def fill_passages(
    db: sqlite3.Connection,
    store: GraphStore,
    *,
    ids: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> None:
    """Adds all passages (or these)."""
    if ids is not None and not ids:
        return
    number = int(db.execute("SELECT coalesce(max(number), 0) FROM passage").fetchone()[0])
    rest, done = store.passages(ids=ids), 0
    while batch := list(islice(rest, _PASSAGES)):
        numbers = range(number + 1, number + 1 + len(batch))
        db.executemany(
            "INSERT INTO passage (number, id) VALUES (?, ?)",
            zip(numbers, (passage.id for passage in batch), strict=True),
        )
        db.executemany(
            "INSERT INTO passage_fts (rowid, title, text) VALUES (?, ?, ?)",
            (
                (row, searchable(passage.title or ""), searchable(passage.text))
                for row, passage in zip(numbers, batch, strict=True)
            ),
        )
        number += len(batch)
        done += len(batch)
        if progress is not None:
            progress("passages", done, None)
    if progress is not None:
        progress("passages", done, done)


def drop_passages(db: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Removes these passages; ids that are not there are passed over."""
    for passage in ids:
        row = db.execute("SELECT number FROM passage WHERE id = ?", (passage,)).fetchone()
        if row is not None:
            db.execute("DELETE FROM passage_fts WHERE rowid = ?", row)
            db.execute("DELETE FROM passage WHERE number = ?", row)
