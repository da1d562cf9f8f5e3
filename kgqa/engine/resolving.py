"""Proposals of what is the same, and their writing as a source of their own."""

from __future__ import annotations

from kgqa.engine.folders import Folders
from kgqa.errors import UsageError
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.text import TextIndex
from kgqa.linking.resolving.resolve import SamePair, resolve
from kgqa.types import Progress, Same


def resolve_entities(
    store: GraphStore,
    folders: Folders,
    *,
    above: float,
    write: str | None,
    seed: int,
    progress: Progress | None = None,
) -> list[SamePair]:
    """Pairs from ``above`` on; with ``write`` they become that source's whole content, beside what it said before.

    Raises UsageError for a probability outside (0, 1], or for a source that says anything but ``same``.
    """
    if not 0 < above <= 1:
        raise UsageError(f"above is {above}; a probability lies above 0 and at most at 1")
    before: list[Same] = []
    if write is not None and any(source.name == write for source in store.sources()):
        for record in store.export(source=write):
            if not isinstance(record, Same):
                raise UsageError(f"source {write!r} says more than what is the same: name another")
            before.append(Same(record.a, record.b))
    snapshot = open_snapshot(folders.snapshot, store, progress=progress)
    with TextIndex.open(folders.text) as text:
        text.refresh(store, progress=progress)
        pairs = resolve(store, snapshot, text, above=above, seed=seed, progress=progress)
    if write is not None and pairs:
        store.write([*before, *(Same(pair.a, pair.b) for pair in pairs)], source=write, replace=True)
    return pairs
