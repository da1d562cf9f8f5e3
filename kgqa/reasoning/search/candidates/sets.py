"""Operators on sets: what two names share, what one has and another has not, either of two, and one hop on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from kgqa.english.function_words import CONJUNCTIONS
from kgqa.reasoning.plan import Count, Difference, Intersect, Union
from kgqa.reasoning.search.candidates.bases import Base, Scene, after, at_name, joined, onward, together
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import Nodes, holds
from kgqa.reasoning.search.question.analysis import Anchor


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
                named = at_name(anchor, scene)
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
                named = at_name(anchor, scene)
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


def counted(item: Candidate) -> Candidate:
    return replace(item, plan=Count(item.plan), operators=(*item.operators, "count"))


def extended(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """One hop on from operators' sets: "the capital of the largest country"."""
    for base in bases:
        yield from onward(base, scene)


def _fixed(item: Candidate, nodes: Nodes) -> Base:
    return Base(replace(item, size=len(nodes)), lambda: nodes)
