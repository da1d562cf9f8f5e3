"""Questions that start at a class: what has the same relations is of one kind where a graph has no types."""

from __future__ import annotations

import pytest

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.explain import explain
from kgqa.reasoning.names import SnapshotNames
from kgqa.reasoning.search import Planner, PlanSearch
from kgqa.reasoning.search.vocabulary.classes import ends_said, induce, with_classes
from kgqa.types import Relation, Triple
from tests.planner_graph import LetterEncoder, Names

ANIMALS = """
Nala | 180 | 2012-05-01 | Savanna | Rosa Brandt
Kito | 210 | 2016-03-09 | Savanna | Rosa Brandt
Tembo | 4100 | 1999-08-20 | Plains | Omar Diallo
Bibi | 35 | 2020-11-02 | Rock Hall | Omar Diallo
"""
AREAS = {"Savanna": "2000", "Plains": "9000", "Rock Hall": "300"}
FUNDERS = {"Savanna": "Oakley Trust", "Plains": "Oakley Trust", "Rock Hall": "Tarn Bank"}


def triples() -> list[Triple]:
    out = []
    for line in ANIMALS.strip().splitlines():
        name, *values = (cell.strip() for cell in line.split("|"))
        relations = ("weight_kg", "born_on", "kept_in_enclosure", "animal_keeper")
        out += [Triple(name, relation, value) for relation, value in zip(relations, values, strict=True)]
    out += [Triple(name, "area", value) for name, value in AREAS.items()]
    return out + [Triple(name, "funded_by", value) for name, value in FUNDERS.items()]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("bare")
    store = SQLiteStore.create(folder / "store")
    store.write(triples(), source="test")
    return open_snapshot(folder / "snapshot", store)


@pytest.fixture(scope="module")
def planner(graph: Snapshot) -> Planner:
    return Planner(graph, [Relation(name) for name in graph.relation_ids if name], LetterEncoder())


def ask(planner: Planner, question: str) -> PlanSearch:
    return planner.search(question, Names(planner.snapshot)(question))


@pytest.mark.parametrize(
    ("label", "heads", "tails"),
    [
        ("supplied by", (), ("supplier",)),
        ("directed by", (), ("director",)),
        ("owned by department", (), ("department",)),
        ("project lead", ("project",), ("project lead", "lead")),
        ("kept in enclosure", (), ("enclosure",)),
        ("uses component", (), ("component",)),
        ("has genre", (), ("genre",)),
        ("in language", (), ("language",)),
        ("capital of", ("capital",), ()),
        ("place of birth", (), ("place of birth", "place")),
        ("works in", (), ()),
    ],
)
def test_a_relation_calls_what_stands_at_its_ends_by_its_label(label, heads, tails) -> None:
    assert ends_said(label) == (heads, tails)


def test_what_has_the_same_relations_is_one_class_with_the_names_of_all(planner: Planner) -> None:
    found = {names[0]: found for found in induce(planner.schema) if (names := found.names)}
    assert set(found) == {"animal", "enclosure", "animal keeper", "funder"}
    assert "person" in found["animal keeper"].names
    schema = with_classes(planner.schema, LetterEncoder())
    assert (schema.stated, len(schema.types)) == (0, 4)
    assert schema.reach[schema.steps.index(schema.steps[found["animal"].part])].literal < 1


def test_a_graph_whose_things_have_types_gets_no_classes(capital_graph: Snapshot) -> None:
    relations = [Relation(name) for name in capital_graph.relation_ids if name]
    schema = Planner(capital_graph, relations, LetterEncoder()).schema
    assert with_classes(schema, LetterEncoder()) is schema


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("How many funders are there?", [2]),
        ("List all enclosures.", ["Plains", "Rock Hall", "Savanna"]),
        ("Which enclosure has the largest area?", ["Plains"]),
        ("Which animal has the smallest weight?", ["Bibi"]),
        ("Animals with a weight over 200 kg", ["Kito", "Tembo"]),
        ("Animals with a weight over 2 tonnes", ["Tembo"]),
        ("Which animals have a greater weight than Nala?", ["Kito", "Tembo"]),
        ("How many animals were born before 2015?", [2]),
        ("Enclosures whose name begins with P", ["Plains"]),
        ("Which enclosures are not funded by Oakley Trust?", ["Rock Hall"]),
        ("Is there an enclosure with an area above 10000?", [False]),
        ("Is there an enclosure with an area above 5000?", [True]),
    ],
)
def test_a_question_that_names_only_a_class_is_answered(planner: Planner, question: str, answers: list[object]) -> None:
    found = ask(planner, question)
    assert found.reason is None, found.reason
    result = found.plans[0].result
    graph = planner.snapshot
    got = graph.labels(result.nodes) if result.value is None else [result.value]
    assert got == answers
    if result.value is not False:
        assert result.support()
        assert explain(found.plans[0].plan, SnapshotNames(graph))


@pytest.mark.parametrize("question", ["List all cities.", "Which cities are there?", "cities"])
def test_a_type_alone_is_a_question_too(capital_graph: Snapshot, question: str) -> None:
    relations = [Relation(name) for name in capital_graph.relation_ids if name]
    found = ask(Planner(capital_graph, relations, LetterEncoder()), question)
    assert found.reason is None
    assert capital_graph.labels(found.plans[0].result.nodes) == ["Bern", "Paris", "Rome"]


@pytest.mark.parametrize("question", ["Which enclosures have a swimming pool?", "How many animals can juggle?"])
def test_a_class_alone_is_no_answer_where_its_members_have_to_be_chosen(planner: Planner, question: str) -> None:
    found = ask(planner, question)
    assert found.reason is not None or "all" not in explain(found.plans[0].plan, SnapshotNames(planner.snapshot))


def test_a_reader_of_questions_learns_without_classes(graph: Snapshot) -> None:
    relations = [Relation(name) for name in graph.relation_ids if name]
    without = Planner(graph, relations, LetterEncoder(), classes=False)
    assert ask(without, "How many funders are there?").reason is not None
