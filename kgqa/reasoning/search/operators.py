"""Operators that the question's cues ask for, built on set-valued candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from kgqa.reasoning.plan import (
    Compare,
    Comparison,
    Count,
    Difference,
    Exists,
    Intersect,
    Plan,
    Start,
    Superlative,
    TypeFilter,
    Union,
    ValueFilter,
)
from kgqa.reasoning.search.analysis import Anchor
from kgqa.reasoning.search.bases import NOWHERE, SAYS, Base, Scene, after, joined, onward, parts_from, together
from kgqa.reasoning.search.candidates import Nodes, holds
from kgqa.reasoning.search.cues import Asked, DegreeCue, ValueCue
from kgqa.reasoning.search.english import CONJUNCTIONS
from kgqa.reasoning.search.features import Candidate
from kgqa.types import Literal, LiteralType

CLEAR = 0.45
"""A value's relation must be called for at least so clearly."""


def intersections(bases: Sequence[Base], scene: Scene, *, most: int = 40) -> list[Base]:
    """Pairs of sets from different names that share members, and one hop on from them."""
    pairs = [
        (len(left.candidate.parts) + len(right.candidate.parts), place + other, left, right)
        for place, left in enumerate(bases)
        for other, right in enumerate(bases[place + 1 :], place + 1)
        if left.candidate.anchors and right.candidate.anchors and left.tokens.isdisjoint(right.tokens)
    ]
    pairs.sort(key=lambda pair: pair[:2])  # short walks first: they are the likelier, and the list is cut
    out: list[Base] = []
    for _, _, left, right in pairs:
        if (both := joined(left, right)) is not None:
            out.append(both)
        if len(out) >= most:
            break
    return out


