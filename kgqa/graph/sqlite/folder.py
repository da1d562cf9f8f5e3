"""The store's folder: made, opened, and brought to the current format."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from pathlib import Path

from kgqa.assets import asset
from kgqa.errors import StoreError, StoreNotFoundError, StoreVersionError, UsageError
from kgqa.graph.sqlite.connections import connect, store_errors

DATABASE = "store.db"
MANIFEST = "manifest.json"
APPLICATION_ID = 0x6B677161  # "kgqa": tells our files from other SQLite databases
MIGRATIONS = ("graph/schema/sqlite/0001.sql",)  # the n-th brings format n to n + 1
FORMAT = len(MIGRATIONS)


def create_folder(folder: Path, language: str) -> None:
    """Makes an empty store. Raises UsageError when there is one, StoreError when the folder cannot be written."""
    _check_sqlite()
    path = folder / DATABASE
    if (folder / MANIFEST).exists() or (path.exists() and _format_of(path) > 0):
        raise UsageError(f"{folder}: there is a store already; open it, or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot make the folder: {error.strerror}") from error
    with store_errors(path):
        connection = connect(path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection, 0, language=language)
        finally:
            connection.close()
    _write_manifest(folder, language)


def open_folder(folder: Path) -> tuple[str, str]:
    """Checks the store and migrates an older one; gives its language and identity.

    Raises StoreNotFoundError when there is none and StoreVersionError when it is newer than this kgqa.
    """
    _check_sqlite()
    path = folder / DATABASE
    manifest = _read_manifest(folder)
    if manifest is not None:
        _refuse_newer(folder, manifest.get("format"), str(manifest.get("written_by", "a newer kgqa")))
    if not path.is_file():
        raise StoreNotFoundError(f"{folder}: no store here; make one with `kgqa ingest SOURCE --store {folder}`")
    with store_errors(path):
        version = _format_of(path)
        _refuse_newer(folder, version, "a newer kgqa")
        if version == 0:
            raise StoreNotFoundError(f"{folder}: {DATABASE} is not a store of kgqa, or its making was interrupted")
        connection = connect(path)
        try:
            if version < FORMAT:
                _migrate(connection, version)
            language, identity = _said_of_itself(connection)
        finally:
            connection.close()
    if manifest is None or manifest.get("format") != FORMAT:
        _write_manifest(folder, language)
    return language, identity


def _said_of_itself(connection: sqlite3.Connection) -> tuple[str, str]:
    """Language and identity; a store of the first days, which has no identity, is given one."""
    said = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('language', 'identity')"))
    if "identity" not in said:
        row = ("identity", secrets.token_hex(16))
        connection.execute("INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)", row)
        return _said_of_itself(connection)
    return str(said["language"]), str(said["identity"])


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < (3, 35):
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old; a Python with SQLite 3.35 or later is needed")
    connection = sqlite3.connect(":memory:")
    try:
        modules = {row[0] for row in connection.execute("SELECT name FROM pragma_module_list")}
        for module, what in (("fts5", "full-text search (FTS5)"), ("json_each", "JSON functions")):
            if module not in modules:
                raise StoreError(f"this Python's SQLite lacks {what}; use a Python from python.org or uv")
    finally:
        connection.close()


def _format_of(path: Path) -> int:
    """The database's format; 0 for an empty file. Raises StoreError when the file belongs to another program."""
    with store_errors(path):
        connection = connect(path)
        try:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            application = int(connection.execute("PRAGMA application_id").fetchone()[0])
            tables = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        finally:
            connection.close()
    if tables and application != APPLICATION_ID:
        raise StoreError(f"{path}: this database belongs to another program; name another folder")
    return version


def _migrate(connection: sqlite3.Connection, version: int, *, language: str | None = None) -> None:
    """Runs the missing migrations as one transaction, so that a crash leaves the old format."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = max(version, int(connection.execute("PRAGMA user_version").fetchone()[0]))
        for step in MIGRATIONS[version:]:
            for statement in _statements(asset(step).read_text(encoding="utf-8")):
                connection.execute(statement)
        if language is not None and version == 0:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            start = {
                "language": language,
                "identity": secrets.token_hex(16),
                "revision": 0,
                "log_floor": 0,
                "logged": 0,
                "same_revision": 0,
            }
            counters = ("next_assertion", "next_node", "next_relation", "next_source")
            counted = ("entities", "literals", "statements", "assertions", "passages", "mentions")
            rows = [*start.items(), *((name, 0) for name in (*counters, *counted))]
            connection.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", rows)
            connection.execute("INSERT INTO revision (number, next_assertion, next_node) VALUES (0, 0, 0)")
        elif language is not None:
            raise UsageError("another process has just made a store here; open it")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()


def _statements(script: str) -> list[str]:
    """The script's statements one by one: executescript would commit between them."""
    statements, current = [], ""
    for line in script.splitlines():
        current += line + "\n"
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements


def _refuse_newer(folder: Path, version: object, writer: str) -> None:
    if not isinstance(version, int) or version > FORMAT:
        raise StoreVersionError(
            f"{folder}: the store has format {version}, written by {writer}; this kgqa reads up to format {FORMAT}: "
            "install a newer kgqa"
        )


def _read_manifest(folder: Path) -> dict[str, object] | None:
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read: {error}; delete it, it is made again") from error
    if not isinstance(data, dict):
        raise StoreError(f"{path}: is no manifest; delete it, it is made again")
    return data


def _write_manifest(folder: Path, language: str) -> None:
    from kgqa import __version__

    data = {"kind": "kgqa store", "format": FORMAT, "language": language, "written_by": f"kgqa {__version__}"}
    path = folder / MANIFEST
    new = folder / f"{MANIFEST}.{os.getpid()}.new"
    new.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    Path(new).replace(path)
