"""Figures of many judgements, each a function of how often every question counts, so that one code gives the
figure itself (all weights 1) and its bootstrap distribution (weights from resampling).

Calibration: expected calibration error over bins of equal mass (Naeini et al., 2015; Nguyen and O'Connor, 2015) and the
area under the ROC curve of confidence against being right, ties counted half (Mann and Whitney, 1947).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.evaluation.judging import Judgement, Status

Floats = NDArray[np.float64]
Measure = Callable[[Floats], Floats]
"""From weights, shape: (resamples, questions), to figures, shape: (resamples,); NaN where nothing can be measured."""

ECE_BINS = 15
_CORRECTNESS = ("hit", "hits_at_1", "guessed", "exact", "precision", "recall", "f1")


def measures(judgements: Sequence[Judgement]) -> dict[str, Measure]:
    """The figures that these judgements allow, by name, in the order in which they are shown."""
    answerable = np.array([judgement.answerable is True for judgement in judgements])
    known = np.array([judgement.answerable is not None for judgement in judgements])
    abstained = np.array([judgement.status is Status.ABSTAINED for judgement in judgements])
    answered = np.array([judgement.status is Status.ANSWERED for judgement in judgements])
    unanswerable = known & ~answerable
    out: dict[str, Measure] = {name: ratio(_column(judgements, name, answerable), answerable) for name in _CORRECTNESS}
    everything = np.ones(len(judgements), dtype=bool)
    out["answered"] = ratio(answered, everything)
    out["abstained"] = ratio(abstained, everything)
    out["abstention_precision"] = ratio(abstained & unanswerable, abstained & known)
    out["abstention_recall"] = ratio(abstained & unanswerable, unanswerable)
    cited = np.array([judgement.cited is not None for judgement in judgements])
    out["claims_cited"] = ratio(_column(judgements, "cited", cited), cited)
    verified = np.array([judgement.verified is not None for judgement in judgements])
    good = np.array([judgement.verified in ("supported", "predicted") for judgement in judgements])
    out["verified"] = ratio(good, verified)
    confident = np.array([j.confidence is not None for j in judgements], dtype=bool) & answered & known
    confidence = _column(judgements, "confidence", confident)
    right = np.array([judgement.hits_at_1 is True for judgement in judgements])
    out["ece"] = calibration_error(confidence, right, confident)
    out["auroc"] = ranking_area(confidence, right, confident)
    timed = np.array([judgement.total_ms is not None for judgement in judgements])
    times = _column(judgements, "total_ms", timed)
    out["ms_median"] = quantile(times, timed, 0.5)
    out["ms_p95"] = quantile(times, timed, 0.95)
    return out


def ratio(part: NDArray[np.generic], whole: NDArray[np.bool_]) -> Measure:
    """The weighted mean of ``part`` over the questions in ``whole``. Both: shape: (questions,)"""
    numerator = np.where(whole, part.astype(np.float64), 0.0)
    denominator = whole.astype(np.float64)

    def measure(weights: Floats) -> Floats:
        return _divide(weights @ numerator, weights @ denominator)

    return measure


def quantile(values: Floats, chosen: NDArray[np.bool_], q: float) -> Measure:
    """The smallest chosen value that at least a share ``q`` of the weight does not exceed (the inverted CDF)."""
    order = np.flatnonzero(chosen)[np.argsort(values[chosen], kind="stable")]

    def measure(weights: Floats) -> Floats:
        if not len(order):
            return np.full(len(weights), np.nan)
        mass = np.cumsum(weights[:, order], axis=1)
        reached = mass >= q * mass[:, -1:] - 1e-9
        return np.where(mass[:, -1] > 0, values[order][np.argmax(reached, axis=1)], np.nan)

    return measure


def calibration_error(
    confidence: Floats, right: NDArray[np.bool_], chosen: NDArray[np.bool_], *, bins: int = ECE_BINS
) -> Measure:
    """Mean distance of confidence and accuracy over bins of equal mass, the bins those of the whole sample.

    Questions of equal confidence share their accuracy, so that their order does not matter.
    """
    order = np.flatnonzero(chosen)[np.argsort(confidence[chosen], kind="stable")]
    starts = np.unique(np.linspace(0, len(order), bins + 1).round().astype(np.int64))[:-1]
    ties = _tie_starts(confidence[order])

    def measure(weights: Floats) -> Floats:
        if not len(order):
            return np.full(len(weights), np.nan)
        mass = weights[:, order]
        groups = np.diff(np.append(ties, len(order)))
        accuracy = _divide(np.add.reduceat(mass * right[order], ties, axis=1), np.add.reduceat(mass, ties, axis=1))
        gap = mass * (np.repeat(np.nan_to_num(accuracy), groups, axis=1) - confidence[order])
        return _divide(np.abs(np.add.reduceat(gap, starts, axis=1)).sum(axis=1), mass.sum(axis=1))

    return measure


def ranking_area(confidence: Floats, right: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Measure:
    """How often a right answer has more confidence than a wrong one, ties counted half."""
    order = np.flatnonzero(chosen)[np.argsort(confidence[chosen], kind="stable")]
    ties = _tie_starts(confidence[order])

    def measure(weights: Floats) -> Floats:
        if not len(order):
            return np.full(len(weights), np.nan)
        mass = weights[:, order]
        good = np.add.reduceat(mass * right[order], ties, axis=1)
        bad = np.add.reduceat(mass * ~right[order], ties, axis=1)
        below = np.cumsum(bad, axis=1) - bad
        return _divide((good * (below + bad / 2)).sum(axis=1), good.sum(axis=1) * bad.sum(axis=1))

    return measure


def _column(judgements: Sequence[Judgement], name: str, chosen: NDArray[np.bool_]) -> Floats:
    return np.array(
        [float(getattr(item, name)) if use else 0.0 for item, use in zip(judgements, chosen)], dtype=np.float64
    )


def _tie_starts(ordered: Floats) -> NDArray[np.int64]:
    """Where each run of equal values starts."""
    return np.flatnonzero(np.diff(ordered, prepend=np.nan) != 0) if len(ordered) else np.zeros(0, dtype=np.int64)


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(numerator, denominator, out=np.full_like(numerator, np.nan), where=denominator > 0)
