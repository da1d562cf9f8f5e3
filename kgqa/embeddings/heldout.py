"""Held-out queries, asked as the predictor is asked: what the calibration is fitted on and how good it turns out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.calibration import FEATURES, Calibration, expected_calibration_error, fit_calibration
from kgqa.embeddings.domains import Domains
from kgqa.embeddings.fusion import Fusion, fit_fusion
from kgqa.embeddings.known import known_both_ways
from kgqa.embeddings.plausibility import corrupted, plausibility
from kgqa.embeddings.queries import Answers, Key, Question, as_used, one_at_a_time, values_by_node
from kgqa.embeddings.ranking import ValueRanker, relation_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

FITTED_RANKS = 5
MAX_QUERIES = 4_000
MAX_WEIGHED = 300
MIN_COVERAGE = 0.05
TRIPLE_FEATURES = ("tail share", "head share", "tail rank", "head rank", "relation share")


@dataclass(frozen=True, slots=True)
class Predictions:
    """Top predictions of many queries. Each array: shape: (n,) or (n, 5) for features; ``prior`` is chance_missing."""

    features: NDArray[np.float64]
    true: NDArray[np.bool_]
    keys: NDArray[np.str_]
    first: NDArray[np.bool_]
    prior: NDArray[np.float64]


def ask(ranker: ValueRanker, questions: Sequence[Question], *, missing_share: float) -> Predictions:
    """The top predictions for each question. A single-valued relation whose value is known is not asked, as in use."""
    features: list[NDArray[np.float64]] = [np.empty((0, len(FEATURES)))]
    true: list[bool] = []
    keys: list[str] = []
    first: list[bool] = []
    prior: list[float] = []
    domains = ranker.domains
    for key, asked in _by_key(domains, questions):
        relation, inverse = key
        nodes, known = [question.node for question in asked], [question.known for question in asked]
        rankings = ranker.rank(relation, inverse, nodes, known, k=FITTED_RANKS)
        for question, ranking in zip(asked, rankings, strict=True):
            n = len(ranking.values)
            features.append(ranking.features)
            true += [value in question.right for value in ranking.values.tolist()]
            first += [place == 0 for place in range(n)]
            keys += [relation_key(ranker.relations[relation], inverse)] * n
            chance = domains.chance_missing(
                relation, inverse, question.node, len(question.known), missing_share=missing_share
            )
            prior += [chance] * n
    return Predictions(
        np.concatenate(features),
        np.array(true, dtype=np.bool_),
        np.array(keys, dtype=str),
        np.array(first, dtype=np.bool_),
        np.array(prior, dtype=np.float64),
    )


def _by_key(domains: Domains, questions: Sequence[Question]) -> Iterator[tuple[Key, list[Question]]]:
    """The questions by relation and direction, without those of single-valued relations that have their value."""
    for key, group in groupby(sorted(questions, key=lambda question: question.key), key=lambda question: question.key):
        single = domains.side(*key).single
        yield key, [question for question in group if not (single and question.known)]


def weigh(
    ranker: ValueRanker, *, train: NDArray[np.int64], valid: NDArray[np.int64], test: NDArray[np.int64], seed: int
) -> Fusion:
    """How much the rules weigh, fitted on the queries of ``valid``: at most 300 of each relation and direction.

    train, valid, test: shape: (n, 3) each; ``ranker`` knows those of ``train``.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, NDArray[np.float64]] = {}
    questions = one_at_a_time(values_by_node(valid), _values(train, test))
    for (relation, inverse), asked in _by_key(ranker.domains, questions):
        chosen = [asked[place] for place in np.sort(rng.permutation(len(asked))[:MAX_WEIGHED]).tolist()]
        found[relation_key(ranker.relations[relation], inverse)] = ranker.reciprocal(
            relation,
            inverse,
            [question.node for question in chosen],
            [question.known for question in chosen],
            [next(iter(question.right)) for question in chosen],
        )
    return fit_fusion(found)


