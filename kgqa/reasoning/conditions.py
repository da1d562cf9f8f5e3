"""Conditions of a hop on a statement's qualifiers, and on the time for which it holds."""

from __future__ import annotations

from collections.abc import Mapping

from kgqa.errors import PlanError
from kgqa.graph.values import date_interval
from kgqa.reasoning.comparing import literals_compare
from kgqa.reasoning.plan import Comparison, Hop, QualifierCondition, TimeSpan
from kgqa.types import Literal

VALID_FROM, VALID_TO, AT = "valid_from", "valid_to", "at"
_OPEN = float("inf")


def check_conditions(hop: Hop) -> None:
    """Raises PlanError for an interval that is none."""
    if hop.during is None:
        return
    for text in (hop.during.start, hop.during.end):
        if text is not None and date_interval(text) is None:
            raise PlanError(f"{text!r} is no ISO 8601 date; write 1990, 1990-05, 1990-05-17 or -0043")
    lo, hi = _span(hop.during)
    if lo > hi:
        raise PlanError(f"the interval from {hop.during.start} to {hop.during.end} ends before it starts")


def passes(hop: Hop, qualifiers: Mapping[str, Literal | str]) -> bool:
    """Whether a statement with these qualifiers meets every condition of the hop."""
    if hop.during is not None and not meets_time(qualifiers, hop.during):
        return False
    return all(_fulfils(qualifiers, condition) for condition in hop.where)


def _fulfils(qualifiers: Mapping[str, Literal | str], condition: QualifierCondition) -> bool:
    found = qualifiers.get(condition.qualifier)
    wanted = condition.value
    if found is None:
        return False
    if isinstance(wanted, str) or isinstance(found, str):
        # An entity is only the same or another; it is compared by id.
        same = found == wanted if isinstance(wanted, str) == isinstance(found, str) else False
        match condition.comparison:
            case Comparison.EQUAL:
                return same
            case Comparison.NOT_EQUAL:
                return not same
            case _:
                return False
    return literals_compare(condition.comparison, found, wanted) is True


def meets_time(qualifiers: Mapping[str, Literal | str], during: TimeSpan) -> bool:
    """Whether the statement's closed interval and the plan's share a day."""
    lo, hi = -_OPEN, _OPEN
    said = False
    for name in (AT, VALID_FROM, VALID_TO):
        value = qualifiers.get(name)
        interval = date_interval(value.value if isinstance(value, Literal) else value) if value is not None else None
        if interval is None:
            continue
        said = True
        if name in (AT, VALID_FROM):
            lo = max(lo, interval[0])
        if name in (AT, VALID_TO):
            hi = min(hi, interval[1])
    low, high = _span(during)
    return lo <= high and hi >= low if said else during.untimed


def _span(during: TimeSpan) -> tuple[float, float]:
    first = None if during.start is None else date_interval(during.start)
    last = None if during.end is None else date_interval(during.end)
    return (-_OPEN if first is None else first[0]), (_OPEN if last is None else last[1])
