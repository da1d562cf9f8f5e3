"""PyKEEN embeddings of entities in a Neo4j server's own vector index: put there after training, asked by ``similar``.

The id of a vector is the entity's number, as for the vectors of names. Another client of the graph needs no model.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from kgqa.embeddings.artefact import Artefact, network, open_artefact
from kgqa.embeddings.neighbours import entity_vectors
from kgqa.errors import ModelError, NotFoundError, UsageError
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.store import Neo4jStore
from kgqa.graph.neo4j.vectors import StoredVectors, VectorState
from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot import Snapshot

KIND = "embedding"
MOST = 4_096
"""Numbers of a vector that an index in Neo4j 5 takes."""
_WIDER, _AT_LEAST = 4, 100
"""The server's search is approximate: this many times more are asked for, then the best are taken."""
_AGAIN = "train again: `kgqa train embeddings`"


class ServerEmbeddings:
    """The embeddings that ``copy_embeddings`` put there. Safe to search from many threads."""

    def __init__(self, store: Neo4jStore, snapshot: Snapshot) -> None:
        self._stored, self._snapshot = _stored(store.server), snapshot
        self._state = self._stored.state
        self.stale, self.unusable = (None, None) if self._state is None else _freshness(self._state, store)

    @property
    def fingerprint(self) -> str | None:
        """That of the trained model; None while there are no embeddings."""
        return None if self._state is None else self._state.fingerprint

    def similar(self, entity: str, *, k: int = 10) -> list[tuple[int, float]]:
        """The entities most like this one, as ``LinkPredictor.similar``: found approximately, scored exactly.

        Raises ModelError when they must not be used, NotFoundError for an entity that has none, UsageError for a
        ``k`` below 1.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        if self._state is None:
            raise ModelError(f"the server has no embeddings of this graph yet; {_AGAIN}")
        if self.unusable is not None:
            raise ModelError(self.unusable)
        node = self._snapshot.node(entity)
        wanted = None if node is None else self._stored.vector(KIND, str(self._snapshot.representative(node)))
        if node is None or wanted is None:
            raise NotFoundError(f"the embeddings on the server know no {entity!r}; train again if it is new")
        found = self._stored.nearest(KIND, wanted, max(_WIDER * (k + 1), _AT_LEAST))
        left_out = {node, self._snapshot.representative(node)}
        near = [(int(id), cosine) for id, cosine in found if int(id) not in left_out]
        there = self._snapshot.exists([number for number, _ in near]).tolist()
        standing = [pair for pair, stands in zip(near, there, strict=True) if stands]
        return sorted(standing, key=lambda pair: (-pair[1], pair[0]))[:k]


def copy_embeddings(folder: Path, store: Neo4jStore, snapshot: Snapshot) -> bool:
    """Puts the embeddings published below ``folder`` into the server's index in the place of those there.

    Tells whether there was anything to do. Raises ModelError when they are not what was trained, or are wider than an
    index takes.
    """
    if read_pointer(folder) is None:
        return False
    part, artefact = open_artefact(folder)
    stored, fingerprint = _stored(store.server), _fingerprint(artefact)
    before = stored.state
    if before is not None and before.fingerprint == fingerprint:
        return False
    vectors = entity_vectors(network(artefact))
    if vectors.shape[1] > MOST:
        raise ModelError(
            f"{part}: the embeddings have {vectors.shape[1]} numbers each, an index in Neo4j takes {MOST}: "
            "train with a smaller dimension, or without server_vectors"
        )
    norms = np.linalg.norm(vectors, axis=1)  # an index takes no vector without a direction
    numbers = [snapshot.node(ref) for ref in artefact.vocabulary.refs]
    rows = (
        (str(number), hashlib.blake2b(vector.tobytes(), digest_size=16).hexdigest(), vector.tolist())
        for number, vector, norm in zip(numbers, vectors, norms.tolist(), strict=True)
        if number is not None and norm > 0
    )
    manifest = artefact.manifest
    state = VectorState(
        fingerprint,
        str(manifest["model"]["name"]),
        int(vectors.shape[1]),
        int(manifest["revision"]),
        tuple(map(str, manifest["sources"])),
    )
    stored.update(state, (), {KIND: rows})
    return True


def _stored(server: Server) -> StoredVectors:
    return StoredVectors(server, (KIND,), family="embeddings")


def _fingerprint(artefact: Artefact) -> str:
    files = artefact.manifest["files"]
    return hashlib.sha256("".join(str(files[name]) for name in sorted(files)).encode()).hexdigest()


def _freshness(state: VectorState, store: Neo4jStore) -> tuple[str | None, str | None]:
    """Why the embeddings no longer know the whole graph, and why they must not be used; None for neither."""
    now = store.revision
    if state.revision == now:
        return None, None
    stale = f"the embeddings on the server learnt from revision {state.revision}, the graph is at {now}; {_AGAIN}"
    gone = sorted(set(state.sources) - {source.name for source in store.sources()})
    if gone:
        return stale, f"the embeddings on the server learnt from source {gone[0]!r}, which was deleted; {_AGAIN}"
    changes = store.changes(state.revision)
    if changes.rebuild:
        return stale, f"what the embeddings on the server learnt from may be gone, which is not known; {_AGAIN}"
    if lost := len(changes.removed.heads):
        return stale, f"the embeddings on the server learnt from {lost} statements that were deleted since; {_AGAIN}"
    return stale, None
