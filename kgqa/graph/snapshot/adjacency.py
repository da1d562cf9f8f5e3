"""Compressed sparse rows keyed by (node, slot), where a slot is a relation with its direction.

Row keys lie node by node, so that the relation is part of the key (a hub costs nothing for its other relations)
and the same array tells which relations leave a node. ``slot = 2 * relation + inverse``.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]
_NARROW = 8  # slots a node on average
_DENSE = 32  # a batch of more than one in so many nodes is worth a table
_TABLE_CELLS = 1 << 22
_LARGEST_INT32 = 2**31 - 1


@dataclass(frozen=True)
class Adjacency:
    """Rows of neighbours. Row ``i`` of node ``n`` has slot ``slots[i]`` and neighbours ``cols[starts[i]:starts[i+1]]``.

    node_rows: shape: (nodes + 1,), the rows of each node; slots: shape: (rows,), ascending within a node;
    starts: shape: (rows + 1,); cols: shape: (edges,), ascending within a row.
    """

    node_rows: NDArray[Any]
    slots: NDArray[Any]
    starts: NDArray[Any]
    cols: IntArray

    @property
    def nodes(self) -> int:
        return len(self.node_rows) - 1

    @cached_property
    def _buffers(self) -> tuple[memoryview, memoryview, memoryview, memoryview]:
        # Indexing a memoryview gives a Python int several times faster than indexing an array does.
        return self.node_rows.data, self.slots.data, self.starts.data, self.cols.data

    def row(self, node: int, slot: int) -> memoryview:
        """The neighbours of one node, ascending; empty when it has none."""
        node_rows, slots, starts, cols = self._buffers
        end = node_rows[node + 1]
        at = bisect_left(slots, slot, node_rows[node], end)
        if at == end or slots[at] != slot:
            return cols[0:0]
        return cols[starts[at] : starts[at + 1]]

    def rows(self, nodes: NDArray[Any], slot: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Start and length of each node's row in ``cols``; length 0 where there is none. shape: (n,) each"""
        if (table := self._table(slot, len(nodes))) is not None:
            return self._rows_by_table(table[nodes])
        low = self.node_rows[nodes].astype(np.int64)
        end = self.node_rows[nodes + 1].astype(np.int64)
        counts = end - low
        span = int(counts.max(initial=0))
        if span <= _NARROW or int(counts.sum()) <= _NARROW * len(nodes):
            return self._rows_by_scan(low, counts, slot)
        high = end.copy()
        # Binary search of all nodes at once: each round halves every node's range of slots.
        for _ in range(span.bit_length()):
            middle = (low + high) >> 1
            inside = middle < high
            less = inside & (self.slots[np.minimum(middle, len(self.slots) - 1)] < slot)
            low = np.where(less, middle + 1, low)
            high = np.where(less, high, middle)
        found = low < end
        at = np.where(found, low, 0)
        if len(self.slots):
            found &= self.slots[at] == slot
        at = np.where(found, at, 0)
        start = self.starts[at].astype(np.int64)
        length = np.where(found, self.starts[np.minimum(at + 1, len(self.starts) - 1)] - start, 0)
        return start, length.astype(np.int64)

    @cached_property
    def _tables(self) -> dict[int, IntArray]:
        return {}

    def _table(self, slot: int, asked: int) -> IntArray | None:
        """The row of every node in this slot, -1 where it has none; None unless so many are asked that it pays.

        Made when first needed, and kept while all tables together stay small.
        """
        table = self._tables.get(slot)
        if table is None and asked * _DENSE > self.nodes and (len(self._tables) + 1) * self.nodes <= _TABLE_CELLS:
            rows = np.flatnonzero(self.slots == slot)
            table = np.full(self.nodes, -1, dtype=np.int32)
            table[np.searchsorted(self.node_rows, rows, side="right") - 1] = rows
            self._tables[slot] = table
        return table

    def _rows_by_table(self, at: IntArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        start = self.starts[at].astype(np.int64)  # of -1 whatever stands last: its length is 0
        return start, np.where(at >= 0, self.starts[at + 1] - start, 0)

    def _rows_by_scan(
        self, low: NDArray[np.int64], counts: NDArray[np.int64], slot: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Looks at every slot of nodes that have few: fewer passes over the batch than a binary search."""
        at = ranges(low, counts)
        hits = np.flatnonzero(self.slots[at] == slot)
        owners = np.repeat(np.arange(len(low)), counts)[hits]
        at = at[hits]
        start, length = np.zeros(len(low), dtype=np.int64), np.zeros(len(low), dtype=np.int64)
        start[owners] = self.starts[at]
        length[owners] = self.starts[at + 1] - start[owners]
        return start, length

    def slot_counts(self, nodes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Slots that leave the nodes, ascending, and their edges. Any duplicate node counts twice."""
        if len(nodes) == 1:  # the rows lie side by side, ascending
            first, end = int(self.node_rows[nodes[0]]), int(self.node_rows[nodes[0] + 1])
            return self.slots[first:end].astype(np.int64), np.diff(self.starts[first : end + 1]).astype(np.int64)
        low = self.node_rows[nodes].astype(np.int64)
        at = ranges(low, self.node_rows[nodes + 1] - low)
        slots, inverse = np.unique(self.slots[at], return_inverse=True)
        counts = np.bincount(inverse, weights=self.starts[at + 1] - self.starts[at], minlength=len(slots))
        return slots.astype(np.int64), counts.astype(np.int64)

    def slots_of(self, nodes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The slots of each node: position into ``nodes`` and slot, ordered by both. shape: (rows,) each"""
        low = self.node_rows[nodes].astype(np.int64)
        counts = self.node_rows[nodes + 1] - low
        return np.repeat(np.arange(len(nodes)), counts), self.slots[ranges(low, counts)].astype(np.int64)

    def rows_of(self, nodes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The rows of each node: position into ``nodes``, slot, number of neighbours. shape: (rows,) each"""
        low = self.node_rows[nodes].astype(np.int64)
        counts = self.node_rows[nodes + 1] - low
        at = ranges(low, counts)
        lengths = (self.starts[at + 1] - self.starts[at]).astype(np.int64)
        return np.repeat(np.arange(len(nodes)), counts), self.slots[at].astype(np.int64), lengths

    def holders(self, slots: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every node that has one of these slots, and the slot; looks at the whole graph once. shape: (rows,) each"""
        at = np.flatnonzero(np.isin(self.slots, slots.astype(self.slots.dtype)))
        return np.searchsorted(self.node_rows, at, side="right") - 1, self.slots[at].astype(np.int64)

    def all_edges(self, nodes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Every edge of the nodes: position into ``nodes``, slot, neighbour. shape: (edges,) each"""
        low = self.node_rows[nodes].astype(np.int64)
        row_counts = self.node_rows[nodes + 1] - low
        at = ranges(low, row_counts)
        lengths = (self.starts[at + 1] - self.starts[at]).astype(np.int64)
        cols = self.cols[ranges(self.starts[at].astype(np.int64), lengths)]
        positions = np.repeat(np.repeat(np.arange(len(nodes)), row_counts), lengths)
        return positions, np.repeat(self.slots[at].astype(np.int64), lengths), cols.astype(np.int64)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {"node_rows": self.node_rows, "slots": self.slots, "starts": self.starts, "cols": self.cols}

    @classmethod
    def build(cls, nodes: NDArray[Any], slots: NDArray[Any], cols: NDArray[Any], *, size: int) -> Self:
        """From edges in any order, repeats allowed; nodes in [0, size). shape: (edges,) each"""
        nodes, slots, cols = sort_edges(nodes, slots, cols)
        changes = np.empty(len(nodes), dtype=bool)
        changes[:1] = True
        np.not_equal(nodes[1:], nodes[:-1], out=changes[1:])
        changes[1:] |= slots[1:] != slots[:-1]
        first = np.flatnonzero(changes)
        counts = np.bincount(nodes[first], minlength=size)
        node_rows = np.concatenate([[0], np.cumsum(counts)])
        starts = np.concatenate([first, [len(nodes)]])
        widest = int(slots.max(initial=0))
        return cls(
            _narrow(node_rows),
            slots[first].astype(np.uint16 if widest < 2**16 else np.int32),
            _narrow(starts),
            cols.astype(np.int32),
        )


def sort_edges(
    nodes: NDArray[Any], slots: NDArray[Any], cols: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Edges in order of node, slot, neighbour, without repeats."""
    col_bits = int(cols.max(initial=0)).bit_length()
    slot_bits = int(slots.max(initial=0)).bit_length()
    node_bits = int(nodes.max(initial=0)).bit_length()
    if node_bits + slot_bits + col_bits <= 63:
        # Packed into one integer an edge sorts many times faster than by three keys.
        keys = nodes.astype(np.int64)
        keys <<= slot_bits
        keys |= slots
        keys <<= col_bits
        keys |= cols
        keys = sorted_unique(keys)
        pairs = keys >> col_bits
        return pairs >> slot_bits, pairs & ((1 << slot_bits) - 1), keys & ((1 << col_bits) - 1)
    order = np.lexsort((cols, slots, nodes))
    triples = np.stack([nodes[order], slots[order], cols[order]]).astype(np.int64)
    keep = np.ones(triples.shape[1], dtype=bool)
    keep[1:] = (triples[:, 1:] != triples[:, :-1]).any(axis=0)
    triples = triples[:, keep]
    return triples[0], triples[1], triples[2]


def sorted_unique(values: NDArray[Any]) -> NDArray[Any]:
    """Distinct values, ascending; a plain sort is several times faster here than ``numpy.unique``."""
    ordered = np.sort(values)
    if len(ordered) == 0:
        return ordered
    keep = np.empty(len(ordered), dtype=bool)
    keep[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=keep[1:])
    return ordered[keep]


def ranges(starts: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.int64]:
    """The numbers of all ranges [start, start + length), one range after the other. shape: (sum of lengths,)"""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    out = np.arange(total, dtype=np.int64)
    out += np.repeat(starts - (ends - lengths), lengths)
    return out


def _narrow(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(np.int32 if int(array[-1]) <= _LARGEST_INT32 else np.int64)
