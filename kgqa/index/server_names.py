"""The dictionary of names on a Neo4j server: what ``TextIndex`` tells linking, found by the server's own indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.store import Neo4jStore
from kgqa.graph.neo4j.stored_names import Row, StoredNames
from kgqa.index.contract import NameEntry, NameHit, NameIndex, check_k
from kgqa.index.name_rows import name_rows
from kgqa.index.name_search import POOL, rank_names, trigrams
from kgqa.index.normalise import name_key
from kgqa.types import Progress

_KEPT = 50_000
_TOLD = 20_000


class ServerNames(NameIndex):
    """The names that ``refresh_names`` put there, of the revision at opening. Safe to search from many threads.

    What has been looked up is kept, so that a text asks for a key once.
    """

    def __init__(self, server: Server) -> None:
        self._stored = StoredNames(server)
        self._state = self._stored.state
        self._known: dict[str, tuple[NameEntry, ...]] = {}

    @property
    def revision(self) -> int | None:
        return None if self._state is None else self._state.revision

    @property
    def longest_name(self) -> int:
        return 0 if self._state is None else self._state.longest

    @property
    def name_count(self) -> int:
        return 0 if self._state is None else self._stored.count()

    def lookup(self, keys: Sequence[str]) -> list[NameEntry]:
        wanted = dict.fromkeys(keys)
        known = self._known
        if new := [key for key in wanted if key not in known]:
            found: dict[str, set[NameEntry]] = defaultdict(set)
            for row in self._stored.under(new):
                found[row[0]].add(NameEntry(*row))
            if len(known) + len(new) > _KEPT:
                known = {key: known[key] for key in wanted if key in known}
            known |= {key: tuple(found.get(key, ())) for key in new}
            self._known = known
        entries = (entry for key in wanted for entry in known[key])
        return sorted(entries, key=lambda entry: (entry.key, entry.node, entry.name, entry.kind, entry.language or ""))

    def all_keys(self) -> Iterator[str]:
        yield from sorted(set(self._stored.keys()))

    def names(self, text: str, k: int) -> list[NameHit]:
        check_k(k)
        key = name_key(text)
        rows = self._stored.sharing(trigrams(key), limit=POOL)
        return rank_names(key, rows)[:k]


def refresh_names(store: Neo4jStore, *, progress: Progress | None = None) -> ServerNames:
    """Brings the names on a server to the revision of the graph, by what differs; gives them as they are then."""
    stored = StoredNames(store.server)
    target, state = store.revision, stored.state
    if state is not None and state.revision == target:
        return ServerNames(store.server)
    changes = None if state is None or state.revision > target else store.changes(state.revision)
    if changes is None or changes.rebuild:
        stored.replace_all(_with_grams(name_rows(store, None), progress), target)
    else:
        stored.replace(changes.nodes, _with_grams(name_rows(store, changes.nodes), progress), changes.revision)
    return ServerNames(store.server)


def _with_grams(rows: Iterable[Row], progress: Progress | None) -> Iterator[tuple[Row, list[str]]]:
    for number, row in enumerate(rows, 1):
        yield row, trigrams(row[1])
        if progress is not None and number % _TOLD == 0:
            progress("names to the server", number, None)
