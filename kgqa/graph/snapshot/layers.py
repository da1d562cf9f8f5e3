"""Edges: a base and, over it, a delta that replaces the nodes that changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot.adjacency import Adjacency, IntArray, ranges

_DENSE = 1 << 14  # so many cells are counted in place, whether they are used or not


class LayeredRows:
    """Edges. The delta holds every edge of the ``touched`` nodes, in their order.

    The statements of a ``symmetric`` relation are walked both ways, whichever way a source wrote them.
    """

    def __init__(
        self, base: Adjacency, delta: Adjacency | None, touched: IntArray, *, size: int, symmetric: frozenset[int]
    ) -> None:
        self._base = base
        self._delta = delta
        self._touched = touched
        self._touched_at = {} if delta is None else {node: at for at, node in enumerate(touched.tolist())}
        self._base_nodes = base.nodes
        self._size = size
        self._symmetric = symmetric

    def row(self, node: int, slot: int) -> memoryview:
        """The neighbours of one node, ascending."""
        found = self.said(node, slot)
        if slot >> 1 in self._symmetric and len(other := self.said(node, slot ^ 1)):
            return np.union1d(np.asarray(found), np.asarray(other)).astype(np.int32).data
        return found

    def said(self, node: int, slot: int) -> memoryview:
        """The neighbours of one node, ascending, by the statements as they were said."""
        if self._delta is not None and (at := self._touched_at.get(node)) is not None:
            return self._delta.row(at, slot)
        if 0 <= node < self._base_nodes:
            return self._base.row(node, slot)
        return self._touched.data[0:0]

    def edges(self, nodes: NDArray[np.int64], slot: int) -> tuple[NDArray[np.int64], IntArray]:
        """Position into ``nodes`` and neighbour of each edge, ordered by both."""
        positions, ends = self._said_edges(nodes, slot)
        if slot >> 1 not in self._symmetric:
            return positions, ends
        back, others = self._said_edges(nodes, slot ^ 1)
        keys = np.unique(np.concatenate([positions * self._size + ends, back * self._size + others]))
        return keys // self._size, (keys % self._size).astype(np.int32)

    def slot_counts(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Slots that leave the distinct ``nodes``, ascending, and the number of their edges.

        A symmetric relation has one slot, the forward one.
        """
        slots, counts = self._said_counts(nodes)
        if not self._symmetric:
            return slots, counts
        folded = np.isin(slots >> 1, list(self._symmetric))
        if folded.any():
            slots, place = np.unique(np.where(folded, slots & ~1, slots), return_inverse=True)
            counts = np.bincount(place, weights=counts).astype(np.int64)
        return slots, counts

    def slot_counts_of_sets(
        self, sets: Sequence[NDArray[np.integer]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """``slot_counts`` of many sets at once: the position of the set, slot, edges; ordered by both."""
        nodes = np.concatenate(sets).astype(np.int64)
        owners = np.repeat(np.arange(len(sets)), [len(item) for item in sets])
        in_base, in_delta, at = self._split(nodes)
        kept = slice(None) if in_base is None else in_base
        rows, slots, counts = self._base.rows_of(nodes[kept])
        rows = owners[kept][rows]
        if self._delta is not None and in_delta.any():
            more, more_slots, more_counts = self._delta.rows_of(at[in_delta])
            rows = np.concatenate([rows, owners[in_delta][more]])
            slots, counts = np.concatenate([slots, more_slots]), np.concatenate([counts, more_counts])
        if self._symmetric:
            slots = np.where(np.isin(slots >> 1, list(self._symmetric)), slots & ~1, slots)
        widest = int(slots.max(initial=0)) + 1
        keys = rows * widest + slots
        if widest * len(sets) <= max(_DENSE, len(keys)):
            totals = np.bincount(keys, weights=counts, minlength=widest * len(sets))
            found = np.flatnonzero(totals)
            counts = totals[found].astype(np.int64)
        else:
            found, place = np.unique(keys, return_inverse=True)
            counts = np.bincount(place, weights=counts).astype(np.int64)
        return found // widest, found % widest, counts

    def slots_of(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The slots that leave each node: position into ``nodes`` and slot, in any order, without repeats.

        A symmetric relation has one slot, the forward one.
        """
        in_base, in_delta, at = self._split(nodes)
        kept = np.arange(len(nodes)) if in_base is None else np.flatnonzero(in_base)
        positions, slots = self._base.slots_of(nodes[kept])
        positions = kept[positions]
        if self._delta is not None and in_delta.any():
            changed = np.flatnonzero(in_delta)
            more, more_slots = self._delta.slots_of(at[changed])
            positions, slots = np.concatenate([positions, changed[more]]), np.concatenate([slots, more_slots])
        return self._folded(positions, slots)

    def holders(self, slots: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every node that has one of these slots, and the slot, as in ``slots_of``; looks at the whole graph once."""
        wanted = np.union1d(slots, [slot ^ 1 for slot in slots.tolist() if slot >> 1 in self._symmetric])
        nodes, found = self._base.holders(wanted)
        if self._delta is not None:
            kept = ~np.isin(nodes, self._touched)
            rows, more = self._delta.holders(wanted)
            nodes = np.concatenate([nodes[kept], self._touched[rows]])
            found = np.concatenate([found[kept], more])
        return self._folded(nodes, found)

    def _folded(
        self, nodes: NDArray[np.int64], slots: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of (node, slot) in which a symmetric relation has the forward slot, once a node."""
        if not self._symmetric:
            return nodes, slots
        symmetric = np.isin(slots >> 1, list(self._symmetric))
        if not symmetric.any():
            return nodes, slots
        widest = int(slots.max()) + 1
        keys = np.unique(nodes * widest + np.where(symmetric, slots & ~1, slots))
        return keys // widest, keys % widest

    def _said_edges(self, nodes: NDArray[np.int64], slot: int) -> tuple[NDArray[np.int64], IntArray]:
        in_base, in_delta, at = self._split(nodes)
        if in_base is None:
            start, length = self._base.rows(nodes, slot)
            return np.repeat(np.arange(len(nodes)), length), self._base.cols[ranges(start, length)]
        start, length = self._base.rows(nodes[in_base], slot)
        positions = np.repeat(np.flatnonzero(in_base), length)
        ends = self._base.cols[ranges(start, length)]
        if self._delta is not None and in_delta.any():
            start, length = self._delta.rows(at[in_delta], slot)
            positions = np.concatenate([positions, np.repeat(np.flatnonzero(in_delta), length)])
            ends = np.concatenate([ends, self._delta.cols[ranges(start, length)]])
            order = np.argsort(positions, kind="stable")
            positions, ends = positions[order], ends[order]
        return positions, ends

    def _said_counts(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        in_base, in_delta, at = self._split(nodes)
        slots, counts = self._base.slot_counts(nodes if in_base is None else nodes[in_base])
        if self._delta is not None and in_delta.any():
            more_slots, more_counts = self._delta.slot_counts(at[in_delta])
            slots, place = np.unique(np.concatenate([slots, more_slots]), return_inverse=True)
            counts = np.bincount(place, weights=np.concatenate([counts, more_counts])).astype(np.int64)
        return slots, counts

    def _split(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_], NDArray[np.int64]]:
        """Which nodes' edges lie in the base (None: all), which in the delta, and where there."""
        at = np.zeros(len(nodes), dtype=np.int64)
        in_delta = np.zeros(len(nodes), dtype=bool)
        if not len(self._touched) and len(nodes) and nodes.min() >= 0 and nodes.max() < self._base_nodes:
            return None, in_delta, at
        if len(self._touched):
            at = np.minimum(np.searchsorted(self._touched, nodes), len(self._touched) - 1)
            in_delta = self._touched[at] == nodes
        in_base = ~in_delta & (nodes >= 0) & (nodes < self._base_nodes)
        return (None if in_base.all() else in_base), in_delta, at
