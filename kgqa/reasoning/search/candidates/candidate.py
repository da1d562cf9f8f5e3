"""A plan that the question may mean, with what ranking needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass

from kgqa.reasoning.plan import Plan
from kgqa.reasoning.search.question.analysis import Anchor


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan with what the features need to know of it.

    ``parts``: columns of the schema in the order walked; ``middles``: where in the question the name stands from which
    each is walked (nan without a name); ``depths``: how many hops from it; ``final``: the column that says what the
    answers are (-1: the plan answers with no set of things); ``cued``: words explained by operators; ``hints``: how far
    each part is called for by something else than words (empty: not at all).
    """

    plan: Plan
    parts: tuple[int, ...]
    middles: tuple[float, ...]
    depths: tuple[int, ...]
    final: int
    anchors: tuple[Anchor, ...]
    cued: frozenset[int] = frozenset()
    operators: tuple[str, ...] = ()
    uncued: float = 0.0
    empty: float = 0.0
    size: int = 1
    hints: tuple[float, ...] = ()
