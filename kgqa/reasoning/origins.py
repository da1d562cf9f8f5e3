"""Coming back to the start: where a plan drops the entity that it started from (docs/plans.md).

A start is dropped right after a hop straight back over the relation just taken (``r``, then its inverse, stored
or implied), and from the final answers unless nothing else is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.traversal import TraversableGraph
from kgqa.reasoning.plan import (
    Difference,
    HasFilter,
    Hop,
    Intersect,
    Plan,
    Start,
    Step,
    Superlative,
    TypeFilter,
    Union,
    ValueFilter,
)
from kgqa.types import Literal


@dataclass(frozen=True, slots=True)
class Route:
    """How members of a set were reached: from which named starts, and over which step last (None: not moved)."""

    last: Step | None
    starts: frozenset[str | Literal]


def routes(plan: Plan) -> list[Route]:
    """The routes into the set of a plan. A set of a type was not started from anything named."""
    match plan:
        case Start(nodes=nodes):
            return [Route(None, frozenset(nodes))]
        case Hop(input=source, step=step):
            return [Route(step, frozenset().union(*(route.starts for route in routes(source))))]
        case Intersect(inputs=inputs) | Union(inputs=inputs):
            return [route for item in inputs for route in routes(item)]
        case Difference(left=left):
            return routes(left)
        case TypeFilter(input=source) | ValueFilter(input=source) | HasFilter(input=source) | Superlative(input=source):
            return routes(source)
        case _:
            return []


def step_number(snapshot: TraversableGraph, step: Step) -> tuple[int, bool] | None:
    """The step by relation number; None when the graph lacks the relation."""
    number = snapshot.relation_number(step.relation)
    return None if number is None else (number, step.inverse)


def starts_left_behind(snapshot: TraversableGraph, hop: Hop) -> NDArray[np.int32]:
    """The starts that the hop would come straight back to, ascending."""
    step = step_number(snapshot, hop.step)
    back: set[str | Literal] = set()
    for route in routes(hop.input):
        before = None if route.last is None else step_number(snapshot, route.last)
        if before is not None and step is not None and snapshot.goes_back(before, step):
            back |= route.starts
    return start_nodes(snapshot, back)


def starts_of_answers(snapshot: TraversableGraph, plan: Plan) -> NDArray[np.int32]:
    """The starts that final answers leave out: those moved away from, and not also answers where they stand."""
    moved: set[str | Literal] = set()
    stayed: set[str | Literal] = set()
    for route in routes(plan):
        (stayed if route.last is None else moved).update(route.starts)
    return start_nodes(snapshot, moved - stayed)


def start_nodes(snapshot: TraversableGraph, refs: set[str | Literal] | tuple[str | Literal, ...]) -> NDArray[np.int32]:
    """The numbers of ids and literals, ascending; what the graph lacks is left out."""
    found = {node for ref in refs if (node := snapshot.node(ref)) is not None}
    return np.array(sorted(found), dtype=np.int32)
