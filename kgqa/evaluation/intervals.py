"""Bootstrap over questions (Efron, 1979): 95 % percentile intervals, and paired differences of two systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kgqa.evaluation.measures import Floats, Measure

RESAMPLES = 1000
_CHUNK_CELLS = 200_000  # weights held at once: what stays in a processor's cache


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; all None where nothing could be measured."""

    value: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, Any]:
        return {"value": _round(self.value), "low": _round(self.low), "high": _round(self.high)}


@dataclass(frozen=True, slots=True)
class Difference:
    """How much the first system's figure exceeds the second's, and how often resampling says otherwise.

    ``p`` is the two-sided bootstrap p-value: twice the smaller share of resamples on one side of zero.
    """

    first: float | None
    second: float | None
    difference: Figure
    p: float | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "first": _round(self.first),
            "second": _round(self.second),
            "difference": self.difference.to_dict(),
            "p": _round(self.p),
        }


def figures(of: Mapping[str, Measure], *, questions: int, seed: int, resamples: int = RESAMPLES) -> dict[str, Figure]:
    """Each measure with its interval; every one sees the same resamples."""
    values, samples = _run(of, questions, seed, resamples)
    return {name: _figure(values[name], samples[name]) for name in of}


def differences(
    first: Mapping[str, Measure],
    second: Mapping[str, Measure],
    *,
    questions: int,
    seed: int,
    resamples: int = RESAMPLES,
) -> dict[str, Difference]:
    """The paired bootstrap: both systems are measured on the same resampled questions."""
    values, samples = _run(first, questions, seed, resamples)
    other_values, other_samples = _run(second, questions, seed, resamples)
    out: dict[str, Difference] = {}
    for name in first:
        gaps = samples[name] - other_samples[name]
        known = gaps[~np.isnan(gaps)]
        p = None
        if len(known):
            side = min(int((known <= 0).sum()), int((known >= 0).sum()))
            p = min(1.0, 2 * (side + 1) / (len(known) + 1))
        gap = _figure(values[name] - other_values[name], gaps)
        out[name] = Difference(_known(values[name]), _known(other_values[name]), gap, p)
    return out


def _run(
    of: Mapping[str, Measure], questions: int, seed: int, resamples: int
) -> tuple[dict[str, float], dict[str, Floats]]:
    whole = np.ones((1, questions), dtype=np.float64)
    values = {name: float(measure(whole)[0]) for name, measure in of.items()}
    parts: dict[str, list[Floats]] = {name: [] for name in of}
    for weights in _weights(questions, seed, resamples):
        for name, measure in of.items():
            if not np.isnan(values[name]):
                parts[name].append(measure(weights))
    nothing = np.full(resamples, np.nan)
    return values, {name: np.concatenate(rows) if rows else nothing for name, rows in parts.items()}


def _weights(questions: int, seed: int, resamples: int) -> Iterator[Floats]:
    """How often each question is drawn. Each: shape: (some resamples, questions)"""
    rng = np.random.default_rng(seed)
    size = max(1, _CHUNK_CELLS // max(1, questions))
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        yield np.stack(
            [np.bincount(rng.integers(0, questions, questions), minlength=questions) for _ in range(rows)]
        ).astype(np.float64)


def _figure(value: float, samples: Floats) -> Figure:
    known = samples[~np.isnan(samples)]
    if np.isnan(value) or not len(known):
        return Figure(_known(value), None, None)
    low, high = np.quantile(known, (0.025, 0.975))
    return Figure(value, float(low), float(high))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
