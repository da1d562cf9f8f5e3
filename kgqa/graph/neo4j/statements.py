"""Statements of one batch: those that cannot exist yet are made at once, the others are looked up first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from kgqa.graph.keys import unpack_qualifiers
from kgqa.graph.neo4j.names import STATEMENT_PROPERTIES, escape, property_of
from kgqa.graph.neo4j.server import Work
from kgqa.graph.neo4j.showing import View
from kgqa.types import Literal

_STANDS = (
    "UNWIND $rows AS row MATCH (h) WHERE id(h) = row[0] MATCH (t) WHERE id(t) = row[1] MATCH (h)-[a:{type}]->(t) "
    "WHERE a.runs IS NOT NULL RETURN collect([row[2], id(a), a.qualifiers, a.sources, a.runs])"
)
_ADD_SOURCES = "UNWIND $rows AS row MATCH ()-[a]->() WHERE id(a) = row[0] SET a.sources = row[1], a.runs = row[2]"
_CREATE_PLAIN = (
    "UNWIND $rows AS row MATCH (h) WHERE id(h) = row[0] MATCH (t) WHERE id(t) = row[1] "
    "CREATE (h)-[:$(row[2]) {sources: $sources, runs: $runs}]->(t)"
)
_CREATE = (
    "UNWIND $rows AS row MATCH (h) WHERE id(h) = row[0] MATCH (t) WHERE id(t) = row[1] "
    "CREATE (h)-[a:$(row[2])]->(t) SET a = row[3]"
)


class StatementBatch:
    """Collects the statements of a batch by internal ids of their nodes; ``log`` says what they change."""

    def __init__(self, work: Work, view: View, runs: Mapping[str, int]) -> None:
        self._work, self._view, self._runs = work, view, runs
        self._plain: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
        self._full: list[list[Any]] = []
        self._asked: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._added: Counter[str] = Counter()
        self.log: list[tuple[int, int, int, bool, bool]] = []
        """Head, relation, tail, whether the edge showed before, whether the statement has qualifiers."""

    def add(
        self,
        head: int,
        tail: int,
        type: str,
        edge: tuple[int, int, int],
        qualifiers: str,
        sources: Sequence[str],
        *,
        known_new: bool,
    ) -> None:
        """A statement of a batch comes once, with all its sources."""
        if known_new:
            self._create(head, tail, type, edge, qualifiers, sources, stood=False)
        else:
            self._asked[type].append((head, tail, edge, qualifiers, sources))

    def write(self) -> Mapping[str, int]:
        """Sends everything; gives how many assertions of each source are new."""
        for type, rows in self._asked.items():
            self._ask(type, rows)
        for sources, plain in self._plain.items():
            self._added.update(dict.fromkeys(sources, len(plain)))
            runs = [self._runs[name] for name in sources]
            self._work.rows(_CREATE_PLAIN, rows=plain, sources=list(sources), runs=runs)
        if self._full:
            self._work.rows(_CREATE, rows=self._full)
        return self._added

    def _create(
        self,
        head: int,
        tail: int,
        type: str,
        edge: tuple[int, int, int],
        qualifiers: str,
        sources: Sequence[str],
        *,
        stood: bool,
    ) -> None:
        self.log.append((*edge, stood, bool(qualifiers)))
        if not qualifiers:
            self._plain[tuple(sources)].append([head, tail, type])
            return
        self._added.update(sources)
        said = {"sources": list(sources), "runs": [self._runs[name] for name in sources], "qualifiers": qualifiers}
        self._full.append([head, tail, type, {**shown_qualifiers(qualifiers), **said}])

    def _ask(self, type: str, rows: list[tuple[Any, ...]]) -> None:
        """Adds to statements that stand what they lack, and leaves the others to be made."""
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        table = [[row[0], row[1], at] for at, row in enumerate(rows)]
        ((standing,),) = self._work.rows(_STANDS.format(type=escape(type)), rows=table)
        for at, *stored in standing:
            found[at].append(tuple(stored))
        updates = []
        for at, (head, tail, edge, qualifiers, sources) in enumerate(rows):
            stood = any(any(map(self._view.shows, stored[3])) for stored in found[at])
            same = next((stored for stored in found[at] if (stored[1] or "") == qualifiers), None)
            if same is None:
                self._create(head, tail, type, edge, qualifiers, sources, stood=stood)
            elif new := [name for name in sources if name not in same[2]]:
                updates.append([same[0], [*same[2], *new], [*same[3], *(self._runs[name] for name in new)]])
                self._added.update(new)
                self.log.append((*edge, stood, bool(qualifiers)))
        if updates:
            self._work.rows(_ADD_SOURCES, rows=updates)


def shown_qualifiers(packed: str) -> dict[str, Any]:
    """The properties that show qualifiers to people; whole numbers that Neo4j cannot hold are left out."""
    shown = {}
    for name, value in unpack_qualifiers(packed).items():
        plain = value.python_value() if isinstance(value, Literal) else value
        if not isinstance(plain, int) or abs(plain) < 2**63:
            shown[property_of(name, STATEMENT_PROPERTIES)] = plain
    return shown
