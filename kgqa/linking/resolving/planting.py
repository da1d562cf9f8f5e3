"""Entities taken apart on purpose: what two records of one thing look like in this graph."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from kgqa.linking.resolving.profiles import Profile

_ONE, _OTHER = 0.35, 0.7  # a statement goes to the one record, the other, or (the rest) to both
_WRONG = 0.08  # of the single values: sources differ


def plant(profiles: Mapping[int, Profile], count: int, *, seed: int) -> list[tuple[Profile, Profile]]:
    """Pairs of records of one entity: its names and statements divided, a name misspelt, cut, or in other words.

    Only entities with a name and a statement serve; at most ``count`` of them.
    """
    chosen = random.Random(seed)
    able = [profile for _, profile in sorted(profiles.items()) if profile.names and profile.around]
    values: dict[int, list[int]] = {}
    for profile in able:
        for slot, value in sorted(profile.single):
            values.setdefault(slot, []).append(value)
    return [_part(profile, values, chosen) for profile in chosen.sample(able, min(count, len(able)))]


def _part(profile: Profile, values: Mapping[int, Sequence[int]], chosen: random.Random) -> tuple[Profile, Profile]:
    names = sorted(profile.names)
    chosen.shuffle(names)
    middle = max(1, len(names) // 2)
    ours, theirs = names[:middle], names[middle:]
    if not theirs or chosen.random() < 0.6:
        theirs = [*theirs, _written(ours[0], chosen)]
    one: set[tuple[int, int]] = set()
    other: set[tuple[int, int]] = set()
    for step in sorted(profile.around):
        place = chosen.random()
        if place < _ONE or place >= _OTHER:
            one.add(step)
        if place >= _ONE:
            slot = step[0]
            wrong = step in profile.single and chosen.random() < _WRONG
            other.add((slot, chosen.choice(values[slot])) if wrong else step)
    slots = {slot for slot, _ in profile.single}
    return (
        Profile(profile.node, frozenset(ours), profile.types, frozenset(one), _single(one, slots)),
        Profile(-profile.node - 1, frozenset(theirs), profile.types, frozenset(other), _single(other, slots)),
    )


def _single(steps: set[tuple[int, int]], slots: set[int]) -> frozenset[tuple[int, int]]:
    return frozenset(step for step in steps if step[0] in slots)


def _written(name: str, chosen: random.Random) -> str:
    """The name as another might write it: the same, misspelt, with an initial, without a word, in another order."""
    words = name.split()
    kind = chosen.choice(("same", "misspelt", "initial", "shorter", "turned"))
    if kind == "initial" and len(words) > 1:
        return " ".join([words[0][0], *words[1:]])
    if kind == "shorter" and len(words) > 1:
        return " ".join(words[1:] if chosen.random() < 0.5 else words[:-1])
    if kind == "turned" and len(words) > 1:
        return " ".join([words[-1], *words[:-1]])
    if kind == "same" or len(name) < 4:
        return name
    place = chosen.randrange(1, len(name) - 1)
    edits = (name[:place] + name[place + 1 :], name[:place] + name[place + 1] + name[place] + name[place + 2 :])
    return chosen.choice(edits)
