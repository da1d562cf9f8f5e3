"""The vector index: unit vectors of relations, types, passages and entity names, searched by product.

The search is exact, but for kinds of very many vectors, for which a graph is built (``hnsw``).

A version is a base and, after small changes, a delta beside it; both are memory-mapped and published by one pointer
file. ``refresh_vectors`` makes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import StoreError, StoreVersionError, UsageError
from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot.arrays import OutdatedArraysError, check_format
from kgqa.index.contract import VectorHit, VectorSearch
from kgqa.index.vector_items import VectorKey, VectorKind
from kgqa.index.vector_part import VectorPart

FORMAT = 1
_REMEMBERED = 16  # sets of ids whose rows are kept


class VectorIndex(VectorSearch):
    """One published version. Safe to search from many threads."""

    def __init__(self, pointer: Mapping[str, Any], parts: Sequence[VectorPart], *, outdated: bool = False) -> None:
        self.pointer = pointer
        self.outdated = outdated
        """Whether there is a version, but of an older format, which is left unread."""
        self.base = parts[0] if parts else None
        self.delta = parts[1] if len(parts) > 1 else None
        self._among: dict[tuple[bool, VectorKind, frozenset[str]], NDArray[np.int64]] = {}

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The current version in ``folder``, an empty one when none was published or it has an older format.

        Raises StoreError when it is damaged, StoreVersionError when it has a newer format.
        """
        for _ in range(5):
            pointer = read_pointer(folder)
            if pointer is None:
                return cls({}, ())
            try:
                check_format(folder, pointer.get("format"), FORMAT)
                return cls(pointer, [VectorPart(folder / name) for name in pointer["parts"]])
            except FileNotFoundError:
                continue  # replaced twice while we opened it
            except OutdatedArraysError:
                return cls({}, (), outdated=True)
            except StoreVersionError:
                raise
            except StoreError as error:
                raise StoreError(f"{folder}: the vector index is damaged; delete the folder and index again") from error
        raise StoreError(f"{folder}: the vector index names files that are gone; delete the folder and index again")

    @property
    def revision(self) -> int | None:
        """The store's revision that the index shows; None when it is empty."""
        return self.pointer.get("revision")

    @property
    def store(self) -> str | None:
        """The identity of the store that the index was made from."""
        return self.pointer.get("store")

    @property
    def fingerprint(self) -> str | None:
        """The fingerprint of the encoder that made the vectors; only its vectors may be searched for."""
        return self.pointer.get("fingerprint")

    @property
    def encoder_name(self) -> str | None:
        return self.pointer.get("encoder")

    def __len__(self) -> int:
        dead = 0 if self.delta is None else len(self.delta.dead)
        return sum(len(part) for part in (self.base, self.delta) if part is not None) - dead

    # --- queries

    def search(
        self,
        vector: NDArray[np.float32],
        k: int,
        *,
        kind: VectorKind | None = None,
        among: frozenset[str] | None = None,
    ) -> list[VectorHit]:
        """The ``k`` keys whose vectors are nearest by cosine; ties by key. vector: shape: (dim,), unit"""
        if k < 1:
            raise UsageError(f"k is {k}; it must be at least 1")
        if among is not None and kind is None:
            raise UsageError("ids to search among go with their kind")
        if self.base is None:
            return []
        if vector.shape != (self.base.dim,):
            raise UsageError(f"the vector has shape {vector.shape}; this index holds vectors of {self.base.dim}")
        wanted = np.ascontiguousarray(vector, dtype=np.float32)
        hits: list[VectorHit] = []
        for part in (part for part in (self.base, self.delta) if part is not None):
            rows = None if among is None or kind is None else self._rows_among(part, kind, among)
            dead = self.delta.dead if part is self.base and self.delta is not None else None
            best = part.best(wanted, k, kind, dead, rows)
            keys = part.keys([row for _, row in best], kind)
            hits += [VectorHit(key, score) for key, (score, _) in zip(keys, best, strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))[:k]

    def _rows_among(self, part: VectorPart, kind: VectorKind, among: frozenset[str]) -> NDArray[np.int64]:
        """The rows of the ids in a part, remembered for the last few sets: one is asked about again and again."""
        key = (part is self.base, kind, among)
        rows = self._among.get(key)
        if rows is None:
            if len(self._among) >= _REMEMBERED:
                self._among.clear()
            rows = self._among[key] = part.rows_of(kind, among)
        return rows

    def vector(self, key: VectorKey) -> NDArray[np.float32] | None:
        """The vector of a key, None when it has none. shape: (dim,)"""
        found = self._locate(key)
        return None if found is None else found[0].matrix[found[1]]

    def digest(self, key: VectorKey) -> bytes | None:
        """The digest of what was encoded under a key, None when it has no vector."""
        found = self._locate(key)
        return None if found is None else found[0].digest(found[1])

    def keys(self, kind: VectorKind) -> Iterator[VectorKey]:
        """The keys of a kind that there are vectors for."""
        for part in (part for part in (self.base, self.delta) if part is not None):
            keys = (part.key(row) for row in range(*part.rows(kind)))
            yield from (key for key in keys if (found := self._locate(key)) is not None and found[0] is part)

    def vectors_of(self, digests: Collection[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Copies of the vectors of these contents, under whatever key, for those that there are. shape: (dim,) each"""
        parts = [part for part in (self.base, self.delta) if part is not None]
        return {digest: np.array(part.matrix[row]) for part in parts for digest, row in part.rows_with(digests).items()}

    @property
    def graphs(self) -> Mapping[str, Any]:
        """By kind, what approximate search was built over: vectors, recall_at_10."""
        return {} if self.base is None else self.base.graphs

    def _locate(self, key: VectorKey) -> tuple[VectorPart, int] | None:
        if self.delta is not None and (row := self.delta.find(key)) is not None:
            return self.delta, row
        if self.base is None or (row := self.base.find(key)) is None:
            return None
        at = -1 if self.delta is None else int(np.searchsorted(self.delta.dead, row))
        if self.delta is not None and at < len(self.delta.dead) and self.delta.dead[at] == row:
            return None
        return self.base, row

    def rows(self) -> Iterator[tuple[VectorKey, bytes]]:
        """(key, digest of what was encoded) of every vector."""
        dead = set() if self.delta is None else set(self.delta.dead.tolist())
        if self.base is not None:
            yield from (item for row, item in enumerate(self.base.items()) if row not in dead)
        if self.delta is not None:
            yield from self.delta.items()
