"""The queries of an epoch: each (node, relation) with some of its values, so that they share a row of scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_VALUES = 16


@dataclass(frozen=True, slots=True)
class Rows:
    """Queries with some of their values. nodes, relations (PyKEEN's numbers, inverses odd): shape: (rows,)

    Row i has the values ``values[starts[i] : starts[i] + counts[i]]``.
    """

    nodes: NDArray[np.int64]
    relations: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)


class Queries:
    """All (node, relation) of both directions with their values, cut anew into rows for each epoch."""

    def __init__(self, triples: NDArray[np.int64], *, relations: int, inverses: bool) -> None:
        """triples: shape: (n, 3)"""
        forward = np.stack([triples[:, 0], 2 * triples[:, 1] if inverses else triples[:, 1], triples[:, 2]], axis=1)
        parts = [forward]
        if inverses:
            parts.append(np.stack([triples[:, 2], 2 * triples[:, 1] + 1, triples[:, 0]], axis=1))
        every = np.concatenate(parts)
        self._width = relations * (2 if inverses else 1)
        self._keys = every[:, 0] * self._width + every[:, 1]
        self._values = every[:, 2]
        self._distinct, self._counts = np.unique(self._keys, return_counts=True)
        self._starts = np.cumsum(self._counts) - self._counts

    @property
    def statements(self) -> int:
        return len(self._keys)

    @property
    def rows(self) -> int:
        """How many rows an epoch has."""
        return int((-(-self._counts // MAX_VALUES)).sum())

    def shuffled(self, seed: tuple[int, int]) -> Rows:
        """The rows of one epoch: values dealt at random, rows in random order."""
        rng = np.random.default_rng(seed)
        values = self._values[np.lexsort((rng.random(len(self._keys)), self._keys))]
        pieces = -(-self._counts // MAX_VALUES)
        owner = np.repeat(np.arange(len(pieces)), pieces)
        piece = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        starts = self._starts[owner] + piece * MAX_VALUES
        counts = np.minimum(self._counts[owner] - piece * MAX_VALUES, MAX_VALUES)
        order = rng.permutation(len(owner))
        keys = self._distinct[owner[order]]
        return Rows(keys // self._width, keys % self._width, starts[order], counts[order], values)
