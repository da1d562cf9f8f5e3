"""Which hops of a plan may be filled by prediction."""

from __future__ import annotations

from kgqa.engine.answering import completed
from kgqa.reasoning.plan import Difference, HasFilter, Hop, Intersect, Plan, Start, Step

HOP = Hop(Start(("a",)), Step("r"))
FILLED = Hop(Start(("a",)), Step("r"), completed=True)


def test_every_hop_that_adds_members_may_be_filled() -> None:
    plan: Plan = Intersect((HOP, Hop(HOP, Step("s"))))
    assert completed(plan) == Intersect((FILLED, Hop(FILLED, Step("s"), completed=True)))
    assert completed(HasFilter(HOP, (Step("s"),), HOP)) == HasFilter(FILLED, (Step("s"),), FILLED)


def test_what_is_predicted_takes_no_known_member_away() -> None:
    assert completed(Difference(HOP, HOP)) == Difference(FILLED, HOP)
    assert completed(HasFilter(HOP, (Step("s"),), HOP, negated=True)) == HasFilter(
        FILLED, (Step("s"),), HOP, negated=True
    )
