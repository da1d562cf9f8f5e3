"""Names in a list: "Peru, Kenya and Norway", "Italy or Spain": what any, or what all of them lead to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise

import numpy as np

from kgqa.english.function_words import ARTICLES, CONJUNCTIONS, PREPOSITIONS
from kgqa.reasoning.plan import Intersect, Union
from kgqa.reasoning.search.candidates.bases import Base, Scene, together
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import Nodes, in_both
from kgqa.reasoning.search.question.analysis import Anchor, strongest

BETWEEN = CONJUNCTIONS | PREPOSITIONS | ARTICLES | {"both", "either", "also", "well"}
"""Words that may stand between the names of a list."""
UNSAID = 0.3
"""Held against "any of them" where the question says "and" and there is something that all lead to; twice where it
says "both" and there is none yet: one hop on there may be."""

PARTIAL = 1.0
"""Held against what only one of several names leads to."""


def listed(one: Anchor, other: Anchor, scene: Scene) -> bool:
    """Whether two names stand side by side in a list: "France and Germany"."""
    first, second = sorted((one.tokens, other.tokens))
    between = [scene.analysis.tokens[i].lower for i in range(first[-1] + 1, second[0])]
    return any(word in CONJUNCTIONS for word in between) and all(word in BETWEEN for word in between)


def name_lists(scene: Scene) -> list[tuple[Anchor, ...]]:
    """Runs of two or more names, at least one of them joined to the next by "and" or "or"."""
    ordered = sorted(strongest(scene.analysis.anchors), key=lambda anchor: anchor.tokens)
    runs: list[list[Anchor]] = []
    for anchor in ordered:
        last = runs[-1][-1] if runs else None
        between = range(last.tokens[-1] + 1, anchor.tokens[0]) if last else range(0)
        if last and all(scene.analysis.tokens[i].lower in BETWEEN for i in between) and _alike(last, anchor, scene):
            runs[-1].append(anchor)
        else:
            runs.append([anchor])
    return [
        tuple(run) for run in runs if len(run) > 1 and any(listed(one, other, scene) for one, other in pairwise(run))
    ]


def of_lists(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """The same walk from every name of a list: what all of three or more share, and what any of them leads to."""
    shared = bool(scene.analysis.cues.sharing)
    for names in name_lists(scene):
        readings = {(anchor.tokens, anchor.candidate.node): place for place, anchor in enumerate(names)}
        walks: dict[tuple[object, ...], dict[int, Base]] = {}
        for base in bases:
            item = base.candidate
            place = readings.get((item.anchors[0].tokens, item.anchors[0].candidate.node)) if item.anchors else None
            if place is not None and len(item.anchors) == 1:
                walks.setdefault((item.parts, item.operators), {})[place] = base
        for found in walks.values():
            if len(found) == len(names):
                yield from _combined([found[place] for place in range(len(names))], scene, shared=shared)


def hold_back_members(bases: Sequence[Base], scene: Scene) -> list[Base]:
    """Holds back walks from one name of a list joined by "or": the others are asked about as well."""
    if not scene.analysis.cues.alternatives:
        return list(bases)
    members = {anchor.tokens for names in name_lists(scene) for anchor in names}
    return [
        replace(base, candidate=replace(item, uncued=item.uncued + PARTIAL))
        if len((item := base.candidate).anchors) == 1 and item.anchors[0].tokens in members
        else base
        for base in bases
    ]


def _combined(sets: Sequence[Base], scene: Scene, *, shared: bool) -> Iterator[Base]:
    plans = tuple(base.candidate.plan for base in sets)
    common = reduce(in_both, [base.nodes for base in sets])
    if len(common) and len(sets) > 2:
        item = reduce(lambda one, other: together(one, other, one.plan), [base.candidate for base in sets])
        item = replace(item, plan=Intersect(plans), operators=(*sets[0].candidate.operators, "intersect"))
        yield _fixed(item, common)
    start = min(i for base in sets for i in base.tokens)
    if (shared and len(common)) or (start and scene.analysis.tokens[start - 1].lower == "between"):
        return
    first = sets[0].candidate
    item = replace(
        first,
        plan=Union(plans),
        anchors=tuple(anchor for base in sets for anchor in base.candidate.anchors),
        operators=(*first.operators, "union"),
        uncued=0.0 if scene.analysis.cues.alternatives else UNSAID * (len(common) > 0 or 2 * shared),
    )
    yield _fixed(item, np.unique(np.concatenate([base.nodes for base in sets])).astype(np.int32))


def _alike(one: Anchor, other: Anchor, scene: Scene) -> bool:
    """Whether two names are of one kind, as far as the graph has types."""
    kinds = [set(scene.snapshot.types_of(anchor.candidate.node)) for anchor in (one, other)]
    return not all(kinds) or not kinds[0].isdisjoint(kinds[1])


def _fixed(item: Candidate, nodes: Nodes) -> Base:
    return Base(replace(item, size=len(nodes)), lambda: nodes)
