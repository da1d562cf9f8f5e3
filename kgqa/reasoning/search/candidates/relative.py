"""Members whose value compares with that of a name: "larger than Italy", "before gallium was discovered"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from kgqa.graph.values import comparable_literal
from kgqa.reasoning.plan import Comparison, ValueFilter
from kgqa.reasoning.search.candidates.bases import Base, Scene, after
from kgqa.reasoning.search.candidates.values import value_parts, with_value
from kgqa.reasoning.search.question.analysis import strongest
from kgqa.types import Literal, LiteralType


def relative(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """Sets kept to the members whose value is beyond the one value that the name after the comparative has."""
    cues = scene.analysis.cues
    if not cues.comparatives or cues.alternatives:
        return
    anchors = strongest(scene.analysis.anchors)
    for cue in cues.comparatives[:1]:
        comparison = Comparison.GREATER if cue.largest else Comparison.LESS
        for anchor in (anchor for anchor in anchors if after(anchor, cue.index)):
            for base in bases:
                if not base.tokens.isdisjoint(anchor.tokens) or len(base.nodes) < 2:
                    continue
                for part in value_parts(base.nodes, scene, temporal=cue.temporal):
                    value = _value_of(anchor.candidate.node, part, scene)
                    if value is None:
                        continue
                    plan = ValueFilter(base.candidate.plan, (scene.schema.steps[part],), comparison, value)
                    item = with_value(base.candidate, plan, part, cue.tokens, "value")
                    yield Base(replace(item, anchors=(*item.anchors, anchor)), lambda base=base: base.nodes)  # type: ignore[misc] # a lambda's default is not typed


def _value_of(node: int, part: int, scene: Scene) -> Literal | None:
    """The value of a node over a relation, when it has exactly one."""
    number, back = int(scene.schema.numbers[part]), bool(scene.schema.inverse[part])
    ends = scene.snapshot.hop(np.asarray([node], dtype=np.int32), number, back)
    if len(ends) != 1:
        return None
    literal = scene.snapshot.literal(int(ends[0]))
    if literal is not None:
        return literal
    # A bare table's figures are entities, which compare by their labels.
    kind = LiteralType.DATE if scene.schema.reach[part].time > 0.5 else LiteralType.DECIMAL
    found = Literal(scene.snapshot.label(int(ends[0])), kind)
    return found if comparable_literal(found) is not None else None
