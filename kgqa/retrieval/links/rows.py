"""The transitions of the passage graph as mapped sparse rows: a base and, after small changes, rows that replace its.

Nodes are numbered by threes, so that passages and names grow independently: 3 p is passage p, 3 n + 1 what name n is
the title of, 3 n + 2 where name n is mentioned.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PASSAGE, ABOUT, NAMED = 0, 1, 2
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Edges:
    """Weighted edges by kind; a node gives each kind that it has an equal share. shape: (edges,) each"""

    sources: Ints
    targets: Ints
    weights: NDArray[np.float64]
    kinds: Ints


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What rows are made from: links (passage, name) seen from passages and from names, and related names.

    of_passages_*: shape: (n, 2), rows of the passages wanted; of_names_*: rows of the names wanted; related: (name,
    name); mentioned, titled: by name, how many passages mention it or bear it; passages: how many there are.
    """

    of_passages_bears: Ints
    of_passages_mentions: Ints
    of_names_bears: Ints
    of_names_mentions: Ints
    related: Ints
    mentioned: Mapping[int, int] | Ints
    titled: Mapping[int, int] | Ints
    passages: int


def rarity(mentioned: NDArray[np.float64], passages: int) -> NDArray[np.float64]:
    """How much a name tells: the logarithm of how few passages mention it (Sparck Jones, 1972)."""
    return np.maximum(np.log((passages + 1) / (mentioned + 0.5)), 0.0)


def edges_of(near: Neighbourhood) -> Edges:
    """The edges that leave the passages and names wanted.

    A passage leads to what it mentions by title, to the other places where its mentions stand, and to where its own
    title is mentioned, rare names weighing more; a name leads to its passages and, an entity, to related ones.
    """
    parts: list[tuple[Ints, Ints, NDArray[np.float64], int]] = []
    passages, names = near.of_passages_mentions.T
    mentioned, titled = _counts(near.mentioned, names), _counts(near.titled, names)
    weight = rarity(mentioned, near.passages)
    related = np.isin(names, near.related[:, 0])
    for chosen, role, kind in ((titled > 0, ABOUT, 0), ((mentioned > 1) | related, NAMED, 1)):
        parts.append((3 * passages[chosen], 3 * names[chosen] + role, weight[chosen], kind))
    passages, names = near.of_passages_bears.T
    mentioned = _counts(near.mentioned, names)
    chosen = mentioned > 0
    weight = rarity(mentioned, near.passages)
    parts.append((3 * passages[chosen], 3 * names[chosen] + NAMED, weight[chosen], 2))
    for links, role in ((near.of_names_bears, ABOUT), (near.of_names_mentions, NAMED)):
        parts.append((3 * links[:, 1] + role, 3 * links[:, 0], np.ones(len(links)), 0))
    parts.append((3 * near.related[:, 0] + NAMED, 3 * near.related[:, 1] + NAMED, np.ones(len(near.related)), 1))
    kinds = np.concatenate([np.full(len(part[0]), part[3], dtype=np.int64) for part in parts])
    sources, targets, weights = (np.concatenate([part[i] for part in parts]) for i in range(3))
    kept = weights > 0
    return Edges(sources[kept], targets[kept], weights[kept], kinds[kept])


def arrays_of(edges: Edges, nodes: Ints | None, size: int) -> dict[str, NDArray[Any]]:
    """Rows in compressed form, of all nodes below ``size`` or of ``nodes``, ascending. The shares of a row sum to 1."""
    order = np.lexsort((edges.targets, edges.kinds, edges.sources))
    sources, targets, weights = edges.sources[order], edges.targets[order], edges.weights[order]
    group = sources * 3 + edges.kinds[order]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(np.r_[starts, len(group)])
    sums = np.add.reduceat(weights, starts) if len(starts) else np.zeros(0)
    _, kinds = np.unique(sources[starts], return_counts=True)
    shares = weights / np.repeat(sums, lengths) / np.repeat(np.repeat(kinds, kinds), lengths)
    rows = np.arange(size, dtype=np.int64) if nodes is None else nodes
    bounds = np.r_[np.searchsorted(sources, rows), len(sources)].astype(np.int64)
    return {
        "rows": np.zeros(0, dtype=np.int64) if nodes is None else nodes,
        "bounds": bounds,
        "targets": targets.astype(np.int32),
        "shares": shares.astype(np.float32),
    }


class Transitions:
    """Read-only rows of a walk, each with shares that sum to 1 (a node without edges has none). Safe from threads."""

    def __init__(
        self, base: Mapping[str, NDArray[Any]], delta: Mapping[str, NDArray[Any]] | None, *, size: int
    ) -> None:
        self.size = size
        self._base, self._delta = base, delta
        self._incoming: Any = None
        self._lock = threading.Lock()

    def extents(self, nodes: Ints) -> tuple[Ints, Ints]:
        """(start, number) of each node's edges; starts from the length of the base on are those of the delta."""
        bounds = self._base["bounds"]
        inside = np.minimum(nodes, len(bounds) - 2)
        starts, ends = bounds[inside], bounds[inside + 1]
        counts = np.where(nodes < len(bounds) - 1, ends - starts, 0)
        if self._delta is not None and len(self._delta["rows"]):
            rows = self._delta["rows"]
            at = np.minimum(np.searchsorted(rows, nodes), len(rows) - 1)
            mine = rows[at] == nodes
            own = self._delta["bounds"]
            starts = np.where(mine, own[at] + len(self._base["targets"]), starts)
            counts = np.where(mine, own[at + 1] - own[at], counts)
        return starts, counts

    def edges(self, nodes: Ints, starts: Ints, counts: Ints) -> tuple[Ints, Ints, NDArray[np.float64]]:
        """(position into ``nodes``, target, share) of every edge that leaves them. shape: (edges,) each"""
        places = np.repeat(np.arange(len(nodes)), counts)
        before = np.cumsum(counts) - counts
        at = np.arange(len(places)) + np.repeat(starts - before, counts)
        if self._delta is None:
            return places, self._base["targets"][at].astype(np.int64), self._base["shares"][at].astype(np.float64)
        length = len(self._base["targets"])
        targets, shares = np.empty(len(at), dtype=np.int64), np.empty(len(at))
        for part, mine, offset in ((self._base, at < length, 0), (self._delta, at >= length, length)):
            targets[mine] = part["targets"][at[mine] - offset]
            shares[mine] = part["shares"][at[mine] - offset]
        return places, targets, shares

    def incoming(self) -> Any:
        """The transposed matrix, for power iteration, made when first asked for. shape: (size, size), scipy CSR"""
        with self._lock:
            if self._incoming is None:
                from scipy.sparse import csr_matrix

                nodes = np.arange(self.size, dtype=np.int64)
                starts, counts = self.extents(nodes)
                places, targets, shares = self.edges(nodes, starts, counts)
                self._incoming = csr_matrix((shares, (targets, places)), shape=(self.size, self.size))
            return self._incoming


def _counts(table: Mapping[int, int] | Ints, names: Ints) -> NDArray[np.float64]:
    if isinstance(table, np.ndarray):
        return table[names].astype(np.float64)
    return np.array([table.get(name, 0) for name in names.tolist()], dtype=np.float64)
