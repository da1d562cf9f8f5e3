"""How much the rules weigh beside the model: late fusion, its weight fitted on held-out queries of each relation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
MIN_QUERIES = 60
_LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class Fusion:
    """Weights of the rules from 0 to 1, by relation and direction; plain numbers, so that it is kept as JSON."""

    weights: Mapping[str, float] = field(default_factory=dict)
    default: float = 0.0

    def weight(self, key: str) -> float:
        return self.weights.get(key, self.default)

    def to_dict(self) -> dict[str, Any]:
        return {"weights": dict(self.weights), "default": self.default}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fusion:
        """Reads ``to_dict``'s form. Raises KeyError, TypeError or ValueError for another."""
        return cls({str(key): float(value) for key, value in data["weights"].items()}, float(data["default"]))


def fused(
    scores: NDArray[np.float32], places: NDArray[np.int64], chances: NDArray[np.float64], weight: float
) -> NDArray[np.float32]:
    """The weighted mean of the log shares of a model and the log chances of the rules.

    scores: shape: (candidates,); ``places`` of the candidates that the rules give a chance: shape: (found,) as chances
    """
    top = scores.max()
    total = float(np.log(np.exp(scores - top).sum(dtype=np.float64)))
    return mixed(scores - (top + np.float32(total)), places, chances, weight)


def mixed(
    shares: NDArray[np.float32], places: NDArray[np.int64], chances: NDArray[np.float64], weight: float
) -> NDArray[np.float32]:
    """``fused``, of log shares. shape: (candidates,)"""
    least = float(np.log(_LEAST))
    out = np.float32(1.0 - weight) * shares + np.float32(weight * least)
    out[places] += (weight * (np.log(np.maximum(chances, _LEAST)) - least)).astype(np.float32)
    return np.asarray(out, dtype=np.float32)


def fit_fusion(reciprocal: Mapping[str, NDArray[np.float64]]) -> Fusion:
    """The weights under which what was held out ranks best.

    reciprocal: for each relation and direction the reciprocal ranks of its queries under each of ``WEIGHTS``; shape:
    (queries, weights). Those with fewer than 60 queries share one weight. Of equals the model's.
    """
    rare = [np.zeros((0, len(WEIGHTS)))]
    weights: dict[str, float] = {}
    for key, ranks in sorted(reciprocal.items()):
        if len(ranks) < MIN_QUERIES:
            rare.append(ranks)
        else:
            weights[key] = WEIGHTS[int(ranks.mean(axis=0).argmax())]
    pooled = np.concatenate(rare)
    return Fusion(weights, WEIGHTS[int(pooled.mean(axis=0).argmax())] if len(pooled) else 0.0)
