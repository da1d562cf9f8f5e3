"""Facts that the sample keeps back, so that predictions of them can be checked.

The rule: a fact (head, relation, tail) can be kept back when it is the head's only one of its relation, and the head's
surroundings make it plausible: for a country, at least three neighbours, of which at least two thirds share the tail;
for an element, at least three others in its group, of which all share it. Of these candidates, for each relation,
the first few in an order that a hash of the fact gives are kept back: nobody picks them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from examples.elements.geography import Record

KEPT_BACK = {"region": 3, "subregion": 2, "official_language": 3, "block": 2}

Fact = tuple[str, str, str]


def choose(records: Sequence[Record]) -> set[Fact]:
    """The facts to keep back."""
    tails: dict[tuple[str, str], list[str]] = defaultdict(list)
    around: dict[str, set[str]] = defaultdict(set)
    groups: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if "triple" not in record:
            continue
        head, relation, tail = (record["triple"][key] for key in ("head", "relation", "tail"))
        tails[head, relation].append(tail)
        if relation == "borders":
            around[head].add(tail)
            around[tail].add(head)
        elif relation == "group":
            groups[tail].add(head)
    for members in groups.values():
        for member in members:
            around[member] |= members - {member}
    candidates: dict[str, list[Fact]] = defaultdict(list)
    for (head, relation), found in tails.items():
        if relation in KEPT_BACK and len(found) == 1 and _plausible(head, relation, found[0], around, tails):
            candidates[relation].append((head, relation, found[0]))
    return {fact for relation, facts in candidates.items() for fact in sorted(facts, key=_order)[: KEPT_BACK[relation]]}


def _plausible(
    head: str, relation: str, tail: str, around: dict[str, set[str]], tails: dict[tuple[str, str], list[str]]
) -> bool:
    known = [tails[other, relation] for other in around[head] if tails.get((other, relation))]
    share = sum(tail in found for found in known)
    needed = 1.0 if head.startswith("element/") else 2 / 3
    return len(known) >= 3 and share >= needed * len(known)


def _order(fact: Fact) -> str:
    return hashlib.sha256("\t".join(fact).encode()).hexdigest()
