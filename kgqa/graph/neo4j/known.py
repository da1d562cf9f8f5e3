"""What is learnt of nodes on a server while plans are executed, kept up to a bound so that it is asked once."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.store import GraphStore, NodeRow
from kgqa.graph.values import DIMENSIONS, Comparable, comparable_label, comparable_literal
from kgqa.types import Literal

KEPT = 200_000


class KnownNodes:
    """Rows of nodes, by number. Safe to use from many threads."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._rows: dict[int, NodeRow] = {}
        self._refs: dict[int, str | Literal] = {}
        self._dimensions = list(DIMENSIONS)
        self._lock = threading.Lock()

    def rows(self, nodes: Sequence[int]) -> list[NodeRow]:
        """The row of each node; one without id and literal where the graph has none of this number."""
        known = self._rows
        missing = sorted({node for node in nodes if node not in known})
        if missing:
            found = {row.number: row for row in self._store.node_rows(numbers=missing)}
            known = {**found, **{node: known[node] for node in nodes if node in known}}
            with self._lock:
                if len(self._rows) > KEPT:
                    self._rows = {}
                self._rows.update(found)
        return [known[node] if node in known else NodeRow(node, None, "") for node in nodes]

    def remember(self, refs: Mapping[int, str | Literal]) -> None:
        """Keeps the ids and literals of nodes that a query has told."""
        with self._lock:
            if len(self._refs) > KEPT:
                self._refs = {}
            self._refs.update(refs)

    def refs(self, nodes: Sequence[int]) -> list[str]:
        """The ids of entities, the value and unit of literals."""
        known = [self._refs.get(node) for node in nodes]
        told = [ref if isinstance(ref, str) else ref.label() for ref in known if ref is not None]
        return told if len(told) == len(nodes) else [row.id or row.label for row in self.rows(nodes)]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions seen so far, by the numbers that ``comparable`` gives."""
        return tuple(self._dimensions)

    def comparable(self, nodes: Sequence[int]) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]:
        """Dimension and closed interval of each node, as ``Snapshot.comparable``. shape: (n,) each"""
        found = [_comparable(row) for row in self.rows(nodes)]
        which = np.array([0 if value is None else self._dimension(value) for value in found], dtype=np.int16)
        lo = np.array([0.0 if value is None else value.lo for value in found], dtype=np.float64)
        hi = np.array([0.0 if value is None else value.hi for value in found], dtype=np.float64)
        return which, lo, hi

    def _dimension(self, value: Comparable) -> int:
        with self._lock:
            if value.dimension not in self._dimensions:
                self._dimensions.append(value.dimension)
            return self._dimensions.index(value.dimension)


def _comparable(row: NodeRow) -> Comparable | None:
    return comparable_label(row.label) if row.literal is None else comparable_literal(row.literal)
