"""Compiles operators that give sets to one reading query each. Ids, numbers and values are parameters, never text.

Start, of_type, having, hops without conditions, intersect, union, difference, type_filter and has_filter compile whole.
What compares values (units, intervals of dates, folded text) or judges qualifiers is finished in Python on what the
server gives: such a part is evaluated first and stands in the query as a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from kgqa.graph.neo4j.fragments import keys_of
from kgqa.graph.neo4j.traversal import ServerGraph
from kgqa.reasoning.origins import routes, step_number
from kgqa.reasoning.plan import (
    Difference,
    HasFilter,
    Having,
    Hop,
    Intersect,
    OfType,
    Plan,
    Start,
    TypeFilter,
    Union,
)
from kgqa.types import Literal


class Evaluated(Protocol):
    """Gives the numbers of the nodes of a plan that was evaluated apart."""

    def __call__(self, plan: Plan) -> list[int]: ...


class Compiler:
    """Builds one query. Every fragment begins where there are no rows yet and ends with distinct nodes ``n``."""

    def __init__(self, graph: ServerGraph, evaluated: Evaluated) -> None:
        self._graph, self._fragments, self._evaluated = graph, graph.fragments, evaluated
        self.values: dict[str, Any] = {}

    def members(self, plan: Plan) -> str:
        """The clauses that give the set of ``plan``, as it stands before starts are dropped from final answers."""
        match plan:
            case Start(nodes=refs):
                return self._fragments.keyed(*self._keys(refs))
            case OfType(type=type):
                return self._fragments.of_type(type)
            case Having(step=said):
                step = step_number(self._graph, said)
                return "UNWIND [] AS n WITH n" if step is None else self._graph.having(step)
            case Hop() if not is_conditioned(plan):
                return self._hop(plan)
            case Intersect(inputs=inputs):
                return f"{self._branches(inputs)} WITH n, count(*) AS sides WHERE sides = {len(inputs)} WITH n"
            case Union(inputs=inputs):
                return f"{self._branches(inputs)} WITH DISTINCT n"
            case Difference(left=left, right=right):
                return f"{self._branches((left, right))} WITH n, max(side) AS side WHERE side = 0 WITH n"
            case TypeFilter(input=source, type=type):
                return f"{self.members(source)} WHERE {self._fragments.has_type('n', type)} WITH n"
            case HasFilter(input=source):
                return f"{self.members(source)} WHERE {self._reaches(plan)} WITH n"
            case _:
                number = self._value(self._evaluated(plan))
                return f"UNWIND {number} AS number {self._fragments.numbered('number')} WITH n"

    def _hop(self, plan: Hop) -> str:
        source = self.members(plan.input)
        step = step_number(self._graph, plan.step)
        if step is None:
            return f"{source} WHERE false WITH n"
        back = self._left_behind(plan, step)
        reached = f"{source} {self._step('n', 'm', step)} WITH DISTINCT m AS n"
        if not back:
            return reached
        # Looked at once for a node, not for each statement that leads to it.
        return f"{reached} WHERE NOT {self._fragments.among('n', *self._keys(back))} WITH n"

    def _left_behind(self, plan: Hop, step: tuple[int, bool]) -> list[str | Literal]:
        """The starts that the hop comes straight back to."""
        back: set[str | Literal] = set()
        for route in routes(plan.input):
            before = None if route.last is None else step_number(self._graph, route.last)
            if before is not None and self._graph.goes_back(before, step):
                back |= route.starts
        return sorted(back, key=repr)

    def _branches(self, plans: Sequence[Plan]) -> str:
        """All members of several plans, each with the ``side`` it comes from."""
        parts = [f"{self.members(plan)} RETURN n, {side} AS side" for side, plan in enumerate(plans)]
        return f"CALL () {{ {' UNION ALL '.join(parts)} }}"

    def _reaches(self, plan: HasFilter) -> str:
        """The condition that the path of a member reaches the target, or none when ``negated``."""
        steps = [step_number(self._graph, step) for step in plan.path]
        known = [step for step in steps if step is not None]
        if len(known) < len(steps):
            return "true" if plan.negated else "false"
        if not known:
            found = self._target(plan.target, "n")
        else:
            clauses, near = [], "n"
            for i, step in enumerate(known):
                far = f"x{i}"
                back = i > 0 and self._graph.goes_back(known[i - 1], step)
                clauses.append(self._step(near, far, step, link=f"b{i}") + (f" AND {far} <> n" if back else ""))
                near = far
            found = f"EXISTS {{ {' '.join(clauses)} AND {self._target(plan.target, near)} }}"
        return f"NOT {found}" if plan.negated else found

    def _target(self, plan: Plan, node: str) -> str:
        """The condition that a node is in the set of ``plan``."""
        if isinstance(plan, Start):
            return self._fragments.among(node, *self._keys(plan.nodes))
        return f"{node}.number IN {self._value(self._evaluated(plan))}"

    def _keys(self, refs: Iterable[str | Literal]) -> tuple[str | None, str | None]:
        """Parameters for the ids and the literals among these; None where there is none of a kind."""
        keys = keys_of(refs)
        literals = self._value(list(keys.literals)) if keys.literals else None
        return (None if literals and not keys.ids else self._value(list(keys.ids))), literals

    def _step(self, near: str, far: str, step: tuple[int, bool], *, link: str = "a") -> str:
        relation, inverse = step
        both = self._graph.is_symmetric(relation)
        return self._fragments.step(near, far, relation, inverse=inverse, both=both, link=link)

    def _value(self, value: Any) -> str:
        """A parameter that holds the value."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"


def is_conditioned(plan: Hop) -> bool:
    """Whether the hop looks at qualifiers or time, which is judged in Python."""
    return bool(plan.where) or plan.during is not None


def compiles(plan: Plan) -> bool:
    """Whether the operator itself becomes Cypher, whatever its inputs are."""
    match plan:
        case Hop():
            return not is_conditioned(plan)
        case Start() | OfType() | Having() | Intersect() | Union() | Difference() | TypeFilter() | HasFilter():
            return True
        case _:
            return False
