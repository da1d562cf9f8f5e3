"""Connections to the database file: one writer at a time, many readers, safe across threads and forks."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kgqa.errors import StoreError

_WRITER_CACHE_KIB = 128 * 1024
_READER_CACHE_KIB = 16 * 1024
_LEAKED: list[sqlite3.Connection] = []  # of the parent process: closing them after a fork would drop its locks


def connect(path: Path, *, cache_kib: int = _READER_CACHE_KIB, wait: float = 30.0) -> sqlite3.Connection:
    """A connection that waits ``wait`` seconds for another writer. Transactions are begun by hand."""
    connection = sqlite3.connect(
        path, timeout=wait, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.execute(f"PRAGMA cache_size = -{int(cache_kib)}")
    return connection


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite raises into a StoreError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            hint = "another process is writing to it; try again when it has finished"
        elif "malformed" in text or "not a database" in text:
            hint = "the file is damaged; restore a copy, or export what can be read"
        elif "full" in text:
            hint = "free some space and try again; nothing was changed"
        elif "readonly" in text or "unable to open" in text:
            hint = "check that the folder exists and may be written"
        else:
            hint = "run `kgqa verify`"
        raise StoreError(f"{path}: {text} ({hint})") from error


class Connections:
    """A pool of readers and one writer for a database file.

    A reader is borrowed for one read and given back, so that every read, however long its iterator lives, sees one
    revision. Connections made before a fork are left alone in the child, which opens its own.
    """

    def __init__(self, path: Path, *, wait: float = 30.0) -> None:
        self._path = path
        self._wait = wait
        self._closed = False
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._idle: list[sqlite3.Connection] = []
        self._writer: sqlite3.Connection | None = None
        self._write_lock = threading.Lock()
        self._write_thread: int | None = None

    def _check(self) -> None:
        if self._process != os.getpid():
            _LEAKED.extend(self._idle)
            if self._writer is not None:
                _LEAKED.append(self._writer)
            self._start()
        if self._closed:
            raise StoreError(f"{self._path}: the store is closed; open it again")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a read transaction: everything read through it is of one revision."""
        self._check()
        with store_errors(self._path):
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = connect(self._path, wait=self._wait)
            process = self._process
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                if process != os.getpid():
                    _LEAKED.append(connection)
                else:
                    connection.rollback()
                    if self._closed:
                        connection.close()
                    else:
                        self._idle.append(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The writer inside a transaction that the caller commits; what is not committed is rolled back.

        Raises StoreError when another process writes for longer than the wait, or this thread already does.
        """
        self._check()
        if self._write_thread == threading.get_ident():
            raise StoreError(f"{self._path}: this thread is writing already; read the records first, then write them")
        with self._write_lock, store_errors(self._path):
            self._write_thread = threading.get_ident()
            try:
                if self._writer is None:
                    self._writer = connect(self._path, cache_kib=_WRITER_CACHE_KIB, wait=self._wait)
                    self._writer.execute("PRAGMA synchronous = FULL")
                    # A small commit only appends to the log; 16 MB of log are moved into the file at once.
                    self._writer.execute("PRAGMA wal_autocheckpoint = 4096")
                    self._writer.execute("PRAGMA journal_size_limit = 16777216")
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                finally:
                    if self._writer.in_transaction:
                        self._writer.rollback()
                    self._writer.execute("PRAGMA shrink_memory")
            finally:
                self._write_thread = None

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._process == os.getpid():
            while self._idle:
                self._idle.pop().close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None
