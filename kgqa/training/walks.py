"""Random walks over a graph, drawn evenly over relations: what synthesised questions ask about."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgqa.reasoning.plan import Hop, Plan, Start
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.phrase import MARK

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

SET_LIMIT = 3_000
CROWDED = 0.7
"""Share of the walks through a crowd ("everyone of his gender") that are not taken: people hardly ask about these."""
SPREAD = 50_000
"""Nodes of a large graph that are looked at to see which relations sort things."""
MOST_KINDS = 100


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk from one node, and what it reaches."""

    start: int
    parts: tuple[int, ...]
    nodes: tuple[int, ...]


class Walks:
    """Draws walks over one graph."""

    def __init__(self, snapshot: Snapshot, schema: Schema, rng: random.Random) -> None:
        self._snapshot, self._schema, self._rng = snapshot, schema, rng
        self._many = max(50, int(0.03 * snapshot.size))

    def sources(self, part: int) -> list[int]:
        """Some nodes that have a part, found from a few values back."""
        number, back = int(self._schema.numbers[part]), bool(self._schema.inverse[part])
        everything = np.asarray(self._rng.sample(range(self._snapshot.size), min(400, self._snapshot.size)))
        positions, _ = self._snapshot.hop_edges(np.sort(everything), number, back)
        found: list[int] = np.unique(np.sort(everything)[positions]).tolist()
        return found

    def sorts(self) -> frozenset[int]:
        """Parts whose few values sort many things into kinds, as a genre or a period does; people and places do not."""
        everything = np.arange(0, self._snapshot.size, max(1, self._snapshot.size // SPREAD))
        found = set()
        for part, reach in enumerate(self._schema.reach):
            if self._schema.inverse[part] or max(reach.who, reach.where, reach.time, reach.number) > 0.5:
                continue
            _, ends = self._snapshot.hop_edges(everything, int(self._schema.numbers[part]), False)
            values = len(np.unique(ends))
            if 3 <= values <= MOST_KINDS and values < 0.1 * len(ends):
                found.add(part)
        return frozenset(found)

    def roles(self, node: int) -> list[int]:
        """Parts that reach a node: what it is to others."""
        return [int(self._schema.opposite[part]) for part in self.options(np.asarray([node], dtype=np.int32), ())]

    def like(self, walk: Walk) -> int | None:
        """Another node that has the first part of a walk; None where none is found."""
        sources = self.sources(walk.parts[0])
        return self._rng.choice(sources) if sources else None

    def walk(self, hops: int, *, over: int | None = None, start: int | None = None) -> Walk | None:
        """A walk from a node, a random one unless given; each next part is drawn evenly from those that lead on."""
        start = self._rng.randrange(self._snapshot.size) if start is None else start
        if not self.nameable(start):
            return None
        nodes = np.asarray([start], dtype=np.int32)
        parts: list[int] = []
        for _ in range(hops):
            options = list(self.options(nodes, parts))
            if over is not None:
                options = [part for part in options if part == over]
            if not options:
                return None
            part = self._rng.choice(options)
            number, back = int(self._schema.numbers[part]), bool(self._schema.inverse[part])
            nodes = self._snapshot.hop(nodes[:SET_LIMIT], number, back)
            if parts and part == self._schema.opposite[parts[-1]]:
                nodes = nodes[nodes != start]
            parts.append(part)
            if len(nodes) == 0 or (len(nodes) > self._many and self._rng.random() < CROWDED):
                return None
        return Walk(start, tuple(parts), tuple(nodes[:SET_LIMIT].tolist()))

    def options(self, nodes: np.ndarray, parts: Sequence[int]) -> Iterator[int]:
        """Parts that lead on from a set; one that leads straight back to the start and nowhere else is left out."""
        numbers, inverse, edges = self._snapshot.steps_from(nodes[:256])
        for number, back, many in zip(numbers.tolist(), inverse.tolist(), edges.tolist()):
            part = self._schema.part_of.get((number, bool(back)))
            if part is None:
                continue
            if len(parts) == 1 and part == self._schema.opposite[parts[0]] and many == len(nodes):
                continue
            yield part

    def walk_to(self, node: int, *, avoid: Walk | None = None) -> Walk | None:
        """A one-hop walk that reaches a given node from some other name."""
        options = list(self.options(np.asarray([node], dtype=np.int32), ()))
        self._rng.shuffle(options)
        for part in options:
            back = int(self._schema.opposite[part])
            number, inverse = int(self._schema.numbers[part]), bool(self._schema.inverse[part])
            starts = self._snapshot.hop(np.asarray([node], dtype=np.int32), number, inverse).tolist()
            start = self._rng.choice(starts)
            if not self.nameable(start) or (avoid and start == avoid.start):
                continue
            nodes = self._snapshot.hop(
                np.asarray([start], dtype=np.int32), int(self._schema.numbers[back]), bool(self._schema.inverse[back])
            )
            return Walk(start, (back,), tuple(nodes[:SET_LIMIT].tolist()))
        return None

    def plan(self, walk: Walk) -> Plan:
        """The plan that walks so."""
        plan: Plan = self.start(walk.start)
        for part in walk.parts:
            plan = Hop(plan, self._schema.steps[part])
        return plan

    def start(self, node: int) -> Start:
        """The plan that stays at a node."""
        return Start((self._snapshot.literal(node) or self._snapshot.id(node) or "",))

    def nameable(self, node: int) -> bool:
        """Whether a question can name a node: an entity with a label that is not too long."""
        if self._snapshot.id(node) is None:
            return False
        label = self._snapshot.label(node)
        return bool(label.strip()) and MARK not in label and len(label) < 80
