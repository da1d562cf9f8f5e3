"""What a question surely means though a plan takes no notice of it: names of the kind asked about, unknown words."""

from __future__ import annotations

import numpy as np

from kgqa.reasoning.search.candidates.bases import Scene
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Anchor

CALLED = 0.85
SHARE = 0.3
CALLED_AT_ALL = 0.5
UNHEARD_LEAVES = 0.5
AGAINST_LEAVES = 0.6
MUCH, NAMELESS_LEAVES = 0.4, 0.5
UNHEARD = 0.25
"""A word that is less like every relation and type than this is about nothing that the graph has."""


def of_a_kind_asked_about(anchor: Anchor, scene: Scene) -> bool:
    """Whether a name is of a type that a relation of the question reaches or leaves: "did she discover gallium"."""
    schema = scene.schema
    own = {schema.types.index(name) for name in scene.snapshot.types_of(anchor.candidate.node)}
    said = scene.alignment.said[:, : schema.parts].copy()
    said[list(anchor.tokens)] = 0.0
    called = np.flatnonzero(said.max(axis=0, initial=0.0) >= CALLED)
    return any(schema.reach[int(part)].types.get(number, 0.0) >= SHARE for part in called for number in own)


def doubt(candidate: Candidate, call: float, unexplained: float, score: float, scene: Scene) -> float:
    """What is left of a plan's chance when the question has a word like nothing in the graph, or little speaks for it.

    ``call``: how clearly the plan's least called-for hop is called for; a clear plan is not doubted for a word.
    ``unexplained``: the share of its words that it leaves open; with as much and no name it may be about anything.
    ``score``: the linear ranker's; below zero more speaks against the plan than for it, however far it leads.
    """
    unheard = call < CALLED_AT_ALL and _unheard_of(candidate, scene)
    rest = 1.0 if candidate.anchors or unexplained < MUCH else NAMELESS_LEAVES
    return (UNHEARD_LEAVES if unheard else 1.0) * (AGAINST_LEAVES if score < 0 else 1.0) * rest


def _unheard_of(candidate: Candidate, scene: Scene) -> bool:
    """Whether some content word, neither a name of the plan nor an operator, is like nothing that the graph has."""
    analysis, alignment = scene.analysis, scene.alignment
    used = candidate.cued.union(*(anchor.tokens for anchor in candidate.anchors))
    likeness = np.maximum(alignment.said.max(axis=1, initial=0.0), alignment.kind.max(axis=1, initial=0.0))
    return any(content and i not in used and likeness[i] < UNHEARD for i, content in enumerate(analysis.content))
