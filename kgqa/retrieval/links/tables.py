"""The tables of the passage graph: passages, names, and which passage bears, writes or mentions which name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import StoreError, StoreVersionError

FORMAT = 1
_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE passage (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE)",
    "CREATE TABLE name (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE)",
    "CREATE TABLE bears (passage INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (passage, name)) WITHOUT ROWID",
    "CREATE TABLE writes (passage INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (passage, name)) WITHOUT ROWID",
    "CREATE TABLE mentions (passage INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (passage, name))"
    " WITHOUT ROWID",
)
LINKS = ("bears", "writes", "mentions")
_INDEXES = tuple(f"CREATE INDEX IF NOT EXISTS {table}_by_name ON {table} (name)" for table in LINKS)
_DROPPED = (*LINKS, "name", "passage", "meta")
_INSERT = {table: f"INSERT OR IGNORE INTO {table} VALUES (?, ?)" for table in LINKS}  # noqa: S608 - fixed names
_NUMBER = {
    "name": "INSERT INTO name (number, key) VALUES (?, ?)",
    "passage": "INSERT INTO passage (number, id) VALUES (?, ?)",
}
_NUMBERED = {"name": "SELECT key, number FROM name", "passage": "SELECT id, number FROM passage"}
_DELETE = {table: f"DELETE FROM {table} WHERE passage = ?" for table in LINKS}  # noqa: S608 - fixed names
_ALL = {table: f"SELECT passage, name FROM {table}" for table in LINKS}  # noqa: S608 - fixed names
_OF_PASSAGES = {
    table: f"SELECT t.passage, t.name FROM json_each(?) AS k CROSS JOIN {table} AS t ON t.passage = k.value"  # noqa: S608 - fixed names
    for table in LINKS
}
_OF_NAMES = {
    table: f"SELECT t.passage, t.name FROM json_each(?) AS k CROSS JOIN {table} AS t ON t.name = k.value"  # noqa: S608 - fixed names
    for table in LINKS
}
Pairs = NDArray[np.int64]
"""(passage, name). shape: (n, 2)"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection in which transactions are begun by hand, its tables made where they are missing.

    Raises StoreError for a damaged file, StoreVersionError for a newer one.
    """
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -32768")
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > FORMAT:
            raise StoreVersionError(f"{path}: written by a newer kgqa (links format {version}); upgrade kgqa")
        if version < FORMAT:
            db.execute("BEGIN IMMEDIATE")
            if int(db.execute("PRAGMA user_version").fetchone()[0]) < FORMAT:
                clear(db)
                db.execute(f"PRAGMA user_version = {FORMAT}")
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreError(f"{path}: the links cannot be opened ({error}); delete the folder and index again") from error
    return db


def clear(db: sqlite3.Connection) -> None:
    """Makes all tables anew, empty; the caller begins and ends the transaction. Numbers start again."""
    for name in _DROPPED:
        db.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in _TABLES:
        db.execute(statement)


def add_indexes(db: sqlite3.Connection) -> None:
    """By name; made after a bulk load, kept from then on."""
    for statement in _INDEXES:
        db.execute(statement)


def passage_number(db: sqlite3.Connection, id: str) -> int:
    """The number of a passage, given when it has none. A number is never used again."""
    row = db.execute("SELECT number FROM passage WHERE id = ?", (id,)).fetchone()
    if row is not None:
        return int(row[0])
    return int(db.execute("INSERT INTO passage (id) VALUES (?) RETURNING number", (id,)).fetchone()[0])


def name_numbers(db: sqlite3.Connection, keys: Iterable[str]) -> list[int]:
    """The numbers of names, given where they have none."""
    out = []
    for key in keys:
        row = db.execute("SELECT number FROM name WHERE key = ?", (key,)).fetchone()
        if row is None:
            row = db.execute("INSERT INTO name (key) VALUES (?) RETURNING number", (key,)).fetchone()
        out.append(int(row[0]))
    return out


class Numbering:
    """The numbers of all names or passages, in memory: new ones are given here and written together."""

    def __init__(self, db: sqlite3.Connection, table: str) -> None:
        self._db, self._insert = db, _NUMBER[table]
        self._numbers: dict[str, int] = dict(db.execute(_NUMBERED[table]))
        row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        self._next = 1 + (0 if row is None else int(row[0]))
        self._new: list[tuple[int, str]] = []

    def of(self, keys: Iterable[str]) -> list[int]:
        """The numbers of these, given where they have none."""
        out = []
        for key in keys:
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = self._next
                self._new.append((number, key))
                self._next += 1
            out.append(number)
        return out

    def all(self) -> Iterable[int]:
        """Every number in use."""
        return self._numbers.values()

    def save(self) -> None:
        """Writes the numbers given since."""
        self._db.executemany(self._insert, self._new)
        self._new.clear()


def unlink_all(db: sqlite3.Connection) -> None:
    """Removes all links, and the indexes that a bulk load does better without."""
    for table in LINKS:
        db.execute(f"DROP INDEX IF EXISTS {table}_by_name")
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed names


def add_links(db: sqlite3.Connection, table: str, rows: Iterable[tuple[int, int]]) -> None:
    """Adds links (passage, name)."""
    db.executemany(_INSERT[table], rows)


def link(db: sqlite3.Connection, table: str, passage: int, names: Iterable[int]) -> None:
    """Adds links of one passage."""
    add_links(db, table, ((passage, name) for name in names))


def unlink(db: sqlite3.Connection, table: str, passages: Iterable[int]) -> None:
    """Removes a table's links of these passages."""
    db.executemany(_DELETE[table], ((passage,) for passage in passages))


def pairs(
    db: sqlite3.Connection,
    table: str,
    *,
    passages: Sequence[int] | None = None,
    names: Sequence[int] | None = None,
) -> Pairs:
    """The links of a table, or those of some passages, or of some names."""
    if passages is not None:
        rows = db.execute(_OF_PASSAGES[table], (json.dumps(list(passages)),))
    elif names is not None:
        rows = db.execute(_OF_NAMES[table], (json.dumps(list(names)),))
    else:
        rows = db.execute(_ALL[table])
    flat = np.fromiter((value for row in rows for value in row), dtype=np.int64)
    return flat.reshape(-1, 2)


def known_keys(db: sqlite3.Connection) -> Iterator[str]:
    """Names to be looked for: some passage's title, or written as a name by two passages."""
    yield from (
        key
        for (key,) in db.execute(
            "SELECT key FROM name WHERE number IN (SELECT name FROM bears)"
            " OR number IN (SELECT name FROM writes GROUP BY name HAVING count(*) > 1) ORDER BY key"
        )
    )


def known_among(db: sqlite3.Connection, keys: Sequence[str]) -> set[str]:
    """Those of ``keys`` that are known names."""
    rows = db.execute(
        "SELECT n.key FROM json_each(?) AS k CROSS JOIN name AS n ON n.key = k.value"
        " WHERE EXISTS (SELECT 1 FROM bears WHERE name = n.number)"
        " OR (SELECT count(*) FROM (SELECT 1 FROM writes WHERE name = n.number LIMIT 2)) = 2",
        (json.dumps(list(keys)),),
    )
    return {key for (key,) in rows}


def meta(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def set_meta(db: sqlite3.Connection, **values: str) -> None:
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())
