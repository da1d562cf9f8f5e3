"""Questions about statements themselves: in which role, since when, who was what there."""

from __future__ import annotations

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.execute import ResultKind, execute
from kgqa.reasoning.plan import Hop, Qualifier, Start, Step, plan_from_dict, plan_to_dict
from kgqa.reasoning.search import Planner, PlanSearch
from kgqa.types import Entity, Literal, LiteralType, ReasonCode, Record, Relation, Triple
from tests.planner_graph import LetterEncoder, Names

CREW = (
    ("Ada Holm", "Aurora", "2001", "2006", "navigator"),
    ("Ben Idris", "Aurora", "2003", None, "cook"),
    ("Ben Idris", "Polaris", "1998", "2002", "navigator"),
    ("Cleo Marr", "Polaris", "2000", None, "first mate"),
)


def records() -> list[Record]:
    out: list[Record] = [Entity(name, types=("sailor",)) for name in ("Ada Holm", "Ben Idris", "Cleo Marr")]
    out += [Entity(name, types=("ship",)) for name in ("Aurora", "Polaris")]
    out += [Entity(name, types=("port",)) for name in ("Hull", "Bergen")]
    out += [Entity("Gold Star", types=("medal",))]
    for sailor, ship, first, last, duty in CREW:
        times = {"valid_from": first} | ({"valid_to": last} if last else {})
        out.append(Triple(sailor, "served_on", ship, {**times, "duty": Literal(duty)}))
    out.append(Triple("Ada Holm", "received", "Gold Star", {"at": "2005", "for_ship": "Aurora"}))
    out += [Triple("Aurora", "home_port", "Hull"), Triple("Polaris", "home_port", "Bergen")]
    out += [Triple("Ada Holm", "date_of_birth", Literal("1970-02-03", LiteralType.DATE))]
    return out


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("fleet")
    store = SQLiteStore.create(folder / "store")
    store.write(records(), source="test")
    return open_snapshot(folder / "snapshot", store)


@pytest.fixture(scope="module")
def planner(graph: Snapshot) -> Planner:
    return Planner(graph, [Relation(name) for name in graph.relation_ids if name], LetterEncoder())


def ask(planner: Planner, question: str) -> PlanSearch:
    return planner.search(question, Names(planner.snapshot)(question))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("In which duty did Ada Holm serve on Aurora?", ["navigator"]),
        ("What was Ben Idris's duty on Polaris?", ["navigator"]),
        ("In what capacity did Ben Idris serve on Polaris?", ["navigator"]),
        ("For which ship did Ada Holm receive the Gold Star?", ["Aurora"]),
        ("Since when has Ben Idris served on Aurora?", ["2003"]),
        ("Until when did Ben Idris serve on Polaris?", ["2002"]),
        ("When did Ada Holm leave Aurora?", ["2006"]),
        ("In which year did Ada Holm receive the Gold Star?", ["2005"]),
    ],
)
def test_what_a_statement_carries_is_found(planner: Planner, question: str, expected: list[str]) -> None:
    found = ask(planner, question)
    assert found.plans and found.reason is None, found.reason
    assert found.plans[0].result.kind is ResultKind.VALUES
    assert found.plans[0].result.refs == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who served as navigator on Aurora?", {"Ada Holm"}),
        ("Which sailors served on Polaris as navigators?", {"Ben Idris"}),
        ("Which ship did Ben Idris serve on as a cook?", {"Aurora"}),
        ("Who served on Polaris as navigator in 1999?", {"Ben Idris"}),
    ],
)
def test_a_qualifier_that_is_said_keeps_to_the_statements_that_carry_it(
    planner: Planner, question: str, expected: set[str]
) -> None:
    found = ask(planner, question)
    assert found.plans and found.reason is None, found.reason
    assert {planner.snapshot.label(node) for node in found.plans[0].result.nodes.tolist()} == expected


@pytest.mark.parametrize(("duty", "truth"), [("cook", True), ("navigator", False)])
def test_whether_somebody_served_as_something_is_asked_of_one_statement(
    planner: Planner, duty: str, truth: bool
) -> None:
    found = ask(planner, f"Did Ben Idris serve on Aurora as {duty}?")
    assert found.plans and found.plans[0].result.value is truth


@pytest.mark.parametrize(
    "question", ["Until when did Ben Idris serve on Aurora?", "In which duty did Cleo Marr serve on Aurora?"]
)
def test_what_no_statement_carries_is_no_answer(planner: Planner, question: str) -> None:
    found = ask(planner, question)
    assert found.reason is not None and found.reason.code is ReasonCode.NO_ANSWER


def test_of_statements_alike_the_one_that_carries_the_value_is_its_support(graph: Snapshot) -> None:
    plan = Qualifier(Hop(Start(("Ben Idris",)), Step("served_on")), "duty", Start(("Polaris",)))
    assert plan_from_dict(plan_to_dict(plan)) == plan
    (said,) = execute(plan, graph).said
    assert said.value == Literal("navigator")
    assert dict(said.support[-1].said)["duty"] == Literal("navigator")


def test_an_entity_that_a_statement_carries_is_answered_as_one(graph: Snapshot) -> None:
    result = execute(Qualifier(Hop(Start(("Ada Holm",)), Step("received")), "for_ship"), graph)
    assert [item.value for item in result.said] == ["Aurora"]
