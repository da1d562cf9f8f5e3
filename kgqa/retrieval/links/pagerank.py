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


def _push(
    transitions: Transitions, nodes: NDArray[np.int64], weights: Scores, damping: float, tolerance: float
) -> tuple[NDArray[np.int64], Scores]:
    waiting_nodes, waiting = nodes, weights
    reached: list[NDArray[np.int64]] = []
    settled: list[Scores] = []
    while len(waiting_nodes):
        starts, counts = transitions.extents(waiting_nodes)
        active = waiting > tolerance * np.maximum(counts, 1)
        # What waits at the others is settled where it is: at most ``tolerance`` an edge.
        reached.append(waiting_nodes)
        settled.append((1 - damping) * waiting)
        if not active.any():
            break
        places, targets, shares = transitions.edges(waiting_nodes[active], starts[active], counts[active])
        flow = damping * waiting[active][places] * shares
        waiting_nodes, inverse = np.unique(targets, return_inverse=True)
        waiting = np.bincount(inverse, weights=flow, minlength=len(waiting_nodes)).astype(np.float64)
    found, inverse = np.unique(np.concatenate(reached), return_inverse=True)
    ranks = np.bincount(inverse, weights=np.concatenate(settled), minlength=len(found))
    return found, ranks / ranks.sum()
