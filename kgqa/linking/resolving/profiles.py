"""What is compared of an entity: its names, its types, and what stands around it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.normalise import name_keys

Step = tuple[int, int]
"""(2 * relation + inverse, neighbour)"""
MAX_NEIGHBOURS = 100
"""Neighbours of one step that are compared: a hub's say little."""


@dataclass(frozen=True, slots=True)
class Profile:
    """``names``: normalised; ``around``: the steps that leave the node; ``single``: those of functional relations."""

    node: int
    names: frozenset[str]
    types: frozenset[str]
    around: frozenset[Step]
    single: frozenset[Step]


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much it says that two entities share a step or a word of a name: log(entities / those that have it)."""

    steps: Mapping[Step, float]
    words: Mapping[str, float]

    def of_steps(self, steps: Iterable[Step]) -> float:
        return math.fsum(self.steps.get(step, 0.0) for step in steps)

    def of_words(self, words: Iterable[str]) -> float:
        return math.fsum(self.words.get(word, 0.0) for word in words)


def profiles_of(store: GraphStore, snapshot: Snapshot) -> dict[int, Profile]:
    """The profile of every entity that stands for itself; those known to be the same count as one."""
    types = frozenset(snapshot.type_ids)
    names: dict[int, set[str]] = {}
    for row in store.node_rows():
        if row.literal is None and snapshot.exists([row.number])[0] and snapshot.id(row.number) not in types:
            names.setdefault(snapshot.representative(row.number), set()).update(name_keys(row.label))
    for name in store.name_rows():
        if snapshot.exists([name.node])[0] and (known := snapshot.representative(name.node)) in names:
            names[known].update(name_keys(name.name))
    functional = {number for number, info in enumerate(snapshot.relations) if info is not None and info.functional}
    return {node: _profile(snapshot, node, frozenset(keys), functional) for node, keys in sorted(names.items())}


def rarity_of(profiles: Iterable[Profile]) -> Rarity:
    """Counts in how many profiles each step and each word of a name stands."""
    steps: Counter[Step] = Counter()
    words: Counter[str] = Counter()
    total = 0
    for profile in profiles:
        total += 1
        steps.update(profile.around)
        words.update({word for name in profile.names for word in name.split()})
    return Rarity(
        {step: math.log((total + 1) / count) for step, count in steps.items()},
        {word: math.log((total + 1) / count) for word, count in words.items()},
    )


def _profile(snapshot: Snapshot, node: int, names: frozenset[str], functional: set[int]) -> Profile:
    around: set[Step] = set()
    single: set[Step] = set()
    relations, inverses, counts = snapshot.steps_from([node])
    for relation, inverse, count in zip(relations.tolist(), inverses.tolist(), counts.tolist(), strict=True):
        if count > MAX_NEIGHBOURS:
            continue
        found = [(2 * relation + inverse, other) for other in snapshot.neighbours(node, relation, inverse)]
        around.update(found)
        if relation in functional and not inverse:
            single.update(found)
    return Profile(node, names, frozenset(snapshot.types_of(node)), frozenset(around), frozenset(single))
