"""The PyKEEN embeddings of a graph's entities, by id, for the entity tower."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kgqa.embeddings.artefact import network, open_artefact
from kgqa.embeddings.freshness import check_freshness
from kgqa.embeddings.neighbours import entity_vectors
from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def graph_vectors(
    folder: Path, store: GraphStore, snapshot: Snapshot
) -> tuple[dict[str, int], NDArray[np.float32]] | None:
    """Rows by id, and the embeddings published below ``folder``; None where there are none that may be used.

    shape: (rows, width). Raises ModelError for embeddings that are not what was trained.
    """
    if read_pointer(folder) is None:
        return None
    _, artefact = open_artefact(folder)
    if check_freshness(artefact, store, snapshot).unusable is not None:
        return None
    rows = {ref: row for row, ref in enumerate(artefact.vocabulary.refs) if isinstance(ref, str)}
    return rows, entity_vectors(network(artefact))
