"""Questions synthesised from a graph: a plan is sampled, said in one of many ways, and kept as the label."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from kgqa.reasoning.plan import Hop
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.choice import Chooser, Ways
from kgqa.training.drawing import Drawing
from kgqa.training.joined import Joined
from kgqa.training.lexis import Paraphrases, Plain
from kgqa.training.questions import SyntheticQuestion
from kgqa.training.speaker import Speaker
from kgqa.training.valued import Valued
from kgqa.training.walks import Walk, Walks

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

_PLAIN = Plain()
CHAIN_SHARE = 0.6
"""Share of plain walks among the questions; the rest are operators."""
KEPT_BACK = 0.2
"""Share of the questions that are said in ways kept back from the others."""


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
        self._choose = Chooser(self._rng)
        self._walks = Walks(snapshot, schema, self._rng)
        self._speaker = Speaker(schema, self._choose, near, self._walks.sorts())
        drawing = Drawing(snapshot, schema, self._choose, self._walks, self._speaker)
        self._drawing, self._joined, self._valued = drawing, Joined(drawing), Valued(drawing)

    def draw(self, count: int) -> list[SyntheticQuestion]:
        """At most ``count`` questions; fewer where the graph is too small for some shapes."""
        shapes: list[Callable[[], SyntheticQuestion | None]] = [
            self._absent,
            *self._joined.shapes,
            *self._valued.shapes,
        ]
        out: list[SyntheticQuestion] = []
        for _ in range(count * 10 if self._snapshot.size else 0):
            if len(out) >= count:
                break
            self._choose.ways = Ways.KEPT_BACK if self._rng.random() < KEPT_BACK else Ways.LEARNT
            shape = self._chain if self._rng.random() < CHAIN_SHARE else self._rng.choice(shapes)
            found = shape()
            if found is not None:
                out.append(found)
        return out

    def _chain(self) -> SyntheticQuestion | None:
        hops = self._rng.choice((1, 1, 2, 2, 3, 3)[: 2 * self._max_hops])
        if self._max_hops > 3 and hops == 3 and self._rng.random() < 0.2:
            hops = 4
        walk = self._walks.walk(hops)
        if walk is None:
            return None
        text = self._speaker.question(walk.parts, self._walks.roles(walk.start))
        return self._drawing.made(text, [walk.start], [self._walks.plan(walk)], f"{len(walk.parts)}-hop")

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
        return self._drawing.made(self._speaker.question((*before.parts, last)), [before.start], [plan], "absent")
