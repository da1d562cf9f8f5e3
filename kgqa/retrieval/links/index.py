"""The published passage graph: names of a question, numbers of passages, and the transitions that a walk follows."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from kgqa.errors import StoreError
from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot.arrays import OutdatedArraysError, check_format, open_arrays
from kgqa.index.normalise import tokenise
from kgqa.retrieval.links import tables
from kgqa.retrieval.links.names import is_name, leftmost_longest, runs
from kgqa.retrieval.links.rows import Transitions, rarity

FORMAT = 1
DATABASE = "links.db"


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name of the graph: its number, how much it tells, and in how many passages it is borne and mentioned."""

    number: int
    key: str
    weight: float
    titled: int
    mentioned: int


class LinkIndex:
    """One published version. Safe to read from many threads; ``refresh_links`` makes it."""

    def __init__(self, folder: Path, pointer: Mapping[str, Any], transitions: Transitions | None) -> None:
        self._path = folder / DATABASE
        self.pointer = pointer
        self.transitions = transitions
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The current version in ``folder``, an empty one when none was published or it has an older format.

        Raises StoreError when it is damaged, StoreVersionError when it has a newer format.
        """
        for _ in range(5):
            pointer = read_pointer(folder)
            if pointer is None:
                return cls(folder, {}, None)
            try:
                check_format(folder, pointer.get("format"), FORMAT)
                parts = [open_arrays(folder / name) for name in pointer["parts"]]
                size = int(parts[-1].info["size"])
                delta = parts[1].arrays if len(parts) > 1 else None
                return cls(folder, pointer, Transitions(parts[0].arrays, delta, size=size))
            except FileNotFoundError:
                continue  # replaced twice while we opened it
            except OutdatedArraysError:
                return cls(folder, {}, None)
        raise StoreError(f"{folder}: the links name files that are gone; delete the folder and index again")

    @property
    def revision(self) -> int | None:
        """The store's revision that the graph shows; None when there is none."""
        return self.pointer.get("revision")

    @property
    def store(self) -> str | None:
        """The identity of the store that it was made from."""
        return self.pointer.get("store")

    @property
    def passages(self) -> int:
        """How many passages the graph has."""
        return int(self.pointer.get("passages", 0))

    def names_in(self, text: str, entities: Iterable[int] = ()) -> list[KnownName]:
        """The graph's names in a text, the longest at each place, in any case; and of entities linked in it (nodes)."""
        if self.transitions is None:
            return []
        tokens = tokenise(text)
        found = runs(tokens, int(self.pointer.get("longest", 0)))
        known = {name.key: name for name in self._known({key for _, _, key in found if is_name(key)})}
        spans = {(first, last): key for first, last, key in found if key in known}
        chosen = [spans[span] for span in leftmost_longest(list(spans), lambda first, last: False)]
        linked = self._known({entity_key(node) for node in entities})
        return list({name.key: name for name in (*(known[key] for key in chosen), *linked)}.values())

    def passages_of(self, nodes: Iterable[int]) -> frozenset[str]:
        """The ids of the passages that bear the name of one of these entities alone, or mention one."""
        rows = self._db().execute(
            "SELECT DISTINCT p.id FROM json_each(?) AS k CROSS JOIN name AS n ON n.key = k.value CROSS JOIN"
            " (SELECT passage, name FROM bears UNION ALL SELECT passage, name FROM mentions) AS l ON l.name = n.number"
            " CROSS JOIN passage AS p ON p.number = l.passage",
            (json.dumps(sorted({entity_key(node) for node in nodes})),),
        )
        return frozenset(id for (id,) in rows)

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """The numbers of passages by id; ids that the graph lacks are left out."""
        rows = self._db().execute(
            "SELECT p.id, p.number FROM json_each(?) AS k CROSS JOIN passage AS p ON p.id = k.value",
            (json.dumps(list(ids)),),
        )
        return {id: int(number) for id, number in rows}

    def ids(self, numbers: Sequence[int]) -> dict[int, str]:
        """The ids of passages by number; numbers that the graph lacks are left out."""
        rows = self._db().execute(
            "SELECT p.number, p.id FROM json_each(?) AS k CROSS JOIN passage AS p ON p.number = k.value",
            (json.dumps([int(number) for number in numbers]),),
        )
        return {int(number): id for number, id in rows}

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def _known(self, keys: set[str]) -> list[KnownName]:
        if not keys:
            return []
        rows = self._db().execute(
            "SELECT n.number, n.key, (SELECT count(*) FROM bears WHERE name = n.number),"
            " (SELECT count(*) FROM mentions WHERE name = n.number)"
            " FROM json_each(?) AS k CROSS JOIN name AS n ON n.key = k.value ORDER BY n.number",
            (json.dumps(sorted(keys)),),
        )
        return [
            KnownName(number, key, float(rarity(np.array([float(mentioned)]), self.passages)[0]), titled, mentioned)
            for number, key, titled, mentioned in rows
            if titled or mentioned
        ]

    def _db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = tables.connect(self._path)
            self._local.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection


def entity_key(node: int) -> str:
    """The key of an entity's name row: no text has it, since a key of text never begins so."""
    return f"#{node}"
