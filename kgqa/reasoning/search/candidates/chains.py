"""Chains of hops that can be walked from a name of the question, best-looking first where there are too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.plan import Hop, Plan, Start
from kgqa.reasoning.search.question.analysis import Anchor
from kgqa.reasoning.search.vocabulary.schema import Schema

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

FRONTIER = 384
"""Nodes of a set that are looked at to see where it leads; a larger set is thinned evenly."""
SET_LIMIT = 200_000
"""A set that would grow past this is not walked further."""

FAR = 3
CALLED = 0.6

Nodes = NDArray[np.int32]


def holds(nodes: Nodes, node: int) -> bool:
    """Whether a sorted set has a node."""
    place = int(np.searchsorted(nodes, node))
    return place < len(nodes) and int(nodes[place]) == node


def in_both(left: Nodes, right: Nodes) -> Nodes:
    """What two sorted sets share, ascending."""
    few, many = (left, right) if len(left) <= len(right) else (right, left)
    if len(few) == 0:
        return few
    at = np.searchsorted(many, few)
    at[at == len(many)] = 0
    return few[many[at] == few]


@dataclass(slots=True)
class Chain:
    """A start and the parts walked from it. ``nodes`` is what it reaches, found when first asked for."""

    anchor: Anchor | None
    start: Plan
    parts: tuple[int, ...] = ()
    edges: int = 1
    parent: Chain | None = None
    _nodes: Nodes | None = field(default=None, repr=False)
    _plan: Plan | None = field(default=None, repr=False)

    def nodes(self, snapshot: Snapshot, schema: Schema) -> Nodes:
        if self._nodes is None:
            part = self.parts[-1]
            before = self.parent.nodes(snapshot, schema) if self.parent else np.empty(0, dtype=np.int32)
            reached = snapshot.hop(before, int(schema.numbers[part]), bool(schema.inverse[part]))
            straight_back = len(self.parts) > 1 and self.parts[-2] == schema.opposite[part]
            if straight_back and self.anchor is not None:
                reached = reached[reached != self.anchor.candidate.node]
            self._nodes = reached
        return self._nodes

    def plan(self, schema: Schema) -> Plan:
        if self._plan is None:
            before = self.parent.plan(schema) if self.parent else self.start
            self._plan = Hop(before, schema.steps[self.parts[-1]]) if self.parts else self.start
        return self._plan


def anchor_chain(anchor: Anchor, snapshot: Snapshot) -> Chain:
    """The chain of no hop at a name's node."""
    node = anchor.candidate.node
    literal = snapshot.literal(node)
    start = Start((literal if literal is not None else anchor.candidate.id,))
    return Chain(anchor, start, _nodes=np.asarray([node], dtype=np.int32))


def walk_chains(
    starts: Sequence[Chain],
    snapshot: Snapshot,
    schema: Schema,
    pulls: Sequence[NDArray[np.float32]],
    *,
    clear: Sequence[NDArray[np.bool_]],
    max_hops: Sequence[int],
    beam: int,
) -> list[list[Chain]]:
    """From each start every chain of one to ``max_hops`` hops that leads somewhere; ``beam`` walk on at each length.

    Args:
        pulls: how much the question of each start calls for each part; decides where there are more than ``beam``.
            shape: (parts,) each
        clear: which parts it clearly calls for, by a word for them or for what they reach. shape: (parts,) each
        max_hops: how far is walked from each start
    """
    called: list[list[float]] = [pull.tolist() for pull in pulls]
    levels = [[start] for start in starts]
    out: list[list[Chain]] = [[] for _ in starts]
    for depth in range(max(max_hops, default=0)):
        for number, level in enumerate(levels):
            if depth >= max_hops[number]:
                levels[number] = []
            elif depth == FAR:  # so long a way is gone only where all hops but one were clearly asked for
                asked = [chain for chain in level if sum(not clear[number][part] for part in chain.parts) <= 1]
                levels[number] = asked[: max(1, beam // 8)]
        for number, reached in enumerate(_onward(levels, snapshot, schema)):
            own = called[number]
            if depth == FAR:
                reached = [chain for chain in reached if clear[number][chain.parts[-1]]]
            reached.sort(key=lambda chain: (-_appeal(chain, own), chain.parts))
            out[number] += reached[: beam * (2 if depth else 8)]
            levels[number] = reached[:beam]
    return out


def _appeal(chain: Chain, pull: Sequence[float]) -> float:
    called = [pull[part] for part in chain.parts]
    return sum(called) / len(called) + 0.5 * min(called)


def _onward(levels: Sequence[Sequence[Chain]], snapshot: Snapshot, schema: Schema) -> list[list[Chain]]:
    """Every chain one hop on from these, by start; where their sets lead is asked for all at once."""
    parents = [
        (number, chain)
        for number, level in enumerate(levels)
        for chain in level
        if 0 < len(chain.nodes(snapshot, schema)) <= SET_LIMIT
    ]
    sets = [thinned(chain.nodes(snapshot, schema)) for _, chain in parents]
    out: list[list[Chain]] = [[] for _ in levels]
    for (number, parent), looked_at, steps in zip(parents, sets, snapshot.steps_from_sets(sets), strict=True):
        size = len(parent.nodes(snapshot, schema))
        for relation, back, count in steps:
            part = schema.part_of.get((relation, back))
            if part is None:
                continue
            if (
                len(parent.parts) == 1
                and schema.opposite[part] == parent.parts[0]
                and parent.anchor
                and count == len(looked_at)
            ):
                continue  # leads straight back to the start and nowhere else
            scaled = int(count * size / len(looked_at))
            out[number].append(Chain(parent.anchor, parent.start, (*parent.parts, part), scaled, parent))
    return out


def thinned(nodes: Nodes) -> Nodes:
    """An even sample of a large set."""
    if len(nodes) <= FRONTIER:
        return nodes
    return nodes[np.linspace(0, len(nodes) - 1, FRONTIER).astype(np.int64)]
