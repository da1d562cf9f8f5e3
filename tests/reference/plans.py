"""The plan algebra on a networkx graph, written plainly from docs/plans.md and sharing no code with the executor.

Nodes are ids and literals; each edge (head, tail, relation) has ``statements``: a list of qualifier mappings.
"""

import math
import unicodedata
from collections import Counter
from dataclasses import dataclass

import networkx as nx

from kgqa.graph.values import comparable_label, comparable_literal, date_interval, day_number
from kgqa.reasoning import plan as p
from kgqa.types import Literal, LiteralType

Node = str | Literal


@dataclass
class Outcome:
    kind: str
    nodes: frozenset[Node] = frozenset()
    value: int | bool | None = None


class Reference:
    """``types``: node -> types; ``labels``: id -> label; ``symmetric``, ``inverse_of``: about relations."""

    def __init__(self, graph: nx.MultiDiGraph, types, labels, symmetric, inverse_of) -> None:
        self.graph, self.types, self.labels = graph, types, labels
        self.symmetric, self.inverse_of = symmetric, inverse_of

    def execute(self, plan: p.Plan) -> Outcome:
        if isinstance(plan, p.Count):
            return Outcome("count", value=len(self.final(plan.input)))
        if isinstance(plan, p.Exists):
            members = self.members(plan.input)
            if plan.among is not None:
                members &= self.members(plan.among)
            return Outcome("boolean", value=bool(members))
        if isinstance(plan, p.Compare):
            return self.compare(plan)
        if isinstance(plan, p.Qualifier):
            return Outcome("values", frozenset(self.said(plan)))
        return Outcome("nodes", frozenset(self.final(plan)))

    def final(self, plan: p.Plan) -> set[Node]:
        members = self.members(plan)
        moved = {node for moved, starts in self.routes(plan) if moved is not None for node in starts}
        stayed = {node for moved, starts in self.routes(plan) if moved is None for node in starts}
        return members - (moved - stayed) or members

    def routes(self, plan: p.Plan):
        if isinstance(plan, p.Start):
            return [(None, set(plan.nodes))]
        if isinstance(plan, p.Hop):
            return [(plan.step, {node for _, starts in self.routes(plan.input) for node in starts})]
        if isinstance(plan, p.Intersect | p.Union):
            return [route for item in plan.inputs for route in self.routes(item)]
        if isinstance(plan, p.Difference):
            return self.routes(plan.left)
        return self.routes(plan.input) if hasattr(plan, "input") else []

    def back(self, before: p.Step | None, after: p.Step) -> bool:
        if before is None:
            return False
        if before.relation == after.relation and before.inverse != after.inverse:
            return True
        return before.inverse == after.inverse and (
            (before.relation == after.relation and before.relation in self.symmetric)
            or self.inverse_of.get(before.relation) == after.relation
            or self.inverse_of.get(after.relation) == before.relation
        )

    def edges(self, node: Node, step: p.Step):
        """(neighbour, qualifiers of each statement)"""
        if node not in self.graph:
            return
        ways = {step.inverse, not step.inverse} if step.relation in self.symmetric else {step.inverse}
        for inverse in ways:
            found = self.graph.in_edges if inverse else self.graph.out_edges
            for head, tail, relation, data in found(node, keys=True, data=True):
                if relation == step.relation:
                    yield (head if inverse else tail), data["statements"]

    def members(self, plan: p.Plan) -> set[Node]:
        match plan:
            case p.Start():
                return {node for node in plan.nodes if node in self.graph}
            case p.OfType():
                return {node for node in self.graph if plan.type in self.types.get(node, ())}
            case p.Having():
                return {node for node in self.graph if list(self.edges(node, plan.step))}
            case p.Hop():
                return self.hop(plan)
            case p.Intersect():
                return set.intersection(*[self.members(item) for item in plan.inputs])
            case p.Union():
                return set.union(*[self.members(item) for item in plan.inputs])
            case p.Difference():
                return self.members(plan.left) - self.members(plan.right)
            case p.TypeFilter():
                return {node for node in self.members(plan.input) if plan.type in self.types.get(node, ())}
            case p.ValueFilter():
                return {
                    node
                    for node in self.members(plan.input)
                    if any(self.compares(end, plan.comparison, plan.value) for end in self.ends(node, plan.path))
                }
            case p.HasFilter():
                target = self.members(plan.target)
                return {
                    node
                    for node in self.members(plan.input)
                    if bool(self.ends(node, plan.path) & target) != plan.negated
                }
            case p.Superlative():
                return self.superlative(plan)
        raise AssertionError(plan)

    def hop(self, plan: p.Hop) -> set[Node]:
        out = set()
        for node in self.members(plan.input):
            for other, statements in self.edges(node, plan.step):
                if any(self.passes(plan, qualifiers) for qualifiers in statements):
                    out.add(other)
        for before, starts in self.routes(plan.input):
            if self.back(before, plan.step):
                out -= starts
        return out

    def said(self, plan: p.Qualifier) -> set[Node]:
        kept = self.members(plan.input) if plan.among is None else self.members(plan.input) & self.members(plan.among)
        return {
            qualifiers[plan.name]
            for node in self.members(plan.input.input)
            for other, statements in self.edges(node, plan.input.step)
            for qualifiers in statements
            if other in kept and plan.name in qualifiers and self.passes(plan.input, qualifiers)
        }

    def passes(self, plan: p.Hop, qualifiers) -> bool:
        for condition in plan.where:
            value = qualifiers.get(condition.qualifier)
            if value is None or not self.literal_compares(value, condition.comparison, condition.value):
                return False
        return plan.during is None or self.during(plan.during, qualifiers)

    def during(self, span: p.TimeSpan, qualifiers) -> bool:
        lo, hi, said = -math.inf, math.inf, False
        for name, value in qualifiers.items():
            if name in ("at", "valid_from", "valid_to"):
                first, last = date_interval(value.value)
                said = True
                lo = max(lo, first) if name != "valid_to" else lo
                hi = min(hi, last) if name != "valid_from" else hi
        if not said:
            return span.untimed
        low = date_interval(span.start)[0] if span.start else -math.inf
        high = date_interval(span.end)[1] if span.end else math.inf
        return lo <= high and hi >= low

    def ends(self, node: Node, path) -> set[Node]:
        """What the path reaches from one member, which is dropped right after a step straight back."""
        found, before = {node}, None
        for step in path:
            found = {other for near in found for other, _ in self.edges(near, step)}
            if self.back(before, step):
                found -= {node}
            before = step
        return found

    def value(self, node: Node):
        return comparable_literal(node) if isinstance(node, Literal) else comparable_label(self.labels.get(node, node))

    def text(self, node: Node) -> str:
        return fold(node.value if isinstance(node, Literal) else self.labels.get(node, node))

    def compares(self, node: Node, comparison: p.Comparison, literal: Literal) -> bool:
        if literal.type is LiteralType.STRING:
            return OPERATORS[comparison](self.text(node), fold(literal.value))
        return intervals_compare(self.value(node), comparison, comparable_literal(literal))

    def literal_compares(self, found, comparison, wanted) -> bool:
        if isinstance(found, str) or isinstance(wanted, str):
            equal = isinstance(found, str) and isinstance(wanted, str) and found == wanted
            return {p.Comparison.EQUAL: equal, p.Comparison.NOT_EQUAL: not equal}.get(comparison, False)
        if wanted.type is LiteralType.STRING:
            return OPERATORS[comparison](fold(found.value), fold(wanted.value))
        return intervals_compare(comparable_literal(found), comparison, comparable_literal(wanted))

    def member_value(self, node, path, *, largest: bool, dimension: str):
        values = [on_axis(self.value(end), dimension) for end in self.ends(node, path)]
        values = [value for value in values if value is not None]
        pick = max if largest else min
        return (pick(lo for lo, _ in values), pick(hi for _, hi in values)) if values else None

    def superlative(self, plan: p.Superlative) -> set[Node]:
        members = self.members(plan.input)
        if plan.count:
            numbers = {node: len(self.ends(node, plan.path)) for node in members}
            values = {node: (number, number) for node, number in numbers.items()}
        else:
            ends = [self.value(end) for node in members for end in self.ends(node, plan.path)]
            counts = Counter(value.dimension for value in ends if value is not None)
            if not counts:
                return set()
            dimension = min(counts, key=lambda name: (-counts[name], AXES.index(name)))
            found = {n: self.member_value(n, plan.path, largest=plan.largest, dimension=dimension) for n in members}
            values = {node: value for node, value in found.items() if value is not None}
        winners: set[Node] = set()
        for _ in range(plan.rank):
            values = {node: value for node, value in values.items() if node not in winners}
            if not values:
                return set()
            if plan.largest:
                bound = max(lo for lo, _ in values.values())
                winners = {node for node, (_, hi) in values.items() if hi >= bound}
            else:
                bound = min(hi for _, hi in values.values())
                winners = {node for node, (lo, _) in values.items() if lo <= bound}
        return winners

    def compare(self, plan: p.Compare) -> Outcome:
        left, right = self.members(plan.left), self.members(plan.right)
        if len(left) != 1 or len(right) != 1:
            return Outcome("unknown")
        (a,), (b,) = left, right
        largest = plan.comparison in (p.Comparison.GREATER, p.Comparison.GREATER_EQUAL)
        if plan.count:
            x, y = ((len(self.ends(node, plan.path)),) * 2 for node in (a, b))
        else:
            for dimension in AXES:
                x = self.member_value(a, plan.path, largest=largest, dimension=dimension)
                y = self.member_value(b, plan.path, largest=largest, dimension=dimension)
                if x is not None and y is not None:
                    break
            else:
                return Outcome("unknown")
        if x == y:
            order = 0
        elif x[1] < y[0] or x[0] > y[1]:
            order = -1 if x[1] < y[0] else 1
        else:
            return Outcome("unknown")
        holds = OPERATORS[plan.comparison](order, 0)
        if not plan.which:
            return Outcome("boolean", value=holds)
        if order == 0:
            return Outcome("nodes", frozenset() if plan.comparison is p.Comparison.NOT_EQUAL else frozenset({a, b}))
        seen = OPERATORS[plan.comparison](-order, 0)
        return Outcome("nodes", frozenset(([a] if holds else []) + ([b] if seen else [])))


