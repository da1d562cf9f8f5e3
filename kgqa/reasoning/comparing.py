"""How values compare: closed intervals on one axis, bare whole numbers standing for years beside dates, and text.

Numbers are intervals of one point. A date of reduced precision is the interval of its days: "less" means ended
before the other began; "equal to X" means lies within X.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.traversal import TraversableGraph
from kgqa.graph.values import DATE, NUMBER, Comparable, as_year, comparable_literal
from kgqa.reasoning.plan import Comparison
from kgqa.types import Literal, LiteralType


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Values of nodes on one axis. Arrays: shape: (n,); ``present`` says which nodes have one."""

    present: NDArray[np.bool_]
    lo: NDArray[np.float64]
    hi: NDArray[np.float64]


def in_range(
    comparison: Comparison, lo: NDArray[np.float64], hi: NDArray[np.float64], low: Any, high: Any
) -> NDArray[np.bool_]:
    """Where [lo, hi] compares so with [low, high]; broadcasts."""
    match comparison:
        case Comparison.LESS:
            return np.asarray(hi < low)
        case Comparison.LESS_EQUAL:
            return np.asarray(hi <= high)
        case Comparison.GREATER:
            return np.asarray(lo > high)
        case Comparison.GREATER_EQUAL:
            return np.asarray(lo >= low)
        case Comparison.EQUAL:
            return np.asarray((lo >= low) & (hi <= high))
        case Comparison.NOT_EQUAL:
            return ~np.asarray((lo >= low) & (hi <= high))


def compares(
    snapshot: TraversableGraph, nodes: NDArray[Any], comparison: Comparison, value: Literal
) -> tuple[Any, Any]:
    """(which nodes compare so with ``value``, which have a value that can be compared with it). shape: (n,) each"""
    if value.type is LiteralType.STRING:
        wanted = fold(value.value)
        texts = [text_of(snapshot, node) for node in nodes.tolist()]
        holds = np.array([compare_text(comparison, text, wanted) for text in texts], dtype=bool)
        return holds, np.ones(len(nodes), dtype=bool)
    target = comparable_literal(value)
    if target is None:
        nothing = np.zeros(len(nodes), dtype=bool)
        return nothing, nothing
    values = values_on(snapshot, nodes, target.dimension)
    holds = values.present & in_range(comparison, values.lo, values.hi, target.lo, target.hi)
    present = values.present
    years = as_year(target.lo) if target.dimension == NUMBER else None
    if years is not None:
        # A bare whole number beside a date is a year: "before 1900" asked of dates.
        dates = values_on(snapshot, nodes, DATE, numbers_too=False)
        holds = holds | (dates.present & in_range(comparison, dates.lo, dates.hi, *years))
        present = present | dates.present
    return holds, present


def literals_compare(comparison: Comparison, left: Literal, right: Literal) -> bool | None:
    """The same for two literals; None when they cannot be compared."""
    if right.type is LiteralType.STRING:
        return compare_text(comparison, fold(left.value), fold(right.value))
    a, b = comparable_literal(left), comparable_literal(right)
    if a is None or b is None:
        return None
    if {a.dimension, b.dimension} == {NUMBER, DATE}:
        a, b = _dated(a), _dated(b)
        if a is None or b is None:
            return None
    if a.dimension != b.dimension:
        return None
    return bool(in_range(comparison, np.array(a.lo), np.array(a.hi), b.lo, b.hi))


def values_on(snapshot: TraversableGraph, nodes: NDArray[Any], dimension: str, *, numbers_too: bool = True) -> Values:
    """The nodes' values on the axis of ``dimension``. On the axis of dates bare whole numbers are years."""
    numbers, lo, hi = snapshot.comparable(nodes)
    present = numbers == dimension_number(snapshot, dimension)
    if dimension == DATE and numbers_too:
        lo, hi = lo.copy(), hi.copy()
        for at in np.flatnonzero(numbers == dimension_number(snapshot, NUMBER)).tolist():
            year = as_year(float(lo[at]))
            if year is not None:
                lo[at], hi[at] = year
                present[at] = True
    return Values(present, lo, hi)


def dimension_number(snapshot: TraversableGraph, dimension: str) -> int:
    """The dimension's number in this snapshot, -1 when no node has such a value."""
    return snapshot.dimensions.index(dimension) if dimension in snapshot.dimensions else -1


def common_dimension(snapshot: TraversableGraph, nodes: NDArray[Any]) -> str | None:
    """The axis on which most of the nodes have a value, the first of several; None when none has one."""
    numbers, _, _ = snapshot.comparable(nodes)
    counts = np.bincount(numbers[numbers > 0], minlength=1)
    return snapshot.dimensions[int(counts.argmax())] if counts.any() else None


def fold(text: str) -> str:
    """Text as it is compared: Unicode NFKC, case folded."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def text_of(snapshot: TraversableGraph, node: int) -> str:
    """What a node reads as, folded: an entity's label, a literal's value."""
    literal = snapshot.literal(node)
    return fold(snapshot.label(node) if literal is None else literal.value)


def compare_text(comparison: Comparison, left: str, right: str) -> bool:
    """Text by code points."""
    match comparison:
        case Comparison.LESS:
            return left < right
        case Comparison.LESS_EQUAL:
            return left <= right
        case Comparison.GREATER:
            return left > right
        case Comparison.GREATER_EQUAL:
            return left >= right
        case Comparison.EQUAL:
            return left == right
        case Comparison.NOT_EQUAL:
            return left != right


def _dated(value: Comparable) -> Comparable | None:
    if value.dimension == DATE:
        return value
    year = as_year(value.lo)
    return None if year is None else Comparable(DATE, *year)
