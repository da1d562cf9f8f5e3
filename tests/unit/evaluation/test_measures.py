"""Figures against scikit-learn and against plain loops."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from kgqa.evaluation.evaluator import evaluate
from kgqa.evaluation.intervals import differences, figures
from kgqa.evaluation.measures import calibration_error, quantile, ranking_area, ratio

NAMES = [f"n{number}" for number in range(8)]
sets = st.lists(st.sampled_from(NAMES), unique=True, min_size=1)
ONE = np.ones((1, 40))


def line(number, answers, **more):
    return {"id": str(number), "answers": answers, **more}


@given(st.lists(st.tuples(sets, sets), min_size=1, max_size=12))
def test_precision_recall_and_f1_are_those_of_scikit_learn(pairs):
    report = evaluate(
        [line(at, given) for at, (given, _) in enumerate(pairs)],
        [line(at, gold) for at, (_, gold) in enumerate(pairs)],
        resamples=2,
    )
    for judged, (given_names, gold_names) in zip(report.judgements, pairs):
        truth = [name in gold_names for name in NAMES]
        guess = [name in given_names for name in NAMES]
        assert judged.precision == pytest.approx(precision_score(truth, guess))
        assert judged.recall == pytest.approx(recall_score(truth, guess))
        assert judged.f1 == pytest.approx(f1_score(truth, guess))
        assert judged.exact == (truth == guess)
    assert report.figures["f1"].value == pytest.approx(np.mean([judged.f1 for judged in report.judgements]))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_the_roc_area_is_that_of_scikit_learn_ties_included(items):
    confidence = np.array([score / 5 for score, _ in items])
    right = np.array([good for _, good in items])
    area = ranking_area(confidence, right, np.ones(len(items), dtype=bool))(np.ones((1, len(items))))[0]
    if right.all() or not right.any():
        assert np.isnan(area)
    else:
        assert area == pytest.approx(roc_auc_score(right, confidence))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40, unique_by=lambda item: item[0]))
def test_the_calibration_error_is_that_of_a_plain_loop(items):
    confidence = np.array([score for score, _ in items])
    right = np.array([good for _, good in items])
    everything = np.ones(len(items), dtype=bool)
    found = calibration_error(confidence, right, everything)(np.ones((1, len(items))))[0]
    ordered = sorted(items)
    bounds = sorted({round(part * len(items) / 15) for part in range(15)} | {len(items)})
    expected = 0.0
    for start, end in pairwise(bounds):
        part = ordered[start:end]
        accuracy = sum(good for _, good in part) / len(part)
        expected += len(part) / len(items) * abs(accuracy - sum(score for score, _ in part) / len(part))
    assert found == pytest.approx(expected)


def test_equal_confidence_makes_the_calibration_error_independent_of_order():
    everything = np.ones(40, dtype=bool)
    confidence = np.full(40, 0.5)
    first = np.arange(40) < 20
    assert calibration_error(confidence, first, everything)(ONE)[0] == pytest.approx(0.0)
    assert calibration_error(confidence, first[::-1], everything)(ONE)[0] == pytest.approx(0.0)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=40), st.sampled_from([0.5, 0.95]))
def test_the_quantile_is_that_of_numpy(values, q):
    array = np.array(values)
    found = quantile(array, np.ones(len(values), dtype=bool), q)(np.ones((1, len(values))))[0]
    assert found == np.quantile(array, q, method="inverted_cdf")


def test_weights_count_like_repetition():
    values = np.array([0.2, 0.4, 0.9])
    right = np.array([True, False, True])
    chosen = np.ones(3, dtype=bool)
    weights = np.array([[2.0, 0.0, 3.0]])
    repeated = np.repeat(values, [2, 0, 3])
    five, all_five = np.ones((1, 5)), np.ones(5, dtype=bool)
    assert ratio(values, chosen)(weights)[0] == pytest.approx(repeated.mean())
    assert quantile(values, chosen, 0.5)(weights)[0] == quantile(repeated, all_five, 0.5)(five)[0]
    again = ranking_area(values, right, chosen)(np.array([[2.0, 1.0, 3.0]]))[0]
    assert again == pytest.approx(roc_auc_score(np.repeat(right, [2, 1, 3]), np.repeat(values, [2, 1, 3])))


def test_nothing_to_measure_is_no_figure():
    none = np.zeros(4, dtype=bool)
    for measure in (ratio(none, none), quantile(np.zeros(4), none, 0.5), ranking_area(np.zeros(4), none, none)):
        assert np.isnan(measure(np.ones((2, 4)))).all()
    found = figures({"nothing": ratio(none, none)}, questions=4, seed=0)["nothing"]
    assert (found.value, found.low, found.high) == (None, None, None)


def test_the_interval_of_a_share_is_about_the_normal_one():
    good = np.arange(400) < 280
    found = figures({"share": ratio(good, np.ones(400, dtype=bool))}, questions=400, seed=1, resamples=2000)["share"]
    half = 1.96 * np.sqrt(0.7 * 0.3 / 400)
    assert found.value == pytest.approx(0.7)
    assert found.low == pytest.approx(0.7 - half, abs=0.01)
    assert found.high == pytest.approx(0.7 + half, abs=0.01)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    good = np.arange(50) < 20
    measure = {"share": ratio(good, np.ones(50, dtype=bool))}
    first, second, other = (figures(measure, questions=50, seed=seed, resamples=37)["share"] for seed in (3, 3, 4))
    assert first == second
    assert first != other


def test_a_system_does_not_differ_from_itself_and_does_from_a_worse_one():
    everything = np.ones(200, dtype=bool)
    good, bad = ratio(np.arange(200) < 150, everything), ratio(np.arange(200) < 90, everything)
    same = differences({"share": good}, {"share": good}, questions=200, seed=0)["share"]
    assert (same.difference.value, same.difference.low, same.difference.high, same.p) == (0.0, 0.0, 0.0, 1.0)
    better = differences({"share": good}, {"share": bad}, questions=200, seed=0)["share"]
    assert better.difference.value == pytest.approx(0.3)
    assert better.difference.low > 0.2
    assert better.p < 0.01
