"""From scores to probabilities."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kgqa.embeddings.calibration import (
    Calibration,
    expected_calibration_error,
    fit_calibration,
    prediction_features,
)
from kgqa.embeddings.queries import as_used, values_by_node


def sample(n: int, *, seed: int, overconfident: float = 4.0, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Features whose first column claims ``overconfident`` times the true log-odds; no node is bare."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(0, 1.5, n)
    true = rng.random(n) < 1 / (1 + np.exp(-(logit + shift)))
    return np.stack([overconfident * logit, rng.normal(size=n), np.zeros(n), np.zeros(n), np.zeros(n)], 1), true


def error(calibration: Calibration, features: np.ndarray, true: np.ndarray, key: str = "r") -> float:
    return expected_calibration_error(calibration.probability(features, key), true)


@pytest.mark.parametrize("n", [300, 4000])
def test_overconfident_scores_become_probabilities(n: int) -> None:
    features, true = sample(n, seed=0)
    fitted = fit_calibration(features, true, np.full(n, "r"), first=np.ones(n, dtype=bool))
    fresh, fresh_true = sample(5000, seed=1)
    raw = 1 / (1 + np.exp(-fresh[:, 0]))
    assert error(fitted, fresh, fresh_true) < 0.05 < expected_calibration_error(raw, fresh_true)


def test_a_relation_with_enough_queries_gets_its_own_scale() -> None:
    easy, hard = sample(400, seed=0, shift=2.0), sample(400, seed=1, shift=-2.0)
    features, true = np.concatenate([easy[0], hard[0]]), np.concatenate([easy[1], hard[1]])
    keys = np.array(["easy"] * 400 + ["hard"] * 400)
    fitted = fit_calibration(features, true, keys, first=np.ones(800, dtype=bool))
    for key, shift in (("easy", 2.0), ("hard", -2.0)):
        fresh = sample(4000, seed=7, shift=shift)
        assert error(fitted, *fresh, key) < 0.06 < error(fitted, *fresh, "unseen")


@pytest.mark.parametrize("rare", [40, 50])
def test_rare_relations_share_a_scale_that_frequent_ones_have_no_part_in(rare: int) -> None:
    count = 10 if rare == 40 else 30  # of the rare ones: too few for a curve, and enough
    parts = [sample(2_000, seed=0, shift=2.0)] + [sample(rare, seed=1 + i, shift=-2.0) for i in range(count)]
    features, true = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    keys = np.array(["often"] * 2_000 + [f"rare {i}" for i in range(count) for _ in range(rare)])
    fitted = fit_calibration(features, true, keys, first=np.ones(len(true), dtype=bool))
    assert (fitted.curve is None) == (rare == 40)
    again = Calibration.from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert error(again, *sample(4_000, seed=7, shift=-2.0), "rare 1") < 0.06
    assert error(again, *sample(4_000, seed=7, shift=2.0), "often") < 0.06


def test_a_relation_learns_what_it_means_that_a_node_has_no_value_yet() -> None:
    parts = {bare: sample(400, seed=int(bare), shift=1.5 if bare else -1.5) for bare in (True, False)}
    for bare, (features, _) in parts.items():
        features[:, 4] = bare
    features, true = (np.concatenate([parts[bare][side] for bare in (True, False)]) for side in (0, 1))
    fitted = fit_calibration(features, true, np.full(800, "r"), first=np.ones(800, dtype=bool))
    slope, _, added = fitted.relations["r"]
    assert slope > 0 and added != 0.0
    for bare, shift in ((True, 1.5), (False, -1.5)):
        fresh, fresh_true = sample(4000, seed=7, shift=shift)
        fresh[:, 4] = bare
        assert error(fitted, fresh, fresh_true) < 0.06


def test_all_lost_values_of_a_bare_node_are_right_and_others_are_asked_for_one_by_one() -> None:
    held_out = values_by_node(np.array([[0, 0, 5], [0, 0, 6], [1, 0, 5], [1, 0, 7]]))
    known = values_by_node(np.array([[1, 0, 8], [9, 0, 6]]))
    asked = [question for question in as_used(held_out, known) if question.key == (0, False)]
    assert {(question.node, frozenset(question.right), frozenset(question.known)) for question in asked} == {
        (0, frozenset({5, 6}), frozenset()),
        (1, frozenset({5}), frozenset({7, 8})),
        (1, frozenset({7}), frozenset({5, 8})),
    }


def test_too_few_queries_never_pass_the_default_threshold() -> None:
    features, true = sample(10, seed=0)
    fitted = fit_calibration(features, true, np.full(10, "r"), first=np.ones(10, dtype=bool))
    assert fitted == Calibration()
    assert fitted.probability(features, "r").max() <= 0.5


def test_the_json_form_gives_the_same_probabilities() -> None:
    features, true = sample(2000, seed=0)
    keys = np.array(["a", "b"] * 1000)
    fitted = fit_calibration(features, true, keys, first=np.ones(2000, dtype=bool))
    again = Calibration.from_dict(json.loads(json.dumps(fitted.to_dict())))
    for key in ("a", "unseen"):
        np.testing.assert_array_equal(fitted.probability(features, key), again.probability(features, key))


def test_calibration_error_is_the_gap_between_said_and_seen() -> None:
    assert expected_calibration_error(np.full(10, 0.9), np.arange(10) < 9) == pytest.approx(0.0)
    assert expected_calibration_error(np.full(10, 0.9), np.arange(10) < 4) == pytest.approx(0.5)


def test_the_share_of_the_best_candidate_falls_with_its_rivals() -> None:
    alone = prediction_features(np.array([5.0, 0.0, 0.0], dtype=np.float32), np.array([0]), 1.0, bare=True)
    rivalled = prediction_features(np.array([5.0, 4.9, 0.0], dtype=np.float32), np.array([0, 1]), 1.0, bare=True)
    assert alone[0, 0] > rivalled[0, 0] > rivalled[1, 0]
    assert rivalled[:, 2].tolist() == pytest.approx([0.0, np.log(2)])
