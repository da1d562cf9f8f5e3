"""Proposes which entities are one thing: record linkage by names, types and neighbours, learnt from the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.text import TextIndex
from kgqa.linking.resolving.blocking import Pair, candidate_pairs
from kgqa.linking.resolving.comparing import FEATURES, compare
from kgqa.linking.resolving.fitting import probabilities
from kgqa.linking.resolving.planting import plant
from kgqa.linking.resolving.profiles import profiles_of, rarity_of
from kgqa.types import Progress

PLANTED = 400
_LEAST = 10
_REASONS = {
    "same_name": "the same name",
    "letters": "names alike",
    "words": "words of the name shared",
    "initials": "initials that fit",
    "same_types": "the same types",
    "shared": "the same around them",
    "covered": "most of what is said shared",
    "agrees": "equal single values",
}


@dataclass(frozen=True, slots=True)
class SamePair:
    """Two ids that may be one thing. ``why`` are the signs that spoke for it most."""

    a: str
    b: str
    label_a: str
    label_b: str
    probability: float
    why: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        out = {name: getattr(self, name) for name in self.__slots__}
        out["why"] = list(self.why)
        return out


def resolve(
    store: GraphStore,
    snapshot: Snapshot,
    index: TextIndex,
    *,
    above: float = 0.5,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[SamePair]:
    """Pairs of entities that are one thing with a probability of at least ``above``, surest first.

    What is known to be the same already is not proposed again. An empty list for a graph with too few entities to learn
    from (fewer than ten with a name and a statement).
    """
    profiles = profiles_of(store, snapshot)
    rarity = rarity_of(profiles.values())
    planted = plant(profiles, PLANTED, seed=seed)
    pairs = candidate_pairs(profiles, index)
    if len(planted) < _LEAST or not pairs:
        return []
    if progress is not None:
        progress("comparing", 0, len(pairs))
    rows = np.stack([compare(profiles[a], profiles[b], rarity) for a, b in pairs])
    positives = np.stack([compare(one, other, rarity) for one, other in planted])
    chances = probabilities(positives, rows, seed=seed)
    usual = np.median(positives, axis=0)
    order = np.lexsort((np.arange(len(pairs)), -chances))
    if progress is not None:
        progress("comparing", len(pairs), len(pairs))
    return [
        _pair(pairs[i], float(chances[i]), rows[i] >= usual, rows[i], snapshot) for i in order if chances[i] >= above
    ]


def _pair(
    pair: Pair, chance: float, strong: NDArray[np.bool_], row: NDArray[np.float64], snapshot: Snapshot
) -> SamePair:
    a, b = sorted(pair, key=lambda node: snapshot.id(node) or "")
    signs = (
        _REASONS[name]
        for name, is_strong, value in zip(FEATURES, strong, row, strict=True)
        if name in _REASONS and is_strong and value > 0
    )
    return SamePair(
        snapshot.id(a) or "", snapshot.id(b) or "", snapshot.label(a), snapshot.label(b), round(chance, 4), tuple(signs)
    )
