"""Bulk loading: many plain statements at once, and indexes made after the rows where there was nothing before."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROWS = 200  # rows a call of SQLite: most of the time of a single row goes into the call
_INSERT = "INSERT INTO statement (number, source, head, relation, tail, qualifiers) VALUES "
_ROW = "(?, ?, ?, ?, ?, '')"
_ONCE = " ON CONFLICT (head, relation, tail, qualifiers, source) DO NOTHING"
_TABLES = {
    "node": ("SELECT 1 FROM node LIMIT 1", ("node_key",)),
    "statement": ("SELECT 1 FROM statement LIMIT 1", ("statement_key", "statement_tail")),
}
_DROP = {
    "node_key": "DROP INDEX node_key",
    "statement_key": "DROP INDEX statement_key",
    "statement_tail": "DROP INDEX statement_tail",
}


class LateIndexes:
    """Indexes of empty tables, dropped inside the transaction and made again when they are needed, at its end at last.

    Sorting the rows once takes a fraction of the time of finding the place of each.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._missing: dict[str, str] = {}
        for filled, names in _TABLES.values():
            if connection.execute(filled).fetchone() is not None:
                continue
            for name in names:
                row = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
                connection.execute(_DROP[name])
                self._missing[name] = str(row[0])

    def __contains__(self, name: str) -> bool:
        return name in self._missing

    def make(self, name: str) -> None:
        """Makes the index unless it is there."""
        if (sql := self._missing.pop(name, None)) is not None:
            self._connection.execute(sql)

    def make_all(self) -> None:
        for name in list(self._missing):
            self.make(name)


def distinct_rows(rows: NDArray[Any]) -> NDArray[Any]:
    """The rows in order, each once. rows: shape: (n, 3)"""
    import numpy as np

    ordered = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    new = np.ones(len(ordered), dtype=bool)
    np.any(ordered[1:] != ordered[:-1], axis=1, out=new[1:])
    return ordered[new]


def insert_statements(
    connection: sqlite3.Connection, rows: NDArray[Any], *, source: int, first: int, known_new: bool
) -> None:
    """Stores statements without qualifiers, numbered from ``first``; rows as ``distinct_rows`` gives them.

    ``known_new``: none of them can be there already, so the unique index is not asked (it may be missing).
    """
    import numpy as np

    table = np.empty((len(rows), 5), dtype=np.int64)
    table[:, 0] = np.arange(first, first + len(rows))
    table[:, 1] = source
    table[:, 2:] = rows
    whole = len(rows) - len(rows) % _ROWS
    once = "" if known_new else _ONCE
    many = _INSERT + ", ".join([_ROW] * _ROWS) + once
    for start in range(0, whole, 100 * _ROWS):
        part = table[start : min(start + 100 * _ROWS, whole)]
        connection.executemany(many, part.reshape(-1, 5 * _ROWS).tolist())
    connection.executemany(_INSERT + _ROW + once, table[whole:].tolist())
