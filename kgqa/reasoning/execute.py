"""Executes a plan on a snapshot: its answers, what was left out, and the triples that support each answer.

``docs/plans.md`` gives every operator its definition, its empty and its missing case.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.traversal import TraversableGraph
from kgqa.reasoning.comparison import Compared, compare_members
from kgqa.reasoning.evaluation import Evaluation, Shared
from kgqa.reasoning.origins import starts_of_answers
from kgqa.reasoning.plan import Compare, Count, Exists, Plan, Qualifier, Superlative
from kgqa.reasoning.qualifying import Said, values_said
from kgqa.reasoning.sets import NOTHING, NodeSet
from kgqa.reasoning.support import EXAMPLES, SupportTriple, derivation, value_support
from kgqa.types import FactSource

if TYPE_CHECKING:
    from kgqa.graph.neo4j.traversal import ServerGraph

__all__ = ["EXAMPLES", "Result", "ResultKind", "Shared", "SupportTriple", "execute", "run"]


class ResultKind(StrEnum):
    """What a plan answered with. ``unknown``: the graph lacks what would decide it."""

    NODES = "nodes"
    COUNT = "count"
    BOOLEAN = "boolean"
    VALUES = "values"
    UNKNOWN = "unknown"


class Result:
    """What executing a plan gave. Support is computed when asked for.

    ``value`` is the number of a count or the truth of a boolean; ``total`` the number of members behind it (answers,
    or members counted); ``missing`` how many were left out for lack of a value; ``considered`` how many a
    superlative looked at, None without one; ``said`` the values of a qualifier.
    """

    def __init__(
        self,
        plan: Plan,
        evaluation: Evaluation,
        kind: ResultKind,
        *,
        members: NodeSet = NOTHING,
        value: int | bool | None = None,
        total: int = 0,
        compared: Compared | None = None,
        said: tuple[Said, ...] = (),
    ) -> None:
        self.plan = plan
        self.kind = kind
        self.value = value
        self.said = said
        self.total = total
        self.missing = evaluation.missing
        self.considered = evaluation.considered
        self._evaluation = evaluation
        self._members = members
        self._compared = compared

    @cached_property
    def _names(self) -> list[str]:
        return self._evaluation.snapshot.refs(self._members.nodes)

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        """The members by score, then id (a literal's value for one), then number."""
        members, names = self._members, self._names
        by_name = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
        if members.scores is None:
            return by_name
        return by_name[np.argsort(-members.scores[by_name], kind="stable")]

    @cached_property
    def nodes(self) -> NDArray[np.int32]:
        """The answers by score, then id; empty unless ``kind`` is nodes. shape: (n,)"""
        return self._members.nodes[self._order] if self.kind is ResultKind.NODES else NOTHING.nodes

    @property
    def refs(self) -> list[str]:
        """How each answer is named in JSON: an entity's id, a literal's value; in order of ``nodes`` or ``said``."""
        if self.kind is ResultKind.VALUES:
            return [item.ref for item in self.said]
        return [self._names[place] for place in self._order.tolist()] if self.kind is ResultKind.NODES else []

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """How sure each answer is: 1, or the probability of its surest derivation. shape: (n,)"""
        return self._members.score_of(self._order) if self.kind is ResultKind.NODES else np.zeros(0)

    @property
    def predicted(self) -> bool:
        """Whether some member rests on a predicted fact."""
        return self._members.scores is not None

    @property
    def shown(self) -> list[int]:
        """The members that stand for all of them in evidence: one that exists, at most 20 that are counted."""
        return self._members.nodes[self._order[: 1 if isinstance(self.plan, Exists) else EXAMPLES]].tolist()

    def support(self, node: int | None = None) -> tuple[SupportTriple, ...]:
        """Every triple of one derivation of an answer; without ``node`` of at most 20 members.

        Deterministic. A superlative adds the values of its best members, a comparison the values compared.
        """
        if self._compared is not None:
            return _unique(self._compared.support)
        if self.kind is ResultKind.VALUES:
            return _unique(triple for item in self.said[:EXAMPLES] for triple in item.support)
        plan, evaluation = self.plan, self._evaluation
        if node is not None:
            return _unique(derivation(evaluation, _set_plan(plan), node)) if node in self._members.nodes else ()
        triples = [triple for member in self.shown for triple in self._member_support(member)]
        if isinstance(plan, Superlative):
            triples += _considered_values(evaluation, plan)
        return _unique(triples)

    def _member_support(self, node: int) -> list[SupportTriple]:
        triples = derivation(self._evaluation, _set_plan(self.plan), node)
        if isinstance(self.plan, Exists) and self.plan.among is not None:
            triples += derivation(self._evaluation, self.plan.among, node)
        return triples


def execute(
    plan: Plan,
    snapshot: TraversableGraph,
    *,
    facts: FactSource | None = None,
    threshold: float = 0.5,
    deadline: float | None = None,
    shared: Shared | None = None,
) -> Result:
    """Executes any plan; on a graph that stays on its server by queries that are compiled.

    ``facts`` fills the missing edges of hops marked ``completed``, with facts above ``threshold``. ``deadline`` is a
    time of ``time.monotonic()``; ``shared`` keeps the sets of operators from one plan to the next. Raises PlanError
    for a plan that makes no sense, DeadlineError when time is up.
    """
    if snapshot.on_server:
        from kgqa.reasoning.cypher import execute_on_server

        graph = cast("ServerGraph", snapshot)
        return execute_on_server(plan, graph, facts=facts, threshold=threshold, deadline=deadline)
    return run(plan, Evaluation(snapshot, facts=facts, threshold=threshold, deadline=deadline, shared=shared))


def run(plan: Plan, evaluation: Evaluation) -> Result:
    """The result of a plan by an evaluation of its sets, on whatever graph. Raises as ``execute``."""
    evaluation.presumed = not isinstance(plan, Count | Exists)
    match plan:
        case Count(input=source):
            members = _final(evaluation, source)
            return Result(plan, evaluation, ResultKind.COUNT, members=members, value=len(members), total=len(members))
        case Exists():
            members = evaluation.evaluate(plan.input)
            if plan.among is not None:
                members = members.keep(evaluation.evaluate(plan.among).holds(members.nodes))
            found = len(members) > 0
            return Result(plan, evaluation, ResultKind.BOOLEAN, members=members, value=found, total=len(members))
        case Compare():
            return _compare(plan, evaluation)
        case Qualifier():
            said = values_said(plan, evaluation)
            return Result(plan, evaluation, ResultKind.VALUES, said=said, total=len(said))
        case _:
            members = _final(evaluation, plan)
            return Result(plan, evaluation, ResultKind.NODES, members=members, total=len(members))


def _final(evaluation: Evaluation, plan: Plan) -> NodeSet:
    """The set without the starts that it came back to, unless they are all there is."""
    members = evaluation.evaluate(plan)
    left = members.without(starts_of_answers(evaluation.snapshot, plan))
    return left if len(left) else members


def _compare(plan: Compare, evaluation: Evaluation) -> Result:
    compared = compare_members(plan, evaluation)
    if compared.holds is None:
        return Result(plan, evaluation, ResultKind.UNKNOWN)
    if plan.which:
        members = compared.winners
        return Result(plan, evaluation, ResultKind.NODES, members=members, total=len(members), compared=compared)
    return Result(plan, evaluation, ResultKind.BOOLEAN, value=compared.holds, total=2, compared=compared)


def _set_plan(plan: Plan) -> Plan:
    """The plan whose set holds the members."""
    return plan.input if isinstance(plan, Count | Exists) else plan


def _considered_values(evaluation: Evaluation, plan: Superlative) -> list[SupportTriple]:
    """The values of at most 20 members that a superlative compared, best first."""
    members = evaluation.evaluate(plan.input)
    present, lo, hi = evaluation.member_values(members, plan.path, largest=plan.largest, count=plan.count)
    known = np.flatnonzero(present)
    key = -lo[known] if plan.largest else hi[known]
    best = known[np.argsort(key, kind="stable")][:EXAMPLES]
    if plan.count:
        return []  # a count is supported by what is counted, which the answers' own derivations show
    return [
        triple
        for member in members.nodes[best].tolist()
        for triple in value_support(evaluation, member, plan.path, largest=plan.largest, count=False, plan=plan)
    ]


def _unique(triples: Iterable[SupportTriple]) -> tuple[SupportTriple, ...]:
    return tuple(dict.fromkeys(triples))
