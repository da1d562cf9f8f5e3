"""The plan algebra: small immutable trees whose values are sets of nodes (CONTRACTS.md, section 2).

A plan names entities and relations by id, never by internal number, so that it can be written, read and
executed on any store. ``docs/plans.md`` gives each operator its definition, its empty and its missing case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from kgqa.errors import PlanError
from kgqa.types import Literal, LiteralType


class Comparison(StrEnum):
    """How two values are compared."""

    LESS = "<"
    LESS_EQUAL = "<="
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER_EQUAL = ">="
    GREATER = ">"


@dataclass(frozen=True, slots=True)
class Step:
    """One relation, walked forward (head to tail) or, when ``inverse``, backward."""

    relation: str
    inverse: bool = False

    def __str__(self) -> str:
        return ("^" if self.inverse else "") + self.relation


@dataclass(frozen=True, slots=True)
class QualifierCondition:
    """Keeps statements whose qualifier compares so with ``value``."""

    qualifier: str
    comparison: Comparison
    value: Literal | str


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A closed interval of ISO 8601 dates of any precision; a missing end is open.

    ``untimed`` lets statements pass of which no time is known; otherwise they do not.
    """

    start: str | None = None
    end: str | None = None
    untimed: bool = False


# --- sets -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """The named entities or literals. A node that the graph lacks is left out."""

    nodes: tuple[str | Literal, ...]


@dataclass(frozen=True, slots=True)
class OfType:
    """Every entity of a type: the start of questions that name no entity ("Which element is densest?")."""

    type: str


@dataclass(frozen=True, slots=True)
class Having:
    """Every node from which the step leads somewhere: the relation's domain, its range for the inverse.

    The existential restriction of description logics: the start of questions that name no entity where a graph has
    no types ("Which project has the largest budget?").
    """

    step: Step


@dataclass(frozen=True, slots=True)
class Hop:
    """Everything one statement away. ``during`` keeps statements whose validity meets the interval.

    ``completed``: missing edges may be filled by a FactSource; such facts are marked predicted.
    """

    input: Plan
    step: Step
    where: tuple[QualifierCondition, ...] = ()
    during: TimeSpan | None = None
    completed: bool = False


@dataclass(frozen=True, slots=True)
class Intersect:
    inputs: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Union:
    inputs: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Members of ``left`` that are not in ``right``."""

    left: Plan
    right: Plan


@dataclass(frozen=True, slots=True)
class TypeFilter:
    """Keeps the entities of a type."""

    input: Plan
    type: str


@dataclass(frozen=True, slots=True)
class ValueFilter:
    """Keeps members with some value at the end of ``path`` that compares so with ``value``.

    An empty path compares the members themselves. Numbers (after unit conversion), dates and text.
    """

    input: Plan
    path: tuple[Step, ...]
    comparison: Comparison
    value: Literal


@dataclass(frozen=True, slots=True)
class HasFilter:
    """Keeps members from which ``path`` reaches a member of ``target``: a constraint on a middle node.

    ``negated`` keeps those from which it reaches none.
    """

    input: Plan
    path: tuple[Step, ...]
    target: Plan
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Superlative:
    """Members with the extreme value at the end of ``path``, or, when ``count``, the extreme number of them.

    All ties are returned; members without a value are left out and their number is reported.
    ``rank`` 2 is the second largest distinct value.
    """

    input: Plan
    path: tuple[Step, ...]
    largest: bool = True
    count: bool = False
    rank: int = 1


# --- answers that are no set of nodes ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """The number of distinct members; 0 for the empty set."""

    input: Plan


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether the set has a member (that is also in ``among``, when given): yes, or no in this graph."""

    input: Plan
    among: Plan | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """Compares the values at the end of ``path`` of two single members.

    ``which``: the answer is the member for which ``left comparison right`` holds, seen from its side
    (all that tie, for an equal pair); otherwise yes or no. A missing value gives unknown: no answer.
    """

    left: Plan
    right: Plan
    path: tuple[Step, ...]
    comparison: Comparison
    which: bool = True
    count: bool = False


@dataclass(frozen=True, slots=True)
class Qualifier:
    """What statements say beside their tail: the values of a qualifier ("in which role", "since when").

    They are the statements that ``input``, a hop, walks; with ``among`` only those that lead to a member of it.
    """

    input: Plan
    name: str
    among: Plan | None = None


Plan = (
    Start
    | OfType
    | Having
    | Hop
    | Intersect
    | Union
    | Difference
    | TypeFilter
    | ValueFilter
    | HasFilter
    | Superlative
    | Count
    | Exists
    | Compare
    | Qualifier
)

