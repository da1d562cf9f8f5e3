"""Synthesised questions over sets of things: counted, joined, taken apart, kept to a type, looked into."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kgqa.reasoning.plan import Count, Difference, Exists, Hop, Intersect, Plan, TypeFilter, Union
from kgqa.training.drawing import Drawing
from kgqa.training.phrase import MARK
from kgqa.training.questions import SyntheticQuestion
from kgqa.training.walks import Walk


class Joined:
    """Draws questions about sets."""

    def __init__(self, drawing: Drawing) -> None:
        self._draw = drawing
        self._walks, self._speaker = drawing.walks, drawing.speaker
        self._schema, self._rng, self._choose = drawing.schema, drawing.rng, drawing.choose

    @property
    def shapes(self) -> Sequence[Callable[[], SyntheticQuestion | None]]:
        shapes = [self._count, self._both, self._middle, self._either, self._without, self._yes_no]
        return [*shapes, self._typed] if self._schema.types else shapes

    def _count(self) -> SyntheticQuestion | None:
        walk = self._walks.walk(self._rng.choice((1, 1, 2)))
        if walk is None or not self._draw.of_things(walk):
            return None
        group = self._draw.members(walk)
        text = self._choose.way(
            (
                f"how many {group} are there",
                f"how many {group}",
                f"what is the number of {group}",
                f"count the {group}",
                f"what is the count of {group}",
                f"the number of {group}",
                f"how many {group} exist",
                f"tell me how many {group} there are",
            )
        )
        plan = self._walks.plan(walk)
        plans: list[Plan] = [Count(plan)]
        plans += [Count(TypeFilter(plan, self._schema.types[t])) for t in self._schema.reach[walk.parts[-1]].types]
        return self._draw.made(text, [walk.start], plans, "count")

    def _both(self) -> SyntheticQuestion | None:
        pair = self._pair()
        if pair is None:
            return None
        first, second = pair
        text = self._openers(self._joint(first, second))
        a, b = self._walks.plan(first), self._walks.plan(second)
        return self._draw.made(text, [first.start, second.start], [Intersect((a, b)), Intersect((b, a))], "both")

    def _middle(self) -> SyntheticQuestion | None:
        """One hop on from what two names share."""
        pair = self._pair()
        if pair is None:
            return None
        first, second = pair
        shared = np.intersect1d(first.nodes, second.nodes).astype(np.int32)
        options = [part for part in self._walks.options(shared, first.parts) if part != self._back(first)]
        if not options:
            return None
        last = self._rng.choice(options)
        text = self._speaker.about(last, f"the {self._joint(first, second)}")
        a, b = self._walks.plan(first), self._walks.plan(second)
        plans = [Hop(Intersect(order), self._schema.steps[last]) for order in ((a, b), (b, a))]
        return self._draw.made(text, [first.start, second.start], plans, "middle")

    def _either(self) -> SyntheticQuestion | None:
        pair = self._alike()
        if pair is None:
            return None
        first, second = pair
        group = self._draw.members(first)
        named = self._choose.way(
            (
                f"{MARK} or {MARK}",
                f"either {MARK} or {MARK}",
                f"{MARK} or by {MARK}" if f"by {MARK}" in group else f"{MARK} or {MARK}",
            )
        )
        text = self._openers(group.replace(MARK, named, 1))
        plan = Union((self._walks.plan(first), self._walks.plan(second)))
        return self._draw.made(text, [first.start, second.start], [plan], "either")

    def _without(self) -> SyntheticQuestion | None:
        """What one name leads to and another does not."""
        pair = self._pair()
        if pair is None:
            return None
        first, second = pair
        rest = np.setdiff1d(first.nodes, second.nodes)
        if not len(rest):
            return None
        kind = self._speaker.kind(first.parts[-1])
        other = self._draw.members(second).removeprefix(kind).strip()
        but = self._choose.way(
            (
                "that are not",
                "but not",
                "which are not",
                "except those",
                "not",
                "without those",
                "excluding those",
                "other than those",
            )
        )
        text = self._openers(f"{self._draw.members(first)} {but} {other}")
        plan = Difference(self._walks.plan(first), self._walks.plan(second))
        return self._draw.made(text, [first.start, second.start], [plan], "without")

    def _yes_no(self) -> SyntheticQuestion | None:
        walk = self._walks.walk(1)
        if walk is None or not walk.nodes:
            return None
        other = self._rng.choice(walk.nodes)
        if self._rng.random() < 0.4:
            another = self._walks.walk(1, over=walk.parts[0])
            if another is None or not another.nodes or another.nodes[0] in walk.nodes:
                return None
            other = another.nodes[0]
        if not self._walks.nameable(other) or other == walk.start:
            return None
        group = self._speaker.members(walk.parts)
        text = self._choose.way(
            (
                f"is {MARK} one of the {group}",
                f"is {MARK} among the {group}",
                f"is {MARK} {group}",
                f"was {MARK} one of the {group}",
                f"does {MARK} belong to the {group}",
                f"are the {group} including {MARK}",
                f"would {MARK} be one of the {group}",
                f"is it true that {MARK} is one of the {group}",
            )
        )
        opposite = int(self._schema.opposite[walk.parts[0]])
        forward = Exists(self._walks.plan(walk), among=self._walks.start(other))
        back = Exists(Hop(self._walks.start(other), self._schema.steps[opposite]), among=self._walks.start(walk.start))
        return self._draw.made(text, [other, walk.start], [forward, back], "yes-no")

    def _typed(self) -> SyntheticQuestion | None:
        """What a walk reaches, as far as it is of a type."""
        walk = self._walks.walk(self._rng.choice((1, 1, 2)))
        if walk is None:
            return None
        shares = self._schema.reach[walk.parts[-1]].types
        options = [number for number, share in shares.items() if 0.02 < share < 0.9]
        if not options:
            return None
        number = self._rng.choice(options)
        plan = TypeFilter(self._walks.plan(walk), self._schema.types[number])
        if not any(self._schema.types[number] in self._draw.snapshot.types_of(node) for node in walk.nodes[:500]):
            return None
        name, group = self._speaker.plural_type(number), self._draw.members(walk)
        text = self._choose.way(
            (
                f"which {name} are {group}",
                f"which of the {group} are {name}",
                f"what {name} are among the {group}",
                f"which {group} are {name}",
                f"list the {group} that are {name}",
                f"{group} that are {name}",
                f"which {name} are among {group}",
                f"name the {name} among the {group}",
            )
        )
        return self._draw.made(text, [walk.start], [plan], "typed")

    # --- parts of the above

    def _openers(self, group: str) -> str:
        return (
            self._choose.way(
                ("which ", "what ", "list the ", "name ", "what are the ", "tell me the ", "", "give me the ")
            )
            + group
        )

    def _joint(self, first: Walk, second: Walk) -> str:
        kind = self._speaker.kind(first.parts[-1])
        tail = self._draw.members(second).removeprefix(kind).strip()
        joint = self._choose.way(
            (
                " and ",
                " that are also ",
                " that are ",
                " and also ",
                " as well as ",
                " who are ",
                " which are ",
                " and at the same time ",
            )
        )
        return self._draw.members(first) + joint + tail

    def _back(self, walk: Walk) -> int:
        return int(self._schema.opposite[walk.parts[-1]])

    def _pair(self) -> tuple[Walk, Walk] | None:
        """Two walks from different names that share something."""
        first = self._walks.walk(self._rng.choice((1, 1, 2)))
        if first is None or not first.nodes or not self._draw.of_things(first):
            return None
        second = self._walks.walk_to(self._rng.choice(first.nodes), avoid=first)
        return None if second is None else (first, second)

    def _alike(self) -> tuple[Walk, Walk] | None:
        """The same walk from two names."""
        first = self._walks.walk(1)
        if first is None or not self._draw.of_things(first):
            return None
        start = self._walks.like(first)
        second = (
            None if start is None or start == first.start else self._walks.walk(1, over=first.parts[0], start=start)
        )
        return None if second is None else (first, second)
