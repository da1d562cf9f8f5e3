"""What a search finds: ranked plans with their results, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from kgqa.reasoning.execute import Result
from kgqa.reasoning.plan import Plan
from kgqa.reasoning.search.question.asked import Asked
from kgqa.types import Mention, Reason


@dataclass(frozen=True, slots=True)
class ScoredPlan:
    """A plan with its result.

    ``score``: log odds up to a constant; ``probability``: the estimated chance that this is what was asked;
    ``why``: which words called for which part; ``mentions``: the names it starts from, the reading used first.
    """

    plan: Plan
    score: float
    probability: float
    result: Result
    why: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class PlanSearch:
    """Plans, best first; ``reason`` says why the first should not be taken for an answer (None: it may).

    ``missing``: a plan that explains the question and finds nothing, for completion by prediction.
    ``considered``: how many candidate plans were scored.
    """

    plans: tuple[ScoredPlan, ...]
    asked: Asked
    considered: int
    reason: Reason | None = None
    missing: Plan | None = None
    missing_probability: float = 0.0
    missing_mentions: tuple[Mention, ...] = ()
