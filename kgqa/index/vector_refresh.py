"""Brings the vector index up to a store's revision: what changed is encoded, once a content, and published."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import StoreError
from kgqa.graph.publish import new_part, publish, writing
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.vector_items import Item, VectorKey, VectorKind, entity_items, passage_items, schema_items
from kgqa.index.vector_part import VectorPart, write_part
from kgqa.index.vectors import FORMAT, VectorIndex
from kgqa.types import Progress, TextEncoder

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


def refresh_vectors(
    folder: Path,
    store: GraphStore,
    snapshot: Snapshot,
    encoder: Encoder,
    *,
    encode_entities: int = 50_000,
    announce: Callable[[EncodingEstimate], None] | None = None,
    progress: Progress | None = None,
) -> VectorIndex:
    """The vector index of the store's present revision, made from the one in ``folder`` where there is one.

    Entity names are encoded when there are at most ``encode_entities``; larger graphs find them by text. Another
    encoder means a rebuild. ``announce`` is told count and time before the encoding starts.
    """
    with writing(folder):
        current = VectorIndex.open(folder)
        entities = store.counts().entities
        named = entities <= encode_entities
        up_to_date = (
            (current.store, current.revision) == (store.identity, store.revision)
            and current.fingerprint == encoder.fingerprint
            and current.pointer.get("entities_named") is named
        )
        if up_to_date:
            return current
        _Refresh(current, store, snapshot, encoder, named, entities).run(folder, announce, progress)
    return VectorIndex.open(folder)


class _Refresh:
    """One run of ``refresh_vectors``: what is wanted against what is there."""

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
            current = VectorIndex({}, ())
        self._current = current

    def run(self, folder: Path, announce: Callable[[EncodingEstimate], None] | None, progress: Progress | None) -> None:
        old = dict(self._current.rows())
        wanted, gone = self._wanted(old)
        new = [item for item in wanted if old.get(item.key) != item.digest]
        vectors = self._encode(new, len(wanted), announce, progress)
        upserts = {item.key: item.digest for item in new}
        after = {key: digest for key, digest in old.items() if key not in gone} | upserts
        base = self._current.base
        changed = len(upserts) + len(gone) + (0 if self._current.delta is None else len(self._current.delta))
        if base is not None and changed * FOLD <= len(base):
            parts = [self._current.pointer["parts"][0], self._write_delta(folder, base, after, vectors)]
        else:
            parts = [self._write(folder, sorted(after), after, vectors, ())]
        publish(
            folder,
            parts,
            {
                "format": FORMAT,
                "store": self._store.identity,
                "revision": self._revision,
                "encoder": self._encoder.name,
                "fingerprint": self._encoder.fingerprint,
                "dim": self._encoder.dim,
                "entities_named": self._named,
            },
        )

    def _wanted(self, old: dict[VectorKey, bytes]) -> tuple[list[Item], set[VectorKey]]:
        """The items that may be new, and the keys that are gone."""
        since = self._current.revision if self._current.store == self._store.identity else None
        changes = None if since is None or since > self._revision else self._store.changes(since)
        items = list(schema_items(self._store, self._snapshot))
        whole = changes is None or changes.rebuild or self._current.pointer.get("entities_named") is not self._named
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
        have = {digest: key for key, digest in self._current.rows()} if new else {}
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
