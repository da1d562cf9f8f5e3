"""Executes a plan on a graph that stays on its server, with the meaning that it has on a snapshot."""

from __future__ import annotations

import time

import numpy as np

from kgqa.graph.neo4j.traversal import ServerGraph
from kgqa.reasoning.cypher.compile import Compiler, compiles
from kgqa.reasoning.evaluation import Evaluation
from kgqa.reasoning.execute import Result, run
from kgqa.reasoning.plan import Intersect, Plan, Union
from kgqa.reasoning.sets import NodeSet
from kgqa.types import FactSource


def execute_on_server(
    plan: Plan,
    graph: ServerGraph,
    *,
    facts: FactSource | None = None,
    threshold: float = 0.5,
    deadline: float | None = None,
) -> Result:
    """Executes any plan by reading queries; arguments and errors as for ``execute``.

    What compiles is one query, whatever its depth. Support is asked for when it is wanted, as on a snapshot.
    """
    return run(plan, ServerEvaluation(graph, facts=facts, threshold=threshold, deadline=deadline))


class ServerEvaluation(Evaluation):
    """Evaluates by compiled queries; operators that do not compile, merged nodes and predicted facts step by step."""

    def __init__(
        self, graph: ServerGraph, *, facts: FactSource | None, threshold: float, deadline: float | None
    ) -> None:
        super().__init__(graph, facts=facts, threshold=threshold, deadline=deadline)
        self._server = graph
        self._stepwise = facts is not None or bool(graph.same)
        self._until = deadline

    def evaluate(self, plan: Plan) -> NodeSet:
        known = self.sets.get(id(plan))
        if known is not None:
            return known
        if self._stepwise or not compiles(plan) or (isinstance(plan, Intersect | Union) and not plan.inputs):
            return super().evaluate(plan)
        self.check_time()
        compiler = Compiler(self._server, lambda part: self.evaluate(part).nodes.tolist())
        members = compiler.members(plan)
        left = None if self._until is None else max(self._until - time.monotonic(), 0.001)
        found = self._server.fetch(members, compiler.values, timeout=left)
        self.sets[id(plan)] = NodeSet(np.array(sorted(found), dtype=np.int32))
        return self.sets[id(plan)]
