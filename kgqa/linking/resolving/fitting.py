"""The probability that a pair is one thing, without a labelled pair.

Entities taken apart on purpose are positives, the graph's own candidate pairs are unlabelled: a few are one thing, most
are not. With a classifier q between the two, weighted alike, P(one thing | pair) = share * q / (1 - q) (Elkan and Noto,
"Learning classifiers from only positive and unlabeled data", KDD 2008); those that are likely to be one thing are left
out of a second fit. The share of true pairs among the candidates is read where the positives lie: a true pair is as
likely to stand above a threshold as a planted one, and few others do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.linking.resolving.comparing import FEATURES

_SPEAKS_AGAINST = frozenset(("other_types", "conflicts", "linked"))
_EITHER = frozenset(("bare",))
_FOLDS = 5
_DOUBTFUL = 0.3
"""Candidates that are perhaps one thing, from this probability on, are no negatives of the second fit."""
_TAILS = (0.3, 0.4, 0.5, 0.6, 0.7)
"""Shares of the positives above the thresholds at which the share of true pairs is read."""


def probabilities(
    positives: NDArray[np.float64], candidates: NDArray[np.float64], *, seed: int = 0
) -> NDArray[np.float64]:
    """For each candidate the probability that it is one thing. shapes: (n, features), (m, features) -> (m,)

    Each is judged by trees that have not seen it, so that a true pair is not learnt by heart as a candidate.
    """
    planted, found = _cross_fitted(positives, candidates, np.ones(len(candidates), dtype=bool), seed)
    share = _share(planted, found)
    first = share * found / np.maximum(1 - found, 1e-9)
    planted, found = _cross_fitted(positives, candidates, first < _DOUBTFUL, seed)
    share = _share(planted, found)
    odds = share * found / np.maximum((1 - share) * (1 - found), 1e-9)
    return odds / (1 + odds)


def _cross_fitted(
    positives: NDArray[np.float64], candidates: NDArray[np.float64], different: NDArray[np.bool_], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How likely each pair is a planted one, the positives' and the candidates'; ``different`` are learnt from.

    shapes: (n, features), (m, features), (m,) -> (n,), (m,)
    """
    rows = np.concatenate([positives, candidates])
    planted = np.repeat([1, 0], [len(positives), len(candidates)])
    learnt = np.concatenate([np.ones(len(positives), dtype=bool), different])
    fold = np.random.default_rng(seed).permutation(len(rows)) % _FOLDS
    chances = np.zeros(len(rows))
    for part in range(_FOLDS):
        use = learnt & (fold != part)
        chances[fold == part] = _balanced(rows[use], planted[use], rows[fold == part], seed)
    return chances[planted == 1], chances[planted == 0]


def _balanced(
    rows: NDArray[np.float64], planted: NDArray[np.int64], asked: NDArray[np.float64], seed: int
) -> NDArray[np.float64]:
    """How likely each of ``asked`` is a planted pair, were there as many of them as of candidates.

    Gradient-boosted trees that may only rise with what speaks for it and fall with what speaks against it.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    directions = [0 if name in _EITHER else -1 if name in _SPEAKS_AGAINST else 1 for name in FEATURES]
    model: Any = HistGradientBoostingClassifier(
        max_iter=80,
        learning_rate=0.1,
        max_leaf_nodes=8,
        min_samples_leaf=10,
        l2_regularization=1.0,
        monotonic_cst=directions,
        early_stopping=False,
        random_state=seed,
    )
    count = max(1, int(planted.sum()))
    weight = np.where(planted == 1, 0.5 / count, 0.5 / max(1, len(planted) - count)) * len(planted)
    model.fit(rows, planted, sample_weight=weight)
    found: NDArray[np.float64] = model.predict_proba(asked)[:, 1]
    return found


def _share(positives: NDArray[np.float64], candidates: NDArray[np.float64]) -> float:
    """The share of true pairs among the candidates, as the upper parts of the positives tell."""
    shares = [
        float((candidates >= np.quantile(positives, 1 - tail)).sum()) / (tail * len(candidates)) for tail in _TAILS
    ]
    return float(np.clip(np.median(shares), 1 / (2 * len(candidates)), 0.5))
