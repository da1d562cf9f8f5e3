"""Reciprocal-rank fusion: one ranking from several, by rank alone, so that their scores need not be comparable."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kgqa.errors import UsageError

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Fused(Generic[Key]):
    """A fused item: its score and its rank, from 1, in each ranking that has it."""

    key: Key
    score: float
    ranks: Mapping[str, int]


def rrf(rankings: Mapping[str, Sequence[Key]], *, k: int = 60) -> list[Fused[Key]]:
    """Fuses named rankings, best first, by the sum of 1 / (k + rank) (Cormack, Clarke and Büttcher, 2009).

    A key counts once in a ranking, at its first place. Ties are settled by the best single rank, then by the key's
    text, so that the order does not depend on that of the rankings. Raises UsageError for a negative ``k``.
    """
    if k < 0:
        raise UsageError(f"k must be 0 or more, not {k}")
    ranks: dict[Key, dict[str, int]] = {}
    for name in sorted(rankings):
        for rank, key in enumerate(dict.fromkeys(rankings[name]), start=1):
            ranks.setdefault(key, {})[name] = rank
    fused = [Fused(key, sum(1.0 / (k + rank) for rank in places.values()), places) for key, places in ranks.items()]
    return sorted(fused, key=lambda item: (-item.score, min(item.ranks.values()), str(item.key)))
