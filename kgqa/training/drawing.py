"""What every shape of synthesised question is drawn with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgqa.reasoning.plan import Plan
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.choice import Chooser, Ways
from kgqa.training.questions import SyntheticQuestion, put_names
from kgqa.training.speaker import Speaker
from kgqa.training.walks import Walk, Walks

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph, how it is walked and how walks are said."""

    snapshot: Snapshot
    schema: Schema
    choose: Chooser
    walks: Walks
    speaker: Speaker

    @property
    def rng(self) -> random.Random:
        return self.choose.rng

    def members(self, walk: Walk) -> str:
        """What a walk reaches, as a plural noun phrase without article."""
        return self.speaker.members(walk.parts, self.walks.roles(walk.start))

    def of_things(self, walk: Walk) -> bool:
        """Whether a walk ends at things, not at values."""
        return self.schema.reach[walk.parts[-1]].literal <= 0.5

    def made(self, pattern: str, nodes: Sequence[int], plans: Sequence[Plan], shape: str) -> SyntheticQuestion | None:
        """The question with its names put in; None when it has not one place for each."""
        put = put_names(pattern, nodes, self.snapshot, self.rng)
        kept_back = self.choose.ways is Ways.KEPT_BACK
        return None if put is None else SyntheticQuestion(*put, tuple(plans), shape, kept_back)
