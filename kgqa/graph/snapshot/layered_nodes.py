"""Names, types and values: a base and, over it, a delta that replaces the nodes that changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot.adjacency import IntArray
from kgqa.graph.snapshot.names import FIRST_LITERAL, NameTable
from kgqa.graph.snapshot.nodes import NodeTable
from kgqa.types import Literal

_FEW = 24  # names decoded one by one: below it numpy's cost per call is larger than the work


class LayeredNodes:
    """Names, types and values. The delta holds all that is known of its ``numbers``, absent ones included."""

    def __init__(self, base: NodeTable, delta: NodeTable | None) -> None:
        self._base = base
        self._delta = delta
        self._changed_at = {} if delta is None else {node: row for row, node in enumerate(delta.numbers.tolist())}
        self._base_rows = len(base.names.kinds)

    def row(self, node: int) -> tuple[NodeTable, int]:
        """The table that knows a node, and its row there. Raises IndexError for a number that is in none."""
        if self._delta is not None and (row := self._changed_at.get(node)) is not None:
            return self._delta, row
        if 0 <= node < self._base_rows:
            return self._base, node
        raise IndexError(f"node {node} is not in this snapshot")

    def find(self, ref: str | Literal) -> int | None:
        """The number of an entity id or literal, before merging."""
        if self._delta is not None and (row := self._delta.names.find(ref)) is not None:
            return int(self._delta.numbers[row])
        row = self._base.names.find(ref)
        return None if row is None or row in self._changed_at else row

    def find_all(self, refs: Sequence[str]) -> list[int | None]:
        """The numbers of many entity ids."""
        if self._delta is not None:
            return [self.find(ref) for ref in refs]
        return self._base.names.find_all(refs)

    def label(self, node: int) -> str:
        table, row = self.row(node)
        if table.names.kinds[row] < FIRST_LITERAL:
            return table.names.label(row)
        literal = table.names.literal(row)
        return "" if literal is None else literal.label()

    def labels(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[str]:
        if len(nodes) < _FEW:
            return [self.label(node) for node in (nodes.tolist() if isinstance(nodes, np.ndarray) else nodes)]
        return self._texts(np.asarray(nodes, dtype=np.int64), NameTable.labels)

    def refs(self, nodes: NDArray[np.int64]) -> list[str]:
        """The ids of many nodes, literals as value and unit."""
        return self._texts(nodes, NameTable.refs)

    def _texts(self, nodes: NDArray[np.int64], read: Callable[[NameTable, NDArray[np.int64]], list[str]]) -> list[str]:
        """What ``read`` gives for the rows of each table, in the order of the nodes."""
        in_delta, rows = np.zeros(len(nodes), dtype=bool), nodes
        if self._delta is not None and len(self._delta.numbers):
            at = np.minimum(np.searchsorted(self._delta.numbers, nodes), len(self._delta.numbers) - 1)
            in_delta = self._delta.numbers[at] == nodes
            rows = np.where(in_delta, at, nodes)
        lost = ~in_delta & ((nodes < 0) | (nodes >= self._base_rows))
        if lost.any():
            raise IndexError(f"node {int(nodes[lost][0])} is not in this snapshot")
        if not in_delta.any():
            return read(self._base.names, rows)
        out = np.empty(len(nodes), dtype=object)
        if self._delta is not None:
            out[in_delta] = read(self._delta.names, rows[in_delta])
        out[~in_delta] = read(self._base.names, rows[~in_delta])
        found: list[str] = out.tolist()
        return found

    def kinds(self, nodes: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Absent, entity or literal. shape: (n,)"""
        kinds = np.zeros(len(nodes), dtype=np.uint8)
        known = (nodes >= 0) & (nodes < self._base_rows)
        kinds[known] = self._base.names.kinds[nodes[known]]
        if self._delta is not None and len(self._delta.numbers):
            at = np.minimum(np.searchsorted(self._delta.numbers, nodes), len(self._delta.numbers) - 1)
            changed = self._delta.numbers[at] == nodes
            kinds[changed] = self._delta.names.kinds[at[changed]]
        return kinds

    def of_type(self, number: int) -> IntArray:
        nodes = self._base.of_type(number)
        if self._delta is None:
            return nodes
        return np.union1d(nodes[~np.isin(nodes, self._delta.numbers)], self._delta.of_type(number)).astype(np.int32)

    def types_of(self, node: int) -> list[int]:
        return self.row(node)[0].types_of(node)

    def values(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]:
        """Dimension (0: none) and interval of each node. shape: (n,) each"""
        dimension, lo, hi = self._base.values(nodes)
        if self._delta is not None and len(self._delta.numbers):
            changed = np.isin(nodes, self._delta.numbers)
            new = self._delta.values(nodes)
            dimension = np.where(changed, new[0], dimension)
            lo, hi = np.where(changed, new[1], lo), np.where(changed, new[2], hi)
        return dimension, lo, hi
