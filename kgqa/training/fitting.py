"""Fits the plan ranker: listwise softmax over the candidates of each question, then a logistic calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.ranking.ranker import SIGNALS, signals
from kgqa.training.examples import Example

MOST = 1.0
"""A reader's scores count at most so much as the linear ranker's: people word things yet otherwise than any grammar."""


def fit_weights(examples: Sequence[Example], start: NDArray[np.float64], *, pull: float = 0.02) -> NDArray[np.float64]:
    """Weights that maximise the softmax share of the right plans (Luce 1959; ListNet top one), drawn to ``start``.

    ``pull`` weighs the squared distance to ``start`` against the mean loss.
    """
    from scipy.optimize import minimize

    examples = [example for example in examples if len(example.right)]
    sizes = np.asarray([len(example.features) for example in examples])
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    stacked = np.concatenate([example.features for example in examples]).astype(np.float64)
    right = np.zeros(len(stacked), dtype=bool)
    for offset, example in zip(offsets, examples):
        right[offset + example.right] = True
    group = np.repeat(np.arange(len(sizes)), sizes)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = stacked @ weights
        scores -= np.maximum.reduceat(scores, offsets[:-1])[group]
        shares = np.exp(scores)
        total = np.add.reduceat(shares, offsets[:-1])
        good = np.maximum(np.add.reduceat(np.where(right, shares, 0.0), offsets[:-1]), 1e-300)
        value = float(np.mean(np.log(total) - np.log(good))) + pull * float(((weights - start) ** 2).sum())
        slope = shares / total[group] - np.where(right, shares / good[group], 0.0)
        return value, stacked.T @ slope / len(sizes) + 2 * pull * (weights - start)

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x)


def fit_share(
    examples: Sequence[Example], own: Sequence[NDArray[np.float64]], read: Sequence[NDArray[np.float64]]
) -> float:
    """How much a reader's scores should count beside the linear ranker's own, from 0 to ``MOST``.

    0 where none of the questions has a right plan.
    """
    if not any(len(example.right) for example in examples):
        return 0.0
    both = [
        replace(example, features=np.stack([mine, theirs], axis=1).astype(np.float32))
        for example, mine, theirs in zip(examples, own, read, strict=True)
    ]
    mine, theirs = fit_weights(both, np.asarray([1.0, 0.5]), pull=1e-4).tolist()
    return float(np.clip(theirs / max(mine, 1e-6), 0.0, MOST))


def fit_calibration(
    examples: Sequence[Example], scores: Sequence[NDArray[np.float64]], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Logistic regression of "the first plan is right" on the ranker's signals (Platt 1999).

    ``scores``: of the candidates of each question; ``weights``: of the linear ranker, whose part in them is known.
    """
    from scipy.optimize import minimize

    hits = _hits(examples, scores)
    own = linear_scores(examples, weights)
    rows = np.asarray([signals(e.features, found, mine) for e, found, mine in zip(examples, scores, own, strict=True)])
    design = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)

    def loss(calibration: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = design @ calibration
        value = float(np.mean(np.logaddexp(0.0, logits) - hits * logits)) + 1e-3 * float((calibration**2).sum())
        return value, design.T @ (1 / (1 + np.exp(-logits)) - hits) / len(hits) + 2e-3 * calibration

    return np.asarray(minimize(loss, np.zeros(len(SIGNALS) + 1), jac=True, method="L-BFGS-B").x)


def linear_scores(examples: Sequence[Example], weights: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Scores by weights alone."""
    return [example.features.astype(np.float64) @ weights for example in examples]


def accuracy(examples: Sequence[Example], scores: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    """Share of questions whose best-scored plan is right, by shape and over all."""
    hits = _hits(examples, scores)
    out = {"all": float(np.mean(hits)) if len(hits) else 0.0}
    for shape in sorted({example.shape for example in examples}):
        chosen = [hit for hit, example in zip(hits, examples) if example.shape == shape]
        out[shape] = float(np.mean(chosen))
    return out


def _hits(examples: Sequence[Example], scores: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Whether the best-scored plan of each question is right. shape: (questions,)"""
    return np.asarray(
        [float(int(np.argmax(found)) in example.right) for example, found in zip(examples, scores, strict=True)]
    )
