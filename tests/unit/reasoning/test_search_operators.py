"""Search proposes every operator where a question asks for it: times, properties, lists, negation, values of names."""

from __future__ import annotations

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.plan import Plan, plan_to_dict
from kgqa.reasoning.search import Planner
from kgqa.reasoning.search.question.analysis import analyse
from kgqa.types import Entity, Literal, LiteralType, Record, Relation, Triple
from tests.planner_graph import LetterEncoder, Names

TERMS = (("adler", "Adler", "1949", "1963"), ("brunn", "Brunn", "1963", "1970"), ("celan", "Celan", "1970", "1982"))
LANDS = {
    "aa": ("Aland", 30, "ll"),
    "bb": ("Borland", 20, "ll"),
    "cc": ("Corland", 10, "mm"),
    "dd": ("Dorland", 5, "mm"),
}


def records() -> list[Record]:
    out: list[Record] = [
        Relation("led_by", label="led by", aliases={"en": ("ruled by",)}, inverse_label="leader of"),
        Relation("borders", label="borders", symmetric=True),
        Relation("language", label="official language", inverse_label="spoken in"),
        Relation("area", label="area"),
        Relation("coastal", label="coastal"),
        Relation("founded_by", label="founded by", aliases={"en": ("created by",)}),
        Relation("founded_in", label="founded in"),
        Entity("ll", label="Lallish", types=("language",)),
        Entity("mm", label="Mommish", types=("language",)),
    ]
    for id, (label, area, language) in LANDS.items():
        size = Literal(str(area), LiteralType.INTEGER, "km^2")
        coastal = Literal("true" if id in ("bb", "cc") else "false", LiteralType.BOOLEAN)
        out.append(Entity(id, label=label, types=("land",), attributes={"area": size, "coastal": coastal}))
        out.append(Triple(id, "language", language))
    out += [Triple("aa", "borders", other) for other in ("bb", "cc", "dd")] + [Triple("bb", "borders", "cc")]
    for id, label, start, end in TERMS:
        out.append(Entity(id, label=label, types=("politician",)))
        times = {"valid_from": Literal(start, LiteralType.YEAR), "valid_to": Literal(end, LiteralType.YEAR)}
        out.append(Triple("aa", "led_by", id, qualifiers=times))
    out += [Triple("bb", "founded_by", "adler"), Triple("bb", "founded_in", "cc")]
    return out


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("operators")
    store = SQLiteStore.create(folder / "store")
    store.write(records(), source="test")
    return open_snapshot(folder / "snapshot", store)


@pytest.fixture(scope="module")
def planner(graph: Snapshot) -> Planner:
    return Planner(graph, [item for item in records() if isinstance(item, Relation)], LetterEncoder(), max_hops=4)


def best(planner: Planner, graph: Snapshot, question: str) -> tuple[Plan, set[str]]:
    found = planner.search(question, Names(graph)(question))
    assert found.plans, found.reason
    result = found.plans[0].result
    if result.kind in ("count", "boolean"):
        return found.plans[0].plan, {str(result.value).lower()}
    return found.plans[0].plan, {graph.id(node) or graph.label(node) for node in result.nodes.tolist()}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who led Aland in 1955?", {"adler"}),
        ("Who led Aland before 1960?", {"adler"}),
        ("Who led Aland since 1975?", {"celan"}),
        ("Who led Aland between 1965 and 1969?", {"brunn"}),
        ("Who led Aland in the 1950s?", {"adler"}),
        ("Who was the first to lead Aland?", {"adler"}),
        ("Who was the last leader of Aland?", {"celan"}),
        ("Which lands that border Aland are coastal?", {"bb", "cc"}),
        ("Which lands that border Aland are not coastal?", {"dd"}),
        ("Is Borland coastal?", {"true"}),
        ("Is Dorland coastal?", {"false"}),
        ("Which lands border Aland, other than Dorland?", {"bb", "cc"}),
        ("Which lands that border Aland do not have Mommish as official language?", {"bb"}),
        ("What are the official languages of Borland and Corland?", {"ll", "mm"}),
        ("Which land do Borland, Corland and Dorland all border?", {"aa"}),
        ("Which lands have a larger area than Corland?", {"aa", "bb"}),
        ("Which lands have an area of more than 15 km2?", {"aa", "bb"}),
        ("Which lands have an area over 15000000 m2?", {"aa", "bb"}),
        ("Which land has the second largest area?", {"bb"}),
        ("How many lands were founded by Adler?", {"1"}),
        ("How many lands were founded by Brunn?", {"0"}),
    ],
)
def test_an_operator_is_proposed_where_the_question_asks_for_it(
    planner: Planner, graph: Snapshot, question: str, expected: set[str]
) -> None:
    plan, answers = best(planner, graph, question)
    assert answers == expected, plan_to_dict(plan)


def test_an_alias_of_one_relation_tells_what_another_is_called(planner: Planner, graph: Snapshot) -> None:
    """ "Created by" is an alias of "founded by", so "created in" is read as "founded in"."""
    _, answers = best(planner, graph, "Borland was created in which land?")
    assert answers == {"cc"}


def test_a_misspelt_word_of_the_schema_is_read(planner: Planner, graph: Snapshot) -> None:
    _, answers = best(planner, graph, "What is the offical langauge of Dorland?")
    assert answers == {"mm"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was found in the 1790s?", [(">=", "1790"), ("<=", "1799")]),
        ("What was found in the 19th century?", [(">=", "1801"), ("<=", "1900")]),
        ("What was found no later than 1900?", [("<=", "1900")]),
        ("What was found in 1900 or later?", [(">=", "1900")]),
        ("What was found from 1800 to 1850?", [(">=", "1800"), ("<=", "1850")]),
        ("Who ruled in March 1962?", [("=", "1962-03")]),
        ("Who ruled on 5 March 1962?", [("=", "1962-03-05")]),
        ("Which have at most 10,000 people?", [("<=", "10000")]),
        ("Which were known before 1800, or not at all?", [("<", "1800")]),
    ],
)
def test_times_and_bounds_are_read(question: str, expected: list[tuple[str, str]]) -> None:
    assert [(str(cue.comparison), cue.value.value) for cue in analyse(question, ()).cues.values] == expected


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Name the capital of the country in which gold was found", "thing"),
        ("Could you tell me who wrote it?", "who"),
        ("What's the cheapest of the metals?", "thing"),
        ("Was ist die Hauptstadt von Spanien?", "thing"),
        ("In the city where he was born, who rules?", "who"),
        ("Who lives next to it, which countries?", "thing"),
        ("Do more people live in Rome or in Paris?", "thing"),
    ],
)
def test_relative_clauses_and_requests_ask_nothing(question: str, asked: str) -> None:
    assert analyse(question, ()).cues.asked == asked
