"""The vector index on a Neo4j server: what ``VectorIndex`` has, found by the server's own vector indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import UsageError
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.vectors import StoredVectors, VectorState
from kgqa.index.contract import VectorHit, VectorSearch
from kgqa.index.vector_items import VectorKey, VectorKind
from kgqa.index.vectors import VectorIndex

_WIDER, _AT_LEAST = 4, 100
"""The server's search is approximate: this many times more are asked for, then the best are taken."""


class ServerVectors(VectorSearch):
    """The vectors that ``copy_vectors`` put there, as they are at opening. Safe to search from many threads."""

    def __init__(self, server: Server) -> None:
        self._stored = StoredVectors(server, tuple(VectorKind))
        self._state = self._stored.state

    @property
    def revision(self) -> int | None:
        return None if self._state is None else self._state.revision

    @property
    def fingerprint(self) -> str | None:
        return None if self._state is None else self._state.fingerprint

    def __len__(self) -> int:
        return 0 if self._state is None else self._stored.count()

    def search(
        self,
        vector: NDArray[np.float32],
        k: int,
        *,
        kind: VectorKind | None = None,
        among: frozenset[str] | None = None,
    ) -> list[VectorHit]:
        """The ``k`` keys whose vectors are nearest by cosine, approximately; ties by key. vector: shape: (dim,), unit

        ``among`` some ids it is exact.
        """
        if k < 1:
            raise UsageError(f"k is {k}; it must be at least 1")
        if among is not None and kind is None:
            raise UsageError("ids to search among go with their kind")
        if self._state is None:
            return []
        if vector.shape != (self._state.dim,):
            raise UsageError(f"the vector has shape {vector.shape}; this index holds vectors of {self._state.dim}")
        wanted = vector.tolist()
        hits: list[VectorHit] = []
        for each in VectorKind if kind is None else (kind,):
            found = (
                self._stored.nearest(each, wanted, max(_WIDER * k, _AT_LEAST))
                if among is None
                else self._stored.among(each, wanted, among)
            )
            hits += [VectorHit(VectorKey(each, id), score) for id, score in found]
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))[:k]

    def vector(self, key: VectorKey) -> NDArray[np.float32] | None:
        """The vector of a key, None when it has none. shape: (dim,)"""
        found = self._stored.vector(key.kind, key.id)
        return None if found is None else np.array(found, dtype=np.float32)


def copy_vectors(local: VectorIndex, server: Server) -> ServerVectors:
    """Brings the vectors on a server to those of a local index, by what differs; gives them as they are then."""
    if local.revision is None or local.fingerprint is None or local.base is None:
        return ServerVectors(server)
    stored = StoredVectors(server, tuple(VectorKind))
    state = VectorState(local.fingerprint, local.encoder_name or "", local.base.dim, local.revision)
    if stored.state == state:
        return ServerVectors(server)
    there = {}
    if stored.state is not None and stored.state.fingerprint == state.fingerprint:
        there = {VectorKey(kind, id): digest for kind in VectorKind for id, digest in stored.digests(kind)}
    wanted = {key: digest.hex() for key, digest in local.rows()}
    new: dict[str, list[VectorKey]] = defaultdict(list)
    for key in sorted(wanted):
        if there.get(key) != wanted[key]:
            new[key.kind].append(key)

    def rows(keys: list[VectorKey]) -> Iterator[tuple[str, str, list[float]]]:
        for key in keys:
            vector = local.vector(key)
            if vector is not None:
                yield key.id, wanted[key], vector.tolist()

    gone = [(key.kind, key.id) for key in there.keys() - wanted.keys()]
    stored.update(state, gone, {kind: rows(keys) for kind, keys in new.items()})
    return ServerVectors(server)
