"""The vector index: unit vectors of relations, types, passages and entity names, searched exactly by product.

A version is a base and, after small changes, a delta beside it; both are memory-mapped and published by one pointer
file. Texts whose content was encoded before are not encoded again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import StoreError, UsageError
from kgqa.graph.publish import new_part, publish, read_pointer, writing
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.vector_items import Item, VectorKey, VectorKind, entity_items, passage_items, schema_items
from kgqa.index.vector_part import VectorPart, write_part
from kgqa.types import Progress, TextEncoder

FORMAT = 1
FOLD = 10
"""A delta of more than a tenth of the base is folded into a new base."""
_SAMPLE = 32  # texts encoded to estimate the time of all


@runtime_checkable
class Encoder(TextEncoder, Protocol):
    """A text encoder that says which vectors are comparable."""

    @property
    def fingerprint(self) -> str: ...


@dataclass(frozen=True, slots=True)
class EncodingEstimate:
    """What is about to be encoded. ``seconds`` is extrapolated from a sample; ``rebuild`` says why all is, if so."""

    texts: int
    kept: int
    seconds: float
    rebuild: str | None
    entities_left_out: int


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A key with the cosine of its vector, higher is better."""

    key: VectorKey
    score: float


class VectorIndex:
    """One published version. Safe to search from many threads; ``refresh`` returns the next version."""

    def __init__(self, folder: Path, pointer: dict[str, Any] | None, parts: Sequence[VectorPart]) -> None:
        self._folder, self._pointer = folder, pointer or {}
        self._base = parts[0] if parts else None
        self._delta = parts[1] if len(parts) > 1 else None

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The current version in ``folder``, an empty one when none was published. Raises StoreError when damaged."""
        for _ in range(5):
            pointer = read_pointer(folder)
            if pointer is None or pointer.get("format") != FORMAT:
                return cls(folder, None, ())
            try:
                return cls(folder, pointer, [VectorPart(folder / name) for name in pointer["parts"]])
            except FileNotFoundError:
                continue  # replaced twice while we opened it
            except StoreError as error:
                raise StoreError(f"{folder}: the vector index is damaged; delete the folder and index again") from error
        raise StoreError(f"{folder}: the vector index names files that are gone; delete the folder and index again")

    @property
    def revision(self) -> int | None:
        """The store's revision that the index shows; None when it is empty."""
        return self._pointer.get("revision")

    @property
    def fingerprint(self) -> str | None:
        """The fingerprint of the encoder that made the vectors; only its vectors may be searched for."""
        return self._pointer.get("fingerprint")

    @property
    def encoder_name(self) -> str | None:
        return self._pointer.get("encoder")

    def __len__(self) -> int:
        dead = 0 if self._delta is None else len(self._delta.dead)
        return sum(len(part) for part in (self._base, self._delta) if part is not None) - dead

    # --- queries

    def search(self, vector: NDArray[np.float32], k: int, *, kind: VectorKind | None = None) -> list[VectorHit]:
        """The ``k`` keys whose vectors are nearest by cosine, exactly; ties by key. vector: shape: (dim,), unit"""
        if k < 1:
            raise UsageError(f"k is {k}; it must be at least 1")
        if self._base is None:
            return []
        if vector.shape != (self._base.dim,):
            raise UsageError(f"the vector has shape {vector.shape}; this index holds vectors of {self._base.dim}")
        wanted = np.ascontiguousarray(vector, dtype=np.float32)
        dead = None if self._delta is None else self._delta.dead
        hits = [VectorHit(self._base.key(row), score) for score, row in self._base.best(wanted, k, kind, dead)]
        if self._delta is not None:
            hits += [VectorHit(self._delta.key(row), score) for score, row in self._delta.best(wanted, k, kind, None)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))[:k]

    def vector(self, key: VectorKey) -> NDArray[np.float32] | None:
        """The vector of a key, None when it has none. shape: (dim,)"""
        found = self._locate(key)
        return None if found is None else found[0].matrix[found[1]]

    def _locate(self, key: VectorKey) -> tuple[VectorPart, int] | None:
        if self._delta is not None and (row := self._delta.find(key)) is not None:
            return self._delta, row
        if self._base is None or (row := self._base.find(key)) is None:
            return None
        at = -1 if self._delta is None else int(np.searchsorted(self._delta.dead, row))
        if self._delta is not None and at < len(self._delta.dead) and self._delta.dead[at] == row:
            return None
        return self._base, row

    # --- keeping up to date

    def refresh(
        self,
        store: GraphStore,
        snapshot: Snapshot,
        encoder: Encoder,
        *,
        encode_entities: int = 50_000,
        announce: Callable[[EncodingEstimate], None] | None = None,
        progress: Progress | None = None,
    ) -> VectorIndex:
        """The version for the store's present revision: what changed is encoded, and published beside the rest.

        Entity names are encoded when there are at most ``encode_entities``; larger graphs find them by text. Another
        encoder means a rebuild. ``announce`` is told count and time before the encoding starts.
        """
        with writing(self._folder):
            current = VectorIndex.open(self._folder)
            entities = store.counts().entities
            named = entities <= encode_entities
            if current._shows(store.revision, encoder, named):
                return current
            _Refresh(current, store, snapshot, encoder, named, entities).run(self._folder, announce, progress)
        return VectorIndex.open(self._folder)

    def _shows(self, revision: int, encoder: Encoder, named: bool) -> bool:
        return (
            self.revision == revision
            and self.fingerprint == encoder.fingerprint
            and self._pointer.get("entities_named") is named
        )

    def _rows(self) -> Iterator[tuple[VectorKey, bytes]]:
        dead = set() if self._delta is None else set(self._delta.dead.tolist())
        if self._base is not None:
            yield from (item for row, item in enumerate(self._base.items()) if row not in dead)
        if self._delta is not None:
            yield from self._delta.items()


