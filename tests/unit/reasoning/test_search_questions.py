"""Search finds the plan of a question: hop count, operators and direction are not given."""

from __future__ import annotations

import pytest

from kgqa.errors import UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.reasoning.search import Planner, PlanSearch
from kgqa.types import Mention, ReasonCode
from tests.planner_graph import LetterEncoder, Names


def answers(snapshot: Snapshot, found: PlanSearch) -> set[str]:
    assert found.plans, found.reason
    result = found.plans[0].result
    if result.kind == "count":
        return {str(result.value)}
    if result.kind == "boolean":
        return {"yes" if result.value else "no"}
    return {snapshot.id(node) or snapshot.label(node) for node in result.nodes.tolist()}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the capital of France?", {"paris"}),
        ("Who discovered Polonium?", {"mc"}),
        ("What did Marie Curie discover?", {"po", "ra"}),
        ("Paris is the capital of which country?", {"fr"}),
        ("In which city was the person who discovered Helium born?", {"paris"}),
        ("Which countries border France?", {"it", "ch"}),
        ("How many elements did Marie Curie discover?", {"2"}),
        ("Which country has the largest population?", {"fr"}),
        ("Which country has the smallest population?", {"ch"}),
        ("Which elements were discovered before 1890?", {"he"}),
        ("Which has the larger population, France or Italy?", {"fr"}),
        ("Does France border Italy?", {"yes"}),
        ("Was Helium discovered by Marie Curie?", {"no"}),
        ("Is Paris a city?", {"yes"}),
        ("Is Paris a country?", {"no"}),
        ("Are there any persons in Rome?", {"yes"}),
        ("Which countries border both France and Italy?", {"ch"}),
    ],
)
def test_a_question_is_answered_by_its_plan(
    planner: Planner, capital_graph: Snapshot, names: Names, question: str, expected: set[str]
) -> None:
    assert answers(capital_graph, planner.search(question, names(question))) == expected


def test_probabilities_are_ordered_and_at_most_one(planner: Planner, names: Names) -> None:
    found = planner.search("What is the capital of France?", names("What is the capital of France?"))
    chances = [plan.probability for plan in found.plans]
    assert chances == sorted(chances, reverse=True)
    assert all(0.0 <= chance <= 1.0 for chance in chances)


def test_a_question_without_a_known_name_says_no_entity(planner: Planner) -> None:
    question = "What is the capital of Atlantis?"
    found = planner.search(question, (Mention("Atlantis", 23, 31),))
    assert found.reason is not None
    assert found.reason.code is ReasonCode.NO_ENTITY
    assert "Atlantis" in found.reason.detail


def test_a_relation_that_such_things_never_have_is_a_false_premise(planner: Planner, names: Names) -> None:
    question = "What is the capital of Helium?"
    found = planner.search(question, names(question))
    assert found.reason is not None
    assert found.reason.code is ReasonCode.FALSE_PREMISE


def test_the_same_question_gives_the_same_plans(planner: Planner, names: Names) -> None:
    question = "Which countries border the country whose capital is Rome?"
    first, second = (planner.search(question, names(question)) for _ in range(2))
    assert [plan.plan for plan in first.plans] == [plan.plan for plan in second.plans]
    assert [plan.score for plan in first.plans] == [plan.score for plan in second.plans]


def test_the_mentions_of_a_plan_carry_the_reading_it_takes(planner: Planner, names: Names) -> None:
    question = "Who discovered Polonium?"
    best = planner.search(question, names(question)).plans[0]
    assert [mention.candidates[0].id for mention in best.mentions] == ["po"]
    assert "discovered by" in best.why


def test_settings_out_of_range_are_refused(capital_graph: Snapshot) -> None:
    with pytest.raises(UsageError, match="max_hops"):
        Planner(capital_graph, (), LetterEncoder(), max_hops=5)
