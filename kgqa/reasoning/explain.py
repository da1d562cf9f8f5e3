"""Plans in plain English: "the language of those that border the country of discovery of Polonium"."""

from __future__ import annotations

from collections.abc import Sequence

from kgqa.english.inflection import plural_phrase
from kgqa.reasoning.names import THINGS, Names, is_or_include, word_step
from kgqa.reasoning.plan import (
    Compare,
    Comparison,
    Count,
    Difference,
    Exists,
    HasFilter,
    Having,
    Hop,
    Intersect,
    OfType,
    Plan,
    Qualifier,
    QualifierCondition,
    Start,
    Step,
    Superlative,
    TimeSpan,
    TypeFilter,
    Union,
    ValueFilter,
)
from kgqa.types import Literal, LiteralType

_COMPARISONS = {
    Comparison.LESS: "less than",
    Comparison.LESS_EQUAL: "at most",
    Comparison.EQUAL: "",
    Comparison.NOT_EQUAL: "not",
    Comparison.GREATER_EQUAL: "at least",
    Comparison.GREATER: "more than",
}
_TIMES = {
    Comparison.LESS: "before",
    Comparison.LESS_EQUAL: "no later than",
    Comparison.EQUAL: "in",
    Comparison.NOT_EQUAL: "not in",
    Comparison.GREATER_EQUAL: "no earlier than",
    Comparison.GREATER: "after",
}
_TEXTS = {
    Comparison.LESS: "alphabetically before",
    Comparison.LESS_EQUAL: "alphabetically no later than",
    Comparison.EQUAL: "",
    Comparison.NOT_EQUAL: "not",
    Comparison.GREATER_EQUAL: "alphabetically no earlier than",
    Comparison.GREATER: "alphabetically after",
}
_DEGREES = {
    Comparison.LESS: "smaller",
    Comparison.LESS_EQUAL: "smaller or equal",
    Comparison.EQUAL: "same",
    Comparison.NOT_EQUAL: "different",
    Comparison.GREATER_EQUAL: "larger or equal",
    Comparison.GREATER: "larger",
}
_SAID_WHEN = {"valid_from": "since when", "valid_to": "until when", "at": "when"}
_RANKS = ("", "", "second ", "third ", "fourth ", "fifth ")


def explain(plan: Plan, names: Names) -> str:
    """The plan as an English phrase; one word for word equal to another is the same plan on the same names."""
    match plan:
        case Count(input=source):
            return f"the number of {_many(source, names)}"
        case Exists(input=source, among=None):
            return f"whether there are {_many(source, names)}"
        case Exists(input=source, among=among) if among is not None:
            return f"whether {phrase(among, names)} is among {phrase(source, names)}"
        case Compare():
            return _compare(plan, names)
        case Qualifier():
            return _qualifier(plan, names)
        case _:
            return phrase(plan, names)


def phrase(plan: Plan, names: Names, *, head: str = THINGS) -> str:
    """A plan that gives a set, as a noun phrase; ``head`` names what its members are, where the plan does not."""
    match plan:
        case Start(nodes=nodes):
            return _list([names.node(node) for node in nodes], "or") if nodes else "nothing"
        case OfType(type=kind):
            return f"all {plural_phrase(names.type(kind))}"
        case Having(step=step):
            return f"{'all ' if head == THINGS else ''}{head} {_holding(step, names)}"
        case Hop():
            return _hop(plan, names, head)
        case Intersect(inputs=inputs):
            first, *others = inputs
            return " that are also ".join([phrase(first, names, head=head), *(phrase(item, names) for item in others)])
        case Union(inputs=inputs):
            return " together with ".join(phrase(item, names, head=head) for item in inputs)
        case Difference(left=left, right=right):
            return f"{phrase(left, names, head=head)} except {phrase(right, names)}"
        case TypeFilter(input=source, type=kind):
            return _typed(source, plural_phrase(names.type(kind)), names)
        case ValueFilter(input=source, path=path, comparison=comparison, value=value):
            said = f"{phrase(source, names, head=head)} {_whose(path, names)}"
            return f"{said} {_compared(comparison, value)}".replace("  ", " ")
        case HasFilter(input=source, path=path, target=target, negated=negated):
            return f"{phrase(source, names, head=head)} {_having(path, target, names, negated=negated)}"
        case Superlative():
            return _superlative(plan, names, head)
        case _:
            return explain(plan, names)


def path_phrase(path: Sequence[Step], names: Names) -> str:
    """The end of a path as a property: "population of the capital"."""
    said = ""
    for step in path:
        wording = word_step(step, names)
        near = f"the {said}" if said else "it"
        if wording.noun is not None:
            said = f"{wording.noun} of {near}" if said else wording.noun
        else:
            related = f"{wording.kind} {wording.relating(near)}"
            said = related if said else f"number of {related}"
    return said or "value"


def _hop(plan: Hop, names: Names, head: str) -> str:
    wording = word_step(plan.step, names)
    near = phrase(plan.input, names)
    if wording.noun is not None:
        kind = "" if head == THINGS else f"{head} among "
        said = f"{kind}the {wording.noun} of {near}"
    else:
        said = f"the {wording.kind if head == THINGS else head} {wording.relating(near)}"
    said += "".join(f", with {_condition(condition)}" for condition in plan.where)
    if plan.during is not None:
        said += f" {_span(plan.during)}"
    return said + (" (predicted where missing)" if plan.completed else "")


