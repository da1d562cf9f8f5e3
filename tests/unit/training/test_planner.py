"""Questions synthesised from a graph have plans that answer them, and training on them is repeatable."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kgqa.errors import ModelError
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.execute import execute
from kgqa.reasoning.search import Planner, load_ranker
from kgqa.training.choice import Chooser, Ways
from kgqa.training.examples import Example
from kgqa.training.fitting import accuracy, fit_share, fit_weights, linear_scores
from kgqa.training.planner import train_planner
from kgqa.training.synthesis import Synthesiser
from kgqa.training.wording import Form, wordings
from kgqa.types import Relation, Triple
from tests.planner_graph import LetterEncoder, capital_records


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("graph")
    store = SQLiteStore.create(folder / "store")
    store.write(capital_records(), source="test")
    return open_snapshot(folder / "snapshot", store)


RELATIONS = [record for record in capital_records() if isinstance(record, Relation)]


def test_a_synthetic_question_names_its_entities_where_it_says(graph: Snapshot) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    drawn = Synthesiser(graph, planner.schema, seed=1).draw(60)
    assert len(drawn) == 60
    for question in drawn:
        for mention in question.mentions:
            assert question.text[mention.start : mention.end] == mention.text


def test_a_synthetic_question_has_an_answer_unless_it_is_meant_to_have_none(graph: Snapshot) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    for question in Synthesiser(graph, planner.schema, seed=2).draw(80):
        result = execute(question.plans[0], graph)
        if question.shape == "absent":
            assert result.total == 0
        elif question.shape.endswith("hop"):
            assert result.total > 0


def test_the_same_seed_gives_the_same_questions(graph: Snapshot) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    first, second = (Synthesiser(graph, planner.schema, seed=3).draw(30) for _ in range(2))
    assert [question.text for question in first] == [question.text for question in second]


def test_training_publishes_a_planner_that_is_the_same_for_the_same_seed(graph: Snapshot, tmp_path: Path) -> None:
    for name in ("a", "b"):
        report = train_planner(graph, RELATIONS, LetterEncoder(), tmp_path / name, questions=120, seed=5)
    assert report.questions >= 40
    assert report.after["all"] >= report.before["all"] - 0.1
    assert np.array_equal(load_ranker(tmp_path / "a").weights, load_ranker(tmp_path / "b").weights)
    # Nothing was learnt that reads better: the packaged ranker stays whole.
    assert np.array_equal(load_ranker(tmp_path / "a").weights, load_ranker().weights)
    assert np.array_equal(load_ranker(tmp_path / "a").calibration, load_ranker().calibration)


def test_questions_kept_back_are_worded_otherwise(graph: Snapshot) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    drawn = Synthesiser(graph, planner.schema, seed=1).draw(400)
    counts = [question.text for question in drawn if question.shape == "count"]
    learnt = {text.split()[0] for text in counts if text in {q.text for q in drawn if not q.kept_back}}
    kept = {text.split()[0] for text in counts if text in {q.text for q in drawn if q.kept_back}}
    assert kept and learnt and kept != learnt


@pytest.mark.parametrize("shape", ["middle", "either", "without", "both", "yes-no", "count"])
def test_questions_over_sets_have_the_plan_that_they_say(graph: Snapshot, shape: str) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    drawn = [q for q in Synthesiser(graph, planner.schema, seed=4).draw(900) if q.shape == shape]
    assert drawn
    for question in drawn:
        assert execute(question.plans[0], graph).kind != "unknown"


def test_ways_kept_back_are_never_drawn_for_learning() -> None:
    choose = Chooser(random.Random(0), Ways.LEARNT)
    learnt = {choose.way("abcdefgh") for _ in range(200)}
    choose.ways = Ways.KEPT_BACK
    assert learnt == set("abcefg")
    assert {choose.way("abcdefgh") for _ in range(200)} == set("dh")


def test_a_score_that_tells_nothing_gets_no_share() -> None:
    rng = np.random.default_rng(0)
    examples, own, noise, right = [], [], [], []
    for _ in range(200):
        examples.append(Example(np.zeros((6, 1), dtype=np.float32), np.asarray([2]), "made"))
        own.append(3.0 * (np.arange(6) == 2) + rng.normal(size=6))
        noise.append(rng.normal(size=6))
        right.append(2.0 * (np.arange(6) == 2) + rng.normal(size=6))
    assert fit_share(examples, own, noise) < 0.2
    assert fit_share(examples, own, right) > 0.4
    lost = [replace(example, right=np.asarray([], dtype=np.int64)) for example in examples]
    assert fit_share(lost, own, right) == 0.0


def test_a_graph_too_small_to_learn_from_is_refused(tmp_path: Path) -> None:
    store = SQLiteStore.create(tmp_path / "store")
    store.write([Triple("a", "knows", "b")], source="test")
    snapshot = open_snapshot(tmp_path / "snapshot", store)
    with pytest.raises(ModelError, match="packaged planner"):
        train_planner(snapshot, (), LetterEncoder(), tmp_path / "planner", questions=20)
    assert not (tmp_path / "planner" / "current.json").exists()


def test_fitting_ranks_the_right_plan_first_where_one_feature_tells() -> None:
    rng = np.random.default_rng(0)
    examples = []
    width = len(load_ranker().weights)
    for _ in range(50):
        features = rng.random((6, width)).astype(np.float32)
        features[2, 3] = 2.0
        examples.append(Example(features, np.asarray([2]), "made"))
    weights = fit_weights(examples, np.zeros(width), pull=0.001)
    assert accuracy(examples, linear_scores(examples, weights))["all"] == 1.0


@pytest.mark.parametrize(
    ("label", "form", "noun"),
    [
        ("directed by", Form.PASSIVE, "director"),
        ("written by", Form.PASSIVE, "writer"),
        ("capital of", Form.OF, "capital"),
        ("in language", Form.IN, "language"),
        ("has genre", Form.NOUN, "genre"),
        ("located in", Form.PLACED, ""),
    ],
)
def test_a_label_is_taken_apart_by_its_form(label: str, form: Form, noun: str) -> None:
    first = wordings(label)[0]
    assert (first.form, first.noun) == (form, noun)
