"""Statements of the graph that are improbable: candidates for errors.

A model that has learnt a statement finds it probable, so each is judged by small models that did not see it (cross
fitting). What they say of it, and what the data say of its ends, is weighed by a classifier that learns to tell
statements from corrupted ones, again without having seen the statement itself: noise-contrastive estimation
(Gutmann and Hyvärinen 2010) of how much likelier a statement is as noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.graph import LearningGraph
from kgqa.embeddings.known import known_both_ways
from kgqa.embeddings.models import build_model, resolve_device, seeded
from kgqa.embeddings.options import Loop, Recipe
from kgqa.embeddings.plausibility import PLAUSIBILITY, corrupted, plausibility
from kgqa.embeddings.softmax import draw_weights, train_softmax
from kgqa.embeddings.watch import Watch
from kgqa.errors import ModelError
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 4
RECIPE = Recipe(Loop.SOFTMAX, 64, 16, 300, 0.1, 1, 100, "adagrad", 0.01, 0.1)
MIN_TRIPLES = 100


@dataclass(frozen=True, slots=True)
class Suspicions:
    """How likely each statement is noise, by position in the triples, and why: features by name. shape: (n,) each"""

    noise: NDArray[np.float64]
    features: dict[str, NDArray[np.float64]]


def suspect(
    graph: LearningGraph, *, seed: int = 0, device: str = "cpu", progress: Progress | None = None
) -> Suspicions:
    """Judges every statement of ``graph``. Raises ModelError for fewer than 100 statements.

    ``noise`` is the probability that a statement is corrupted if half of all were; it orders, and the share of errors
    in a graph is for its owner to know.
    """
    triples = graph.triples
    if len(triples) < MIN_TRIPLES:
        raise ModelError(f"the graph has {len(triples)} statements between entities; at least {MIN_TRIPLES} are needed")
    rng = np.random.default_rng(seed)
    noise = corrupted(triples, true=triples, entities=len(graph.vocabulary.refs), rng=rng)
    judged = {name: np.empty(2 * len(triples)) for name in PLAUSIBILITY}
    both = np.concatenate([triples, noise])
    folds = rng.integers(0, FOLDS, len(both))
    fold = folds[: len(triples)]
    known = known_both_ways(triples, relations=len(graph.vocabulary.relations))
    place = resolve_device(device)
    for number in range(FOLDS):
        if progress is not None:
            progress("judging statements", number, FOLDS)
        model = _learn(graph, triples[fold != number], seed=seed, device=place)
        rows = np.flatnonzero(folds == number)
        for name, values in plausibility(model, both[rows], known).items():
            judged[name][rows] = values
    features = judged | data_features(both, triples, types=graph.vocabulary.types)
    table = np.stack(list(features.values()), axis=1)
    label = np.arange(len(both)) >= len(triples)
    return Suspicions(
        _classified(table, label, folds, seed)[: len(triples)],
        {name: values[: len(triples)] for name, values in features.items()},
    )


def _learn(graph: LearningGraph, triples: NDArray[np.int64], *, seed: int, device: str) -> Any:
    import torch

    entities, relations = len(graph.vocabulary.refs), len(graph.vocabulary.relations)
    model = build_model(
        "complex",
        {"embedding_dim": RECIPE.dim, "regularizer": None},
        triples,
        entities=entities,
        relations=relations,
        inverses=True,
        seed=seed,
    )
    model.to(torch.device(device))
    nothing = np.empty((0, 3), dtype=np.int64)
    watch = Watch(
        model,
        nothing,
        RankEvaluator([], relations=relations),
        epochs=RECIPE.epochs,
        patience=RECIPE.patience,
        check_every=RECIPE.check_every,
        seed=seed,
    )
    with seeded(seed):
        draw_weights(model, seed=seed)
        train_softmax(model, triples, RECIPE, watch, seed=seed, accumulate=1, precision="float32")
    return model


def data_features(
    asked: NDArray[np.int64], triples: NDArray[np.int64], *, types: Sequence[Sequence[str]]
) -> dict[str, NDArray[np.float64]]:
    """What the other statements say of the ends: how often each stands there, how usual its types are there, how many
    values the other end has already. asked: shape: (n, 3); one that is among ``triples`` does not count itself.
    """
    from kgqa.embeddings.domains import type_matrix

    entities, relations = len(types), int(triples[:, 1].max()) + 1
    matrix = type_matrix(types)
    own = np.isin(_keys(asked, entities, relations), _keys(triples, entities, relations)).astype(np.float64)
    statements = np.bincount(triples[:, [0, 2]].ravel(), minlength=entities)
    pairs, counts = np.unique(_pairs(triples, entities), return_counts=True)
    place = np.minimum(np.searchsorted(pairs, _pairs(asked, entities)), len(pairs) - 1)
    linked = np.where(pairs[place] == _pairs(asked, entities), counts[place], 0) - own
    out: dict[str, NDArray[np.float64]] = {"linked otherwise": np.log1p(np.maximum(linked, 0))}
    for side, column in (("head", 0), ("tail", 2)):
        uses, values, fit = np.zeros(len(asked)), np.zeros(len(asked)), np.zeros(len(asked))
        several = np.zeros(len(asked))
        for relation in range(relations):
            chosen, said = np.flatnonzero(asked[:, 1] == relation), triples[triples[:, 1] == relation]
            ends, others = asked[chosen, column], asked[chosen, 2 - column]
            uses[chosen] = np.bincount(said[:, column], minlength=entities)[ends] - own[chosen]
            have = np.bincount(said[:, 2 - column], minlength=entities)
            values[chosen] = have[others] - own[chosen]
            several[chosen] = have.sum() / max(1, (have > 0).sum())
            if matrix.shape[1] and len(said):
                share = np.asarray(matrix[said[:, column]].mean(axis=0)).ravel()
                fit[chosen] = np.asarray(matrix[ends].multiply(share).max(axis=1).todense()).ravel()
        out[f"{side} uses"] = np.log1p(uses)
        out[f"{side} values"] = np.log1p(values)
        out[f"{side} values usual"] = np.log(np.maximum(several, 1.0))
        out[f"{side} types"] = fit
        out[f"{side} statements"] = np.log1p(statements[asked[:, column]] - own)
    return out


def _keys(triples: NDArray[np.int64], entities: int, relations: int) -> NDArray[np.int64]:
    return np.asarray((triples[:, 0] * relations + triples[:, 1]) * entities + triples[:, 2])


def _pairs(triples: NDArray[np.int64], entities: int) -> NDArray[np.int64]:
    """A number for the two ends, whichever way round."""
    ends = np.sort(triples[:, [0, 2]], axis=1)
    return np.asarray(ends[:, 0] * entities + ends[:, 1])


def _classified(
    table: NDArray[np.float64], label: NDArray[np.bool_], fold: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """The probability of noise for each row, by extremely randomised trees (Geurts et al. 2006) of other folds' rows.

    table: shape: (n, features)
    """
    from sklearn.ensemble import ExtraTreesClassifier

    out = np.empty(len(table))
    for number in range(FOLDS):
        mine = fold == number
        classifier = ExtraTreesClassifier(300, min_samples_leaf=5, random_state=seed, n_jobs=1)
        classifier.fit(table[~mine], label[~mine])
        out[mine] = classifier.predict_proba(table[mine])[:, 1]
    return out