class _Refresh:
    """One run of ``refresh``: what is wanted against what is there."""

    def __init__(
        self,
        current: VectorIndex,
        store: GraphStore,
        snapshot: Snapshot,
        encoder: Encoder,
        named: bool,
        entities: int,
    ) -> None:
        self._store, self._snapshot, self._encoder = store, snapshot, encoder
        self._named, self._entities = named, entities
        self._revision = store.revision
        self.rebuild: str | None = None
        if current.revision is not None and current.fingerprint != encoder.fingerprint:
            self.rebuild = f"the vectors were made by {current.encoder_name!r}, another encoder than {encoder.name!r}"
            current = VectorIndex(current._folder, None, ())
        self._current = current

    def run(self, folder: Path, announce: Callable[[EncodingEstimate], None] | None, progress: Progress | None) -> None:
        old = dict(self._current._rows())
        wanted, gone = self._wanted(old)
        new = [item for item in wanted if old.get(item.key) != item.digest]
        vectors = self._encode(new, len(wanted), announce, progress)
        upserts = {item.key: item.digest for item in new}
        after = {key: digest for key, digest in old.items() if key not in gone} | upserts
        base = self._current._base
        changed = len(upserts) + len(gone) + (0 if self._current._delta is None else len(self._current._delta))
        if base is not None and changed * FOLD <= len(base):
            parts = [self._current._pointer["parts"][0], self._write_delta(folder, base, after, vectors)]
        else:
            parts = [self._write(folder, sorted(after), after, vectors, ())]
        publish(
            folder,
            parts,
            {
                "format": FORMAT,
                "revision": self._revision,
                "encoder": self._encoder.name,
                "fingerprint": self._encoder.fingerprint,
                "dim": self._encoder.dim,
                "entities_named": self._named,
            },
        )

    def _wanted(self, old: dict[VectorKey, bytes]) -> tuple[list[Item], set[VectorKey]]:
        """The items that may be new, and the keys that are gone."""
        since = self._current.revision
        changes = None if since is None or since > self._revision else self._store.changes(since)
        items = list(schema_items(self._store, self._snapshot))
        whole = changes is None or changes.rebuild or self._current._pointer.get("entities_named") is not self._named
        if whole or changes is None:
            items += entity_items(self._store) if self._named else ()
            items += passage_items(self._store)
            return items, set(old) - {item.key for item in items}
        nodes, passages = list(changes.nodes), list(changes.passages)
        items += entity_items(self._store, nodes) if self._named and nodes else ()
        items += passage_items(self._store, passages) if passages else ()
        looked_at = {VectorKey(VectorKind.ENTITY, str(node)) for node in nodes}
        looked_at |= {VectorKey(VectorKind.PASSAGE, passage) for passage in passages}
        looked_at |= {key for key in old if key.kind in (VectorKind.RELATION, VectorKind.TYPE)}
        return items, (looked_at & set(old)) - {item.key for item in items}

    def _encode(
        self,
        new: Sequence[Item],
        wanted: int,
        announce: Callable[[EncodingEstimate], None] | None,
        progress: Progress | None,
    ) -> dict[bytes, NDArray[np.float32]]:
        """Vectors by digest. Equal texts are encoded once, and not at all when the index has them under another key."""
        have = {digest: key for key, digest in self._current._rows()} if new else {}
        vectors: dict[bytes, NDArray[np.float32]] = {}
        texts: dict[bytes, str] = {}
        for item in new:
            if (key := have.get(item.digest)) is not None:
                vectors[item.digest] = np.array(self._vector(key))
            else:
                texts[item.digest] = item.text
        if announce is not None:
            estimate = self._seconds(list(texts.values()))
            left_out = 0 if self._named else self._entities
            announce(EncodingEstimate(len(texts), wanted - len(texts), estimate, self.rebuild, left_out))
        encoded = self._encoder.encode(list(texts.values()), progress=progress)
        return vectors | dict(zip(texts, encoded, strict=True))

    def _seconds(self, texts: Sequence[str]) -> float:
        if not texts:
            return 0.0
        sample = texts[:: max(1, len(texts) // _SAMPLE)][:_SAMPLE]
        started = time.perf_counter()
        self._encoder.encode(sample)
        return (time.perf_counter() - started) / len(sample) * (len(texts) - len(sample))

    def _vector(self, key: VectorKey) -> NDArray[np.float32]:
        vector = self._current.vector(key)
        if vector is None:
            raise StoreError(f"the vector index lost {key.kind} {key.id!r}; delete its folder and index again")
        return vector

    def _write_delta(
        self,
        folder: Path,
        base: VectorPart,
        after: dict[VectorKey, bytes],
        vectors: dict[bytes, NDArray[np.float32]],
    ) -> str:
        dead, unchanged = [], set()
        for row, (key, digest) in enumerate(base.items()):
            if after.get(key) == digest:
                unchanged.add(key)
            else:
                dead.append(row)
        return self._write(folder, sorted(key for key in after if key not in unchanged), after, vectors, dead)

    def _write(
        self,
        folder: Path,
        keys: Sequence[VectorKey],
        digests: dict[VectorKey, bytes],
        vectors: dict[bytes, NDArray[np.float32]],
        dead: Iterable[int],
    ) -> str:
        matrix = np.empty((len(keys), self._encoder.dim), dtype=np.float32)
        for row, key in enumerate(keys):
            known = vectors.get(digests[key])
            matrix[row] = self._vector(key) if known is None else known
        part = new_part(folder, "vectors")
        write_part(part, keys, [digests[key] for key in keys], matrix, tuple(dead))
        return part.name
