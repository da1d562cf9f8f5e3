"""Which pairs are worth comparing: those that share a name, nearly a name, a rare word, or rare neighbours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from kgqa.index.text import TextIndex
from kgqa.linking.resolving.profiles import Profile

Pair = tuple[int, int]
FUZZY_UP_TO = 50_000
"""Entities up to which every name is looked up by its letters too; beyond, words and neighbours must do."""
_HOLDERS = 8  # what more entities than this share makes no pair
_NAMES = 4
_SIMILAR = 6
_LEAST_SIMILAR = 0.6
_LEAST_SHARED = 2  # rare neighbours


def candidate_pairs(profiles: Mapping[int, Profile], index: TextIndex) -> list[Pair]:
    """Pairs of nodes, each once, the lower number first."""
    pairs: set[Pair] = set()
    keys: dict[str, list[int]] = defaultdict(list)
    words: dict[str, list[int]] = defaultdict(list)
    steps: dict[tuple[int, int], list[int]] = defaultdict(list)
    for node, profile in profiles.items():
        for key in profile.names:
            keys[key].append(node)
        for word in {word for key in profile.names for word in key.split()}:
            words[word].append(node)
        for step in profile.around:
            steps[step].append(node)
    pairs.update(_pairs(keys.values()))
    pairs.update(_pairs(words.values()))
    shared = Counter(_pairs(steps.values()))
    pairs.update(pair for pair, count in shared.items() if count >= _LEAST_SHARED)
    if len(profiles) <= FUZZY_UP_TO:
        for node, profile in profiles.items():
            for key in sorted(profile.names)[:_NAMES]:
                for hit in index.names(key, _SIMILAR):
                    if hit.score >= _LEAST_SIMILAR and hit.node != node and hit.node in profiles:
                        pairs.add((min(node, hit.node), max(node, hit.node)))
    return sorted(pairs)


def _pairs(groups: Iterable[list[int]]) -> Iterable[Pair]:
    for nodes in groups:
        if 1 < len(nodes) <= _HOLDERS:
            yield from combinations(sorted(set(nodes)), 2)
