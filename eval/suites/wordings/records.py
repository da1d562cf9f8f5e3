"""What the wordings need of the records beyond the compositional suite's desk: terms in order, and names as text."""

from __future__ import annotations

from collections.abc import Callable

from eval.suites.compositional.desk import Desk, Some


def leaders(q: Desk, country: str) -> list[Some]:
    """Who led the country, in the order in which their terms began."""
    (head,) = q.co(country).ids
    terms = sorted((t["qualifiers"]["valid_from"], t["tail"]) for t in q.graph.dated if t["head"] == head)
    return [Some(q.graph, frozenset([ref])) for _, ref in terms]


def called(some: Some, test: Callable[[str], bool]) -> Some:
    """Those whose label, case folded, passes."""
    return Some(some.graph, frozenset(ref for ref in some.ids if test(some.graph.labels[ref].casefold())))


def radioactive(q: Desk) -> Some:
    return q.every("radioactive element")
