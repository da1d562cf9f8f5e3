"""Ranks the possible values of (node, relation) queries: the one kernel of calibration and prediction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.calibration import prediction_features
from kgqa.embeddings.domains import Domains, Side
from kgqa.embeddings.fusion import WEIGHTS, Fusion, fused
from kgqa.embeddings.precedents import Precedents
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


class ValueRanker:
    """Ranks values with a model, and with the rules of ``precedents`` where these have a weight in ``fusion``."""

    def __init__(
        self,
        model: Any,
        domains: Domains,
        relations: Sequence[str],
        *,
        precedents: Precedents,
        fusion: Fusion,
    ) -> None:
        """relations: their ids, by number"""
        self.model, self.domains, self.relations = model, domains, tuple(relations)
        self._precedents, self._fusion = precedents, fusion

    def rank(
        self, relation: int, inverse: bool, nodes: Sequence[int], known: Sequence[Iterable[int]], *, k: int
    ) -> Iterator[Ranking]:
        """The ``k`` best values for each node, among those that the relation may have and that are not ``known``.

        The node itself is no value unless the relation has loops; taken values of an exclusive relation are left out.
        Fewer than ``k`` where the range is small.
        """
        side = self.domains.side(relation, inverse)
        weight = self._fusion.weight(relation_key(self.relations[relation], inverse))
        for node, candidates, scores in self._scored(relation, inverse, nodes, known):
            if weight and len(candidates):
                scores = fused(scores, self._precedents.chances(relation, inverse, node)[candidates], weight)
            top = best_places(scores, k)
            if not len(top):
                yield Ranking(candidates[:0], scores[:0], np.empty((0, 4)))
                continue
            yield Ranking(candidates[top], scores[top], prediction_features(scores, top, side.mean_degree))

    def reciprocal(
        self, relation: int, inverse: bool, nodes: Sequence[int], known: Sequence[Iterable[int]], right: Sequence[int]
    ) -> NDArray[np.float64]:
        """The reciprocal rank of each node's ``right`` value under each of the weights of fusion, realistic ties; 0
        for one that is no candidate. shape: (len(nodes), weights)
        """
        out = np.zeros((len(nodes), len(WEIGHTS)))
        for row, value, (node, candidates, scores) in zip(
            out, right, self._scored(relation, inverse, nodes, known), strict=True
        ):
            place = np.flatnonzero(candidates == value)
            if not len(place):
                continue
            chances = self._precedents.chances(relation, inverse, node)[candidates]
            for column, weight in enumerate(WEIGHTS):
                mixed = fused(scores, chances, weight)
                true = mixed[place[0]]
                row[column] = 2.0 / ((mixed > true).sum() + (mixed >= true).sum() + 1)
        return out

    def _scored(
        self, relation: int, inverse: bool, nodes: Sequence[int], known: Sequence[Iterable[int]]
    ) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float32]]]:
        """Each node with its candidates and the model's scores of them."""
        side = self.domains.side(relation, inverse)
        free = np.setdiff1d(side.values, side.taken, assume_unique=True) if side.exclusive else side.values
        step = max(1, MAX_SCORES // self.model.num_entities)
        for start in range(0, len(nodes), step):
            batch = nodes[start : start + step]
            scores = score_values(self.model, relation, inverse, batch)
            for node, left_out, row in zip(batch, known[start : start + step], scores, strict=True):
                candidates = _candidates(side, free, node, left_out)
                yield node, candidates, row[candidates]


def best_places(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The places of the ``k`` highest, highest first; of equals the first, so that the order is the same everywhere."""
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        above = np.flatnonzero(scores > least)
        near = np.concatenate([above, np.flatnonzero(scores == least)[: k - len(above)]])
    else:
        near = np.arange(len(scores))
    return np.asarray(near[np.lexsort((near, -scores[near]))], dtype=np.int64)


def relation_key(relation: str, inverse: bool) -> str:
    """The name of a relation and direction in a calibration; the same mark as in plans."""
    return ("^" if inverse else "") + relation


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


def _candidates(side: Side, free: NDArray[np.int64], node: int, known: Iterable[int]) -> NDArray[np.int64]:
    """``free``, sorted, without what is known; a look-up each, so that very many candidates cost little."""
    left_out = np.fromiter({*known} if side.loops else {*known, node}, dtype=np.int64)
    places = np.searchsorted(free, left_out)
    places = places[places < len(free)]
    return np.delete(free, places[np.isin(free[places], left_out)])
