"""The values that statements carry for a qualifier: what a plan of ``Qualifier`` answers with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kgqa.errors import PlanError
from kgqa.graph.traversal import TraversableGraph
from kgqa.graph.values import date_interval
from kgqa.reasoning.conditions import AT, VALID_FROM, VALID_TO, passes
from kgqa.reasoning.evaluation import Evaluation
from kgqa.reasoning.origins import step_number
from kgqa.reasoning.plan import Hop, Qualifier, op_name
from kgqa.reasoning.support import SupportTriple, derivation, said_by, walked
from kgqa.types import Literal, LiteralType

TIMES = frozenset((VALID_FROM, VALID_TO, AT))
"""Qualifiers that say when a statement holds; their values are dates."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value, an entity by its id, with the triples of one statement that carries it and of what leads there."""

    value: Literal | str
    support: tuple[SupportTriple, ...]

    @property
    def ref(self) -> str:
        """How it is named in JSON."""
        return self.value if isinstance(self.value, str) else self.value.value


def values_said(plan: Qualifier, evaluation: Evaluation) -> tuple[Said, ...]:
    """Each value once, by how it is named. Raises PlanError where the input is no hop."""
    hop = plan.input
    if not isinstance(hop, Hop):
        raise PlanError(f"operator 'qualifier' reads the statements of a hop, not of {op_name(hop)!r}")
    graph = evaluation.snapshot
    ends, source = evaluation.evaluate(hop), evaluation.evaluate(hop.input)
    if plan.among is not None:
        ends = ends.keep(evaluation.evaluate(plan.among).holds(ends.nodes))
    step = step_number(graph, hop.step)
    if step is None or not len(ends):
        return ()
    carried: dict[Literal | str, tuple[int, int, tuple[tuple[str, Literal | str], ...]]] = {}
    wanted = frozenset(ends.nodes.tolist())
    for position, end, qualifiers in graph.qualified(source.nodes, *step):
        value = qualifiers.get(plan.name)
        if value is None or end not in wanted or not passes(hop, qualifiers):
            continue
        found = (int(source.nodes[position]), end, said_by(qualifiers))
        key = read_value(plan.name, value, graph)
        carried[key] = min(carried.get(key, found), found, key=repr)
    out = []
    for value, (near, far, said) in carried.items():
        triples = [*derivation(evaluation, hop.input, near), replace(walked(evaluation, hop, near, far), said=said)]
        if plan.among is not None:
            triples += derivation(evaluation, plan.among, far)
        out.append(Said(value, tuple(dict.fromkeys(triples))))
    return tuple(sorted(out, key=lambda item: (item.ref, repr(item.value))))


def read_value(name: str, value: Literal | str, graph: TraversableGraph) -> Literal | str:
    """A qualifier's value: the id of an entity that the graph has, or else a literal."""
    if isinstance(value, Literal):
        return value
    if name in TIMES and date_interval(value) is not None:
        return Literal(value, LiteralType.YEAR if value.lstrip("-").isdigit() else LiteralType.DATE)
    node = graph.node(value)
    if node is None or graph.literal(node) is not None:
        return Literal(value)
    return graph.refs(np.asarray([node], dtype=np.int32))[0]
