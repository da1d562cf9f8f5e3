"""Ranks the possible values of (node, relation) queries: the one kernel of calibration and prediction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.calibration import FEATURES, estimated_features, log_total, prediction_features
from kgqa.embeddings.coded import SPARE, CodedScan
from kgqa.embeddings.domains import Domains, Side
from kgqa.embeddings.fusion import WEIGHTS, Fusion, fused, mixed
from kgqa.embeddings.precedents import Precedents
from kgqa.embeddings.scoring import all_scores, entity_weights, query_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SCORES = 16_000_000
MIN_SCANNED, LEAST_SHARE = 20_000, 20
"""Where there are fewer candidates, or fewer than a twentieth of all entities, all of them are looked at."""
SAMPLE = 4_096
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best values of one query. values: shape: (k,); scores: shape: (k,); features: shape: (k, 5)"""

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
        self._samples: dict[tuple[int, bool], tuple[NDArray[np.int64], NDArray[np.float32]] | None] = {}

    def rank(
        self,
        relation: int,
        inverse: bool,
        nodes: Sequence[int],
        known: Sequence[Collection[int]],
        *,
        k: int,
        scan: CodedScan | None = None,
    ) -> Iterator[Ranking]:
        """The ``k`` best values for each node, among those that the relation may have and that are not ``known``.

        The node itself is no value unless the relation has loops; taken values of an exclusive relation are left out.
        Fewer than ``k`` where the range is small. ``scan`` finds them approximately where the range is wide.
        """
        side = self.domains.side(relation, inverse)
        if scan is not None and (sample := self._sampled(relation, inverse)) is not None:
            for node, left_out in zip(nodes, known, strict=True):
                yield self._near(relation, inverse, node, left_out, *sample, scan, k=k)
            return
        weight = self._fusion.weight(relation_key(self.relations[relation], inverse))
        for (node, candidates, scores), have in zip(self._scored(relation, inverse, nodes, known), known, strict=True):
            if weight and len(candidates):
                scores = fused(scores, *self._chances(relation, inverse, node, candidates), weight)
            top = best_places(scores, k)
            if not len(top):
                yield Ranking(candidates[:0], scores[:0], np.empty((0, len(FEATURES))))
                continue
            yield Ranking(
                candidates[top], scores[top], prediction_features(scores, top, side.mean_degree, bare=not have)
            )

    def reciprocal(
        self, relation: int, inverse: bool, nodes: Sequence[int], known: Sequence[Collection[int]], right: Sequence[int]
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
            said = self._chances(relation, inverse, node, candidates)
            for column, weight in enumerate(WEIGHTS):
                both = fused(scores, *said, weight)
                true = both[place[0]]
                row[column] = 2.0 / ((both > true).sum() + (both >= true).sum() + 1)
        return out

    def _near(
        self,
        relation: int,
        inverse: bool,
        node: int,
        left_out: Collection[int],
        sampled: NDArray[np.int64],
        sample: NDArray[np.float32],
        scan: CodedScan,
        *,
        k: int,
    ) -> Ranking:
        """About the ``k`` best values: of those that the scan and the rules find. What the features need to know of all
        other candidates is estimated from a sample of them.
        """
        import torch

        side, free = self.domains.side(relation, inverse), self._free(relation, inverse)
        weight = self._fusion.weight(relation_key(self.relations[relation], inverse))
        with torch.inference_mode():
            query = query_vectors(self.model, torch.tensor([node]), torch.tensor([relation]), inverse=inverse).numpy()[
                0
            ]
        vectors = entity_weights(self.model).detach().numpy()
        taken = {*left_out} if side.loops else {*left_out, node}
        found = scan.search(query, SPARE * k * -(-len(vectors) // len(free)) + len(taken))
        if weight:
            ruled, chances = self._precedents.chances(relation, inverse, node)
            found = np.concatenate([found, ruled])
        found = np.setdiff1d(found[_among(found, free)], np.fromiter(taken, dtype=np.int64))
        if not len(found):
            return Ranking(found, np.empty(0, dtype=np.float32), np.empty((0, len(FEATURES))))
        scores, others = vectors[found] @ query, (sample @ query)[~_among(sampled, found)]
        if weight:
            norm = np.float32(log_total(scores, others, len(free)))
            here = _among(ruled, found)
            scores = mixed(scores - norm, np.searchsorted(found, ruled[here]), chances[here], weight)
            others = mixed(others - norm, found[:0], chances[:0], weight)
        best = best_places(scores, k)
        features = estimated_features(scores, others, best, len(free), side.mean_degree, bare=not left_out)
        return Ranking(found[best], scores[best], features)

    def _sampled(self, relation: int, inverse: bool) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
        """Some candidates with their vectors; None where too few for a scan. shapes: (sample,), (sample, width)"""
        key = relation, inverse
        if key not in self._samples:
            free, sample = self._free(relation, inverse), None
            if len(free) >= MIN_SCANNED and len(free) * LEAST_SHARE >= self.model.num_entities:
                chosen = np.sort(np.random.default_rng(0).choice(free, size=SAMPLE, replace=False))
                sample = chosen, entity_weights(self.model).detach().numpy()[chosen]
            self._samples[key] = sample
        return self._samples[key]

    def _chances(
        self, relation: int, inverse: bool, node: int, candidates: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The places of the candidates that the rules give a chance, and it. shape: (found,) each"""
        values, chances = self._precedents.chances(relation, inverse, node)
        here = _among(values, candidates)
        return np.searchsorted(candidates, values[here]), chances[here]

    def _free(self, relation: int, inverse: bool) -> NDArray[np.int64]:
        """Who may be a value, sorted."""
        side = self.domains.side(relation, inverse)
        return np.setdiff1d(side.values, side.taken, assume_unique=True) if side.exclusive else side.values

    def _scored(
        self, relation: int, inverse: bool, nodes: Sequence[int], known: Sequence[Collection[int]]
    ) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float32]]]:
        """Each node with its candidates and the model's scores of them."""
        side = self.domains.side(relation, inverse)
        free = self._free(relation, inverse)
        step = max(1, MAX_SCORES // self.model.num_entities)
        for start in range(0, len(nodes), step):
            batch = nodes[start : start + step]
            scores = score_values(self.model, relation, inverse, batch)
            for node, left_out, row in zip(batch, known[start : start + step], scores, strict=True):
                candidates = _candidates(side, free, node, left_out)
                yield node, candidates, row[candidates]


def best_places(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The places of the ``k`` highest, highest first; of equals the first, so that the order is the same everywhere."""
    near = np.arange(len(scores))
    if k < len(scores):
        blocks = len(scores) // _BLOCK
        if blocks > k:  # k of the blocks' own highest are as high as the least of these: few others need be looked at
            highest = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
            near = np.flatnonzero(scores >= np.partition(highest, blocks - k)[blocks - k])
        least = np.partition(scores[near], len(near) - k)[len(near) - k]
        near = near[scores[near] >= least]
    return np.asarray(near[np.lexsort((near, -scores[near]))][:k], dtype=np.int64)


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


def _candidates(side: Side, free: NDArray[np.int64], node: int, known: Collection[int]) -> NDArray[np.int64]:
    """``free``, sorted, without what is known; a look-up each, so that very many candidates cost little."""
    left_out = np.fromiter({*known} if side.loops else {*known, node}, dtype=np.int64)
    places = np.searchsorted(free, left_out)
    places = places[places < len(free)]
    return np.delete(free, places[np.isin(free[places], left_out)])


def _among(numbers: NDArray[np.int64], those: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which numbers are among ``those``, sorted; a look-up each. shape: (len(numbers),)"""
    places = np.minimum(np.searchsorted(those, numbers), max(0, len(those) - 1))
    return those[places] == numbers if len(those) else np.zeros(len(numbers), dtype=np.bool_)
