"""The text index: BM25 over passages and a dictionary of names with fuzzy look-up, in one SQLite FTS5 database.

It is built from the feeds of any GraphStore and stamped with the revision it shows; ``refresh`` applies what changed
since, in one transaction, so its cost goes with the change. BM25: Robertson and Zaragoza, 2009.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

from kgqa.errors import StoreError, UsageError
from kgqa.graph.store import GraphStore
from kgqa.index.contract import MAX_K, PassageIndex, TextHit
from kgqa.index.name_search import NameHit, similar_names
from kgqa.index.text_query import passage_query
from kgqa.index.text_tables import connect, create_tables, drop_names, drop_passages, fill_names, fill_passages
from kgqa.types import Progress

_COUNTED = 100_000  # terms whose frequency is remembered
_DEEPER = 20  # times as many postings as without a filter are read at first
_HANDED = 20_000  # ids handed to SQLite; more are looked for here
_RANKED = (
    "SELECT h.score, p.id FROM (SELECT rowid, bm25(passage_fts, 2.0, 1.0) AS score FROM passage_fts"
    " WHERE passage_fts MATCH ? ORDER BY score LIMIT ?) AS h JOIN passage AS p ON p.number = h.rowid"
    " ORDER BY h.score, p.id"
)
# The + keeps SQLite from looking the passages up one by one, which counts the words of the query anew for each.
_RANKED_AMONG = (
    "SELECT bm25(passage_fts, 2.0, 1.0) AS score, p.id FROM passage_fts"
    " JOIN passage AS p ON p.number = passage_fts.rowid WHERE passage_fts MATCH ?1 AND +passage_fts.rowid IN"
    " (SELECT a.number FROM json_each(?2) AS k CROSS JOIN passage AS a ON a.id = k.value) ORDER BY score, p.id"
)
_COUNT_UP_TO = "SELECT count(*) FROM (SELECT 1 FROM passage_fts WHERE passage_fts MATCH ? LIMIT ?)"
_COUNT_TERMS = {
    table: f"SELECT v.term, v.doc FROM json_each(?) AS k CROSS JOIN {table} AS v ON v.term = k.value"  # noqa: S608 - fixed names
    for table in ("passage_vocab", "name_vocab")
}


@dataclass(frozen=True, slots=True)
class NameEntry:
    """One name of a node under its key. ``kind``: "label", "alias", or "value" for a text literal."""

    key: str
    node: int
    name: str
    kind: str
    language: str | None


class TextIndex(PassageIndex):
    """One database, safe to read from several threads and processes while one of them refreshes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._counted: dict[str, tuple[int | None, dict[str, int]]] = {}
        create_tables(self._db(), path)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Opens the index in ``folder``, empty when it is new.

        Raises MissingDependencyError where SQLite lacks FTS5 with trigrams, StoreError when the file is damaged
        or written by a newer version.
        """
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder / "text.db")

    @property
    def revision(self) -> int | None:
        """The store's revision that the index shows; None before the first refresh."""
        value = self._meta("revision")
        return None if value is None else int(value)

    @property
    def longest_name(self) -> int:
        """The most tokens that a key has had since the last rebuild."""
        return int(self._meta("longest") or 0)

    def counts(self) -> tuple[int, int]:
        """(passages, names)"""
        row = self._db().execute("SELECT (SELECT count(*) FROM passage), (SELECT count(*) FROM name)").fetchone()
        return int(row[0]), int(row[1])

    # --- keeping up to date

    def refresh(self, store: GraphStore, *, progress: Progress | None = None) -> bool:
        """Brings the index to the store's revision in one transaction. Returns whether anything had to be done."""
        target, shown = store.revision, self._shown(store)
        if shown == target:
            return False
        db = self._db()
        try:
            db.execute("BEGIN IMMEDIATE")
            shown = self._shown(store)  # another process may have refreshed it in the meantime
            changes = None if shown is None or shown > target else store.changes(shown)
            if changes is None or changes.rebuild:
                create_tables(db, self._path, anew=True)
                longest = fill_names(db, store, progress=progress)
                fill_passages(db, store, progress=progress)
            else:
                target = changes.revision
                drop_names(db, changes.nodes)
                drop_passages(db, changes.passages)
                longest = max(self.longest_name, fill_names(db, store, nodes=changes.nodes))
                fill_passages(db, store, ids=changes.passages)
            entries = [("store", store.identity), ("revision", str(target)), ("longest", str(longest))]
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", entries)
            db.execute("COMMIT")
        except sqlite3.Error as error:
            _roll_back(db)
            raise StoreError(f"{self._path}: the text index could not be refreshed: {error}") from error
        except BaseException:
            _roll_back(db)
            raise
        return True

    def _shown(self, store: GraphStore) -> int | None:
        """The revision of this store that the index shows; None when it shows another store."""
        return self.revision if self._meta("store") == store.identity else None

    # --- queries

    def passages(self, query: str, k: int, *, among: frozenset[str] | None = None) -> list[TextHit]:
        """The best ``k`` passages for a query in plain words, by BM25 over title and text; ties by id.

        The statistics of BM25 are those of the whole index, also where only passages ``among`` some are wanted.
        """
        _check_k(k)
        if among is not None:
            return self._passages_among(query, k, among) if among else []
        expression = self._expression(query, 1)
        if expression is None:
            return []
        limit = k + 20  # ties at the cut are settled by id, so equal stores give equal results whatever their history
        while True:
            rows = self._db().execute(_RANKED, (expression, limit)).fetchall()
            if len(rows) < limit or rows[-1][0] > rows[k - 1][0]:
                return [TextHit(passage, -score) for score, passage in rows[:k]]
            limit *= 4

    def _passages_among(self, query: str, k: int, among: frozenset[str]) -> list[TextHit]:
        wanted = min(k, len(among))
        found: list[TextHit] = []
        for deeper in (_DEEPER, None):  # every word, however common, where the rarer ones find too little
            expression = self._expression(query, deeper)
            if expression is None or len(found) >= wanted:
                break
            if len(among) <= _HANDED:
                rows = self._db().execute(_RANKED_AMONG, (expression, json.dumps(sorted(among))))
            else:
                rows = self._db().execute(_RANKED, (expression, -1))
            kept = (TextHit(passage, -score) for score, passage in rows if passage in among)
            found = list(islice(kept, k))
        return found

    def _expression(self, query: str, deeper: int | None) -> str | None:
        return passage_query(query, self._passage_frequencies, deeper=deeper)

    def _passage_frequencies(self, terms: list[str], most: int | None) -> dict[str, int]:
        if most is None:
            return self._frequencies("passage_vocab", terms)
        known = self._remembered(f"passages up to {most}")
        for term in set(terms) - known.keys():  # letters, marks and digits: nothing in them is syntax
            (known[term],) = self._db().execute(_COUNT_UP_TO, (f'"{term}"', most)).fetchone()
        return {term: known[term] for term in terms if known[term]}

    def lookup(self, keys: Sequence[str]) -> list[NameEntry]:
        """The names that stand under these keys (see ``name_key``), by key, node and name."""
        rows = self._db().execute(
            "SELECT DISTINCT n.key, n.node, n.name, n.kind, n.language FROM json_each(?) AS k"
            " CROSS JOIN name AS n ON n.key = k.value ORDER BY 1, 2, 3",
            (json.dumps(list(keys)),),
        )
        return [NameEntry(*row) for row in rows]

    def all_keys(self) -> Iterator[str]:
        """Every distinct key, sorted."""
        for (key,) in self._db().execute("SELECT DISTINCT key FROM name ORDER BY key"):
            yield key

    def names(self, text: str, k: int) -> list[NameHit]:
        """Names whose letters resemble ``text``, one a node, best first, then by node; see ``similar_names``."""
        _check_k(k)
        return similar_names(self._db(), text, lambda grams: self._frequencies("name_vocab", grams))[:k]

    def _frequencies(self, vocabulary: str, terms: list[str]) -> dict[str, int]:
        """In how many rows each term stands, remembered for this revision: counting reads every posting."""
        known = self._remembered(vocabulary)
        if new := [term for term in terms if term not in known]:
            rows = self._db().execute(_COUNT_TERMS[vocabulary], (json.dumps(new),))
            known.update(dict.fromkeys(new, 0) | dict(rows))
        return {term: known[term] for term in terms if known[term]}

    def _remembered(self, what: str) -> dict[str, int]:
        """Counts by term that hold for this revision, to be added to."""
        revision = self.revision
        known = self._counted.get(what)
        if known is None or known[0] != revision or len(known[1]) > _COUNTED:
            known = self._counted[what] = (revision, {})
        return known[1]

    # --- connections

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = connect(self._path)
            self._local.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection

    def _meta(self, name: str) -> str | None:
        row = self._db().execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])


def _check_k(k: int) -> None:
    if not 1 <= k <= MAX_K:
        raise UsageError(f"k is {k}; it must lie between 1 and {MAX_K}")


def _roll_back(db: sqlite3.Connection) -> None:
    if db.in_transaction:
        db.execute("ROLLBACK")
