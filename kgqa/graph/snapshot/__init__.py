"""The snapshot: the graph as compressed sparse rows, memory-mapped, stamped with the store's revision."""

from __future__ import annotations

from kgqa.graph.snapshot.refresh import (
    open_published,
    open_snapshot,
    published_relations,
    refresh_snapshot,
    verify_snapshot,
)
from kgqa.graph.snapshot.relations import RelationInfo
from kgqa.graph.snapshot.snapshot import Snapshot

__all__ = [
    "RelationInfo",
    "Snapshot",
    "open_published",
    "open_snapshot",
    "published_relations",
    "refresh_snapshot",
    "verify_snapshot",
]
