"""Personalised PageRank over sparse rows: power iteration to a set error, push for the neighbourhood of the seeds.

Both give the stationary distribution of a walker who follows an edge with probability ``damping`` and otherwise, or
where no edge leaves, starts again at the seeds (Haveliwala, 2002): what networkx's ``pagerank`` gives when
``personalization`` and ``dangling`` are the seeds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import UsageError

if TYPE_CHECKING:
    from kgqa.retrieval.links.rows import Transitions

Scores = NDArray[np.float64]


def pagerank(
    transitions: Transitions, seeds: Scores, *, damping: float = 0.85, tolerance: float = 1e-6, steps: int = 200
) -> Scores:
    """The rank of every node for each row of seeds. seeds, result: shape: (questions, nodes); rows sum to 1

    The L1 error of a row is at most ``tolerance``; ``steps`` bounds the iterations. Raises UsageError for seeds of
    another shape, negative or without mass, and for a damping outside [0, 1).
    """
    _check(damping, tolerance)
    given = np.atleast_2d(np.asarray(seeds, dtype=np.float64))
    if given.ndim != 2 or given.shape[1] != transitions.size:
        raise UsageError(f"the seeds have shape {given.shape}; this graph has {transitions.size} nodes")
    mass = given.sum(axis=1, keepdims=True)
    if (given < 0).any() or not (mass > 0).all():
        raise UsageError("the seeds of each question must be 0 or more, and not all 0")
    # One by one: a block of vectors no longer fits the processor's cache, and was measured three times as slow.
    return np.stack([_iterate(transitions, row, damping, tolerance, steps) for row in given / mass])


def push(
    transitions: Transitions,
    nodes: NDArray[np.int64],
    weights: Scores,
    *,
    damping: float = 0.85,
    tolerance: float = 1e-7,
) -> tuple[NDArray[np.int64], Scores]:
    """(nodes, ranks) of the nodes near the seeds, ascending, by forward push (Andersen, Chung and Lang, 2006).

    Only nodes whose waiting mass exceeds ``tolerance`` for each edge are walked on from, so that the time goes with
    1 / tolerance, not with the graph; what is left waiting is lost. The ranks sum to 1.
    nodes: shape: (seeds,), distinct; weights: shape: (seeds,)
    """
    _check(damping, tolerance)
    if not len(nodes) or weights.min() < 0 or weights.sum() <= 0:
        raise UsageError("the seeds must be 0 or more, and not all 0")
    order = np.argsort(nodes)
    return _push(transitions, nodes[order], weights[order] / weights.sum(), damping, tolerance)


def _check(damping: float, tolerance: float) -> None:
    if not 0 <= damping < 1:
        raise UsageError(f"damping is {damping}; it must lie in [0, 1)")
    if tolerance <= 0:
        raise UsageError(f"tolerance is {tolerance}; it must be above 0")


def _iterate(transitions: Transitions, seeds: Scores, damping: float, tolerance: float, steps: int) -> Scores:
    """seeds, result: shape: (nodes,), sum 1"""
    incoming = transitions.incoming()
    # Mass that leaves at a node without edges starts again at the seeds, and is then spread just as the seeds' own
    # mass is: so it is left out of the sum, and the sum brought to 1 at the end.
    term = (1 - damping) * seeds
    total = term.copy()
    for _ in range(steps):
        term = damping * (incoming @ term)
        total += term
        if term.sum() * damping / (1 - damping) <= total.sum() * tolerance / 2:
            break
    result: Scores = total / total.sum()
    return result


class Flow:
    """Adds up what flows to the nodes of a graph, in time that goes with the flow: nothing is sorted.

    Its memory, twelve bytes a node, is asked for at once and taken only where nodes are reached.
    """

    def __init__(self, size: int) -> None:
        self._mass = np.zeros(size)
        self._last = np.empty(size, dtype=np.int32)

    def gather(self, targets: NDArray[np.int64], flow: Scores) -> tuple[NDArray[np.int64], Scores]:
        """(nodes, sums), each node once. shape: (edges,) each -> (nodes,) each"""
        np.add.at(self._mass, targets, flow)
        order = np.arange(len(targets), dtype=np.int32)
        self._last[targets] = order  # where a node stands several times, its last place remains
        nodes = targets[self._last[targets] == order]
        sums = self._mass[nodes]
        self._mass[nodes] = 0.0
        return nodes, sums


def _push(
    transitions: Transitions, nodes: NDArray[np.int64], weights: Scores, damping: float, tolerance: float
) -> tuple[NDArray[np.int64], Scores]:
    flow = Flow(transitions.size)
    waiting = weights
    reached: list[NDArray[np.int64]] = []
    settled: list[Scores] = []
    while len(nodes):
        starts, counts = transitions.extents(nodes)
        # What waits at the others is settled where it is: at most ``tolerance`` an edge.
        reached.append(nodes)
        settled.append((1 - damping) * waiting)
        active = waiting > tolerance * np.maximum(counts, 1)
        if not active.any():
            break
        places, targets, shares = transitions.edges(nodes[active], starts[active], counts[active])
        nodes, waiting = flow.gather(targets, (damping * waiting[active])[places] * shares)
    found, ranks = flow.gather(np.concatenate(reached), np.concatenate(settled))
    order = np.argsort(found)
    return found[order], ranks[order] / ranks.sum()
