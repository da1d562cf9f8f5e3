"""What a question asks for and what it only says in passing: kinds beside names, records, firms, sizes, both of two."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search import Planner, PlanSearch
from kgqa.types import Entity, Literal, LiteralType, ReasonCode, Record, Relation, Triple
from tests.planner_graph import LetterEncoder, Names

PARCELS = (  # id, crate, courier, sent on, weight
    ("K71", "Red Crate", "Anna Berg", "2021-03-04", "12"),
    ("K72", "Blue Crate", "Otto Lang", "2021-05-09", "7"),
    ("K73", "Red Crate", "Otto Lang", "2022-01-30", "9"),
)
DEPOTS = (  # depot, region, size, maker of its trucks, services
    ("Elm Depot", "East", "340", "Roadline", ("cold store", "night shift")),
    ("Oak Depot", "East", "120", "Roadline", ("night shift",)),
    ("Ash Depot", "West", "560", "Mulehaul", ("cold store",)),
)


def records() -> list[Record]:
    relations = ("crate_id", "courier_id", "sent_on", "weight", "area", "region", "built_by", "has_service", "works_at")
    out: list[Record] = [Relation(name) for name in relations] + [Relation("director"), Relation("approval_date")]
    out += [Entity(name, types=("crate",)) for name in ("Red Crate", "Blue Crate")]
    out += [Entity(name, types=("courier",)) for name in ("Anna Berg", "Otto Lang")]
    out += [Entity(name, types=("firm",)) for name in ("Roadline", "Mulehaul")]
    out += [Entity(name, types=("service",)) for name in ("cold store", "night shift")]
    for name, crate, courier, sent, weight in PARCELS:
        out += [Entity(name, types=("parcel",)), Triple(name, "crate_id", crate), Triple(name, "courier_id", courier)]
        out += [Triple(name, "sent_on", Literal(sent, LiteralType.DATE))]
        out += [Triple(name, "weight", Literal(weight, LiteralType.INTEGER))]
    for depot, region, area, maker, services in DEPOTS:
        out += [Entity(depot, types=("depot",)), Entity(region, types=("region",)), Triple(depot, "region", region)]
        out += [Triple(depot, "area", Literal(area, LiteralType.INTEGER)), Triple(depot, "built_by", maker)]
        out += [Triple(depot, "has_service", service) for service in services]
    out += [Triple("Anna Berg", "works_at", "Elm Depot"), Triple("Otto Lang", "works_at", "Ash Depot")]
    out += [Triple("Roadline", "director", "Ines Coto"), Triple("Mulehaul", "director", "Piet Vos")]
    out += [Relation("amount"), Triple("K71", "amount", Literal("250", LiteralType.INTEGER))]
    out += [Triple("Roadline", "approval_date", Literal("1999-01-02", LiteralType.DATE))]
    return out


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("parcels")
    store = SQLiteStore.create(folder / "store")
    store.write(records(), source="test")
    return open_snapshot(folder / "snapshot", store)


@pytest.fixture(scope="module")
def planner(graph: Snapshot) -> Planner:
    return Planner(graph, [item for item in records() if isinstance(item, Relation)], LetterEncoder())


def ask(planner: Planner, question: str) -> PlanSearch:
    return planner.search(question, Names(planner.snapshot)(question))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the weight of parcel K72?", {"7"}),
        ("Which crate is parcel K73?", {"Red Crate"}),
        ("Who was the courier of the Blue Crate?", {"Otto Lang"}),
        ("When was the Blue Crate sent?", {"2021-05-09"}),
        ("Who built Ash Depot?", {"Mulehaul"}),
        ("When was Roadline approved?", {"1999-01-02"}),
        ("Which regions have both a cold store and a night shift?", {"East"}),
        ("What is the largest depot in East?", {"Elm Depot"}),
        ("How big is Ash Depot?", {"560"}),
        ("What is the amount of parcel K71?", {"250"}),
        ("Which amount does K71 have?", {"250"}),
    ],
)
def test_what_is_said_in_passing_does_not_lead_astray(planner: Planner, question: str, expected: set[str]) -> None:
    found = ask(planner, question)
    assert found.plans and found.reason is None, found.reason
    assert {planner.snapshot.label(node) for node in found.plans[0].result.nodes.tolist()} == expected


def test_a_service_that_a_depot_has_is_counted_by_its_depots(planner: Planner) -> None:
    found = ask(planner, "How many depots have the night shift as a service?")
    assert found.plans and found.plans[0].result.value == 2


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("When was Anna Berg hatched?", ReasonCode.NO_PLAN),
        ("Which firm is the weight of K71?", ReasonCode.NO_PLAN),
        ("In which year was the weight of K71?", ReasonCode.NO_PLAN),
        ("Who was the courier of Elm Depot?", ReasonCode.FALSE_PREMISE),
        ("Who built Mulehaul?", ReasonCode.NO_PLAN),
    ],
)
def test_what_is_not_said_is_not_answered(planner: Planner, question: str, code: ReasonCode) -> None:
    found = ask(planner, question)
    assert found.reason is not None and found.reason.code is code


def test_a_denied_preposition_takes_out_what_is_there_and_not_the_name_alone(planner: Planner) -> None:
    found = ask(planner, "Which depots are not in East?")
    assert {planner.snapshot.label(node) for node in found.plans[0].result.nodes.tolist()} == {"Ash Depot"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which parcels were not sent in 2021?", {"K73"}),
        ("Which depots do not have an area above 200?", {"Oak Depot"}),
    ],
)
def test_a_denied_bound_is_turned_round(planner: Planner, question: str, expected: set[str]) -> None:
    found = ask(planner, question)
    assert {planner.snapshot.label(node) for node in found.plans[0].result.nodes.tolist()} == expected


def test_what_has_the_thing_asked_for_is_not_the_answer(planner: Planner) -> None:
    found = ask(planner, "Which director does Roadline have?")
    assert {planner.snapshot.label(node) for node in found.plans[0].result.nodes.tolist()} == {"Ines Coto"}


def test_two_things_are_not_denied_by_a_walk_that_turns_back(planner: Planner) -> None:
    opposite = planner.schema.opposite
    found = planner.propose("Is Ash Depot in East?", Names(planner.snapshot)("Is Ash Depot in East?"))
    pairs = [item for item in found.candidates if len(item.anchors) == 2 and item.operators == ("exists",)]
    walks = [item.parts for item in pairs if item.uncued]  # those whose answer is no
    assert walks
    assert not any(int(opposite[one]) == other for walk in walks for one, other in pairwise(walk))


@pytest.mark.parametrize("question", ["Elm Depot is in which", "Roadline which", "since when", "how", "in what", "not"])
def test_a_question_may_end_anywhere(planner: Planner, question: str) -> None:
    assert ask(planner, question).considered >= 0
