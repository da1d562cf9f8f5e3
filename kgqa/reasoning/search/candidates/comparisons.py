"""Two names compared by a value that both have, or by how many of something they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from kgqa.reasoning.plan import Compare, Comparison
from kgqa.reasoning.search.candidates.bases import SAYS, Scene, at_name, parts_from, together
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import Nodes
from kgqa.reasoning.search.candidates.values import value_parts, with_value
from kgqa.reasoning.search.question.analysis import Anchor
from kgqa.reasoning.search.question.asked import Asked


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
            a, b = at_name(left, scene), at_name(right, scene)
            both = together(a, b, a.plan)
            parts = [(part, False) for part in value_parts(nodes, scene, temporal=cue.temporal)]
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
                item = with_value(both, plan, part, cue.tokens | _said_of(nodes, scene), "compare")
                yield replace(item, final=-1, size=1)


def _said_of(nodes: Nodes, scene: Scene) -> frozenset[int]:
    """Words that say a type of these nodes: "which country ..., Italy or Spain"."""
    out: set[int] = set()
    for number in (number for number in scene.types_said() if number < scene.schema.stated):
        if all(scene.schema.types[number] in scene.snapshot.types_of(int(node)) for node in nodes):
            column = scene.alignment.said[:, scene.schema.parts + number]
            out.update(int(i) for i in np.flatnonzero(column >= SAYS))
    return frozenset(out)


def _pairs(anchors: Sequence[Anchor]) -> Iterator[tuple[Anchor, Anchor]]:
    ordered = sorted(anchors, key=lambda anchor: anchor.tokens)
    for place, left in enumerate(ordered):
        for right in ordered[place + 1 :]:
            if set(left.tokens).isdisjoint(right.tokens):
                yield left, right
