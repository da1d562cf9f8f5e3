"""Filtered ranks of held-out triples among all entities, and the figures made of them, as PyKEEN defines both.

Ties (Berrendorf et al. 2020): the optimistic rank puts equal scores behind the true one, the pessimistic before it, the
realistic is their mean. Each distinct query is scored once, and what is known is taken off the counts instead of being
written into the scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.known import KnownValues
from kgqa.embeddings.scoring import all_scores
from kgqa.errors import ModelError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SCORES = 4_000_000
CUTOFFS = (1, 3, 5, 10)
SIDES = ("head", "tail", "both")
RANK_TYPES = ("optimistic", "realistic", "pessimistic")


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks from 1 of the true heads (column 0) and tails (column 1). Each array: shape: (n, 2)

    ``candidates``: among how many entities, what is known left out.
    """

    optimistic: NDArray[np.int64]
    pessimistic: NDArray[np.int64]
    candidates: NDArray[np.int64]

    @property
    def realistic(self) -> NDArray[np.float64]:
        return np.asarray(0.5 * (self.optimistic + self.pessimistic))

    def figures(self) -> dict[str, float]:
        """Mean rank, mean reciprocal rank and Hits@1/3/5/10 by side and kind of rank, as "both.realistic.mrr"."""
        out: dict[str, float] = {}
        for kind in RANK_TYPES:
            ranks = getattr(self, kind)
            for side, columns in zip(SIDES, ([0], [1], [0, 1]), strict=True):
                chosen = ranks[:, columns]
                out[f"{side}.{kind}.mean_rank"] = float(chosen.mean())
                out[f"{side}.{kind}.mrr"] = float((1.0 / chosen).mean())
                for k in CUTOFFS:
                    out[f"{side}.{kind}.hits_at_{k}"] = float((chosen <= k).mean())
        return out


class RankEvaluator:
    """Ranks triples among all entities, with the ``known`` ones left out; what is known is sorted once, here."""

    def __init__(self, known: Sequence[NDArray[np.int64]], *, relations: int, max_scores: int = MAX_SCORES) -> None:
        """known: true triples of any split, those to be ranked among them or not; each: shape: (n, 3).

        ``max_scores``: how many scores are held at once (4 bytes each, and about as much again while they are counted);
        at least one query's are. Raises UsageError when it is below 1.
        """
        if max_scores < 1:
            raise UsageError(f"max_scores must be at least 1, not {max_scores}")
        triples = np.concatenate([np.empty((0, 3), dtype=np.int64), *known])
        self._known = {inverse: KnownValues(triples, inverse=inverse, relations=relations) for inverse in (True, False)}
        self._max_scores = max_scores

    def rank(self, model: Any, triples: NDArray[np.int64]) -> Ranks:
        """Ranks on the model's device. triples: shape: (n, 3). Raises ModelError when a score is no number."""
        columns = [self._side(model, triples, inverse) for inverse in (True, False)]
        return Ranks(*(np.stack(part, axis=1) for part in zip(*columns, strict=True)))

    def figures(self, model: Any, triples: NDArray[np.int64]) -> dict[str, float]:
        """``Ranks.figures`` of the triples; empty when there are none."""
        return self.rank(model, triples).figures() if len(triples) else {}

    def _side(
        self, model: Any, triples: NDArray[np.int64], inverse: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Optimistic and pessimistic ranks and numbers of candidates, for tails or, when ``inverse``, heads."""
        nodes, values = (triples[:, 2], triples[:, 0]) if inverse else (triples[:, 0], triples[:, 2])
        order = np.lexsort((triples[:, 1], nodes))
        asked = np.stack([nodes, triples[:, 1]], axis=1)[order]
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = (asked[1:] != asked[:-1]).any(axis=1)
        group = np.cumsum(fresh) - 1
        queries = asked[fresh]
        out = np.empty((3, len(order)), dtype=np.int64)
        step = max(1, self._max_scores // model.num_entities)
        for start in range(0, len(order), step):
            rows = slice(start, start + step)
            block = group[rows]
            asked_here = queries[block[0] : block[-1] + 1]
            out[:, order[rows]] = self._count(model, asked_here, block - block[0], values[order[rows]], inverse)
        return out[0], out[1], out[2]

    def _count(
        self,
        model: Any,
        queries: NDArray[np.int64],
        rows: NDArray[np.int64],
        values: NDArray[np.int64],
        inverse: bool,
    ) -> NDArray[np.int64]:
        """One block. queries: (node, relation), shape: (q, 2); rows: which query a triple asks, ascending; values: the
        true ones, shape: (n,); gives (3, n).
        """
        import torch

        device = model.device
        asked = torch.from_numpy(np.ascontiguousarray(queries.T)).to(device)
        with torch.inference_mode():
            scores = all_scores(model, asked[0], asked[1], inverse=inverse)
            place, value = torch.from_numpy(rows).to(device), torch.from_numpy(values).to(device)
            true = scores[place, value].unsqueeze(1)
            if not torch.isfinite(true).all():
                raise ModelError("the model gives scores that are no numbers; train again with a lower learning_rate")
            each = (
                scores if len(rows) == len(queries) else scores[place]
            )  # ascending, so the same length is the same rows
            # Written as floats into one buffer and summed: several times faster than sums of booleans.
            buffer = torch.empty_like(each)
            above = torch.gt(each, true, out=buffer).sum(dim=1)
            level = torch.ge(each, true, out=buffer).sum(dim=1)
            position, known = self._known[inverse].of(queries[rows, 0], queries[rows, 1])
            other = known != values[position]
            at = torch.from_numpy(position[other]).to(device)
            rivals = scores[place[at], torch.from_numpy(known[other]).to(device)]
            limit = true.squeeze(1)[at]
            above -= torch.bincount(at[rivals > limit], minlength=len(rows))
            level -= torch.bincount(at[rivals >= limit], minlength=len(rows))
            candidates = model.num_entities - np.bincount(position[other], minlength=len(rows))
        return np.stack([above.cpu().numpy() + 1, level.cpu().numpy(), candidates]).astype(np.int64)
