"""Candidate plans for one question: chains first, then the operators that its words ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.plan import Count
from kgqa.reasoning.search.alignment import Alignment
from kgqa.reasoning.search.analysis import Analysis
from kgqa.reasoning.search.candidates import Chain, anchor_chain, walk_chains
from kgqa.reasoning.search.cues import Asked
from kgqa.reasoning.search.features import Candidate
from kgqa.reasoning.search.schema import Schema

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot


@dataclass(frozen=True)
class Scene:
    """Everything proposals for one question look at."""

    analysis: Analysis
    alignment: Alignment
    schema: Schema
    snapshot: Snapshot
    max_hops: int
    beam: int

    @property
    def pull(self) -> NDArray[np.float32]:
        """How much the question calls for each part. shape: (parts,)"""
        said = self.alignment.said[:, : self.schema.parts].max(axis=0, initial=0.0)
        kind = self.alignment.kind[:, : self.schema.parts].max(axis=0, initial=0.0)
        return np.maximum(said, 0.5 * kind) + 0.1 * self.alignment.asked[: self.schema.parts]


def chains_of(scene: Scene) -> list[Chain]:
    """Chains from every reading of every name."""
    pull = scene.pull
    out: list[Chain] = []
    for anchor in scene.analysis.anchors:
        start = anchor_chain(anchor, scene.snapshot)
        out += walk_chains(start, scene.snapshot, scene.schema, pull, max_hops=scene.max_hops, beam=scene.beam)
    return out


def chain_candidate(chain: Chain, scene: Scene) -> Candidate:
    middle = chain.anchor.middle if chain.anchor is not None else float("nan")
    length = len(chain.parts)
    return Candidate(
        plan=chain.plan(scene.schema),
        parts=chain.parts,
        middles=(middle,) * length,
        depths=tuple(range(length)),
        final=chain.parts[-1] if chain.parts else -1,
        anchors=(chain.anchor,) if chain.anchor is not None else (),
        size=chain.edges,
    )


def propose(scene: Scene) -> list[Candidate]:
    """Candidate plans, unscored."""
    out = [chain_candidate(chain, scene) for chain in chains_of(scene)]
    return [_counted(item) if scene.analysis.cues.asked is Asked.COUNT else item for item in out]


def _counted(item: Candidate) -> Candidate:
    from dataclasses import replace

    return replace(item, plan=Count(item.plan), operators=(*item.operators, "count"))
