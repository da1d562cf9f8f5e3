"""What execution reports beside the answers, and the cases in which there are none (docs/plans.md)."""

import time
from pathlib import Path

import pytest

from kgqa.errors import DeadlineError, PlanError
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.reasoning.execute import Result, ResultKind, Shared, execute
from kgqa.reasoning.plan import (
    Compare,
    Comparison,
    Count,
    Difference,
    Exists,
    HasFilter,
    Having,
    Hop,
    Intersect,
    OfType,
    Plan,
    QualifierCondition,
    Start,
    Step,
    Superlative,
    TimeSpan,
    Union,
    ValueFilter,
)
from kgqa.types import Literal, LiteralType, PredictedFact
from tests.support.feed import Feed

BORDERS, CAPITAL, AREA, FOUNDED = Step("borders"), Step("capital"), Step("area"), Step("founded")
EUROPE = OfType("country")


def km2(value: str) -> Literal:
    return Literal(value, LiteralType.INTEGER, "km^2")


def day(text: str) -> Literal:
    return Literal(text, LiteralType.DATE)


@pytest.fixture
def feed() -> Feed:
    feed = Feed()
    for a, b in (("FR", "DE"), ("FR", "ES"), ("DE", "PL"), ("DE", "FR"), ("ES", "FR")):
        feed.add(a, "borders", b)
    for country, city in (("FR", "Paris"), ("DE", "Berlin"), ("ES", "Madrid")):
        feed.add(country, "capital", city)
    for country, area in (("FR", "551500"), ("DE", "357022"), ("ES", "505990")):
        feed.add(country, "area", km2(area))
    for country, date in (("FR", "1958"), ("DE", "1949-05-23"), ("ES", "1958-06")):
        feed.add(country, "founded", day(date))
    feed.add("Bonn", "seat_of", "DE", valid_from=day("1949"), valid_to=day("1990-10-02"))
    feed.add("Berlin", "seat_of", "DE", valid_from=day("1990-10-03"))
    feed.add("Weimar", "seat_of", "DE")
    for country in ("FR", "DE", "ES", "PL"):
        feed.types[feed.numbers[country]] = ("country",)
    return feed


@pytest.fixture
def snapshot(tmp_path: Path, feed: Feed) -> Snapshot:
    return open_snapshot(tmp_path, feed)


def ids(snapshot: Snapshot, result: Result) -> list[str]:
    return [snapshot.id(node) or snapshot.label(node) for node in result.nodes.tolist()]


def said(snapshot: Snapshot, result: Result, node: str | None = None) -> list[tuple[str, str, str]]:
    number = None if node is None else snapshot.node(node)
    return [(snapshot.label(t.head), t.relation, snapshot.label(t.tail)) for t in result.support(number)]


def test_answers_come_in_order_of_id_each_with_its_whole_derivation(snapshot: Snapshot) -> None:
    result = execute(Hop(Hop(Start(("FR",)), BORDERS), CAPITAL), snapshot)
    assert ids(snapshot, result) == ["Berlin", "Madrid"]
    assert said(snapshot, result, "Madrid") == [("FR", "borders", "ES"), ("ES", "capital", "Madrid")]
    assert len(said(snapshot, result)) == 4
    assert said(snapshot, result, "Paris") == []


def test_support_names_a_statement_the_way_round_that_it_stands(snapshot: Snapshot) -> None:
    result = execute(Hop(Start(("Paris",)), Step("capital", inverse=True)), snapshot)
    assert said(snapshot, result) == [("FR", "capital", "Paris")]


def test_what_has_a_relation_is_shown_by_its_own_statement(snapshot: Snapshot) -> None:
    result = execute(Having(BORDERS), snapshot)
    assert ids(snapshot, result) == ["DE", "ES", "FR"]
    assert said(snapshot, result, "ES") == [("ES", "borders", "FR")]
    cities = execute(Having(Step("capital", inverse=True)), snapshot)
    assert ids(snapshot, cities) == ["Berlin", "Madrid", "Paris"]
    assert said(snapshot, cities, "Paris") == [("FR", "capital", "Paris")]
    assert ids(snapshot, execute(Having(Step("moons")), snapshot)) == []