OPERATORS: dict[str, type[Any]] = {
    "start": Start,
    "of_type": OfType,
    "having": Having,
    "hop": Hop,
    "intersect": Intersect,
    "union": Union,
    "difference": Difference,
    "type_filter": TypeFilter,
    "value_filter": ValueFilter,
    "has_filter": HasFilter,
    "superlative": Superlative,
    "count": Count,
    "exists": Exists,
    "compare": Compare,
    "qualifier": Qualifier,
}
NAMES = {cls: name for name, cls in OPERATORS.items()}


def op_name(plan: Plan) -> str:
    """The operator's name in JSON and in verdict steps."""
    return NAMES[type(plan)]


def children(plan: Plan) -> tuple[Plan, ...]:
    """The plans that this one takes as inputs, in order."""
    out: list[Plan] = []
    for field in fields(plan):
        value = getattr(plan, field.name)
        values = value if isinstance(value, tuple) else (value,)
        out.extend(item for item in values if type(item) in NAMES)
    return tuple(out)


def walk(plan: Plan) -> Iterator[Plan]:
    """Every operator of the plan, inputs before the operator that takes them."""
    for child in children(plan):
        yield from walk(child)
    yield plan


def path_plan(start: str | Literal, steps: tuple[Step, ...]) -> Plan:
    """The plan that follows ``steps`` from one node."""
    plan: Plan = Start((start,))
    for step in steps:
        plan = Hop(plan, step)
    return plan


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """JSON form: ``{"op": name, field: value, ...}``; default values are left out."""
    out: dict[str, Any] = {"op": op_name(plan)}
    for field in fields(plan):
        value = getattr(plan, field.name)
        if value != field.default:
            out[field.name] = _to_json(value)
    return out


def _to_json(value: Any) -> Any:
    if type(value) in NAMES:
        return plan_to_dict(value)
    match value:
        case Literal():
            return value.to_dict()
        case Step():
            return str(value)
        case TimeSpan():
            return {"start": value.start, "end": value.end} | ({"untimed": True} if value.untimed else {})
        case QualifierCondition():
            return {
                "qualifier": value.qualifier,
                "comparison": str(value.comparison),
                "value": _to_json(value.value),
            }
        case tuple():
            return [_to_json(item) for item in value]
        case StrEnum():
            return str(value)
        case _:
            return value


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as an answer carries it."""

    plan: Plan

    def to_dict(self) -> dict[str, Any]:
        return plan_to_dict(self.plan)


def plan_from_dict(data: Any) -> Plan:
    """Reads the JSON form. Raises PlanError for what is no plan."""
    if not isinstance(data, dict) or data.get("op") not in OPERATORS:
        raise PlanError(f"not a plan: {data!r:.120}; 'op' must be one of {', '.join(OPERATORS)}")
    cls = OPERATORS[data["op"]]
    known = {field.name for field in fields(cls)}
    extra = set(data) - known - {"op", "text"}
    if extra:
        raise PlanError(f"operator {data['op']!r} has no field {sorted(extra)[0]!r}; it takes {sorted(known)}")
    try:
        plan: Plan = cls(**{name: _from_json(name, value) for name, value in data.items() if name in known})
    except (TypeError, ValueError, KeyError) as error:
        raise PlanError(f"operator {data['op']!r}: {error}") from error
    return plan


def _from_json(name: str, value: Any) -> Any:
    match name:
        case "input" | "left" | "right" | "target" | "among":
            return None if value is None else plan_from_dict(value)
        case "inputs":
            return tuple(plan_from_dict(item) for item in value)
        case "nodes":
            return tuple(_literal(item) if isinstance(item, dict) else str(item) for item in value)
        case "path":
            return tuple(_step(item) for item in value)
        case "step":
            return _step(value)
        case "comparison":
            return Comparison(value)
        case "value":
            return _literal(value)
        case "during":
            return (
                None
                if value is None
                else TimeSpan(value.get("start"), value.get("end"), bool(value.get("untimed", False)))
            )
        case "where":
            return tuple(
                QualifierCondition(
                    item["qualifier"],
                    Comparison(item["comparison"]),
                    _literal(item["value"]) if isinstance(item["value"], dict) else str(item["value"]),
                )
                for item in value
            )
        case _:
            return value


def _step(text: Any) -> Step:
    if not isinstance(text, str):
        raise PlanError(f"a step is a relation id, '^' before it when walked backward: {text!r:.80}")
    return Step(text[1:], True) if text.startswith("^") else Step(text)


def _literal(data: dict[str, Any]) -> Literal:
    value = data["value"]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Literal(text, LiteralType(data.get("type", "string")), data.get("unit"), data.get("lang"))
