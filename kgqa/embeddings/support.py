"""Why a fact is predicted: the known paths between its ends, and how often such paths go with such a fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgqa.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_EXAMPLES = 200
MAX_NEIGHBOURS = 2_000
Step = tuple[int, bool]


@dataclass(frozen=True, slots=True)
class Support:
    """One path from head to tail that the graph has.

    ``steps``: (relation, walked backwards), in the snapshot's numbers; ``nodes``: from head to tail. Of ``asked``
    nodes that have the relation and such a path from them, ``held`` have the relation to where it leads.
    """

    steps: tuple[Step, ...]
    nodes: tuple[int, ...]
    held: int
    asked: int

    @property
    def confidence(self) -> float:
        """How often the path is right, smoothed by one case of each kind."""
        return (self.held + 1) / (self.asked + 2)


def support(
    snapshot: Snapshot, head: int, relation: int, tail: int, *, k: int = 5, seed: int = 0
) -> tuple[Support, ...]:
    """Paths of one or two steps between the ends, other than the fact itself, surest first.

    Judged on at most 200 other nodes that have the relation, drawn by the seed (confidence, Galárraga et al. 2013).
    """
    found = _paths(snapshot, head, relation, tail)
    shapes: dict[tuple[Step, ...], tuple[int, ...]] = {}
    for steps, nodes in found:
        shapes.setdefault(steps, nodes)
    owners = np.asarray(snapshot.holders([(relation, False)])[0], dtype=np.int64)
    owners = owners[owners != head]
    if len(owners) > MAX_EXAMPLES:
        owners = np.sort(np.random.default_rng(seed).choice(owners, MAX_EXAMPLES, replace=False))
    counts = {steps: _judge(snapshot, steps, relation, owners) for steps in shapes}
    out = [Support(steps, nodes, *counts[steps]) for steps, nodes in shapes.items()]
    return tuple(sorted(out, key=lambda item: (-item.confidence, len(item.steps), item.steps))[:k])


def _paths(snapshot: Snapshot, head: int, relation: int, tail: int) -> list[tuple[tuple[Step, ...], tuple[int, ...]]]:
    out: list[tuple[tuple[Step, ...], tuple[int, ...]]] = []
    from_head, from_tail = _around(snapshot, head), _around(snapshot, tail)
    for step, nodes in from_head.items():
        if tail in nodes and step != (relation, False):
            out.append(((step,), (head, tail)))
    for first, middle in from_head.items():
        for second, other in from_tail.items():
            back = second[0], not second[1]  # walked towards the tail
            for node in sorted(middle & other - {head, tail}):
                out.append(((first, back), (head, node, tail)))
                break
    return out


def _around(snapshot: Snapshot, node: int) -> dict[Step, set[int]]:
    """What each step leads to from a node; steps to very many are left out."""
    relations, inverses, counts = snapshot.steps_from([node])
    return {
        (relation, inverse): set(snapshot.hop([node], relation, inverse).tolist())
        for relation, inverse, count in zip(relations.tolist(), inverses.tolist(), counts.tolist(), strict=True)
        if count <= MAX_NEIGHBOURS
    }


def _judge(snapshot: Snapshot, steps: Sequence[Step], relation: int, owners: NDArray[np.int64]) -> tuple[int, int]:
    """For how many owners an end of the path is a value of the relation, and for how many it leads anywhere at all."""
    position, ends = snapshot.follow(owners, steps)
    away = ends != owners[position]
    position, ends = position[away], ends[away]
    owner, value = snapshot.hop_edges(owners, relation)
    right = np.isin(position * snapshot.size + ends, owner * snapshot.size + value)
    return len(np.unique(position[right])), len(np.unique(position))
