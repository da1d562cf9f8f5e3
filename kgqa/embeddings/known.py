"""The true statements, by query: which values of (node, relation) are known, for many queries at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class KnownValues:
    """The values of each (node, relation) in one direction, kept sorted; memory is linear in the triples."""

    def __init__(self, triples: NDArray[np.int64], *, inverse: bool, relations: int) -> None:
        """triples: shape: (n, 3), duplicates allowed. ``inverse``: the nodes are tails and the values heads."""
        node, value = (triples[:, 2], triples[:, 0]) if inverse else (triples[:, 0], triples[:, 2])
        self._relations = relations
        rows = np.stack([node * relations + triples[:, 1], value], axis=1)
        order = np.lexsort((rows[:, 1], rows[:, 0]))
        rows = rows[order]
        fresh = np.ones(len(rows), dtype=bool)
        fresh[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        self._keys, self._values = np.ascontiguousarray(rows[fresh].T)

    def of(self, nodes: NDArray[np.int64], relations: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions of queries and, beside them, their known values. nodes, relations: shape: (n,)"""
        keys = nodes * self._relations + relations
        start = np.searchsorted(self._keys, keys)
        counts = np.searchsorted(self._keys, keys, side="right") - start
        position = np.repeat(np.arange(len(keys)), counts)
        place = np.repeat(start - np.cumsum(counts) + counts, counts) + np.arange(len(position))
        return position, self._values[place]
