"""Evaluates the operators of a plan that give sets, and keeps every intermediate set for support."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import DeadlineError, PlanError
from kgqa.graph.traversal import TraversableGraph
from kgqa.reasoning.comparing import common_dimension, compares, values_on
from kgqa.reasoning.conditions import check_conditions, passes
from kgqa.reasoning.origins import start_nodes, starts_left_behind, step_number
from kgqa.reasoning.plan import (
    Difference,
    HasFilter,
    Having,
    Hop,
    Intersect,
    OfType,
    Plan,
    Start,
    Step,
    Superlative,
    TypeFilter,
    Union,
    ValueFilter,
    op_name,
)
from kgqa.reasoning.sets import NOTHING, NodeSet, intersect, scored, union
from kgqa.types import FactSource, PredictedFact

Pairs = tuple[NDArray[np.int64], NDArray[np.int32]]
_COMPLETIONS = 5  # facts asked for at each node that lacks an edge


Shared = dict[int, tuple[Plan, NodeSet]]
"""Sets of operators that several plans have in common, by identity; the operator is kept so that it stays the same."""


class Evaluation:
    """One plan on one snapshot. ``sets`` and ``predicted`` go by the identity of the operator.

    ``presumed``: the question takes for granted that there is something; one that counts or asks whether does not.
    ``shared``: sets that other plans on this snapshot have found, under the same conditions; what is found here joins.
    """

    def __init__(
        self,
        snapshot: TraversableGraph,
        *,
        facts: FactSource | None,
        threshold: float,
        deadline: float | None,
        shared: Shared | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.sets: dict[int, NodeSet] = {}
        self.predicted: dict[int, list[PredictedFact]] = {}
        self.presumed = True
        self.missing = 0
        self.considered: int | None = None
        self._facts = facts
        self._threshold = threshold
        self._deadline = deadline
        self._shared: Shared = {} if shared is None else shared

    def evaluate(self, plan: Plan) -> NodeSet:
        """The set of a plan. Raises PlanError for an operator that gives no set, DeadlineError when time is up."""
        known = self.sets.get(id(plan))
        if known is not None:
            return known
        if (other := self._shared.get(id(plan))) is not None:
            self.sets[id(plan)] = other[1]
            return other[1]
        operator = _OPERATORS.get(type(plan))
        if operator is None:
            raise PlanError(f"operator {op_name(plan)!r} gives no set of nodes: it can only stand outermost")
        self.check_time()
        found = operator(self, plan)
        self.sets[id(plan)] = found
        if not self.missing and self.considered is None and not self.predicted:  # nothing is known beside the set
            self._shared[id(plan)] = plan, found
        return found

    def check_time(self) -> None:
        """Raises DeadlineError when the time is up."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise DeadlineError("the time for this question ran out while its plan was executed; allow more time")

    def follow(self, members: NodeSet, path: Sequence[Step]) -> Pairs:
        """Unique (position of a member, end of the path); nothing when the graph lacks a relation of it."""
        steps = [step_number(self.snapshot, step) for step in path]
        known = [step for step in steps if step is not None]
        if len(known) < len(steps):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
        self.check_time()
        return self.snapshot.follow(members.nodes, known)

    # --- operators

    def _start(self, plan: Start) -> NodeSet:
        return NodeSet(start_nodes(self.snapshot, plan.nodes))

    def _of_type(self, plan: OfType) -> NodeSet:
        return NodeSet(np.array(self.snapshot.of_type(plan.type)))

    def _having(self, plan: Having) -> NodeSet:
        step = step_number(self.snapshot, plan.step)
        return NOTHING if step is None else NodeSet(self.snapshot.holders([step])[0])

    def _hop(self, plan: Hop) -> NodeSet:
        check_conditions(plan)
        source = self.evaluate(plan.input)
        step = step_number(self.snapshot, plan.step)
        if plan.where or plan.during is not None:
            found = NOTHING if step is None else self._conditioned(plan, source, step)
        else:
            found = NOTHING if step is None else self._plain_hop(source, step)
            if plan.completed and self._facts is not None:
                found = self._complete(plan, source, step, found)
        return found.without(starts_left_behind(self.snapshot, plan))

    def _plain_hop(self, source: NodeSet, step: tuple[int, bool]) -> NodeSet:
        if source.scores is None:
            return NodeSet(self.snapshot.hop(source.nodes, *step))
        positions, ends = self.snapshot.hop_edges(source.nodes, *step)
        return scored(ends, source.scores[positions])

    def _conditioned(self, plan: Hop, source: NodeSet, step: tuple[int, bool]) -> NodeSet:
        edges = conditioned_edges(self.snapshot, plan, source.nodes, step)
        ends = np.array([end for _, end in edges], dtype=np.int32)
        return scored(ends, source.score_of(np.array([position for position, _ in edges], dtype=np.int64)))

    def _complete(self, plan: Hop, source: NodeSet, step: tuple[int, bool] | None, found: NodeSet) -> NodeSet:
        """Adds predicted facts at the nodes that have no edge of this step.

        A step that leads from every node nowhere is what the question takes for granted to lead somewhere.
        """
        lacking = np.ones(len(source), dtype=bool)
        if step is not None:
            lacking[self.snapshot.hop_edges(source.nodes, *step)[0]] = False
        nodes = source.nodes[lacking]
        if len(nodes) == 0 or self._facts is None:
            return found
        self.check_time()
        lacking_nodes = set(nodes.tolist())
        inverse = plan.step.inverse
        presumed = self.presumed and len(nodes) == len(source)
        facts = [
            fact
            for fact in self._facts.complete(
                nodes.tolist(), plan.step.relation, inverse=inverse, k=_COMPLETIONS, presumed=presumed
            )
            if fact.probability > self._threshold and (fact.tail if inverse else fact.head) in lacking_nodes
        ]
        self.predicted[id(plan)] = facts
        if not facts:
            return found
        near = np.array([fact.tail if inverse else fact.head for fact in facts], dtype=np.int32)
        far = np.array([fact.head if inverse else fact.tail for fact in facts], dtype=np.int32)
        sure = np.array([fact.probability for fact in facts]) * source.score_of(source.positions(near))
        return union([found, scored(far, sure)])

    def _intersect(self, plan: Intersect) -> NodeSet:
        return intersect([self.evaluate(item) for item in _some(plan)])

    def _union(self, plan: Union) -> NodeSet:
        return union([self.evaluate(item) for item in _some(plan)])

    def _difference(self, plan: Difference) -> NodeSet:
        left = self.evaluate(plan.left)
        return left.without(self.evaluate(plan.right).nodes)

    def _type_filter(self, plan: TypeFilter) -> NodeSet:
        source = self.evaluate(plan.input)
        return source.keep(NodeSet(self.snapshot.of_type(plan.type)).holds(source.nodes))

    def _value_filter(self, plan: ValueFilter) -> NodeSet:
        source = self.evaluate(plan.input)
        positions, ends = self.follow(source, plan.path)
        holds, present = compares(self.snapshot, ends, plan.comparison, plan.value)
        self.missing += len(source) - len(np.unique(positions[present]))
        return source.keep(_mask(len(source), positions[holds]))

    def _has_filter(self, plan: HasFilter) -> NodeSet:
        source = self.evaluate(plan.input)
        target = self.evaluate(plan.target)
        positions, ends = self.follow(source, plan.path)
        reached = target.positions(ends)
        mask = _mask(len(source), positions[reached >= 0])
        if plan.negated:
            return source.keep(~mask)
        if target.scores is None:
            return source.keep(mask)
        best = np.zeros(len(source))
        np.maximum.at(best, positions[reached >= 0], target.scores[reached[reached >= 0]])
        kept = source.keep(mask)
        return NodeSet(kept.nodes, np.minimum(kept.score_of(slice(None)), best[mask]))

    def _superlative(self, plan: Superlative) -> NodeSet:
        if plan.rank < 1:
            raise PlanError(f"rank {plan.rank}: the ranks of a superlative start at 1")
        source = self.evaluate(plan.input)
        present, lo, hi = self.member_values(source, plan.path, largest=plan.largest, count=plan.count)
        self.missing += int((~present).sum())
        self.considered = int(present.sum())
        return source.keep(extreme(present, lo, hi, largest=plan.largest, rank=plan.rank))

    def member_values(
        self, members: NodeSet, path: Sequence[Step], *, largest: bool, count: bool, dimension: str | None = None
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
        """Each member's extreme value at the end of ``path``, or its number of ends. shape: (n,) each

        ``dimension`` None takes the axis on which most values lie.
        """
        positions, ends = self.follow(members, path)
        if count:
            counts = np.bincount(positions, minlength=len(members)).astype(np.float64)
            return np.ones(len(members), dtype=bool), counts, counts
        axis = dimension or common_dimension(self.snapshot, ends)
        worst = -np.inf if largest else np.inf
        lo, hi = np.full(len(members), worst), np.full(len(members), worst)
        present = np.zeros(len(members), dtype=bool)
        if axis is not None:
            values = values_on(self.snapshot, ends, axis)
            at = positions[values.present]
            better = np.maximum if largest else np.minimum
            better.at(lo, at, values.lo[values.present])
            better.at(hi, at, values.hi[values.present])
            present[at] = True
        return present, lo, hi


def extreme(
    present: NDArray[np.bool_], lo: NDArray[np.float64], hi: NDArray[np.float64], *, largest: bool, rank: int
) -> NDArray[np.bool_]:
    """Members that no other surely beats: their interval reaches the best sure bound. Rank 2 takes those away first."""
    left = present.copy()
    winners = np.zeros(len(left), dtype=bool)
    for _ in range(rank):
        left &= ~winners
        if not left.any():
            return np.zeros(len(left), dtype=bool)
        winners = left & (hi >= lo[left].max() if largest else lo <= hi[left].min())
    return winners


def conditioned_edges(
    snapshot: TraversableGraph, plan: Hop, nodes: NDArray[np.int32], step: tuple[int, bool]
) -> list[tuple[int, int]]:
    """(position into ``nodes``, neighbour) of each edge with a statement that passes the hop's conditions."""
    qualified = snapshot.qualified(nodes, *step)
    edges = {(position, end) for position, end, qualifiers in qualified if passes(plan, qualifiers)}
    if passes(plan, {}):
        with_qualifiers = {(position, end) for position, end, _ in qualified}
        positions, ends = snapshot.hop_edges(nodes, *step)
        plain = set(zip(positions.tolist(), ends.tolist(), strict=True))
        edges |= plain - with_qualifiers
    return sorted(edges)


def _some(plan: Intersect | Union) -> tuple[Plan, ...]:
    if not plan.inputs:
        raise PlanError(f"operator {op_name(plan)!r} needs at least one input")
    return plan.inputs


def _mask(size: int, positions: NDArray[Any]) -> NDArray[np.bool_]:
    mask = np.zeros(size, dtype=bool)
    mask[positions] = True
    return mask


_OPERATORS: dict[type[Any], Callable[[Evaluation, Any], NodeSet]] = {
    Start: Evaluation._start,
    OfType: Evaluation._of_type,
    Having: Evaluation._having,
    Hop: Evaluation._hop,
    Intersect: Evaluation._intersect,
    Union: Evaluation._union,
    Difference: Evaluation._difference,
    TypeFilter: Evaluation._type_filter,
    ValueFilter: Evaluation._value_filter,
    HasFilter: Evaluation._has_filter,
    Superlative: Evaluation._superlative,
}