def test_a_superlative_reports_who_lacks_the_value_and_what_was_compared(snapshot: Snapshot) -> None:
    result = execute(Superlative(EUROPE, (AREA,)), snapshot)
    assert ids(snapshot, result) == ["FR"]
    assert (result.missing, result.considered, result.total) == (1, 3, 1)
    assert said(snapshot, result)[0] == ("FR", "area", "551500 km^2")
    assert {tail for _, _, tail in said(snapshot, result)} == {"551500 km^2", "505990 km^2", "357022 km^2"}


def test_a_date_of_reduced_precision_ties_with_those_that_it_may_equal(snapshot: Snapshot) -> None:
    latest = Superlative(EUROPE, (FOUNDED,))
    assert ids(snapshot, execute(latest, snapshot)) == ["ES", "FR"]
    second = Superlative(EUROPE, (FOUNDED,), rank=2)
    assert ids(snapshot, execute(second, snapshot)) == ["DE"]
    assert ids(snapshot, execute(Superlative(EUROPE, (FOUNDED,), rank=3), snapshot)) == []


def test_counting_takes_no_ends_for_zero(snapshot: Snapshot) -> None:
    fewest = execute(Superlative(EUROPE, (CAPITAL,), largest=False, count=True), snapshot)
    assert ids(snapshot, fewest) == ["PL"]
    assert fewest.missing == 0


def test_a_filter_reports_who_lacks_the_value(snapshot: Snapshot) -> None:
    plan = ValueFilter(EUROPE, (AREA,), Comparison.GREATER, Literal("400000000000", LiteralType.INTEGER, "m^2"))
    result = execute(plan, snapshot)
    assert ids(snapshot, result) == ["ES", "FR"]
    assert result.missing == 1
    years = ValueFilter(EUROPE, (FOUNDED,), Comparison.LESS, Literal("1950", LiteralType.INTEGER))
    assert ids(snapshot, execute(years, snapshot)) == ["DE"]
    text = ValueFilter(EUROPE, (CAPITAL,), Comparison.EQUAL, Literal("paris"))
    assert ids(snapshot, execute(text, snapshot)) == ["FR"]


def test_plans_that_share_operators_give_what_each_gives_alone(snapshot: Snapshot) -> None:
    large = ValueFilter(EUROPE, (AREA,), Comparison.GREATER, Literal("400000000000", LiteralType.INTEGER, "m^2"))
    plans = [EUROPE, large, Hop(large, CAPITAL), Superlative(EUROPE, (AREA,)), Hop(EUROPE, CAPITAL), Count(large)]
    shared: Shared = {}
    for plan in plans * 2:
        alone, together = execute(plan, snapshot), execute(plan, snapshot, shared=shared)
        assert together.nodes.tolist() == alone.nodes.tolist()
        assert (together.value, together.missing, together.considered) == (alone.value, alone.missing, alone.considered)
        assert together.support() == alone.support()
    assert id(EUROPE) in shared and id(large) not in shared  # of a filter it is known who lacks the value, too


@pytest.mark.parametrize(
    ("left", "right", "path", "comparison", "expected"),
    [
        ("FR", "DE", AREA, Comparison.GREATER, ["FR"]),
        ("FR", "DE", AREA, Comparison.LESS, ["DE"]),
        ("DE", "FR", FOUNDED, Comparison.LESS, ["DE"]),
        ("FR", "FR", AREA, Comparison.GREATER, ["FR"]),
        ("FR", "PL", AREA, Comparison.GREATER, None),
        ("FR", "ES", FOUNDED, Comparison.LESS, None),
        ("FR", "XX", AREA, Comparison.LESS, None),
    ],
)
def test_which_of_two_or_unknown(snapshot: Snapshot, left, right, path, comparison, expected) -> None:
    result = execute(Compare(Start((left,)), Start((right,)), (path,), comparison), snapshot)
    if expected is None:
        assert result.kind is ResultKind.UNKNOWN
        assert len(result.nodes) == 0
        assert result.support() == ()
    else:
        assert ids(snapshot, result) == expected
        assert all(relation == path.relation for _, relation, _ in said(snapshot, result))


