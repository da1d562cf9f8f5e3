"""Sets that a question names by their kind alone: entities of a type, and, without types, what has a relation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgqa.reasoning.plan import Having, Intersect, OfType, Plan, TypeFilter
from kgqa.reasoning.search.candidates.bases import NOWHERE, SAYS, Base, Scene
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import Nodes, in_both
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.question.asked import Asked

LIKELY = 0.5
"""A name as sure as this is what its question starts from."""

LIKELIEST = 3
"""Types from which a question starts that names nothing."""
CALLS = 0.75
"""From this match on a word calls for a relation, which tells the types of what has it."""


def asks_of_a_class(analysis: Analysis) -> bool:
    """Whether the classes of things without types have a part in a question: it names none, or denies or compares."""
    cues = analysis.cues
    valued = frozenset().union(*(cue.tokens for cue in cues.values))
    named = any(anchor.strength >= LIKELY and valued.isdisjoint(anchor.tokens) for anchor in analysis.anchors)
    return not named or cues.negation is not None or bool(cues.comparatives)


def members(number: int, scene: Scene) -> Nodes:
    """Everything of a type, or of an induced class. shape: (n,), ascending"""
    part = scene.schema.induced_by(number)
    if part is None:
        return scene.snapshot.of_type(scene.schema.types[number])
    return scene.snapshot.holders([(int(scene.schema.numbers[part]), bool(scene.schema.inverse[part]))])[0]


def from_type(number: int, scene: Scene) -> Base:
    """Everything of a type, or of an induced class, that the question names."""
    part = scene.schema.induced_by(number)
    plan: Plan = OfType(scene.schema.types[number]) if part is None else Having(scene.schema.steps[part])
    nodes = members(number, scene)
    column = scene.schema.parts + number
    return Base(Candidate(plan, (column,), (NOWHERE,), (0,), column, (), size=len(nodes)), lambda: nodes)


def kept_to(plan: Plan, number: int, scene: Scene) -> Plan:
    """The members of a plan that are of a type, or of an induced class."""
    part = scene.schema.induced_by(number)
    if part is None:
        return TypeFilter(plan, scene.schema.types[number])
    return Intersect((plan, Having(scene.schema.steps[part])))


def of_type(base: Base, number: int, scene: Scene) -> Base:
    """The members that are of a type, or of an induced class."""
    item = base.candidate
    column = scene.schema.parts + number
    return Base(
        replace(
            item,
            plan=kept_to(item.plan, number, scene),
            parts=(*item.parts, column),
            middles=(*item.middles, NOWHERE),
            depths=(*item.depths, 0),
            final=column,
            operators=(*item.operators, "type"),
        ),
        lambda: in_both(base.nodes, members(number, scene)),
    )


def listed(starts: list[Base], scene: Scene) -> list[Base]:
    """The classes that are all a question says: "List all bands", "Which bands are there?", "How many bands exist?".

    Where another word has to be explained the members have to be chosen by it, so the class alone is no answer.
    """
    analysis = scene.analysis
    if analysis.cues.asked is Asked.BOOLEAN or (analysis.anchors and asks_of_a_class(analysis) is False):
        return []
    words = [i for i, content in enumerate(analysis.content) if content]
    said = scene.alignment.said
    return [base for base in starts if words and bool((said[words, base.candidate.final] >= SAYS).all())]


def implied_types(scene: Scene) -> list[int]:
    """Types of the things that have the relations said, where no type is said: "What was discovered before 1800?"."""
    schema = scene.schema
    call = scene.alignment.said[:, : schema.parts].max(axis=0, initial=0.0)
    shares: dict[int, float] = {}
    for part in np.flatnonzero(call >= CALLS).tolist():
        for number, share in schema.reach[int(schema.opposite[part])].types.items():
            shares[number] = max(shares.get(number, 0.0), share)
    return [number for number in sorted(shares, key=lambda number: (-shares[number], number)) if shares[number] > 0.5][
        :3
    ]


def likeliest_types(scene: Scene) -> list[int]:
    """Types that the noun asked for, or the question as a whole, is most like, where nothing else gives a start."""
    types = scene.alignment.whole[scene.schema.parts :].copy()
    if scene.analysis.cues.noun and len(types):
        types += scene.alignment.said[list(scene.analysis.cues.noun), scene.schema.parts :].max(axis=0)
    return [int(number) for number in np.argsort(-types, kind="stable")[:LIKELIEST] if types[number] > 0]
