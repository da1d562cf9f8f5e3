"""A linear ranker over plan features, with a calibrated chance that its first plan is right; saved as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import ModelError
from kgqa.graph.publish import read_pointer
from kgqa.reasoning.search.ranking.features import NAMES

FORMAT = 1
RANKER = "ranker.json"
SIGNALS = ("margin", "entropy", "read", "unexplained", "call_min", "anchor", "unused", "regret_max", "whole_mean")
"""What the calibration looks at: how far the best plan leads, also for the reader alone, and what it explains."""


@dataclass(frozen=True)
class Ranker:
    """``weights``: one per feature; ``calibration``: one per signal, then the constant, of a logistic regression."""

    weights: NDArray[np.float64]
    calibration: NDArray[np.float64]

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores of plans; differences are log odds. shape: (plans, features) -> (plans,)"""
        return features.astype(np.float64) @ self.weights

    def probabilities(self, features: NDArray[np.float32], scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The chance that each plan is the right one, the first among them calibrated. shapes: (plans,)"""
        if len(scores) == 0:
            return np.zeros(0)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        best = int(np.argmax(scores))
        chance = 1.0 / (
            1.0
            + np.exp(
                -float(signals(features, scores, self.scores(features)) @ self.calibration[:-1] + self.calibration[-1])
            )
        )
        rest = 1.0 - shares[best]
        out = shares * ((1.0 - chance) / rest if rest > 1e-12 else 0.0)
        out[best] = chance
        return np.minimum(out, chance)

    def save(self, path: Path, **about: object) -> None:
        """Writes the weights by name, with what they were fitted on."""
        data = {
            "format": FORMAT,
            "about": about,
            "weights": {name: round(float(value), 5) for name, value in zip(NAMES, self.weights)},
            "calibration": {
                name: round(float(value), 5) for name, value in zip((*SIGNALS, "constant"), self.calibration)
            },
        }
        path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def signals(
    features: NDArray[np.float32], scores: NDArray[np.float64], own: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What the calibration looks at, for the best of the plans.

    ``own``: the linear ranker's part of the scores; the rest is the reader's. shape: (len(SIGNALS),)
    """
    best = int(np.argmax(scores))
    margin = min(6.0, _lead(scores, best, 6.0))
    read = float(np.clip(_lead(scores - own, best, 10.0), -10.0, 10.0)) if np.any(scores != own) else 0.0
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    entropy = float(-(shares * np.log(shares + 1e-12)).sum())
    row = dict(zip(NAMES, features[best].tolist()))
    return np.asarray([margin, entropy, read, *(row[name] for name in SIGNALS[3:])], dtype=np.float64)


def _lead(scores: NDArray[np.float64], best: int, alone: float) -> float:
    others = np.delete(scores, best)
    return float(scores[best] - others.max()) if len(others) else alone


def load_ranker(folder: Path | None = None) -> Ranker:
    """The ranker that training published in ``folder``, or the packaged one. Raises ModelError when there is none."""
    if folder is None:
        return read_ranker(Path(__file__).with_name("weights.json"))
    pointer = read_pointer(folder)
    if pointer is None or not pointer["parts"]:
        raise ModelError(f"{folder}: no trained planner; run: kgqa train planner")
    return read_ranker(folder / str(pointer["parts"][0]) / RANKER)


def read_ranker(path: Path) -> Ranker:
    """Reads what ``Ranker.save`` wrote. Raises ModelError for a file that is missing, damaged or of another format."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data["format"]
        weights = _vector(data["weights"], NAMES)
        calibration = _vector(data["calibration"], (*SIGNALS, "constant"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: no planner weights ({error!r}); run: kgqa train planner") from error
    if version != FORMAT:
        raise ModelError(f"{path}: planner format {version} is not {FORMAT}; run: kgqa train planner")
    return Ranker(weights, calibration)


def _vector(data: dict[str, float], names: Sequence[str]) -> NDArray[np.float64]:
    return np.asarray([float(data[name]) for name in names], dtype=np.float64)
