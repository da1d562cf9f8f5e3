"""Support: the triples of one derivation of an answer, found by walking a plan back from it.

Deterministic: the surest way is taken, a known fact before a predicted one, the lowest number among equals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgqa.reasoning.comparing import common_dimension, compares, values_on
from kgqa.reasoning.conditions import passes
from kgqa.reasoning.evaluation import Evaluation, conditioned_edges
from kgqa.reasoning.origins import step_number
from kgqa.reasoning.plan import (
    Count,
    Difference,
    Exists,
    HasFilter,
    Having,
    Hop,
    Intersect,
    OfType,
    Plan,
    Step,
    Superlative,
    TypeFilter,
    Union,
    ValueFilter,
)
from kgqa.reasoning.sets import IntArray, NodeSet
from kgqa.types import Literal

EXAMPLES = 20
"""Triples are shown for at most so many members of a count or superlative; the total is always told."""


@dataclass(frozen=True, slots=True)
class SupportTriple:
    """A statement by node numbers of the snapshot; merged nodes by their representative (``Snapshot.as_said``).

    ``said``: its qualifiers by name, where they decide that it supports anything; of statements alike it is that one.
    """

    head: int
    relation: str
    tail: int
    predicted: bool = False
    probability: float | None = None
    said: tuple[tuple[str, Literal | str], ...] = ()


def derivation(evaluation: Evaluation, plan: Plan, node: int) -> list[SupportTriple]:
    """Every triple of one derivation of ``node`` as a member of the plan's set, first hops first."""
    match plan:
        case Having(step=step):
            return _any_value(evaluation, step, node)
        case Hop(input=source):
            near, triple = _last_hop(evaluation, plan, node)
            return [*derivation(evaluation, source, near), triple]
        case Intersect(inputs=inputs):
            return [triple for item in inputs for triple in derivation(evaluation, item, node)]
        case Union(inputs=inputs):
            return derivation(evaluation, _surest_input(evaluation, inputs, node), node)
        case Difference(left=left):
            return derivation(evaluation, left, node)
        case TypeFilter(input=source):
            return derivation(evaluation, source, node)
        case ValueFilter(input=source):
            return derivation(evaluation, source, node) + _satisfying_value(evaluation, plan, node)
        case HasFilter(input=source):
            return derivation(evaluation, source, node) + _reached_target(evaluation, plan, node)
        case Superlative(input=source, path=path, largest=largest, count=count):
            known = derivation(evaluation, source, node)
            return known + value_support(evaluation, node, path, largest=largest, count=count, plan=plan)
        case _:
            return []


def type_of_member(plan: Plan) -> str | None:
    """The type alone by which an entity is a member of the plan's set, None where triples say it."""
    match plan:
        case OfType(type=kind):
            return kind
        case Difference(left=source) | TypeFilter(input=source) | HasFilter(input=source, negated=True):
            return type_of_member(source)
        case ValueFilter(input=source, path=()) | Count(input=source) | Exists(input=source):
            return type_of_member(source)
        case _:
            return None


def value_support(
    evaluation: Evaluation,
    node: int,
    path: Sequence[Step],
    *,
    largest: bool,
    count: bool,
    plan: Superlative | None = None,
    dimension: str | None = None,
) -> list[SupportTriple]:
    """The triples from a member to its extreme value, or to at most 20 of the ends that are counted."""
    _, ends = evaluation.follow(NodeSet(np.array([node], dtype=np.int32)), path)
    if count:
        return [triple for end in ends[:EXAMPLES].tolist() for triple in path_triples(evaluation, node, path, end)]
    if plan is not None:
        members = evaluation.evaluate(plan.input)
        dimension = common_dimension(evaluation.snapshot, evaluation.follow(members, path)[1])
    if dimension is None or len(ends) == 0:
        return []
    values = values_on(evaluation.snapshot, ends, dimension)
    if not values.present.any():
        return []
    bound = values.lo if largest else values.hi
    best = bound[values.present].max() if largest else bound[values.present].min()
    end = int(ends[np.flatnonzero(values.present & (bound == best))[0]])
    return path_triples(evaluation, node, path, end)


def path_triples(evaluation: Evaluation, member: int, path: Sequence[Step], end: int) -> list[SupportTriple]:
    """One way from ``member`` to ``end`` along ``path``, which is known to lead there."""
    snapshot = evaluation.snapshot
    levels = [np.array([member], dtype=np.int32)]
    steps = [number for step in path if (number := step_number(snapshot, step)) is not None]
    for i, step in enumerate(steps):
        reached = snapshot.hop(levels[-1], *step)
        if i > 0 and snapshot.goes_back(steps[i - 1], step):
            reached = reached[reached != member]
        levels.append(reached)
    triples = []
    for level, (relation, inverse), said in zip(levels[-2::-1], reversed(steps), reversed(path), strict=True):
        before = np.intersect1d(np.array(snapshot.neighbours(end, relation, not inverse), dtype=np.int32), level)
        near = int(before[0])
        triples.append(_triple(evaluation, said, near, end))
        end = near
    return triples[::-1]


