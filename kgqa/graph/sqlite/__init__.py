"""The embedded store: one SQLite file with write-ahead log."""

from kgqa.graph.sqlite.store import SQLiteStore

__all__ = ["SQLiteStore"]
