"""Synthesised questions about values: the highest, those past a bound, which of two."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kgqa.reasoning.plan import Compare, Comparison, OfType, Plan, Superlative, ValueFilter
from kgqa.training.drawing import Drawing
from kgqa.training.phrase import MARK
from kgqa.training.questions import SyntheticQuestion
from kgqa.types import Literal, LiteralType


class Valued:
    """Draws questions about the values that a graph's things have."""

    def __init__(self, drawing: Drawing) -> None:
        self._draw = drawing
        self._walks, self._speaker = drawing.walks, drawing.speaker
        self._schema, self._rng, self._choose = drawing.schema, drawing.rng, drawing.choose
        self._values = [
            part
            for part, reach in enumerate(self._schema.reach)
            if max(reach.number, reach.time) > 0.5 and not self._schema.inverse[part]
        ]

    @property
    def shapes(self) -> Sequence[Callable[[], SyntheticQuestion | None]]:
        return [self._extreme, self._bounded, self._compared] if self._values else []

    def _extreme(self) -> SyntheticQuestion | None:
        ground = self._ground()
        if ground is None:
            return None
        said, names, plan, part = ground
        largest = self._rng.random() < 0.5
        degree = self._rng.choice(("highest", "largest", "most") if largest else ("lowest", "smallest", "least"))
        value = self._speaker.value(part)
        text = self._choose.way(
            (
                f"which {said} has the {degree} {value}",
                f"what {said} have the {degree} {value}",
                f"{said} with the {degree} {value}",
                f"which of the {said} has the {degree} {value}",
                f"the {degree} {value} among the {said}",
                f"of the {said} which has the {degree} {value}",
                f"which {said} is of {degree} {value}",
                f"among the {said} which one has the {degree} {value}",
            )
        )
        found = Superlative(plan, (self._schema.steps[part],), largest=largest)
        return self._draw.made(text, names, [found], "superlative")

    def _bounded(self) -> SyntheticQuestion | None:
        ground = self._ground()
        if ground is None:
            return None
        said, names, plan, part = ground
        reach, rng = self._schema.reach[part], self._rng
        value = self._speaker.value(part)
        if reach.time > 0.5:
            year = Literal(str(rng.randint(1800, 2015)), LiteralType.YEAR)
            word, comparison = rng.choice(
                (("before", Comparison.LESS), ("after", Comparison.GREATER), ("since", Comparison.GREATER_EQUAL))
            )
            text = self._choose.way(
                (
                    f"which {said} have a {value} {word} {year.value}",
                    f"which {said} {word} {year.value}",
                    f"{said} with a {value} {word} {year.value}",
                    f"list {said} whose {value} is {word} {year.value}",
                )
            )
            literal = Literal(year.value, year.type, reach.unit) if reach.unit else year
        else:
            number = str(rng.choice((5, 10, 20, 50, 100, 1000, 100_000)))
            word, comparison = rng.choice(
                (("more than", Comparison.GREATER), ("less than", Comparison.LESS), ("over", Comparison.GREATER))
            )
            text = self._choose.way(
                (
                    f"which {said} have a {value} of {word} {number}",
                    f"which {said} have {value} {word} {number}",
                    f"{said} with {word} {number} {value}",
                    f"what {said} have {word} {number} {value}",
                )
            )
            literal = Literal(number, LiteralType.INTEGER, reach.unit)
        found = ValueFilter(plan, (self._schema.steps[part],), comparison, literal)
        return self._draw.made(text, names, [found], "value")

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
            text = self._choose.way(
                (
                    f"which has the {degree} {value}, {MARK} or {MARK}",
                    f"what has a {degree} {value}, {MARK} or {MARK}",
                    f"{MARK} or {MARK}, which has the {degree} {value}",
                    f"of {MARK} and {MARK}, which has the {degree} {value}",
                )
            )
            return self._draw.made(text, [a, b], [Compare(left, right, path, comparison)], "compare")
        text = self._choose.way(
            (
                f"does {MARK} have a {degree} {value} than {MARK}",
                f"is the {value} of {MARK} {degree} than that of {MARK}",
                f"has {MARK} a {degree} {value} than {MARK}",
                f"does {MARK} have {degree} {value} than {MARK}",
            )
        )
        return self._draw.made(text, [a, b], [Compare(left, right, path, comparison, which=False)], "compare")

    def _ground(self) -> tuple[str, list[int], Plan, int] | None:
        """A set with a value to look at: (its words, the names in them, its plan, the value's part)."""
        part = self._rng.choice(self._values)
        sources = self._walks.sources(part)
        if not sources:
            return None
        some = self._rng.choice(sources)
        types = self._draw.snapshot.types_of(some)
        if types and self._rng.random() < 0.5:
            chosen = self._rng.choice(types)
            return self._speaker.plural_type(self._schema.types.index(chosen)), [], OfType(chosen), part
        walk = self._walks.walk_to(some)
        if walk is None or len(walk.nodes) < 2 or walk.parts[-1] == self._schema.opposite[part]:
            return None
        return self._draw.members(walk), [walk.start], self._walks.plan(walk), part
