"""How alike two profiles are, as numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from kgqa.linking.resolving.profiles import Profile, Rarity

FEATURES = (
    "same_name",
    "letters",
    "words",
    "initials",
    "same_types",
    "other_types",
    "shared",
    "covered",
    "conflicts",
    "agrees",
    "linked",
    "bare",
)
"""Names of the features, in the order of the columns."""
_NAMES = 12


def compare(a: Profile, b: Profile, rarity: Rarity) -> NDArray[np.float64]:
    """The features of a pair. shape: (len(FEATURES),)

    ``letters``: the best optimal string alignment similarity of two names; ``words``: the rarity of the words that two
    names share, by that of the shorter; ``initials``: "G. T. Seaborg" beside "Glenn Seaborg"; ``shared`` and
    ``covered``: the rarity of what stands around both, absolute (log) and as a share of the poorer one's; ``conflicts``
    and ``agrees``: functional relations with different and with equal values; ``linked``: one is said of the other.
    """
    ours, theirs = sorted(a.names)[:_NAMES], sorted(b.names)[:_NAMES]
    pairs = [(one, other) for one in ours for other in theirs]
    letters = max((OSA.normalized_similarity(one, other) for one, other in pairs), default=0.0)
    common = a.around & b.around
    shared = rarity.of_steps(common)
    poorer = min(rarity.of_steps(a.around), rarity.of_steps(b.around))
    conflicts, agrees = _functional(a, b)
    return np.asarray(
        [
            bool(a.names & b.names),
            letters,
            max((_words(one.split(), other.split(), rarity) for one, other in pairs), default=0.0),
            max((_initials(one.split(), other.split()) for one, other in pairs), default=0.0),
            len(a.types & b.types) / len(a.types | b.types) if a.types and b.types else 0.5,
            bool(a.types and b.types and not a.types & b.types),
            math.log1p(shared),
            shared / poorer if poorer > 0 else 0.0,
            min(conflicts, 4),
            min(agrees, 4),
            any(node == b.node for _, node in a.around) or any(node == a.node for _, node in b.around),
            not a.around or not b.around,
        ],
        dtype=np.float64,
    )


def _words(one: Sequence[str], other: Sequence[str], rarity: Rarity) -> float:
    ours, theirs = set(one), set(other)
    least = min(rarity.of_words(ours), rarity.of_words(theirs))
    return rarity.of_words(ours & theirs) / least if least > 0 else float(ours == theirs)


def _initials(one: Sequence[str], other: Sequence[str]) -> float:
    """1 when names of persons end alike and one begins with the initial of the other."""
    if len(one) < 2 or len(other) < 2 or one[-1] != other[-1] or one == other:
        return 0.0
    first, second = one[0], other[0]
    return float(first[0] == second[0] and (len(first) == 1 or len(second) == 1))


def _functional(a: Profile, b: Profile) -> tuple[int, int]:
    ours: dict[int, set[int]] = {}
    theirs: dict[int, set[int]] = {}
    for profile, values in ((a, ours), (b, theirs)):
        for slot, value in profile.single:
            values.setdefault(slot, set()).add(value)
    both = ours.keys() & theirs.keys()
    agrees = sum(bool(ours[slot] & theirs[slot]) for slot in both)
    return len(both) - agrees, agrees
