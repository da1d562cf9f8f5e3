"""Sets of nodes with scores: what every operator of a plan takes and gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class NodeSet:
    """Node numbers, ascending, and how sure each is in (0, 1]; ``scores`` None means that all are known.

    nodes: shape: (n,); scores: shape: (n,)
    """

    nodes: IntArray
    scores: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.nodes)

    def score_of(self, positions: NDArray[np.int64] | slice) -> NDArray[np.float64]:
        """The scores at these positions, or of all (``slice(None)``)."""
        if self.scores is not None:
            return self.scores[positions]
        return np.ones(len(self.nodes) if isinstance(positions, slice) else len(positions))

    def keep(self, mask: NDArray[np.bool_]) -> NodeSet:
        """The members where ``mask`` holds. mask: shape: (n,)"""
        return NodeSet(self.nodes[mask], None if self.scores is None else self.scores[mask])

    def without(self, nodes: IntArray) -> NodeSet:
        """The members that are not among ``nodes``."""
        if len(nodes) == 0 or len(self.nodes) == 0:
            return self
        drop = self.positions(nodes)
        if not (drop >= 0).any():
            return self
        mask = np.ones(len(self.nodes), dtype=bool)
        mask[drop[drop >= 0]] = False
        return self.keep(mask)

    def positions(self, nodes: IntArray) -> NDArray[np.int64]:
        """Where each of ``nodes`` stands in this set, -1 when it is no member. shape: (len(nodes),)"""
        if len(self.nodes) == 0:
            return np.full(len(nodes), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.nodes, nodes), len(self.nodes) - 1)
        return np.where(self.nodes[at] == nodes, at, -1)

    def holds(self, nodes: IntArray) -> NDArray[np.bool_]:
        """Which of ``nodes`` are members. shape: (len(nodes),)"""
        return self.positions(nodes) >= 0


NOTHING = NodeSet(np.zeros(0, dtype=np.int32))


def scored(nodes: IntArray, scores: NDArray[np.float64]) -> NodeSet:
    """A set from nodes in any order with repeats: each keeps its best score."""
    unique, place = np.unique(nodes, return_inverse=True)
    best = np.zeros(len(unique))
    np.maximum.at(best, place, scores)
    return NodeSet(unique.astype(np.int32), None if (best == 1.0).all() else best)


def intersect(sets: list[NodeSet]) -> NodeSet:
    """Members of all; each as sure as its least sure membership."""
    out = min(sets, key=len)
    for other in sets:
        if other is not out:
            at = other.positions(out.nodes)
            kept = out.keep(at >= 0)
            at = at[at >= 0]
            if out.scores is not None or other.scores is not None:
                scores = np.minimum(kept.score_of(slice(None)), other.score_of(at))
                kept = NodeSet(kept.nodes, None if (scores == 1.0).all() else scores)
            out = kept
    return out


def union(sets: list[NodeSet]) -> NodeSet:
    """Members of any; each as sure as its surest membership."""
    nodes = np.concatenate([item.nodes for item in sets])
    if all(item.scores is None for item in sets):
        return NodeSet(np.unique(nodes))
    return scored(nodes, np.concatenate([item.score_of(slice(None)) for item in sets]))
