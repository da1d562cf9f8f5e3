"""What one question brings to answering beside its text, and the watch that times its stages."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from kgqa.reasoning.search.proposals import Proposal
from kgqa.types import Mention


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question's names and candidate plans, and its share of the milliseconds that the stages took for many."""

    mentions: tuple[Mention, ...]
    proposal: Proposal
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class AskOptions:
    """What one question may ask for beside its text; ``prepared`` is what was done for many at once."""

    entities: tuple[str, ...] | None = None
    complete: bool = False
    timeout: float | None = None
    prepared: Prepared | None = None


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds by stage."""

    started: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + (time.perf_counter() - begin) * 1000

    def read(self, *, before: float) -> Mapping[str, float]:
        """The stages and the total; ``before`` was spent on this question before the watch was started."""
        return {**self.stages, "total": before + (time.perf_counter() - self.started) * 1000}
