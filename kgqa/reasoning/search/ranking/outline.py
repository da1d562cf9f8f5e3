"""A question with the names of a plan masked, and the plan as the slots that its relations fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.vocabulary.schema import Schema

MAX_LENGTH = 4
HOP_SLOTS = MAX_LENGTH * (MAX_LENGTH + 1) // 2
"""One slot for each place of a hop in a walk of each length."""
SLOTS = HOP_SLOTS + 2
"""... then one for types and values, one for the operators and the lengths."""
ASIDE, WHOLE = HOP_SLOTS, HOP_SLOTS + 1
OPERATORS = (
    "type",
    "intersect",
    "difference",
    "union",
    "count",
    "exists",
    "value",
    "superlative",
    "compare",
    "empty",
    "other",
    *(f"length {n}" for n in range(MAX_LENGTH + 1)),
    "two walks",
)
_NUMBERS = {name: number for number, name in enumerate(OPERATORS)}
MAX_NAMES = 2
NO_NAME = 0
"""The place of a name that is none; those of the masked names follow in the order of the question."""

Names = tuple[tuple[int, ...], ...]
"""The words of each name of a plan, in the order of the question."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Plans for the reader, by number: ``elements`` are (plan, name, slot, column), ``operators`` (plan, which).

    shapes: (elements, 4), (operators, 2)
    """

    plans: int
    elements: NDArray[np.int64]
    operators: NDArray[np.int64]


def names_of(candidate: Candidate) -> Names:
    """What of the question a plan takes as names."""
    return tuple(sorted({anchor.tokens for anchor in candidate.anchors}))


def masked(analysis: Analysis, names: Names, mask: str) -> str:
    """The question in lower case with each name replaced by the mask."""
    text, pieces, end = analysis.question, [], 0
    for tokens in names:
        start = analysis.tokens[tokens[0]].start
        if start < end:
            continue
        pieces += [text[end:start].lower(), mask]
        end = analysis.tokens[tokens[-1]].end
    return "".join([*pieces, text[end:].lower()]).rstrip(" ?.!")


def layout(candidates: Sequence[Candidate], schema: Schema) -> Layout:
    """The slots that plans fill: each hop by its place in its walk and the walk's length."""
    elements: list[tuple[int, int, int, int]] = []
    operators: list[tuple[int, int]] = []
    for plan, item in enumerate(candidates):
        places = {(tokens[0] + tokens[-1]) / 2: number for number, tokens in enumerate(names_of(item), start=1)}
        lengths: dict[float, int] = {}
        hops = [part < schema.parts and middle == middle for part, middle in zip(item.parts, item.middles)]
        for hop, middle, depth in zip(hops, item.middles, item.depths):
            if hop:
                lengths[middle] = max(lengths.get(middle, 0), min(depth + 1, MAX_LENGTH))
        for hop, part, middle, depth in zip(hops, item.parts, item.middles, item.depths):
            slot = slot_of(min(depth, MAX_LENGTH - 1), lengths[middle]) if hop else ASIDE
            elements.append((plan, min(places.get(middle, NO_NAME), MAX_NAMES), slot, part))
        said = [_NUMBERS.get(name, _NUMBERS["other"]) for name in item.operators]
        said.append(_NUMBERS[f"length {max(lengths.values(), default=0)}"])
        said += [_NUMBERS["empty"]] * bool(item.empty) + [_NUMBERS["two walks"]] * (len(lengths) > 1)
        operators += [(plan, number) for number in said]
    return Layout(
        len(candidates),
        np.asarray(elements, dtype=np.int64).reshape(-1, 4),
        np.asarray(operators, dtype=np.int64).reshape(-1, 2),
    )


def slot_of(depth: int, length: int) -> int:
    """The slot of the hop at ``depth``, from 0, of a walk of ``length`` hops."""
    return length * (length - 1) // 2 + depth