def test_whether_is_yes_or_no_and_shows_both_values(snapshot: Snapshot) -> None:
    plan = Compare(Start(("FR",)), Start(("DE",)), (AREA,), Comparison.LESS, which=False)
    result = execute(plan, snapshot)
    assert (result.kind, result.value) == (ResultKind.BOOLEAN, False)
    assert len(result.support()) == 2
    more = Compare(Start(("DE",)), Start(("ES",)), (BORDERS,), Comparison.GREATER, which=False, count=True)
    assert execute(more, snapshot).value is True


def test_the_empty_set_counts_zero_and_does_not_exist(snapshot: Snapshot) -> None:
    nothing = Hop(Start(("XX",)), BORDERS)
    assert execute(Count(nothing), snapshot).value == 0
    assert execute(Exists(nothing), snapshot).value is False
    assert execute(nothing, snapshot).total == 0
    assert ids(snapshot, execute(Hop(Start(("FR",)), Step("unheard_of")), snapshot)) == []
    assert ids(snapshot, execute(Superlative(nothing, (AREA,)), snapshot)) == []


def test_whether_a_link_exists_is_shown_by_it(snapshot: Snapshot) -> None:
    result = execute(Exists(Hop(Start(("FR",)), BORDERS), Start(("DE",))), snapshot)
    assert result.value is True
    assert said(snapshot, result) == [("FR", "borders", "DE")]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (TimeSpan("1950", "1960"), ["Bonn"]),
        (TimeSpan("1990", "1990"), ["Berlin", "Bonn"]),
        (TimeSpan("1990-10-03", None), ["Berlin"]),
        (TimeSpan(None, "1948"), []),
        (TimeSpan(None, "1948", untimed=True), ["Weimar"]),
        (TimeSpan("2020", "2020"), ["Berlin"]),
    ],
)
def test_time_intervals_are_closed_and_a_missing_end_is_open(snapshot: Snapshot, span, expected) -> None:
    plan = Hop(Start(("DE",)), Step("seat_of", inverse=True), during=span)
    result = execute(plan, snapshot)
    assert ids(snapshot, result) == expected
    for city in expected:
        assert said(snapshot, result, city) == [(city, "seat_of", "DE")]


def test_conditions_look_at_one_qualifier(snapshot: Snapshot) -> None:
    condition = QualifierCondition("valid_from", Comparison.LESS, day("1980"))
    plan = Hop(Start(("DE",)), Step("seat_of", inverse=True), where=(condition,))
    assert ids(snapshot, execute(plan, snapshot)) == ["Bonn"]


@pytest.mark.parametrize("span", [TimeSpan("yesterday"), TimeSpan("1990", "1980"), TimeSpan("1990-13")])
def test_an_interval_that_is_none_is_an_error(snapshot: Snapshot, span: TimeSpan) -> None:
    with pytest.raises(PlanError):
        execute(Hop(Start(("DE",)), BORDERS, during=span), snapshot)


@pytest.mark.parametrize(
    "plan",
    [
        Intersect(()),
        Union(()),
        Superlative(EUROPE, (AREA,), rank=0),
        Hop(Count(EUROPE), BORDERS),
        Count(Exists(EUROPE)),
    ],
)
def test_a_plan_that_makes_no_sense_is_an_error(snapshot: Snapshot, plan: Plan) -> None:
    with pytest.raises(PlanError):
        execute(plan, snapshot)


def test_the_start_is_dropped_straight_back_and_at_the_end_unless_alone(snapshot: Snapshot) -> None:
    there = Hop(Start(("FR",)), BORDERS)
    assert ids(snapshot, execute(Hop(there, Step("borders", inverse=True)), snapshot)) == []
    feed_back = Hop(Hop(Start(("FR",)), CAPITAL), Step("capital", inverse=True))
    assert ids(snapshot, execute(feed_back, snapshot)) == []
    assert ids(snapshot, execute(Hop(there, BORDERS), snapshot)) == ["PL"]
    assert execute(Count(Hop(there, BORDERS)), snapshot).value == 1
    assert ids(snapshot, execute(Hop(Start(("ES",)), BORDERS), snapshot)) == ["FR"]
    assert ids(snapshot, execute(Hop(Hop(Start(("ES",)), BORDERS), BORDERS), snapshot)) == ["DE"]
    alone = Hop(Hop(Start(("PL",)), Step("borders", inverse=True)), BORDERS)
    assert ids(snapshot, execute(alone, snapshot)) == ["FR"]
    stays = Union((Start(("FR",)), Hop(Hop(Start(("FR",)), BORDERS), BORDERS)))
    assert ids(snapshot, execute(stays, snapshot)) == ["FR", "PL"]


