"""Hops that the question clearly calls for and that lead nowhere here: what an unanswerable question asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgqa.reasoning.search.candidates.bases import Base, Scene, from_chain, hopped
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import anchor_chain
from kgqa.reasoning.search.question.analysis import Anchor
from kgqa.reasoning.search.vocabulary.schema import Schema

CALLED = 0.7
MOST = 10
USUAL = 0.05
"""A way on that so few things have is not looked at where it cannot be seen which they are."""
AHEAD = 6
"""Ways on from what is missing, of each walk."""
FLAG = 0.5
"""A relation that mostly says true or false is a property, whose lack is nobody's question."""


@dataclass(frozen=True, slots=True)
class Unwalked:
    """A candidate whose last hop, over ``part``, finds nothing from ``node`` and its like."""

    base: Base
    part: int
    node: int


def unwalked(bases: Sequence[Base], scene: Scene) -> list[Unwalked]:
    """One called-for hop too many, from each name and from each of the given sets."""
    starts = [from_chain(anchor_chain(anchor, scene.snapshot), scene) for anchor in scene.analysis.anchors]
    grounds = [
        base
        for base in (*starts, *bases)
        if len(base.candidate.parts) < scene.max_hops and len(base.candidate.anchors) == 1
        if not base.candidate.operators and len(base.nodes)
    ]
    called: dict[tuple[int, ...], list[tuple[tuple[int, bool], int]]] = {}
    out = []
    for base, steps in zip(
        grounds, scene.snapshot.steps_from_sets([base.nodes[:256] for base in grounds]), strict=True
    ):
        (anchor,) = base.candidate.anchors
        if anchor.tokens not in called:
            called[anchor.tokens] = _called(anchor, scene)
        have = {(number, back) for number, back, _ in steps}
        lacking = [part for key, part in called[anchor.tokens] if key not in have]
        out += [Unwalked(hopped(base, part, scene), part, int(base.nodes[0])) for part in lacking[:MOST]]
    return out


def walked_on(lost: Unwalked, scene: Scene) -> list[Candidate]:
    """The candidates that go on from what is missing, along what such things usually have; clearest called first.

    What a lost hop would have led to may be on the way only: "films that share a director with X".
    """
    schema, out = scene.schema, []
    level = [(lost.base, lost.part)]
    while level and len(level[0][0].candidate.parts) < scene.max_hops:
        further = []
        for base, last in level:
            usual = np.flatnonzero(schema.follows[last] >= USUAL).tolist()
            ahead = sorted(usual, key=lambda part: (-scene.pull[part], part))[:AHEAD]
            further += [(hopped(base, part, scene), part) for part in ahead]
        out += [replace(base.candidate, empty=1.0) for base, _ in further]
        level = further
    return out


def _called(anchor: Anchor, scene: Scene) -> list[tuple[tuple[int, bool], int]]:
    """The steps that the words beside a name call for, with their parts; clearest first. Properties are none."""
    schema = scene.schema
    said = scene.alignment.said[:, : schema.parts].copy()
    said[[*anchor.tokens, *scene.analysis.told]] = 0.0
    call = said.max(axis=0, initial=0.0)
    called = [
        (key, part) for key, part in schema.part_of.items() if call[part] >= CALLED and not _is_property(part, schema)
    ]
    return sorted(called, key=lambda item: (-call[item[1]], item[1]))


def _is_property(part: int, schema: Schema) -> bool:
    return max(schema.reach[part].flag, schema.reach[int(schema.opposite[part])].flag) > FLAG


def belongs(node: int, part: int, scene: Scene) -> bool:
    """Whether things like this node have the relation: by their types, or by the relations that they share."""
    schema = scene.schema
    domain = schema.reach[int(schema.opposite[part])]
    own = {schema.types.index(name) for name in scene.snapshot.types_of(node)} if schema.types else set()
    if own and domain.types:
        return max(domain.types.get(number, 0.0) for number in own) >= 0.05
    return _like(node, part, schema, scene)


def _like(node: int, part: int, schema: Schema, scene: Scene) -> bool:
    own = np.zeros(schema.parts, dtype=np.float32)
    for number, back, _ in scene.steps_at(node):
        if (leaving := schema.part_of.get((number, back))) is not None:
            own[leaving] = 1.0
    profile = schema.follows[int(schema.opposite[part])]
    norm = float(np.linalg.norm(own) * np.linalg.norm(profile))
    return norm > 0 and float(own @ profile) / norm >= 0.35
