"""Hops that the question clearly calls for and that lead nowhere here: what an unanswerable question asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgqa.reasoning.search.candidates.bases import Base, Scene, from_chain, hopped
from kgqa.reasoning.search.candidates.chains import anchor_chain
from kgqa.reasoning.search.vocabulary.schema import Schema

CALLED = 0.7
MOST = 10
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
    out = []
    for base in (*starts, *bases):
        item = base.candidate
        if len(item.parts) >= scene.max_hops or len(item.anchors) != 1 or item.operators:
            continue
        nodes = base.nodes
        if len(nodes) == 0:
            continue
        said = scene.alignment.said[:, : scene.schema.parts].copy()
        said[list(item.anchors[0].tokens)] = 0.0
        call = said.max(axis=0, initial=0.0)
        numbers, inverse, _ = scene.snapshot.steps_from(nodes[:256])
        have = {(number, bool(back)) for number, back in zip(numbers.tolist(), inverse.tolist())}
        called = [
            part
            for key, part in scene.schema.part_of.items()
            if call[part] >= CALLED and key not in have and not _is_property(part, scene.schema)
        ]
        for part in sorted(called, key=lambda part: (-call[part], part))[:MOST]:
            out.append(Unwalked(hopped(base, part, scene), part, int(nodes[0])))
    return out


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
    numbers, inverse, _ = scene.snapshot.steps_from(np.asarray([node], dtype=np.int32))
    own = np.zeros(schema.parts, dtype=np.float32)
    for number, back in zip(numbers.tolist(), inverse.tolist()):
        if (leaving := schema.part_of.get((number, bool(back)))) is not None:
            own[leaving] = 1.0
    profile = schema.follows[int(schema.opposite[part])]
    norm = float(np.linalg.norm(own) * np.linalg.norm(profile))
    return norm > 0 and float(own @ profile) / norm >= 0.35
