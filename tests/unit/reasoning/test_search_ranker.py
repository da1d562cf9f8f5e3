"""The ranker keeps its weights by name, and its probabilities are probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kgqa.errors import ModelError
from kgqa.reasoning.search import Planner, Ranker, load_ranker
from kgqa.reasoning.search.question.analysis import analyse
from kgqa.reasoning.search.ranking.features import NAMES
from kgqa.reasoning.search.ranking.ranker import SIGNALS, read_ranker
from kgqa.reasoning.search.ranking.sheet import Sheet
from tests.planner_graph import Names


@pytest.mark.parametrize(
    "question", ["What is the capital of France?", "Which countries border both France and Italy?"]
)
def test_a_plan_is_measured_alike_whenever_it_is_first_met(planner: Planner, names: Names, question: str) -> None:
    scene = planner.scene(analyse(question, names(question)))
    candidates, _ = planner.candidates(scene)
    sheet = Sheet(scene.analysis, scene.alignment, scene.schema)
    half = candidates[::2]
    for chosen in (half, candidates, half[:1], candidates[::-1]):
        assert np.array_equal(sheet.of(chosen), planner.featurise(chosen, scene))


def test_the_packaged_weights_name_every_feature() -> None:
    assert load_ranker().weights.shape == (len(NAMES),)


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    ranker = Ranker(np.arange(len(NAMES), dtype=np.float64) / 7, np.ones(len(SIGNALS) + 1))
    ranker.save(tmp_path / "ranker.json", fitted_on="nothing")
    again = read_ranker(tmp_path / "ranker.json")
    assert np.allclose(again.weights, ranker.weights, atol=1e-4)
    assert np.allclose(again.calibration, ranker.calibration, atol=1e-4)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', '{"format": 99, "weights": {}, "calibration": {}}'])
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "ranker.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"ranker\.json"):
        read_ranker(tmp_path / "ranker.json")


def test_a_folder_without_a_planner_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train planner"):
        load_ranker(tmp_path)


def test_probabilities_lie_between_0_and_1_and_the_best_plan_has_the_largest() -> None:
    ranker = load_ranker()
    features = np.random.default_rng(0).random((20, len(NAMES))).astype(np.float32)
    scores = ranker.scores(features)
    chances = ranker.probabilities(features, scores)
    assert chances.min() >= 0
    assert chances.max() <= 1
    assert chances[scores.argmax()] == chances.max()