def test_differences_range_over_the_input(snapshot: Snapshot) -> None:
    landlocked = Difference(EUROPE, Hop(Start(("FR",)), BORDERS))
    assert ids(snapshot, execute(landlocked, snapshot)) == ["FR", "PL"]
    without = HasFilter(EUROPE, (CAPITAL,), Start(("Paris", "Berlin")), negated=True)
    assert ids(snapshot, execute(without, snapshot)) == ["ES", "PL"]


class Guesses:
    """A FactSource that knows the capital of Poland, and something that is too unlikely."""

    def __init__(self, feed: Feed) -> None:
        self.numbers = feed.numbers
        self.asked: list[list[int]] = []
        self.presumed: list[bool] = []

    def complete(self, nodes, relation, *, inverse=False, k=5, presumed=False):
        self.asked.append(list(nodes))
        self.presumed.append(presumed)
        if relation != "capital" or inverse:
            return []
        poland = self.numbers["PL"]
        return [
            PredictedFact(poland, "capital", self.numbers["Bonn"], 0.8),
            PredictedFact(poland, "capital", self.numbers["Weimar"], 0.4),
            PredictedFact(self.numbers["FR"], "capital", self.numbers["Weimar"], 0.9),
        ]


def test_a_missing_edge_is_filled_by_likely_facts_that_stay_marked(snapshot: Snapshot, feed: Feed) -> None:
    facts = Guesses(feed)
    plan = Hop(Hop(Start(("DE",)), BORDERS), CAPITAL, completed=True)
    result = execute(plan, snapshot, facts=facts, threshold=0.5)
    assert facts.asked == [[feed.numbers["PL"]]]
    assert ids(snapshot, result) == ["Paris", "Bonn"]
    assert result.scores.tolist() == [1.0, 0.8]
    assert result.predicted
    last = result.support(feed.numbers["Bonn"])[-1]
    assert (last.predicted, last.probability) == (True, 0.8)
    assert not any(triple.predicted for triple in result.support(feed.numbers["Paris"]))
    onward = execute(Hop(plan, Step("seat_of")), snapshot, facts=facts)
    assert onward.predicted == (onward.scores.tolist() != [1.0] * len(onward.nodes))


def test_only_a_step_that_leads_nowhere_is_presumed_to_lead_somewhere(snapshot: Snapshot, feed: Feed) -> None:
    facts = Guesses(feed)
    poland = Hop(Start(("PL",)), CAPITAL, completed=True)
    some = Hop(Hop(Start(("DE",)), BORDERS), CAPITAL, completed=True)
    for plan in (poland, some, Exists(poland), Count(poland)):
        execute(plan, snapshot, facts=facts)
    assert facts.presumed == [True, False, False, False]


def test_without_a_fact_source_nothing_is_filled(snapshot: Snapshot) -> None:
    result = execute(Hop(Start(("PL",)), CAPITAL, completed=True), snapshot)
    assert ids(snapshot, result) == []
    assert not result.predicted


def test_a_deadline_that_has_passed_stops_the_work(snapshot: Snapshot) -> None:
    with pytest.raises(DeadlineError):
        execute(Hop(Start(("FR",)), BORDERS), snapshot, deadline=time.monotonic() - 1)
    assert execute(Start(("FR",)), snapshot, deadline=time.monotonic() + 60).total == 1


def test_examples_are_at_most_twenty_and_the_total_is_told(tmp_path: Path) -> None:
    feed = Feed()
    for i in range(50):
        feed.add("a", "r", f"b{i:02}")
    result = execute(Count(Hop(Start(("a",)), Step("r"))), open_snapshot(tmp_path, feed))
    assert (result.value, result.total, len(result.support())) == (50, 50, 20)
