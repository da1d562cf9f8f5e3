"""Fusion of rankings: a convex combination of what each says, or reciprocal ranks, which need no scores."""

from __future__ import annotations

import heapq
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Self, TypeVar

from kgqa.errors import UsageError

Key = TypeVar("Key", bound=Hashable)
ROUNDED = 12  # decimals at which scores are ties


class Fusion(StrEnum):
    """How rankings become one."""

    CONVEX = "convex"
    RRF = "rrf"

    @classmethod
    def from_str(cls, text: str) -> Self:
        """Raises UsageError that names the ways."""
        try:
            return cls(text)
        except ValueError as error:
            raise UsageError(f"no way to fuse {text!r}; there are: {', '.join(cls)}") from error


@dataclass(frozen=True, slots=True)
class Fused(Generic[Key]):
    """A fused item: its score and its rank, from 1, in each ranking that has it."""

    key: Key
    score: float
    ranks: Mapping[str, int]


def rrf(rankings: Mapping[str, Sequence[Key]], *, k: int = 60, limit: int | None = None) -> list[Fused[Key]]:
    """Fuses named rankings, best first, by the sum of 1 / (k + rank) (Cormack, Clarke and Büttcher, 2009).

    ``limit``: so many at most.
    A key counts once in a ranking, at its first place. Ties are settled by the best single rank, then by the key's
    text, so that the order does not depend on that of the rankings. Raises UsageError for a negative ``k``.
    """
    if k < 0:
        raise UsageError(f"k must be 0 or more, not {k}")
    ranks = _ranks(rankings)
    return _best(
        {key: sum(1.0 / (k + rank) for rank in places.values()) for key, places in ranks.items()}, ranks, limit
    )


def convex(
    rankings: Mapping[str, Sequence[tuple[Key, float]]], weights: Mapping[str, float], *, limit: int | None = None
) -> list[Fused[Key]]:
    """Fuses named rankings, best first, by the weighted mean of the share that each gives a key.

    Shares of a ranking sum to 1 at most. Weights are brought to 1 over the rankings that are not empty, so that a
    channel that finds nothing changes nothing; one without a weight counts 0. ``limit``: so many at most. Raises
    UsageError for a negative weight.
    """
    if any(weight < 0 for weight in weights.values()):
        raise UsageError("a weight of fusion must be 0 or more")
    used = {name: weights.get(name, 0.0) for name in sorted(rankings) if rankings[name]}
    whole = sum(used.values())
    if whole == 0:
        used, whole = dict.fromkeys(used, 1.0), float(len(used))
    scores: dict[Key, float] = {}
    for name, weight in used.items():
        for key, share in rankings[name]:
            scores[key] = scores.get(key, 0.0) + weight / whole * share
    ranks = _ranks({name: [key for key, _ in ranking] for name, ranking in rankings.items()})
    return _best({key: round(score, ROUNDED) for key, score in scores.items()}, ranks, limit)


def _ranks(rankings: Mapping[str, Sequence[Key]]) -> dict[Key, dict[str, int]]:
    ranks: dict[Key, dict[str, int]] = {}
    for name in sorted(rankings):
        for rank, key in enumerate(dict.fromkeys(rankings[name]), start=1):
            if (places := ranks.get(key)) is None:
                places = ranks[key] = {}
            places[name] = rank
    return ranks


def _best(scores: Mapping[Key, float], ranks: Mapping[Key, dict[str, int]], limit: int | None) -> list[Fused[Key]]:
    """In order; ties, of which there may be many, are settled only among what can be among the first."""
    least = -math.inf
    if limit is not None and limit < len(scores):
        least = heapq.nlargest(limit, scores.values())[-1]
    fused = [Fused(key, score, ranks[key]) for key, score in scores.items() if score >= least]
    return sorted(fused, key=lambda item: (-item.score, min(item.ranks.values()), str(item.key)))[:limit]
