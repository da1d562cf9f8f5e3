"""Compares the values of two single members."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgqa.reasoning.comparing import values_on
from kgqa.reasoning.evaluation import Evaluation
from kgqa.reasoning.plan import Compare, Comparison
from kgqa.reasoning.sets import NOTHING, NodeSet, union
from kgqa.reasoning.support import SupportTriple, derivation, value_support


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether the comparison holds (None: unknown), for whom, and what shows it."""

    holds: bool | None
    winners: NodeSet = NOTHING
    support: tuple[SupportTriple, ...] = ()


UNKNOWN = Compared(None)


def compare_members(plan: Compare, evaluation: Evaluation) -> Compared:
    """Unknown when a side is no single member, lacks a value, or the two values overlap without being equal."""
    left, right = evaluation.evaluate(plan.left), evaluation.evaluate(plan.right)
    if len(left) != 1 or len(right) != 1:
        return UNKNOWN
    largest = plan.comparison in (Comparison.GREATER, Comparison.GREATER_EQUAL)
    dimension = None if plan.count else _shared_dimension(plan, evaluation, left, right)
    if dimension is None and not plan.count:
        evaluation.missing += 1
        return UNKNOWN
    values = []
    for members in (left, right):
        present, lo, hi = evaluation.member_values(
            members, plan.path, largest=largest, count=plan.count, dimension=dimension
        )
        if not present[0]:
            evaluation.missing += 1
            return UNKNOWN
        values.append((float(lo[0]), float(hi[0])))
    order = _order(*values)
    if order is None:
        return UNKNOWN
    support = tuple(
        triple
        for side, members in ((plan.left, left), (plan.right, right))
        for node in members.nodes.tolist()
        for triple in derivation(evaluation, side, node)
        + value_support(evaluation, node, plan.path, largest=largest, count=plan.count, dimension=dimension)
    )
    return Compared(_holds(plan.comparison, order), _winners(plan.comparison, order, left, right), support)


def _shared_dimension(plan: Compare, evaluation: Evaluation, left: NodeSet, right: NodeSet) -> str | None:
    """The first axis on which both have a value; bare whole numbers are years beside dates."""
    snapshot = evaluation.snapshot
    ends = [evaluation.follow(members, plan.path)[1] for members in (left, right)]
    for dimension in snapshot.dimensions[1:]:
        if all(values_on(snapshot, side, dimension).present.any() for side in ends):
            return dimension
    return None


def _order(left: tuple[float, float], right: tuple[float, float]) -> int | None:
    """-1, 0 or 1; None when the intervals overlap without being equal."""
    if left == right:
        return 0
    if left[1] < right[0]:
        return -1
    return 1 if left[0] > right[1] else None


def _holds(comparison: Comparison, order: int) -> bool:
    match comparison:
        case Comparison.LESS:
            return order < 0
        case Comparison.LESS_EQUAL:
            return order <= 0
        case Comparison.EQUAL:
            return order == 0
        case Comparison.NOT_EQUAL:
            return order != 0
        case Comparison.GREATER_EQUAL:
            return order >= 0
        case Comparison.GREATER:
            return order > 0


def _winners(comparison: Comparison, order: int, left: NodeSet, right: NodeSet) -> NodeSet:
    """Those for whom it holds, seen from their side; for an ordering of an equal pair both, since they tie."""
    if order == 0 and comparison is not Comparison.NOT_EQUAL:
        return union([left, right])
    sides = [side for side, seen in ((left, order), (right, -order)) if _holds(comparison, seen)]
    return union(sides) if sides else NodeSet(np.zeros(0, dtype=np.int32))
