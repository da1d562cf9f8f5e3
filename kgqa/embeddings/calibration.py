"""From scores of a model to probabilities that its top prediction is true.

A logistic model (Platt 1999) over plain features of a prediction, then a second one for each relation with enough
held-out queries, which tells nodes without any known value from others, and one for all other relations together; or
for these an isotonic curve (Zadrozny and Elkan 2002) where they have very many. Fitted on queries as they are used
(Tabacof and Costabello 2020 show why the scores themselves are no probabilities).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEATURES = ("share", "height", "rank", "degree", "bare")
BARE = FEATURES[4]
REST = "*"
"""Stands for the relations that have no scale of their own."""
MIN_FIT = 20
MIN_RELATION = 60
MIN_ISOTONIC = 1_000
_CEILING = 0.99


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probabilities from features; plain numbers, so that it is kept as JSON.

    ``weights`` and ``bias`` make one logit of the features; ``relations`` rescale it (slope, offset, and what a bare
    node adds) by relation and direction; all others share ``curve`` (logits, probabilities) or, where they had too few
    queries for one, the scale of ``REST``. An unfitted one gives 0.5 at most: what nobody could check is never used
    above the default threshold.
    """

    weights: tuple[float, ...] = ()
    bias: float = 0.0
    relations: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    curve: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    names: tuple[str, ...] = FEATURES

    def probability(self, features: NDArray[np.float64], key: str) -> NDArray[np.float64]:
        """Probability that each prediction is true, given that something is missing.

        features: shape: (n, len(names))
        """
        if not self.weights:
            return 0.5 * _sigmoid(features[:, 0])
        logit = features @ np.asarray(self.weights) + self.bias
        if key not in self.relations and self.curve is not None:
            return np.clip(np.interp(logit, *self.curve), 1.0 - _CEILING, _CEILING)
        if (scale := self.relations.get(key, self.relations.get(REST))) is not None:
            logit = scale[0] * logit + scale[1] + scale[2] * self._bare(features)
        return np.clip(_sigmoid(logit), 0.0, _CEILING)

    def _bare(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Whether each was predicted for a node without known values, where that is told. shape: (n,)"""
        return features[:, self.names.index(BARE)] if BARE in self.names else np.zeros(len(features))

    def to_dict(self) -> dict[str, Any]:
        return {
            "features": list(self.names),
            "weights": list(self.weights),
            "bias": self.bias,
            "relations": {key: list(value) for key, value in self.relations.items()},
            "curve": None if self.curve is None else [list(axis) for axis in self.curve],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, names: tuple[str, ...] = FEATURES) -> Calibration:
        """Reads ``to_dict``'s form. Raises KeyError, TypeError or ValueError for another, or other features."""
        if list(data["features"]) != list(names):
            raise ValueError(f"features {data['features']!r} are not {list(names)}")
        curve = data["curve"]
        return cls(
            weights=tuple(float(value) for value in data["weights"]),
            bias=float(data["bias"]),
            relations={
                str(key): (float(slope), float(offset), float(bare))
                for key, (slope, offset, bare) in data["relations"].items()
            },
            curve=None if curve is None else (tuple(map(float, curve[0])), tuple(map(float, curve[1]))),
            names=names,
        )


def prediction_features(
    scores: NDArray[np.float32], top: NDArray[np.int64], mean_degree: float, *, bare: bool
) -> NDArray[np.float64]:
    """Features of the ``top`` candidates of one query. scores: shape: (candidates,); top: shape: (k,); gives (k, 5).

    The log-odds of its softmax share, its height above the mean in standard deviations, the log of its rank, the log of
    how many values a node has on average, and whether this node is ``bare``: has none that is known.
    """
    shifted = scores - scores.max()  # 32 bits wide, as the scores: of a million candidates each pass over them counts
    total = float(np.exp(shifted).sum(dtype=np.float64))
    spread = float(shifted.std(dtype=np.float64)) or 1.0
    return _top_features(
        shifted[top].astype(np.float64), total, float(shifted.mean(dtype=np.float64)), spread, mean_degree, bare
    )


def _top_features(
    shifted: NDArray[np.float64], total: float, mean: float, spread: float, mean_degree: float, bare: bool
) -> NDArray[np.float64]:
    """``prediction_features`` of the best candidates of one query. shifted: shape: (k,); gives (k, 5).

    All scores less a number: those of the best, descending; of all candidates the sum of the exponentials, the mean and
    the standard deviation.
    """
    share = np.clip(np.exp(shifted) / total, 1e-9, 1 - 1e-9)
    return np.stack(
        [
            np.log(share) - np.log1p(-share),
            (shifted - mean) / spread,
            np.log(np.arange(1, len(shifted) + 1)),
            np.full(len(shifted), np.log(max(mean_degree, 1.0))),
            np.full(len(shifted), float(bare)),
        ],
        axis=1,
    )


def log_total(found: NDArray[np.float32], others: NDArray[np.float32], candidates: int) -> float:
    """The logarithm of the summed exponentials of so many candidates' scores, estimated from those found, the highest
    among them, and those of a sample of the others. shape: (found,), (sample,)
    """
    top = float(found.max())
    rest = np.exp(others.astype(np.float64) - top).mean() if len(others) else 0.0
    total = np.exp(found.astype(np.float64) - top).sum() + rest * max(0, candidates - len(found))
    return top + float(np.log(total))


def estimated_features(
    found: NDArray[np.float32],
    others: NDArray[np.float32],
    best: NDArray[np.int64],
    candidates: int,
    mean_degree: float,
    *,
    bare: bool,
) -> NDArray[np.float64]:
    """``prediction_features`` of the ``best`` of the scores found, all others being estimated as by ``log_total``."""
    share = min(1.0, len(found) / candidates) if len(others) else 1.0
    parts = [(share, found.astype(np.float64)), (1.0 - share, others.astype(np.float64))]
    mean = sum(weight * part.mean() for weight, part in parts if weight)
    spread = np.sqrt(sum(weight * np.square(part - mean).mean() for weight, part in parts if weight))
    top = float(found.max())
    total = float(np.exp(log_total(found, others, candidates) - top))
    shifted = found[best].astype(np.float64) - top
    return _top_features(shifted, total, float(mean - top), float(spread) or 1.0, mean_degree, bare)


def fit_calibration(
    features: NDArray[np.float64],
    true: NDArray[np.bool_],
    keys: NDArray[np.str_],
    *,
    first: NDArray[np.bool_],
    names: tuple[str, ...] = FEATURES,
) -> Calibration:
    """Fits on the top predictions of held-out queries.

    features: shape: (n, len(names)); true, keys (relation and direction), first (the top prediction?): shape: (n,).
    With fewer than 20 queries, or all of one kind, nothing can be fitted.
    """
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LogisticRegression

    if first.sum() < MIN_FIT or len(np.unique(true[first])) < 2:
        return Calibration(names=names)
    scale = np.maximum(features.std(axis=0), 1e-6)
    pooled = LogisticRegression(C=1.0, max_iter=1000).fit(features / scale, true)
    weights, bias = pooled.coef_[0] / scale, float(pooled.intercept_[0])
    logit = (features @ weights + bias)[first]
    hit, key = true[first], keys[first]
    relations: dict[str, tuple[float, float, float]] = {}
    bare = features[first, names.index(BARE)] if BARE in names else np.zeros(len(hit))
    for name in np.unique(key):
        rows = key == name
        if rows.sum() >= MIN_RELATION and 0 < hit[rows].mean() < 1:
            # Regularised towards slope 1, offsets 0: the pooled model is the starting point.
            relations[str(name)] = _rescale(logit[rows], bare[rows], hit[rows])
    curve = None
    rest = ~np.isin(key, list(relations))  # what the frequent relations are like says little of the rare ones
    if rest.sum() >= MIN_ISOTONIC:
        isotonic = IsotonicRegression(out_of_bounds="clip").fit(logit[rest], hit[rest].astype(np.float64))
        curve = tuple(map(float, isotonic.X_thresholds_)), tuple(map(float, isotonic.y_thresholds_))
    elif rest.sum() >= MIN_FIT:
        relations[REST] = _rescale(logit[rest], bare[rest], hit[rest])
    return Calibration(tuple(map(float, weights)), bias, relations, curve, names)


def expected_calibration_error(probability: NDArray[np.float64], true: NDArray[np.bool_], *, bins: int = 15) -> float:
    """Mean gap between probability and share true over bins of equal mass, by size (Nixon et al. 2019).

    probability, true: shape: (n,) each. Equal probabilities share a bin, so that order does not matter.
    """
    if len(probability) == 0:
        return float("nan")
    order = np.argsort(probability, kind="stable")
    _, start, counts = np.unique(probability[order], return_index=True, return_counts=True)
    place = np.minimum((start + counts // 2) * bins // len(order), bins - 1).repeat(counts)
    hits = true[order].astype(np.float64)
    gap = 0.0
    for number in np.unique(place):
        rows = place == number
        gap += rows.mean() * abs(float(probability[order][rows].mean()) - float(hits[rows].mean()))
    return float(gap)


def _rescale(
    logit: NDArray[np.float64], bare: NDArray[np.float64], hit: NDArray[np.bool_], *, strength: float = 2.0
) -> tuple[float, float, float]:
    """Slope, offset, and the offset of bare nodes, by penalised Newton steps around (1, 0, 0)."""
    start = np.array([1.0, 0.0, 0.0])
    point = start.copy()
    design = np.stack([logit, np.ones_like(logit), bare], axis=1)
    for _ in range(25):
        p = _sigmoid(design @ point)
        gradient = design.T @ (p - hit) + strength * (point - start)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + strength * np.eye(3)
        step = np.linalg.solve(hessian, gradient)
        point -= np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    return float(point[0]), float(point[1]), float(point[2])


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))
