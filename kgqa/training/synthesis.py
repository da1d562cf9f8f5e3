"""Questions synthesised from a graph: a plan is sampled, said in one of many ways, and kept as the label."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kgqa.english.inflection import plural
from kgqa.reasoning.plan import (
    Compare,
    Comparison,
    Count,
    Exists,
    Hop,
    Intersect,
    OfType,
    Plan,
    Superlative,
    TypeFilter,
    ValueFilter,
)
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.lexis import Paraphrases, Plain
from kgqa.training.noun_phrases import MARK
from kgqa.training.questions import SyntheticQuestion, put_names
from kgqa.training.speaker import Speaker
from kgqa.training.walks import Walk, Walks
from kgqa.types import Literal, LiteralType

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

_PLAIN = Plain()
CHAIN_SHARE = 0.6
"""Share of plain walks among the questions; the rest are operators."""


class Synthesiser:
    """Draws questions over one graph; the same seed gives the same questions.

    ``near`` gives words near in meaning.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        schema: Schema,
        *,
        seed: int = 0,
        max_hops: int = 3,
        near: Paraphrases = _PLAIN,
    ) -> None:
        self._snapshot, self._schema, self._max_hops = snapshot, schema, max_hops
        self._rng = random.Random(seed)
        self._walks = Walks(snapshot, schema, self._rng)
        self._speaker = Speaker(schema, self._rng, near, self._walks.sorts())
        self._values = [
            part
            for part, reach in enumerate(schema.reach)
            if max(reach.number, reach.time) > 0.5 and not schema.inverse[part]
        ]

    def draw(self, count: int) -> list[SyntheticQuestion]:
        """At most ``count`` questions; fewer where the graph is too small for some shapes."""
        shapes = [self._count, self._both, self._yes_no, self._absent]
        if self._values:
            shapes += [self._extreme, self._bounded, self._compared]
        out: list[SyntheticQuestion] = []
        for _ in range(count * 8 if self._snapshot.size else 0):
            if len(out) >= count:
                break
            shape = self._chain if self._rng.random() < CHAIN_SHARE else self._rng.choice(shapes)
            found = shape()
            if found is not None:
                out.append(found)
        return out

    # --- shapes

    def _chain(self) -> SyntheticQuestion | None:
        walk = self._walks.walk(self._rng.choice((1, 1, 2, 2, 3, 3)[: 2 * self._max_hops]))
        if walk is None:
            return None
        return self._made(
            self._speaker.question(walk.parts), [walk.start], [self._walks.plan(walk)], f"{len(walk.parts)}-hop"
        )

    def _absent(self) -> SyntheticQuestion | None:
        """A question whose last hop leads nowhere from the things it asks about, though from others it does."""
        model = self._walks.walk(self._rng.choice((1, 1, 2)))
        other = self._walks.walk(len(model.parts) - 1) if model is not None and len(model.parts) > 1 else None
        if model is None or (len(model.parts) > 1 and other is None):
            return None
        last = model.parts[-1]
        if other is None:
            start = self._rng.randrange(self._snapshot.size)
            if not self._walks.nameable(start):
                return None
            before = Walk(start, (), (start,))
        else:
            before = other
        if last in self._walks.options(np.asarray(before.nodes, dtype=np.int32), before.parts):
            return None
        plan = Hop(self._walks.plan(before), self._schema.steps[last])
        return self._made(self._speaker.question((*before.parts, last)), [before.start], [plan], "absent")

    def _count(self) -> SyntheticQuestion | None:
        walk = self._walks.walk(self._rng.choice((1, 1, 2)))
        if walk is None or self._schema.reach[walk.parts[-1]].literal > 0.5:
            return None
        group = self._speaker.members(walk.parts)
        text = self._rng.choice((f"how many {group} are there", f"how many {group}", f"what is the number of {group}"))
        plan = self._walks.plan(walk)
        plans: list[Plan] = [Count(plan)]
        plans += [Count(TypeFilter(plan, self._schema.types[t])) for t in self._schema.reach[walk.parts[-1]].types]
        return self._made(text, [walk.start], plans, "count")

    def _both(self) -> SyntheticQuestion | None:
        first = self._walks.walk(self._rng.choice((1, 1, 2)))
        if first is None or not first.nodes:
            return None
        second = self._walks.walk_to(self._rng.choice(first.nodes), avoid=first)
        if second is None:
            return None
        groups = [self._speaker.members(walk.parts) for walk in (first, second)]
        kind = self._speaker.kind(first.parts[-1])
        tail = groups[1].removeprefix(kind).strip()
        joint = self._rng.choice((" and ", " and ", " that are ", " "))
        opener = self._rng.choice(("which ", "what ", "list the ", "name "))
        a, b = self._walks.plan(first), self._walks.plan(second)
        return self._made(
            opener + groups[0] + joint + tail,
            [first.start, second.start],
            [Intersect((a, b)), Intersect((b, a))],
            "both",
        )

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
        text = self._rng.choice((f"is {MARK} one of the {group}", f"is {MARK} among the {group}", f"is {MARK} {group}"))
        opposite = int(self._schema.opposite[walk.parts[0]])
        forward = Exists(self._walks.plan(walk), among=self._walks.start(other))
        back = Exists(Hop(self._walks.start(other), self._schema.steps[opposite]), among=self._walks.start(walk.start))
        return self._made(text, [other, walk.start], [forward, back], "yes-no")

    def _extreme(self) -> SyntheticQuestion | None:
        ground = self._ground()
        if ground is None:
            return None
        said, names, plan, part = ground
        largest = self._rng.random() < 0.5
        degree = self._rng.choice(("highest", "largest", "most") if largest else ("lowest", "smallest", "least"))
        value = self._speaker.value(part)
        text = self._rng.choice((f"which {said} has the {degree} {value}", f"what {said} have the {degree} {value}"))
        found = Superlative(plan, (self._schema.steps[part],), largest=largest)
        return self._made(text, names, [found], "superlative")

    def _bounded(self) -> SyntheticQuestion | None:
        ground = self._ground()
        if ground is None:
            return None
        said, names, plan, part = ground
        reach = self._schema.reach[part]
        value = self._speaker.value(part)
        rng = self._rng
        if reach.time > 0.5:
            year = Literal(str(rng.randint(1800, 2015)), LiteralType.YEAR)
            word, comparison = rng.choice(
                (("before", Comparison.LESS), ("after", Comparison.GREATER), ("since", Comparison.GREATER_EQUAL))
            )
            text = rng.choice((f"which {said} have a {value} {word} {year.value}", f"which {said} {word} {year.value}"))
            literal = Literal(year.value, year.type, reach.unit) if reach.unit else year
        else:
            number = str(rng.choice((5, 10, 20, 50, 100, 1000, 100_000)))
            word, comparison = rng.choice(
                (("more than", Comparison.GREATER), ("less than", Comparison.LESS), ("over", Comparison.GREATER))
            )
            text = rng.choice(
                (f"which {said} have a {value} of {word} {number}", f"which {said} have {value} {word} {number}")
            )
            literal = Literal(number, LiteralType.INTEGER, reach.unit)
        found = ValueFilter(plan, (self._schema.steps[part],), comparison, literal)
        return self._made(text, names, [found], "value")

    def _compared(self) -> SyntheticQuestion | None:
        part = self._rng.choice(self._values)
        ends = self._walks.sources(part)
        if len(ends) < 2:
            return None
        a, b = self._rng.sample(ends, 2)
        if not (self._walks.nameable(a) and self._walks.nameable(b)):
            return None
        value = self._speaker.value(part)
        largest = self._rng.random() < 0.6
        degree = self._rng.choice(("higher", "larger", "more") if largest else ("lower", "smaller", "less"))
        comparison = Comparison.GREATER if largest else Comparison.LESS
        path = (self._schema.steps[part],)
        left, right = self._walks.start(a), self._walks.start(b)
        if self._rng.random() < 0.5:
            text = f"which has the {degree} {value}, {MARK} or {MARK}"
            return self._made(text, [a, b], [Compare(left, right, path, comparison)], "compare")
        text = f"does {MARK} have a {degree} {value} than {MARK}"
        return self._made(text, [a, b], [Compare(left, right, path, comparison, which=False)], "compare")

    # --- parts of the above

    def _ground(self) -> tuple[str, list[int], Plan, int] | None:
        """A set with a value to look at: (its words, the names in them, its plan, the value's part)."""
        part = self._rng.choice(self._values)
        sources = self._walks.sources(part)
        if not sources:
            return None
        some = self._rng.choice(sources)
        types = self._snapshot.types_of(some)
        if types and self._rng.random() < 0.5:
            chosen = self._rng.choice(types)
            phrase = self._schema.phrasings[self._schema.parts + self._schema.types.index(chosen)].phrases[0]
            return plural(phrase), [], OfType(chosen), part
        walk = self._walks.walk_to(some)
        if walk is None or len(walk.nodes) < 2 or walk.parts[-1] == self._schema.opposite[part]:
            return None
        return self._speaker.members(walk.parts), [walk.start], self._walks.plan(walk), part

    def _made(self, pattern: str, nodes: Sequence[int], plans: Sequence[Plan], shape: str) -> SyntheticQuestion | None:
        """The question with its names put in; None when it has not one place for each."""
        put = put_names(pattern, nodes, self._snapshot, self._rng)
        return None if put is None else SyntheticQuestion(*put, tuple(plans), shape)
