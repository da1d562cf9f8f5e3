"""Questions as people put them: which way a verb is read, kinds between hops, and answers of a kind not asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search import Planner, PlanSearch
from kgqa.reasoning.search.candidates.inherited import places
from kgqa.reasoning.search.question.analysis import analyse
from kgqa.types import Candidate, Entity, Literal, LiteralType, Mention, ReasonCode, Record, Relation, Triple
from tests.planner_graph import LetterEncoder, Names

FOOD = {"aphid": ("rose", "bean"), "ladybird": ("aphid",), "wasp": ("grub",), "grub": ("cabbage",)}
BEDS = {"aphid": "Long Bed", "ladybird": "Long Bed", "wasp": "Round Bed", "grub": "Round Bed"}
GARDENS = {"Long Bed": "Elm Court", "Round Bed": "Ash Court"}
KEEPERS = {"Elm Court": "Ada Moss", "Ash Court": "Tom Moss"}


def records() -> list[Record]:
    kinds = dict.fromkeys(FOOD, "insect") | dict.fromkeys(("rose", "bean", "cabbage"), "plant")
    kinds |= dict.fromkeys(BEDS.values(), "bed") | dict.fromkeys(GARDENS.values(), "garden")
    kinds |= dict.fromkeys(KEEPERS.values(), "person")
    out: list[Record] = [Entity(name, types=(kind,)) for name, kind in kinds.items()]
    out += [Triple(insect, "eats", food) for insect, foods in FOOD.items() for food in foods]
    out += [Triple(insect, "sits_on", bed) for insect, bed in BEDS.items()]
    out += [Triple(bed, "garden", garden) for bed, garden in GARDENS.items()]
    out += [Triple(garden, "kept_by", keeper) for garden, keeper in KEEPERS.items()]
    out += [Triple(insect, "legs", Literal("6", LiteralType.INTEGER)) for insect in FOOD]
    return out


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("garden")
    store = SQLiteStore.create(folder / "store")
    store.write(records(), source="test")
    return open_snapshot(folder / "snapshot", store)


@pytest.fixture(scope="module")
def planner(graph: Snapshot) -> Planner:
    return Planner(graph, [Relation(name) for name in graph.relation_ids if name], LetterEncoder(), max_hops=4)


def ask(planner: Planner, question: str) -> PlanSearch:
    return planner.search(question, Names(planner.snapshot)(question))


def answers(planner: Planner, question: str) -> set[str]:
    found = ask(planner, question)
    assert found.plans and found.reason is None, found.reason
    return {planner.snapshot.label(node) for node in found.plans[0].result.nodes.tolist()}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What eats the aphid?", {"ladybird"}),
        ("What does the aphid eat?", {"rose", "bean"}),
        ("Which insects eat plants?", {"aphid", "grub"}),
        ("Which garden is the wasp in?", {"Ash Court"}),
    ],
)
def test_what_is_asked_of_a_thing_is_found(planner: Planner, question: str, expected: set[str]) -> None:
    assert answers(planner, question) == expected


def test_a_verb_is_not_answered_the_wrong_way_round(planner: Planner) -> None:
    found = ask(planner, "What eats the ladybird?")
    assert found.reason is not None and found.reason.code is ReasonCode.NO_ANSWER


def test_what_is_counted_must_be_something_that_the_plan_reaches(planner: Planner) -> None:
    found = ask(planner, "How many xylophones does the aphid have?")
    assert found.reason is not None and found.reason.code is ReasonCode.NO_PLAN


def test_a_yes_or_no_does_not_leave_out_a_name_that_the_graph_lacks(planner: Planner) -> None:
    found = ask(planner, "Does the ladybird eat Quuxworms?")
    assert found.reason is not None


def test_half_a_name_that_two_things_share_is_ambiguous(planner: Planner) -> None:
    question = "Which garden is kept by Moss?"
    start = question.index("Moss")
    readings = tuple(
        Candidate(planner.snapshot.node(name) or 0, name, name, score, "fuzzy")
        for name, score in (("Ada Moss", 0.64), ("Tom Moss", 0.6))
    )
    found = planner.search(question, [Mention("Moss", start, start + 4, readings, 0.64)])
    assert found.reason is not None and found.reason.code is ReasonCode.AMBIGUOUS
    misspelt = tuple(replace(reading, label=f"{reading.label}on") for reading in readings)
    found = planner.search(question, [Mention("Moss", start, start + 4, misspelt, 0.64)])
    assert found.reason is None or found.reason.code is not ReasonCode.AMBIGUOUS


def test_a_word_beside_a_name_may_say_what_it_is(planner: Planner) -> None:
    names = Names(planner.snapshot)
    question = "Which insects sit on the beds of the garden Elm Court?"
    scene = planner.scene(analyse(question, names(question)))
    assert {scene.analysis.tokens[i].lower for i in scene.analysis.told} == {"garden"}
    question = "Which garden is Long Bed in?"
    assert not planner.scene(analyse(question, names(question))).analysis.told


def test_the_text_that_a_name_begins_with_is_no_name(planner: Planner) -> None:
    found = ask(planner, "Which gardens have a name that starts with 'Elm'?")
    assert [planner.snapshot.label(node) for node in found.plans[0].result.nodes.tolist()] == ["Elm Court"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which garden is it in?", True),
        ("From which garden does it come?", True),
        ("Which garden has it?", False),
        ("What does it eat?", False),
    ],
)
def test_a_question_may_place_a_thing(question: str, expected: bool) -> None:
    assert places(analyse(question, ())) is expected


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("What was the first show made by it?", ["first", "show", "made"]),
        ("Show the gardens", ["gardens"]),
        ("How many insects come from it?", ["insects"]),
    ],
)
def test_which_words_have_content(question: str, content: list[str]) -> None:
    assert analyse(question, ()).content_words == content


def test_in_a_graph_without_types_plurals_name_what_relations_call_their_heads(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("bare")
    store = SQLiteStore.create(folder / "store")
    goods = {"Kettle": "Tin", "Ladle": "Tin", "Basket": "Straw"}
    rows = [Triple(name, "article_material", material) for name, material in goods.items()]
    store.write([*rows, *(Triple(name, "delivered_by", "Brandt") for name in goods)], source="test")
    snapshot = open_snapshot(folder / "snapshot", store)
    planner = Planner(snapshot, [Relation(name) for name in snapshot.relation_ids if name], LetterEncoder())
    found = ask(planner, "Number of articles delivered by Brandt")
    assert found.plans[0].result.value == 3


def test_other_forms_of_a_verb_of_the_schema_may_be_misspelt(planner: Planner, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("supplied")
    store = SQLiteStore.create(folder / "store")
    store.write([Triple("Kettle", "supplied_by", "Brandt")], source="test")
    snapshot = open_snapshot(folder / "snapshot", store)
    schema = Planner(snapshot, [Relation("supplied_by")], LetterEncoder()).schema
    assert schema.spellings["supplies"] == schema.spellings["supplied"]
