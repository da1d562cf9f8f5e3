"""Operators on sets: what two names share, what one has and another has not, either of two, and one hop on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

import numpy as np

from kgqa.english.function_words import PREPOSITIONS
from kgqa.reasoning.plan import Count, Difference, Intersect
from kgqa.reasoning.search.candidates.bases import Base, Scene, at_name, joined, onward, together
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import Nodes, holds
from kgqa.reasoning.search.candidates.lists import listed
from kgqa.reasoning.search.question.analysis import Anchor, strongest

ITSELF = 0.5
"""Held against leaving a name itself out where nothing says so: "which are not it"."""
APART = 3.0
"""The same where a verb or a preposition is denied: "which do not speak it", "not in it" are about what leads to it."""
CLAUSES = frozenset(("that", "which", "where", "who", "whose", "but", "what", "whom"))
"""Words that open a clause, where what a negation denies begins or ends."""


def intersections(bases: Sequence[Base], scene: Scene, *, most: int = 40) -> list[Base]:
    """Pairs of sets from different names that share members, and one hop on from them."""
    named = [
        (len(base.candidate.parts), place, base.tokens, base)
        for place, base in enumerate(bases)
        if base.candidate.anchors
    ]
    pairs = [
        (long + longer, place + other, left, right)
        for at, (long, place, words, left) in enumerate(named)
        for longer, other, others, right in named[at + 1 :]
        if words.isdisjoint(others)
    ]
    pairs.sort(key=itemgetter(0, 1))  # short walks first: they are the likelier, and the list is cut
    out: list[Base] = []
    for _, _, left, right in pairs:
        if (both := joined(left, right)) is not None:
            out.append(both)
        if len(out) >= most:
            break
    return out


def negations(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """Sets without the members that another one, of the names denied, has; or without those names themselves."""
    negation = scene.analysis.cues.negation
    denied = _denied(scene) if negation is not None else frozenset()
    if negation is None or not denied:
        return
    cued = frozenset((negation,))
    for left in bases:
        if not left.tokens.isdisjoint(denied):
            continue
        members = [
            anchor
            for anchor in scene.analysis.anchors
            if denied.issuperset(anchor.tokens) and holds(left.nodes, anchor.candidate.node)
        ]
        for anchor in members:
            named = at_name(anchor, scene)
            found = _without(left, named, left.nodes[left.nodes != anchor.candidate.node], cued)
            if not scene.analysis.cues.exclusion:
                beside = _directly(anchor, negation, scene)
                found.candidate = replace(found.candidate, uncued=ITSELF if beside else APART)
            yield found
        if members and scene.analysis.cues.exclusion:
            continue  # "besides her": she herself is left out, not what she leads to
        for right in bases:
            rest = np.setdiff1d(left.nodes, right.nodes) if right.tokens and right.tokens <= denied else left.nodes
            if 0 < len(rest) < len(left.nodes):
                yield _without(left, right.candidate, rest, cued)


def _directly(anchor: Anchor, negation: int, scene: Scene) -> bool:
    """Whether nothing that says a relation stands between a negation and a name: "not the Nile", "not called so"."""
    between = range(negation + 1, anchor.tokens[0])
    words = [scene.analysis.tokens[i].lower for i in between]
    return not any(scene.analysis.content[i] for i in between) and PREPOSITIONS.isdisjoint(words)


def _next_names(scene: Scene, negation: int, last: int) -> list[Anchor]:
    """The first name between two words, with those that it is listed with, in all their readings."""
    names = sorted(
        (anchor for anchor in strongest(scene.analysis.anchors) if negation < anchor.tokens[0] < last),
        key=lambda anchor: anchor.tokens,
    )
    run = names[:1]
    for anchor in names[1:]:
        if not listed(run[-1], anchor, scene):
            break
        run.append(anchor)
    words = {i for anchor in run for i in anchor.tokens}
    return [anchor for anchor in scene.analysis.anchors if words.issuperset(anchor.tokens)]


def _without(left: Base, right: Candidate, rest: Nodes, cued: frozenset[int]) -> Base:
    item = together(left.candidate, right, Difference(left.candidate.plan, right.plan))
    return _fixed(replace(item, cued=item.cued | cued, operators=(*item.operators, "difference")), rest)


def _denied(scene: Scene) -> frozenset[int]:
    """The words of the names that the negation denies: those after it in its clause, else those before it there.

    "Neighbours of Italy that do not use the euro", "where German isn't official", "except for Brazil, where ...".
    """
    analysis = scene.analysis
    negation = analysis.cues.negation or 0
    words = [token.lower for token in analysis.tokens]
    first = max((i for i in range(negation) if words[i] in CLAUSES), default=0)
    last = next((i for i in range(negation + 1, len(words)) if words[i] in CLAUSES), len(words))
    behind = [anchor.tokens for anchor in _next_names(scene, negation, last)]
    ahead = [anchor.tokens for anchor in analysis.anchors if 0 < first < anchor.tokens[0] < negation]
    return frozenset(i for tokens in behind or ahead for i in tokens)


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
                named = at_name(anchor, scene)
                both = together(item, named, Intersect((item.plan, named.plan)))
                node = np.asarray([anchor.candidate.node], dtype=np.int32)
                yield from onward(_fixed(replace(both, operators=("intersect",)), node), scene)


def counted(item: Candidate) -> Candidate:
    return replace(item, plan=Count(item.plan), operators=(*item.operators, "count"))


def extended(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """One hop on from operators' sets: "the capital of the largest country"."""
    for base in bases:
        yield from onward(base, scene)


def _fixed(item: Candidate, nodes: Nodes) -> Base:
    return Base(replace(item, size=len(nodes)), lambda: nodes)
