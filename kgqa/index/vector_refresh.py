"""Brings the vector index up to a store's revision: what changed is encoded, once a content, and published."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
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
    approximate_above: int | None = 50_000,
    announce: Callable[[EncodingEstimate], None] | None = None,
    progress: Progress | None = None,
) -> VectorIndex:
    """The vector index of the store's present revision, made from the one in ``folder`` where there is one.

    Entity names are encoded when there are at most ``encode_entities``; larger graphs find them by text. Kinds of which
    there are more than ``approximate_above`` get a graph for approximate search, where FAISS is installed. Another
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
        _Refresh(current, store, snapshot, encoder, named, entities, approximate_above).run(folder, announce, progress)
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
        approximate_above: int | None,
    ) -> None:
        self._store, self._snapshot, self._encoder = store, snapshot, encoder
        self._named, self._entities, self._approximate_above = named, entities, approximate_above
        self._revision = store.revision
        self.rebuild: str | None = None
        if current.revision is not None and current.fingerprint != encoder.fingerprint:
            self.rebuild = f"the vectors were made by {current.encoder_name!r}, another encoder than {encoder.name!r}"
            current = VectorIndex({}, ())
        self._current = current

    def run(self, folder: Path, announce: Callable[[EncodingEstimate], None] | None, progress: Progress | None) -> None:
        wanted, gone, whole = self._wanted()
        new = [item for item in wanted if self._current.digest(item.key) != item.digest]
        vectors = self._encode(new, len(wanted) if whole else len(self._current) + len(new), announce, progress)
        upserts = {item.key: item.digest for item in new}
        base, delta = self._current.base, self._current.delta
        changed = len(upserts) + len(gone) + (0 if delta is None else len(delta))
        if base is not None and changed * FOLD <= len(base):
            parts = [self._current.pointer["parts"][0], self._write_delta(folder, base, upserts, gone, vectors)]
        else:
            after = {key: digest for key, digest in self._current.rows() if key not in gone} | upserts
            parts = [self._write(folder, sorted(after), after, vectors, (), self._approximate_above)]
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

    def _wanted(self) -> tuple[list[Item], set[VectorKey], bool]:
        """The items that may be new, the keys that are gone, and whether everything was looked at."""
        since = self._current.revision if self._current.store == self._store.identity else None
        changes = None if since is None or since > self._revision else self._store.changes(since)
        items = list(schema_items(self._store, self._snapshot))
        whole = changes is None or changes.rebuild or self._current.pointer.get("entities_named") is not self._named
        if whole or changes is None:
            items += entity_items(self._store) if self._named else ()
            items += passage_items(self._store)
            return items, {key for key, _ in self._current.rows()} - {item.key for item in items}, True
        nodes, passages = list(changes.nodes), list(changes.passages)
        items += entity_items(self._store, nodes) if self._named and nodes else ()
        items += passage_items(self._store, passages) if passages else ()
        looked_at = {VectorKey(VectorKind.ENTITY, str(node)) for node in nodes}
        looked_at |= {VectorKey(VectorKind.PASSAGE, passage) for passage in passages}
        looked_at |= set(self._current.keys(VectorKind.RELATION)) | set(self._current.keys(VectorKind.TYPE))
        held = {key for key in looked_at if self._current.digest(key) is not None}
        return items, held - {item.key for item in items}, False

    def _encode(
        self,
        new: Sequence[Item],
        wanted: int,
        announce: Callable[[EncodingEstimate], None] | None,
        progress: Progress | None,
    ) -> dict[bytes, NDArray[np.float32]]:
        """Vectors by digest. Equal texts are encoded once, and not at all when the index has them under another key."""
        vectors = self._current.vectors_of({item.digest for item in new})
        texts = {item.digest: item.text for item in new if item.digest not in vectors}
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
        upserts: dict[VectorKey, bytes],
        gone: set[VectorKey],
        vectors: dict[bytes, NDArray[np.float32]],
    ) -> str:
        """The delta of before with what changed, in time that goes with both."""
        delta = self._current.delta
        after = {} if delta is None else {key: digest for key, digest in delta.items() if key not in gone}
        dead = set() if delta is None else set(delta.dead.tolist())
        dead |= {row for key in (*upserts, *gone) if (row := base.find(key)) is not None}
        after |= upserts
        return self._write(folder, sorted(after), after, vectors, sorted(dead), None)

    def _write(
        self,
        folder: Path,
        keys: Sequence[VectorKey],
        digests: dict[VectorKey, bytes],
        vectors: dict[bytes, NDArray[np.float32]],
        dead: Sequence[int],
        approximate_above: int | None,
    ) -> str:
        matrix = np.empty((len(keys), self._encoder.dim), dtype=np.float32)
        for row, key in enumerate(keys):
            known = vectors.get(digests[key])
            matrix[row] = self._vector(key) if known is None else known
        part = new_part(folder, "vectors")
        write_part(part, keys, [digests[key] for key in keys], matrix, dead, approximate_above=approximate_above)
        return part.name
