"""A question to learn from: what the rankers see of its candidate plans, and which of them are right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.ranking.outline import Layout


@dataclass(frozen=True)
class Reading:
    """A question with some names masked, and the plans that take these names.

    ``places``: their numbers among all candidates of the question. shape: (plans,)
    """

    text: str
    places: NDArray[np.int64]
    plans: Layout


@dataclass(frozen=True)
class Example:
    """One question: features of its candidates and which of them are right; ``readings``: how the reader sees it.

    ``kept_back``: it is worded in ways that the others are not. Nothing is right where a name was not found or the
    beam lost the plan. shapes: (candidates, features), (right,)
    """

    features: NDArray[np.float32]
    right: NDArray[np.int64]
    shape: str
    readings: tuple[Reading, ...] = ()
    kept_back: bool = False
