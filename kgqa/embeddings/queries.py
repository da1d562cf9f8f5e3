"""Questions that held-out statements answer: what a node has of a relation, what is known of it, and what is hidden."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Key = tuple[int, bool]
Answers = dict[Key, dict[int, set[int]]]


@dataclass(frozen=True, slots=True)
class Question:
    """One query: the values that are right, and those that the graph already has."""

    key: Key
    node: int
    right: set[int]
    known: set[int]


def values_by_node(triples: NDArray[np.int64]) -> Answers:
    """Values by (relation, direction) and node. triples: shape: (n, 3)"""
    out: Answers = defaultdict(lambda: defaultdict(set))
    for h, r, t in triples.tolist():
        out[r, False][h].add(t)
        out[r, True][t].add(h)
    return out


def one_at_a_time(held_out: Answers, known: Answers) -> list[Question]:
    """A question for each held-out statement, every other one being known: exactly one value is missing."""
    out = []
    for key, by_node in sorted(held_out.items()):
        have = known.get(key, {})
        for node, values in sorted(by_node.items()):
            out += [Question(key, node, {value}, have.get(node, set()) | values - {value}) for value in sorted(values)]
    return out


def as_used(held_out: Answers, known: Answers) -> list[Question]:
    """The questions of ``one_at_a_time``, but all values of a bare node, of which none is known, are asked for at once.

    Then any of them is right: so it is where a hop leads nowhere.
    """
    out = [question for question in one_at_a_time(held_out, known) if question.node in known.get(question.key, {})]
    for key, by_node in sorted(held_out.items()):
        have = known.get(key, {})
        out += [Question(key, node, set(values), set()) for node, values in sorted(by_node.items()) if node not in have]
    return out