def calibrate(
    ranker: ValueRanker,
    *,
    train: NDArray[np.int64],
    valid: NDArray[np.int64],
    test: NDArray[np.int64],
    seed: int,
) -> tuple[Calibration, dict[str, float]]:
    """Fits on ``valid`` and judges on ``test``. Each: shape: (n, 3); ``ranker`` knows those of ``train``.

    Figures: ``top_true`` and ``ece`` on held-out queries that have a missing value; ``asked_true``,
    ``asked_probability`` and ``asked_ece`` on a random sample of what can be asked at all, where mostly nothing was
    hidden, with the prior at the share really hidden.
    """
    options: dict[str, Any] = {"missing_share": _share(train, valid, test)}
    fitting = ask(ranker, as_used(values_by_node(valid), _values(train, test)), **options)
    calibration = fit_calibration(fitting.features, fitting.true, fitting.keys, first=fitting.first)
    figures: dict[str, float] = {"calibration_queries": int(fitting.first.sum())}
    judged = ask(ranker, as_used(values_by_node(test), _values(train, valid)), **options)
    if judged.first.any():
        probability = _first(calibration, judged)
        hit = judged.true[judged.first]
        figures |= {
            "test_queries": int(judged.first.sum()),
            "top_true": float(hit.mean()),
            "top_probability": float(probability.mean()),
            "ece": expected_calibration_error(probability, hit),
            "brier": float(np.mean((probability - hit) ** 2)),
        }
    sample = _sample_open(ranker.domains, len(ranker.relations), _values(valid, test), seed=seed)
    asked = ask(ranker, sample, **options)
    if asked.first.any():
        probability = _first(calibration, asked) * asked.prior[asked.first]
        hit = asked.true[asked.first]
        figures |= {
            "asked_queries": int(asked.first.sum()),
            "asked_true": float(hit.mean()),
            "asked_probability": float(probability.mean()),
            "asked_ece": expected_calibration_error(probability, hit),
        }
    return calibration, figures


def calibrate_triples(
    model: Any,
    relations: tuple[str, ...],
    *,
    train: NDArray[np.int64],
    valid: NDArray[np.int64],
    test: NDArray[np.int64],
    seed: int,
) -> tuple[Calibration, dict[str, float]]:
    """As ``calibrate``, for whole triples: each held-out one against one made false, half of them right in type.

    Figures: ``triple_ece``, ``triple_accuracy`` at 0.5, on ``test`` and corruptions of it.
    """
    every = np.concatenate([train, valid, test])
    known = known_both_ways(every, relations=len(relations))
    rng = np.random.default_rng(seed)
    parts = []
    for part in (valid, test):
        noise = corrupted(part, true=every, entities=model.num_entities, rng=rng)
        asked = np.concatenate([part, noise])
        said = plausibility(model, asked, known)
        features = np.stack([said[name] for name in TRIPLE_FEATURES], axis=1)
        parts.append((features, np.arange(len(asked)) < len(part), np.array(relations, dtype=str)[asked[:, 1]]))
    features, true, keys = parts[0]
    fitted = fit_calibration(features, true, keys, first=np.ones(len(true), dtype=np.bool_), names=TRIPLE_FEATURES)
    if not len(test):
        return fitted, {}
    features, true, keys = parts[1]
    probability = probabilities_of(fitted, features, keys)
    return fitted, {
        "triple_ece": expected_calibration_error(probability, true),
        "triple_accuracy": float(np.mean((probability > 0.5) == true)),
    }


def probabilities_of(
    calibration: Calibration, features: NDArray[np.float64], keys: NDArray[np.str_]
) -> NDArray[np.float64]:
    """Probabilities of rows of several relations. features: shape: (n, names); keys: shape: (n,)"""
    out = np.empty(len(keys))
    for key in np.unique(keys):
        out[keys == key] = calibration.probability(features[keys == key], str(key))
    return out


def _first(calibration: Calibration, predictions: Predictions) -> NDArray[np.float64]:
    return probabilities_of(calibration, predictions.features[predictions.first], predictions.keys[predictions.first])


def _values(*parts: NDArray[np.int64]) -> Answers:
    return values_by_node(np.concatenate(parts))


def _share(train: NDArray[np.int64], valid: NDArray[np.int64], test: NDArray[np.int64]) -> float:
    hidden = len(valid) + len(test)
    return hidden / max(1, hidden + len(train))


def _sample_open(domains: Domains, relations: int, hidden: Answers, *, seed: int) -> list[Question]:
    """Questions without a known value, drawn evenly from all (relation, direction, node) that have a chance at all."""
    keys = [(relation, inverse) for relation in range(relations) for inverse in (False, True)]
    sizes = [len(_open_nodes(domains, key)) for key in keys]
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    chosen = np.sort(np.random.default_rng(seed).choice(total, size=min(total, MAX_QUERIES), replace=False))
    out: list[Question] = []
    for place, key in enumerate(keys):
        mine = chosen[(chosen >= ends[place] - sizes[place]) & (chosen < ends[place])] - (ends[place] - sizes[place])
        if len(mine):
            values = hidden.get(key, {})
            nodes = _open_nodes(domains, key)[mine].tolist()
            out += [Question(key, node, values.get(node, set()), set()) for node in nodes]
    return out


def _open_nodes(domains: Domains, key: Key) -> NDArray[np.int64]:
    """Nodes without a known value of which at least 5 % of the like have one, sorted."""
    open_ = domains.coverage_of_all(*key) >= MIN_COVERAGE
    open_[domains.side(*key).owners] = False
    return np.flatnonzero(open_)