def _holding(step: Step, names: Names) -> str:
    """What members have: "that have a budget"; the other way round "that are the budget of something"."""
    noun = word_step(step, names).noun
    if noun is None:
        return _relating(step, "something", names, many=True)
    article = "" if is_or_include(noun) == "include" else "an " if noun[0] in "aeiou" else "a "
    return f"that have {article}{noun}"


def _typed(source: Plan, kinds: str, names: Names) -> str:
    if isinstance(source, Start | OfType | Having):
        return f"{phrase(source, names)} that are {kinds}"
    said = phrase(source, names, head=kinds)
    # What a relation reaches may be called so anyway; equal texts must be equal plans.
    return f"{said} ({kinds} only)" if said == phrase(source, names) else said


def _whose(path: Sequence[Step], names: Names) -> str:
    return f"whose {path_phrase(path, names)} is" if path else "that are"


def _having(path: Sequence[Step], target: Plan, names: Names, *, negated: bool) -> str:
    if not path:
        return f"that {'are not' if negated else 'are'} {phrase(target, names)}"
    if len(path) == 1 and word_step(path[0], names).noun is None:
        clause = _relating(path[0], phrase(target, names), names)
        return f"other than those {clause}" if negated else clause
    said = path_phrase(path, names)
    verb = is_or_include(said)
    verb = verb if not negated else "is not" if verb == "is" else "do not include"
    return f"whose {said} {verb} {phrase(target, names)}"


def _superlative(plan: Superlative, names: Names, head: str) -> str:
    source = phrase(plan.input, names, head=head)
    rank = _RANKS[plan.rank] if plan.rank < len(_RANKS) else f"{plan.rank}th "
    if plan.count:
        degree = f"{rank}{'most' if plan.largest else 'fewest'}"
        if len(plan.path) == 1 and word_step(plan.path[0], names).noun is None:
            kind = word_step(plan.path[0], names).kind
            return f"those of {source} {_relating(plan.path[0], f'the {degree} {kind}', names, many=True)}"
        return f"those of {source} with the {degree} {plural_phrase(path_phrase(plan.path, names))}"
    degree = "largest" if plan.largest else "smallest"
    return f"those of {source} with the {rank}{degree} {path_phrase(plan.path, names)}"


def _relating(step: Step, far: str, names: Names, *, many: bool = False) -> str:
    """How a member stands to what the step leads to, said from the far end: "that are the director of X"."""
    back = word_step(Step(step.relation, not step.inverse), names)
    return f"that are the {back.noun} of {far}" if back.noun is not None else back.relating(far, many=many)


def _compare(plan: Compare, names: Names) -> str:
    left, right = phrase(plan.left, names), phrase(plan.right, names)
    said = path_phrase(plan.path, names)
    if plan.count and not said.startswith("number of "):
        said = f"number of {plural_phrase(said)}"
    degree = _DEGREES[plan.comparison]
    if plan.which:
        return f"which of {left} and {right} has the {degree} {said}"
    if plan.comparison in (Comparison.EQUAL, Comparison.NOT_EQUAL):
        return (
            f"whether {left} and {right} have {'the same' if plan.comparison is Comparison.EQUAL else 'another'} {said}"
        )
    return f"whether the {said} of {left} is {degree} than that of {right}"


def _compared(comparison: Comparison, value: Literal) -> str:
    timed = value.type in (LiteralType.DATE, LiteralType.YEAR)
    table = _TIMES if timed else _TEXTS if value.type is LiteralType.STRING else _COMPARISONS
    return f"{table[comparison]} {value.label()}"


def _qualifier(plan: Qualifier, names: Names) -> str:
    """ "since when X is among the members of Y", "the role of X among the cast members of Y"."""
    source = phrase(plan.input, names)
    when = _SAID_WHEN.get(plan.name)
    if when is not None:
        return (
            f"{when} {source} are so" if plan.among is None else f"{when} {phrase(plan.among, names)} is among {source}"
        )
    said = f"the {plan.name.replace('_', ' ')}"
    return f"{said} of {source}" if plan.among is None else f"{said} of {phrase(plan.among, names)} among {source}"


def _condition(condition: QualifierCondition) -> str:
    value = condition.value
    said = _compared(condition.comparison, value) if isinstance(value, Literal) else f"{condition.comparison} {value}"
    return f"{condition.qualifier.replace('_', ' ')} {said.strip()}"


def _span(during: TimeSpan) -> str:
    if during.start is None and during.end is None:
        return "at a known time"
    if during.start == during.end:
        return f"in {during.start}"
    if during.start is None:
        return f"until {during.end}"
    return f"since {during.start}" if during.end is None else f"from {during.start} to {during.end}"


def _many(source: Plan, names: Names) -> str:
    """A set as a plural without article: "elements that X discovered", "languages of X"."""
    if isinstance(source, Hop) and (noun := word_step(source.step, names).noun) is not None:
        said = phrase(source, names)
        return plural_phrase(noun) + said.removeprefix(f"the {noun}")
    said = phrase(source, names).removeprefix("all ")
    return said.removeprefix("the ") if isinstance(source, Hop | TypeFilter) else said


def _list(items: Sequence[str], word: str) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"
