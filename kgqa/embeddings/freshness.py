"""Whether embeddings still fit the graph: additions make them stale, deletions of what they learnt from unusable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgqa.embeddings.artefact import Artefact
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AGAIN = "train again: `kgqa train embeddings`"


@dataclass(frozen=True, slots=True)
class Freshness:
    """Reasons in words, None where there is none."""

    stale: str | None = None
    unusable: str | None = None


def check_freshness(artefact: Artefact, store: GraphStore, snapshot: Snapshot) -> Freshness:
    """Compares what was learnt from with the graph now.

    Unusable when a source is gone, or a statement that was learnt no longer stands; stale when only the revision moved.
    """
    learnt = int(artefact.manifest["revision"])
    now = store.revision
    if learnt == now:
        return Freshness()
    stale = f"the embeddings learnt from revision {learnt}, the graph is at {now}; {_AGAIN}"
    gone = sorted(set(artefact.manifest["sources"]) - {info.name for info in store.sources()})
    if gone:
        return Freshness(stale, f"the embeddings learnt from source {gone[0]!r}, which was deleted; {_AGAIN}")
    lost = _lost(artefact, snapshot)
    if lost:
        return Freshness(stale, f"the embeddings learnt from {lost} statements that were deleted since; {_AGAIN}")
    return Freshness(stale)


def _lost(artefact: Artefact, snapshot: Snapshot) -> int:
    """How many of the statements that were learnt the graph no longer has."""
    found = [snapshot.node(ref) for ref in artefact.vocabulary.refs]
    numbers = np.array([-1 if number is None else number for number in found], dtype=np.int64)
    triples, lost = artefact.triples, 0
    for relation, name in enumerate(artefact.vocabulary.relations):
        rows = triples[triples[:, 1] == relation]
        heads, tails = numbers[rows[:, 0]], numbers[rows[:, 2]]
        number = snapshot.relation_number(name)
        here = (heads >= 0) & (tails >= 0)
        if number is None:
            lost += len(rows)
            continue
        lost += len(rows) - int(_stand(snapshot, number, heads[here], tails[here]))
    return lost


def _stand(snapshot: Snapshot, relation: int, heads: NDArray[np.int64], tails: NDArray[np.int64]) -> int:
    """How many of the pairs are edges."""
    owners = np.unique(heads)
    positions, ends = snapshot.hop_edges(owners, relation)
    edges = owners[positions] * snapshot.size + ends
    return int(np.isin(heads * snapshot.size + tails, edges).sum())
