"""Questions of yes or no: whether something is so, and whether two walks meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from kgqa.english.function_words import ARTICLES, PREPOSITIONS
from kgqa.reasoning.plan import Exists, Intersect
from kgqa.reasoning.search.candidates.bases import NOWHERE, SAYS, Base, Scene, at_name, names_a_group
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import holds
from kgqa.reasoning.search.candidates.domains import kept_to
from kgqa.reasoning.search.candidates.qualifiers import NAME
from kgqa.reasoning.search.question.analysis import Anchor
from kgqa.reasoning.search.question.asked import Asked


def left_out(base: Base, scene: Scene) -> bool:
    """Whether a sure name of the question has no part in a set."""
    return any(
        anchor.strength >= SAYS - 0.1 and base.tokens.isdisjoint(anchor.tokens) for anchor in scene.analysis.anchors
    )


def yes_or_no(bases: Sequence[Base], scene: Scene) -> Iterator[Candidate]:
    """Whether something is so: a walk reaches a name, a thing is of a type, a value compares, a set has members."""
    if scene.analysis.cues.asked is not Asked.BOOLEAN:
        return
    for base in bases:
        item = base.candidate
        if item.final >= 0 and item.final < scene.schema.parts and scene.schema.reach[item.final].flag > SAYS:
            continue  # that there is a value says nothing: it may be "false"
        plain = item.operators == ()
        if len(item.anchors) == 1 and item.parts and (plain or item.operators == (NAME,)):
            for anchor in scene.analysis.anchors:
                if base.tokens.isdisjoint(anchor.tokens) and anchor.candidate.node != item.anchors[0].candidate.node:
                    other = at_name(anchor, scene)
                    if plain and _better_turned(item, anchor, bases, scene):
                        continue
                    plan = Exists(item.plan, among=other.plan)
                    found = holds(base.nodes, anchor.candidate.node)
                    reached = scene.schema.reach[item.parts[-1]].types
                    types = scene.snapshot.types_of(anchor.candidate.node)
                    strange = not any(scene.schema.types.index(name) in reached for name in types)
                    known = bool(reached) or scene.schema.reach[item.parts[-1]].literal > SAYS
                    if not found and _turns_back(item, scene):
                        continue  # that two things have nothing in common is asked by a word for it
                    if known and types and strange and not found:
                        continue  # no such thing is ever reached: something else is asked
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
        if _after_preposition(anchor, scene):
            continue
        named = at_name(anchor, scene)
        for number in scene.types_said():
            column = scene.schema.parts + number
            yield replace(
                named,
                plan=Exists(kept_to(named.plan, number, scene)),
                parts=(column,),
                middles=(NOWHERE,),
                depths=(0,),
                operators=("exists",),
                uncued=1.0 if names_a_group(anchor, scene) else 0.0,
                size=1,
            )


def _turns_back(item: Candidate, scene: Scene) -> bool:
    """Whether a walk comes straight back over a relation though no word asks for what is shared."""
    opposite = scene.schema.opposite
    turned = any(int(opposite[before]) == after != before for before, after in pairwise(item.parts))
    return turned and not scene.analysis.cues.sharing


def _after_preposition(anchor: Anchor, scene: Scene) -> bool:
    """Whether a name stands in a phrase like "in Bergen": that phrase is asked about something else."""
    before = [token.lower for token in scene.analysis.tokens[: min(anchor.tokens)]]
    while before and before[-1] in ARTICLES:
        before.pop()
    return bool(before) and before[-1] in PREPOSITIONS


def _better_turned(item: Candidate, other: Anchor, bases: Sequence[Base], scene: Scene) -> bool:
    """Whether the same fact is better asked from the other name's side: one of the two is enough."""
    if len(item.parts) != 1:
        return False
    part, turned = item.parts[0], int(scene.schema.opposite[item.parts[0]])
    mine, theirs = float(scene.pull[part]), float(scene.pull[turned])
    if (mine, item.anchors[0].tokens) >= (theirs, other.tokens):
        return False
    return any(base.candidate.parts == (turned,) and base.candidate.anchors == (other,) for base in bases)


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
