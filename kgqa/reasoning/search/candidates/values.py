"""Operators that look at a value of each member: bounds, superlatives, and the relations that lead to values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from kgqa.english.function_words import FUNCTION_WORDS
from kgqa.graph.values import NUMBER, comparable_literal
from kgqa.graph.words import as_words
from kgqa.reasoning.plan import Comparison, Plan, Superlative, ValueFilter
from kgqa.reasoning.search.candidates.bases import NOWHERE, SAYS, Base, Scene, parts_from
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import Nodes
from kgqa.reasoning.search.question.bounds import ValueCue
from kgqa.reasoning.search.question.degrees import DegreeCue
from kgqa.types import Literal, LiteralType

_POWERS = {"square": "^2", "cubic": "^3"}
_OPPOSITES = {
    Comparison.LESS: Comparison.GREATER_EQUAL,
    Comparison.LESS_EQUAL: Comparison.GREATER,
    Comparison.EQUAL: Comparison.NOT_EQUAL,
    Comparison.NOT_EQUAL: Comparison.EQUAL,
    Comparison.GREATER_EQUAL: Comparison.LESS,
    Comparison.GREATER: Comparison.LESS_EQUAL,
}
CLEAR = 0.45
"""A value's relation must be called for at least so clearly."""


def valued(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """Sets kept to members whose value compares as the question says; all its value cues at once."""
    cues = scene.analysis.cues.values
    if not cues:
        return
    bounds = frozenset().union(*(cue.tokens for cue in cues))
    for base in bases:
        if not base.tokens.isdisjoint(bounds):
            continue  # the bound's own value, taken for a name
        for part in measured_parts(base.nodes, cues, scene):
            plan: Plan = base.candidate.plan
            tokens: frozenset[int] = frozenset()
            for cue in cues:
                value, words = _value_for(cue, part, scene)
                denied = _denied(cue, scene)
                comparison = _OPPOSITES[cue.comparison] if denied else cue.comparison
                plan = ValueFilter(plan, (scene.schema.steps[part],), comparison, value)
                tokens |= cue.tokens | words | denied
            item = with_value(base.candidate, plan, part, tokens, "value")
            yield Base(item, lambda base=base: base.nodes)  # type: ignore[misc] # a lambda's default is not typed


def _denied(cue: ValueCue, scene: Scene) -> frozenset[int]:
    """The negation of a bound: "not built in 1990", where no name and no other bound stands between."""
    negation, first = scene.analysis.cues.negation, min(cue.tokens)
    if negation is None or negation >= first or scene.analysis.cues.exclusion:
        return frozenset()
    taken = [i for anchor in scene.analysis.anchors if anchor.strength >= SAYS for i in anchor.tokens]
    taken += [i for other in scene.analysis.cues.values for i in other.tokens]
    return frozenset() if any(negation < i < first for i in taken) else frozenset((negation,))


def superlatives(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """The members with the largest or smallest value, or number of neighbours."""
    cues = scene.analysis.cues
    for cue in (*cues.superlatives, *(cues.comparatives if cues.alternatives else ())):
        for base in bases:
            if len(base.nodes) < 2:
                continue
            yield from _extremes(base, cue, scene)


def _extremes(base: Base, cue: DegreeCue, scene: Scene) -> Iterator[Base]:
    schema = scene.schema
    for part in value_parts(base.nodes, scene, temporal=cue.temporal):
        plan = Superlative(base.candidate.plan, (schema.steps[part],), largest=cue.largest, rank=cue.rank)
        item = with_value(base.candidate, plan, part, cue.tokens, "superlative")
        yield Base(replace(item, size=1), lambda plan=plan, base=base: _extreme_of(plan, base, scene))  # type: ignore[misc] # as above
    if not cue.counted:
        return
    said = scene.alignment.said[:, : schema.parts]
    kind = scene.alignment.kind[:, : schema.parts]
    nearby = np.maximum(said, kind)[cue.index + 1 : cue.index + 5].max(axis=0, initial=0.0)
    chosen = [part for part in parts_from(base.nodes, scene) if nearby[part] >= SAYS]
    if kinds := _kinds_counted(cue, scene):
        chosen = [part for part in chosen if any(schema.reach[part].types.get(kind, 0.0) > 0 for kind in kinds)]
    for part in sorted(chosen, key=lambda part: (-nearby[part], part))[:4]:
        plan = Superlative(base.candidate.plan, (schema.steps[part],), largest=cue.largest, count=True, rank=cue.rank)
        item = with_value(base.candidate, plan, part, cue.tokens, "superlative")
        yield Base(replace(item, size=1), lambda plan=plan, base=base: _extreme_of(plan, base, scene))  # type: ignore[misc] # as above


def _kinds_counted(cue: DegreeCue, scene: Scene) -> list[int]:
    """The types that the noun behind "most" surely says: "the most ships" counts ships, by whatever relation."""
    analysis, parts = scene.analysis, scene.schema.parts
    noun = next((i for i in range(cue.index + 1, len(analysis.tokens)) if analysis.content[i]), None)
    if noun is None or noun > cue.index + 2:
        return []
    return [int(number) for number in np.flatnonzero(scene.alignment.said[noun, parts:] >= 1.0)]


def _extreme_of(plan: Superlative, base: Base, scene: Scene) -> Nodes:
    """Members with the extreme value; the executor says the same, with support."""
    part = scene.schema.part_of[_step_key(plan, scene)]
    number, back = int(scene.schema.numbers[part]), bool(scene.schema.inverse[part])
    positions, ends = scene.snapshot.hop_edges(base.nodes, number, back)
    if plan.count:
        keys = np.bincount(positions, minlength=len(base.nodes)).astype(np.float64)
    else:
        _, low, high = scene.snapshot.comparable(ends)
        keys = np.full(len(base.nodes), -np.inf if plan.largest else np.inf)
        (np.maximum if plan.largest else np.minimum).at(keys, positions, high if plan.largest else low)
    finite = np.unique(keys[np.isfinite(keys)])
    if len(finite) < plan.rank:
        return np.empty(0, dtype=np.int32)
    return base.nodes[keys == (finite[-plan.rank] if plan.largest else finite[plan.rank - 1])]


def _step_key(plan: Superlative, scene: Scene) -> tuple[int, bool]:
    step = plan.path[0]
    return scene.snapshot.relation_number(step.relation) or 0, step.inverse


def value_parts(nodes: Nodes, scene: Scene, *, temporal: bool) -> list[int]:
    """Relations to values that the question calls for, from the members of a set; clearest first."""
    schema = scene.schema
    said = scene.alignment.said[:, : schema.parts].max(axis=0, initial=0.0)
    out = []
    for part in parts_from(nodes, scene):
        reach = schema.reach[part]
        if schema.inverse[part] or max(reach.number, reach.time) <= 0.5:
            continue
        clear = said[part] + (0.4 if temporal and reach.time > 0.5 else 0.0)
        if clear >= CLEAR:
            out.append((-clear, part))
    return [part for _, part in sorted(out)[:5]]


def measured_parts(nodes: Nodes, cues: Sequence[ValueCue], scene: Scene) -> list[int]:
    """Relations to values that the question calls for; where it gives a unit, only those measured in its like."""
    called = value_parts(nodes, scene, temporal=cues[0].temporal)
    unit = next((said for cue in cues if (said := _unit_behind(cue.after, scene)[0]) is not None), None)
    if unit is None:
        return called
    dimension = _dimension(unit)
    alike = [
        part
        for part in parts_from(nodes, scene)
        if not scene.schema.inverse[part]
        and (own := _unit_of(part, scene)) is not None
        and _dimension(own) == dimension
    ]
    return sorted(alike, key=lambda part: (part not in called, part)) or called


def with_value(item: Candidate, plan: Plan, part: int, cued: frozenset[int], name: str) -> Candidate:
    """A candidate that also looks at a value of its members; what it answers stays the same kind of thing."""
    return replace(
        item,
        plan=plan,
        parts=(*item.parts, part),
        middles=(*item.middles, NOWHERE),
        depths=(*item.depths, 0),
        cued=item.cued | cued,
        operators=(*item.operators, name),
    )


def _value_for(cue: ValueCue, part: int, scene: Scene) -> tuple[Literal, frozenset[int]]:
    """The value in the unit that the question gives, else in that of the relation; and the words of the unit."""
    reach = scene.schema.reach[part]
    if cue.temporal and reach.time > 0.5:
        return cue.value, frozenset()
    kind = LiteralType.INTEGER if cue.value.type is LiteralType.YEAR else cue.value.type
    said, words = _unit_behind(cue.after, scene)
    if reach.unit is None:
        own = _unit_of(part, scene)
        if said is None or own is None or _dimension(said) != _dimension(own):
            return Literal(cue.value.value, kind), frozenset()
        return _converted(cue.value, said, own), words
    if said is not None and said != reach.unit and _dimension(said) == _dimension(reach.unit):
        return Literal(cue.value.value, LiteralType.DECIMAL, said), words
    return Literal(cue.value.value, kind, reach.unit), words if said is not None else frozenset()


def _unit_of(part: int, scene: Scene) -> str | None:
    """The unit of a relation's values; of bare figures the one that ends its name: "weight_kg", "crossing_minutes"."""
    if (unit := scene.schema.reach[part].unit) is not None:
        return unit
    if scene.schema.reach[part].number <= SAYS:
        return None
    words = as_words(scene.schema.steps[part].relation).split()
    return words[-1] if len(words) > 1 and _dimension(words[-1]) not in (None, NUMBER) else None


def _converted(value: Literal, said: str, own: str) -> Literal:
    """A value in the unit of a column, without its unit."""
    one, other = (comparable_literal(Literal("1", LiteralType.DECIMAL, unit)) for unit in (own, said))
    if one is None or other is None or said == own:
        return Literal(value.value, value.type)
    return Literal(f"{float(value.value) * other.lo / one.lo:.12g}", LiteralType.DECIMAL)


def _unit_behind(at: int, scene: Scene) -> tuple[str | None, frozenset[int]]:
    """What may be a unit behind a number, with its words: "g/cm3", "kelvin"."""
    analysis = scene.analysis
    if not 0 <= at < len(analysis.tokens) or analysis.tokens[at].lower in FUNCTION_WORDS:
        return None, frozenset()
    start = analysis.tokens[at].start
    power = _POWERS.get(analysis.tokens[at].lower)
    behind = start if power is None or at + 1 == len(analysis.tokens) else analysis.tokens[at + 1].start
    word = re.split(r"[\s,;?!]", analysis.question[behind:], maxsplit=1)[0].rstrip(".")
    written = analysis.question[start:behind] + word
    words = frozenset(
        i for i, token in enumerate(analysis.tokens) if start <= token.start < start + max(1, len(written))
    )
    unit = re.sub(r"(?<=[^\W\d])(?=-?\d)", "^", word) + (power or "")
    return (unit, words) if _dimension(unit) not in (None, NUMBER) else (None, frozenset())


def _dimension(unit: str) -> str | None:
    """The dimension of a unit; None when it is none that is known."""
    value = comparable_literal(Literal("1", LiteralType.DECIMAL, unit))
    return None if value is None or value.dimension.startswith("unit:") else value.dimension