def _last_hop(evaluation: Evaluation, plan: Hop, node: int) -> tuple[int, SupportTriple]:
    """The member of the input from which ``node`` was reached, and the triple between them."""
    source = evaluation.evaluate(plan.input)
    near = _known_neighbours(evaluation, plan, source, node)
    scores = source.score_of(source.positions(near))
    best, chosen = (float(scores.max()), int(near[scores.argmax()])) if len(near) else (0.0, -1)
    triple = walked(evaluation, plan, chosen, node)
    for fact in evaluation.predicted.get(id(plan), ()):
        far, member = (fact.head, fact.tail) if plan.step.inverse else (fact.tail, fact.head)
        if far != node:
            continue
        sure = float(source.score_of(source.positions(np.array([member], dtype=np.int32)))[0]) * fact.probability
        if sure > best:
            best, chosen = sure, member
            triple = SupportTriple(fact.head, plan.step.relation, fact.tail, True, fact.probability)
    return chosen, triple


def walked(evaluation: Evaluation, plan: Hop, near: int, far: int) -> SupportTriple:
    """The statement by which a hop leads from one node to another; with conditions, the first that meets them."""
    triple = _triple(evaluation, plan.step, near, far)
    step = step_number(evaluation.snapshot, plan.step)
    if step is None or near < 0 or not (plan.where or plan.during is not None):
        return triple
    found = (said for _, end, said in evaluation.snapshot.qualified([near], *step) if end == far and passes(plan, said))
    return replace(triple, said=min((said_by(said) for said in found), key=repr, default=()))


def said_by(qualifiers: Mapping[str, Literal | str]) -> tuple[tuple[str, Literal | str], ...]:
    """The qualifiers of a statement in order of their names."""
    return tuple(sorted(qualifiers.items(), key=lambda item: item[0]))


def _known_neighbours(evaluation: Evaluation, plan: Hop, source: NodeSet, node: int) -> IntArray:
    """Members of the input with an edge to ``node`` that passes the hop's conditions, ascending."""
    snapshot = evaluation.snapshot
    step = step_number(snapshot, plan.step)
    if step is None:
        return np.zeros(0, dtype=np.int32)
    relation, inverse = step
    back = np.array(snapshot.neighbours(node, relation, not inverse), dtype=np.int32)
    near = back[source.holds(back)]
    if plan.where or plan.during is not None:
        edges = conditioned_edges(snapshot, plan, near, step)
        near = near[sorted({position for position, end in edges if end == node})]
    return near


def _surest_input(evaluation: Evaluation, inputs: tuple[Plan, ...], node: int) -> Plan:
    """The first of the inputs in which the node is surest."""
    wanted = np.array([node], dtype=np.int32)
    best, chosen = -1.0, inputs[0]
    for item in inputs:
        members = evaluation.evaluate(item)
        at = members.positions(wanted)
        if at[0] >= 0 and (score := float(members.score_of(at)[0])) > best:
            best, chosen = score, item
    return chosen


def _any_value(evaluation: Evaluation, step: Step, node: int) -> list[SupportTriple]:
    """A member's own statement of the relation: of several, the one with the lowest number at its other end."""
    _, ends = evaluation.follow(NodeSet(np.array([node], dtype=np.int32)), (step,))
    return path_triples(evaluation, node, (step,), int(ends.min()))


def _satisfying_value(evaluation: Evaluation, plan: ValueFilter, node: int) -> list[SupportTriple]:
    _, ends = evaluation.follow(NodeSet(np.array([node], dtype=np.int32)), plan.path)
    holds, _ = compares(evaluation.snapshot, ends, plan.comparison, plan.value)
    return path_triples(evaluation, node, plan.path, int(ends[holds][0]))


def _reached_target(evaluation: Evaluation, plan: HasFilter, node: int) -> list[SupportTriple]:
    if plan.negated:
        return []  # that nothing is reached cannot be shown by a triple
    target = evaluation.evaluate(plan.target)
    _, ends = evaluation.follow(NodeSet(np.array([node], dtype=np.int32)), plan.path)
    at = target.positions(ends)
    ends, at = ends[at >= 0], at[at >= 0]
    end = int(ends[target.score_of(at).argmax()])
    return path_triples(evaluation, node, plan.path, end) + derivation(evaluation, plan.target, end)


def _triple(evaluation: Evaluation, step: Step, near: int, far: int) -> SupportTriple:
    """The statement walked, the way round that it was said."""
    head, tail = (far, near) if step.inverse else (near, far)
    relation = evaluation.snapshot.relation_number(step.relation)
    if relation is not None and near >= 0:
        head, tail = evaluation.snapshot.stands_as(head, relation, tail)
    return SupportTriple(head, step.relation, tail)
