"""Where the artefacts of a graph lie, beside or instead of its store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folders:
    """The folder of each artefact below ``root``."""

    root: Path

    @property
    def snapshot(self) -> Path:
        return self.root / "snapshot"

    @property
    def text(self) -> Path:
        return self.root / "text"

    @property
    def files(self) -> Path:
        """What was read of the files of ingested folders."""
        return self.root / "files"

    @property
    def vectors(self) -> Path:
        return self.root / "vectors"

    @property
    def links(self) -> Path:
        return self.root / "links"

    @property
    def embeddings(self) -> Path:
        return self.root / "models" / "embeddings"

    @property
    def planner(self) -> Path:
        return self.root / "models" / "planner"

    @property
    def retriever(self) -> Path:
        return self.root / "models" / "retriever"