AXES = ("number", "date", "[time]", "boolean", "[length]")
OPERATORS = {
    p.Comparison.LESS: lambda a, b: a < b,
    p.Comparison.LESS_EQUAL: lambda a, b: a <= b,
    p.Comparison.EQUAL: lambda a, b: a == b,
    p.Comparison.NOT_EQUAL: lambda a, b: a != b,
    p.Comparison.GREATER_EQUAL: lambda a, b: a >= b,
    p.Comparison.GREATER: lambda a, b: a > b,
}


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def on_axis(value, dimension: str):
    if value is None:
        return None
    if value.dimension == dimension:
        return value.lo, value.hi
    if dimension == "date" and value.dimension == "number" and value.lo == int(value.lo) and abs(value.lo) <= 9999:
        return day_number(int(value.lo), 1, 1), day_number(int(value.lo), 12, 31)
    return None


def intervals_compare(value, comparison: p.Comparison, wanted) -> bool:
    if value is None or wanted is None:
        return False
    axis = "date" if "date" in (value.dimension, wanted.dimension) else wanted.dimension
    a, b = on_axis(value, axis), on_axis(wanted, axis)
    if a is None or b is None:
        return False
    within = a[0] >= b[0] and a[1] <= b[1]
    match comparison:
        case p.Comparison.LESS:
            return a[1] < b[0]
        case p.Comparison.LESS_EQUAL:
            return a[1] <= b[1]
        case p.Comparison.EQUAL:
            return within
        case p.Comparison.NOT_EQUAL:
            return not within
        case p.Comparison.GREATER_EQUAL:
            return a[0] >= b[0]
        case _:
            return a[0] > b[1]
