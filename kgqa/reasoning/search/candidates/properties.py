"""Members that have, or have not, a property that the graph says as true or false: "radioactive", "not extinct"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kgqa.reasoning.plan import Comparison, ValueFilter
from kgqa.reasoning.search.candidates.bases import SAYS, Base, Scene, at_name, parts_from
from kgqa.reasoning.search.candidates.chains import Nodes
from kgqa.reasoning.search.candidates.values import with_value
from kgqa.types import Literal, LiteralType

CLEARLY = 0.8
"""From this match on a word is taken to say a property."""


def properties_said(scene: Scene) -> list[tuple[int, int]]:
    """(word, part) for each property that a word of the question says."""
    schema = scene.schema
    parts = [part for part in range(0, schema.parts, 2) if schema.reach[part].flag > SAYS]
    said = scene.alignment.said
    return [(int(word), part) for part in parts for word in np.flatnonzero(said[:, part] >= CLEARLY)]


def flagged(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """Sets kept to the members that have the property said; after a negation to those that have it not."""
    for word, part in properties_said(scene):
        denied = _denied(word, scene)
        value = Literal("true" if denied is None else "false", LiteralType.BOOLEAN)
        cued = frozenset((word,) if denied is None else (word, denied))
        for base in bases:
            if word in base.tokens or part not in parts_from(base.nodes, scene):
                continue
            plan = ValueFilter(base.candidate.plan, (scene.schema.steps[part],), Comparison.EQUAL, value)
            item = with_value(base.candidate, plan, part, cued, "value")
            yield Base(item, lambda base=base, part=part, value=value: _having(base, part, value, scene))  # type: ignore[misc] # a lambda's default is not typed


def names_themselves(scene: Scene) -> list[Base]:
    """The named things, each as a set of one: "Is radium radioactive?"."""
    return [
        Base(at_name(anchor, scene), lambda node=anchor.candidate.node: np.asarray([node], dtype=np.int32))  # type: ignore[misc] # as above
        for anchor in scene.analysis.anchors
    ]


def _denied(word: int, scene: Scene) -> int | None:
    """The negation that stands before the word with nothing but function words between."""
    negation = scene.analysis.cues.negation
    if negation is None or negation >= word or any(scene.analysis.content[i] for i in range(negation + 1, word)):
        return None
    return negation


def _having(base: Base, part: int, value: Literal, scene: Scene) -> Nodes:
    number, back = int(scene.schema.numbers[part]), bool(scene.schema.inverse[part])
    positions, ends = scene.snapshot.hop_edges(base.nodes, number, back)
    wanted = scene.snapshot.node(value)
    return base.nodes[np.unique(positions[ends == wanted])] if wanted is not None else base.nodes[:0]
