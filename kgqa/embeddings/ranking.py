"""Ranks the possible values of (node, relation) queries with a model: the one kernel of calibration and prediction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.calibration import prediction_features
from kgqa.embeddings.domains import Domains, Side
from kgqa.embeddings.scoring import all_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SCORES = 16_000_000


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best values of one query. values: shape: (k,); scores: shape: (k,); features: shape: (k, 4)"""

    values: NDArray[np.int64]
    scores: NDArray[np.float32]
    features: NDArray[np.float64]


def rank_values(
    model: Any,
    domains: Domains,
    relation: int,
    inverse: bool,
    nodes: Sequence[int],
    known: Sequence[Iterable[int]],
    *,
    k: int,
) -> Iterator[Ranking]:
    """The ``k`` best values for each node, among those that the relation may have and that are not ``known``.

    The node itself is no value unless the relation has loops; taken values of an exclusive relation are left out.
    Fewer than ``k`` where the range is small.
    """
    side = domains.side(relation, inverse)
    free = np.setdiff1d(side.values, side.taken, assume_unique=True) if side.exclusive else side.values
    step = max(1, MAX_SCORES // model.num_entities)
    for start in range(0, len(nodes), step):
        batch = nodes[start : start + step]
        scores = score_values(model, relation, inverse, batch)
        for node, left_out, row in zip(batch, known[start : start + step], scores, strict=True):
            yield _best(side, free, node, left_out, row, k)


def score_values(model: Any, relation: int, inverse: bool, nodes: Sequence[int]) -> NDArray[np.float32]:
    """Scores of every entity as the value of each query. shape: (len(nodes), entities)"""
    import torch

    node = torch.as_tensor(list(nodes), dtype=torch.long, device=model.device)
    scores = all_scores(model, node, torch.full_like(node, relation), inverse=inverse)
    return np.asarray(scores.float().cpu().numpy())


def score_triples(model: Any, triples: NDArray[np.int64], *, batch_size: int = 8192) -> NDArray[np.float32]:
    """The model's plain scores. triples: shape: (n, 3); gives shape: (n,)"""
    import torch

    out = [np.empty(0, dtype=np.float32)]
    with torch.inference_mode():
        for start in range(0, len(triples), batch_size):
            batch = torch.from_numpy(np.ascontiguousarray(triples[start : start + batch_size])).to(model.device)
            out.append(model.predict_hrt(batch).float().cpu().numpy()[:, 0])
    return np.concatenate(out)


def _best(
    side: Side, free: NDArray[np.int64], node: int, known: Iterable[int], row: NDArray[np.float32], k: int
) -> Ranking:
    left_out = set(known)
    if not side.loops:
        left_out.add(node)
    candidates = free
    if left_out:
        candidates = np.setdiff1d(free, np.fromiter(left_out, dtype=np.int64), assume_unique=True)
    scores = row[candidates]
    # Ties go to the smaller number, so that the order is the same everywhere.
    top = np.lexsort((candidates, -scores))[:k].astype(np.int64)
    if not len(top):
        return Ranking(candidates[:0], scores[:0], np.empty((0, 4)))
    return Ranking(candidates[top], scores[top], prediction_features(scores, top, side.mean_degree))