def negations(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """Sets without the members that another one, named after the negation, has."""
    negation = scene.analysis.cues.negation
    if negation is None:
        return
    cued = frozenset((negation,))
    for left in bases:
        if any(after(anchor, negation) for anchor in left.candidate.anchors):
            continue
        for right in bases:
            anchors = right.candidate.anchors
            if not anchors or not all(after(anchor, negation) for anchor in anchors):
                continue
            rest = np.setdiff1d(left.nodes, right.nodes)
            if 0 < len(rest) < len(left.nodes):
                item = together(left.candidate, right.candidate, Difference(left.candidate.plan, right.candidate.plan))
                item = replace(item, cued=item.cued | cued, operators=(*item.operators, "difference"))
                yield _fixed(item, rest)
        for anchor in scene.analysis.anchors:
            if not after(anchor, negation) or not left.tokens.isdisjoint(anchor.tokens):
                continue
            if holds(left.nodes, anchor.candidate.node):
                named = _named(anchor, scene)
                item = together(left.candidate, named, Difference(left.candidate.plan, named.plan))
                item = replace(item, cued=item.cued | cued, operators=(*item.operators, "difference"))
                yield _fixed(item, left.nodes[left.nodes != anchor.candidate.node])


def pinned(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """A name that must also be among what another name leads to, and one hop on: "the year Curie discovered radium"."""
    for base in bases:
        item = base.candidate
        if len(item.anchors) != 1 or len(item.parts) > 1 or item.operators:
            continue
        for anchor in scene.analysis.anchors:
            if not base.tokens.isdisjoint(anchor.tokens) or listed(item.anchors[0], anchor, scene):
                continue
            if holds(base.nodes, anchor.candidate.node):
                named = _named(anchor, scene)
                both = together(item, named, Intersect((item.plan, named.plan)))
                node = np.asarray([anchor.candidate.node], dtype=np.int32)
                yield from onward(_fixed(replace(both, operators=("intersect",)), node), scene)


def listed(one: Anchor, other: Anchor, scene: Scene) -> bool:
    """Whether two names stand side by side in a list: "France and Germany"."""
    first, second = sorted((one.tokens, other.tokens))
    between = [scene.analysis.tokens[i].lower for i in range(first[-1] + 1, second[0])]
    return bool(between) and all(word in CONJUNCTIONS for word in between)


def unions(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """ "By A or B": the same walk from two names."""
    if not scene.analysis.cues.alternatives:
        return
    middle = scene.analysis.cues.alternatives[0]
    for left in bases:
        for right in bases:
            a, b = left.candidate, right.candidate
            if a.parts != b.parts or len(a.anchors) != 1 or len(b.anchors) != 1:
                continue
            if a.anchors[0].tokens[-1] < middle < b.anchors[0].tokens[0]:
                item = replace(a, plan=Union((a.plan, b.plan)), anchors=a.anchors + b.anchors)
                yield _fixed(replace(item, operators=(*item.operators, "union")), np.union1d(left.nodes, right.nodes))


def valued(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """Sets kept to members whose value compares as the question says; all its value cues at once."""
    cues = scene.analysis.cues.values
    if not cues:
        return
    for base in bases:
        for part in _value_parts(base.nodes, scene, temporal=cues[0].temporal):
            plan: Plan = base.candidate.plan
            for cue in cues:
                value = _value_for(cue, part, scene)
                plan = ValueFilter(plan, (scene.schema.steps[part],), cue.comparison, value)
            tokens = frozenset().union(*(cue.tokens for cue in cues))
            item = _with_value(base.candidate, plan, part, tokens, "value")
            yield Base(item, lambda base=base: base.nodes)  # type: ignore[misc] # a lambda's default is not typed


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
    for part in _value_parts(base.nodes, scene, temporal=cue.temporal):
        plan = Superlative(base.candidate.plan, (schema.steps[part],), largest=cue.largest, rank=cue.rank)
        item = _with_value(base.candidate, plan, part, cue.tokens, "superlative")
        yield Base(replace(item, size=1), lambda plan=plan, base=base: _extreme_of(plan, base, scene))  # type: ignore[misc] # as above
    if not cue.counted:
        return
    said = scene.alignment.said[:, : schema.parts]
    kind = scene.alignment.kind[:, : schema.parts]
    nearby = np.maximum(said, kind)[cue.index + 1 : cue.index + 5].max(axis=0, initial=0.0)
    chosen = [part for part in parts_from(base.nodes, scene) if nearby[part] >= SAYS]
    for part in sorted(chosen, key=lambda part: (-nearby[part], part))[:4]:
        plan = Superlative(base.candidate.plan, (schema.steps[part],), largest=cue.largest, count=True, rank=cue.rank)
        item = _with_value(base.candidate, plan, part, cue.tokens, "superlative")
        yield Base(replace(item, size=1), lambda plan=plan, base=base: _extreme_of(plan, base, scene))  # type: ignore[misc] # as above


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


def comparisons(scene: Scene) -> Iterator[Candidate]:
    """Two names compared by a value that both have, or by how many of something they have."""
    cues = scene.analysis.cues
    degrees = (*cues.comparatives, *cues.superlatives)
    if not degrees:
        return
    boolean = cues.asked is Asked.BOOLEAN
    for left, right in _pairs(scene.analysis.anchors):
        for cue in degrees[:1]:
            nodes = np.asarray([left.candidate.node, right.candidate.node], dtype=np.int32)
            a, b = _named(left, scene), _named(right, scene)
            both = together(a, b, a.plan)
            parts = [(part, False) for part in _value_parts(nodes, scene, temporal=cue.temporal)]
            if cue.counted:
                said = scene.alignment.said[:, : scene.schema.parts].max(axis=0, initial=0.0)
                parts += [(part, True) for part in parts_from(nodes, scene) if said[part] >= SAYS]
            for part, count in parts:
                plan = Compare(
                    a.plan,
                    b.plan,
                    (scene.schema.steps[part],),
                    Comparison.GREATER if cue.largest else Comparison.LESS,
                    which=not boolean,
                    count=count,
                )
                item = _with_value(both, plan, part, cue.tokens | _said_of(nodes, scene), "compare")
                yield replace(item, final=-1, size=1)


def left_out(base: Base, scene: Scene) -> bool:
    """Whether a sure name of the question has no part in a set."""
    return any(
        anchor.strength >= SAYS - 0.1 and base.tokens.isdisjoint(anchor.tokens) for anchor in scene.analysis.anchors
    )


def _said_of(nodes: Nodes, scene: Scene) -> frozenset[int]:
    """Words that say a type of these nodes: "which country ..., Italy or Spain"."""
    out: set[int] = set()
    for number in scene.types_said():
        if all(scene.schema.types[number] in scene.snapshot.types_of(int(node)) for node in nodes):
            column = scene.alignment.said[:, scene.schema.parts + number]
            out.update(int(i) for i in np.flatnonzero(column >= SAYS))
    return frozenset(out)


def yes_or_no(bases: Sequence[Base], scene: Scene) -> Iterator[Candidate]:
    """Whether something is so: a walk reaches a name, a thing is of a type, a value compares, a set has members."""
    if scene.analysis.cues.asked is not Asked.BOOLEAN:
        return
    for base in bases:
        item = base.candidate
        if len(item.anchors) == 1 and item.operators == ():
            for anchor in scene.analysis.anchors:
                if base.tokens.isdisjoint(anchor.tokens) and anchor.candidate.node != item.anchors[0].candidate.node:
                    other = _named(anchor, scene)
                    plan = Exists(item.plan, among=other.plan)
                    found = holds(base.nodes, anchor.candidate.node)
                    reached = scene.schema.reach[item.parts[-1]].types
                    types = scene.snapshot.types_of(anchor.candidate.node)
                    fit = max((reached.get(scene.schema.types.index(name), 0.0) for name in types), default=0.0)
                    yield replace(
                        item,
                        plan=plan,
                        anchors=(*item.anchors, anchor),
                        hints=(*(0.0 for _ in item.parts[1:]), 0.6 * fit),
                        final=-1,
                        operators=(*item.operators, "exists"),
                        uncued=0.0 if found else 0.15,
                        size=1,
                    )
        yield replace(
            item,
            plan=Exists(item.plan),
            operators=(*item.operators, "exists"),
            final=-1,
            uncued=1.0 if left_out(base, scene) else 0.2 if not item.operators else 0.0,
            size=1,
        )
    for anchor in scene.analysis.anchors:
        named = _named(anchor, scene)
        for number in scene.types_said():
            column = scene.schema.parts + number
            yield replace(
                named,
                plan=Exists(TypeFilter(named.plan, scene.schema.types[number])),
                parts=(column,),
                middles=(NOWHERE,),
                depths=(0,),
                operators=("exists",),
                size=1,
            )


def shared(bases: Sequence[Base], scene: Scene) -> Iterator[Candidate]:
    """ "Do A and B have the same ...": whether the same walk from two names meets."""
    if scene.analysis.cues.asked is not Asked.BOOLEAN or not scene.analysis.cues.sharing:
        return
    for left in bases:
        for right in bases:
            a, b = left.candidate, right.candidate
            single = a.parts == b.parts and len(a.anchors) == len(b.anchors) == 1 and not a.operators
            if single and a.anchors[0].tokens[-1] < b.anchors[0].tokens[0]:
                plan = Exists(Intersect((a.plan, b.plan)))
                yield replace(a, plan=plan, anchors=a.anchors + b.anchors, final=-1, operators=("exists",), size=1)


def counted(item: Candidate) -> Candidate:
    return replace(item, plan=Count(item.plan), operators=(*item.operators, "count"))


def extended(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """One hop on from operators' sets: "the capital of the largest country"."""
    for base in bases:
        yield from onward(base, scene)


# --- parts of the above


def _fixed(item: Candidate, nodes: Nodes) -> Base:
    return Base(replace(item, size=len(nodes)), lambda: nodes)


def _named(anchor: Anchor, scene: Scene) -> Candidate:
    literal = scene.snapshot.literal(anchor.candidate.node)
    return Candidate(Start((literal or anchor.candidate.id,)), (), (), (), -1, (anchor,))


def _pairs(anchors: Sequence[Anchor]) -> Iterator[tuple[Anchor, Anchor]]:
    ordered = sorted(anchors, key=lambda anchor: anchor.tokens)
    for place, left in enumerate(ordered):
        for right in ordered[place + 1 :]:
            if set(left.tokens).isdisjoint(right.tokens):
                yield left, right


def _value_parts(nodes: Nodes, scene: Scene, *, temporal: bool) -> list[int]:
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


def _with_value(item: Candidate, plan: Plan, part: int, cued: frozenset[int], name: str) -> Candidate:
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


def _value_for(cue: ValueCue, part: int, scene: Scene) -> Literal:
    reach = scene.schema.reach[part]
    if cue.value.type is LiteralType.YEAR and reach.time <= 0.5:
        return Literal(cue.value.value, LiteralType.INTEGER, reach.unit)
    return Literal(cue.value.value, cue.value.type, reach.unit) if reach.unit else cue.value
