"""What the entity tower sees of each entity: its text, what is said of it, and its PyKEEN embedding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words
from kgqa.types import Progress, TextEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_STATEMENTS = 48
"""Statements of an entity that are looked at, spread evenly over its relations where it has more."""
MOST_TEXT = 400
"""Characters of a description that are looked at."""


@dataclass(frozen=True, slots=True)
class EntityFeatures:
    """The entities of a graph as the tower sees them; by position.

    What is said of entity i are the places ``offsets[i]`` to ``offsets[i + 1]`` of ``said`` (rows of ``statements``)
    and ``others`` (the entity at the other end, -1 for a value).

    nodes: shape: (n,); offsets: shape: (n + 1,); said, others: shape: (places,)
    statements: unit vectors of statements in words ("discovered by Marie Curie"). shape: (texts, dim)
    graph: PyKEEN embeddings of length 1, zeros where there is none; the width may be 0. shape: (n, width)
    """

    ids: tuple[str, ...]
    nodes: NDArray[np.int64]
    texts: tuple[str, ...]
    types: tuple[frozenset[str], ...]
    offsets: NDArray[np.int64]
    said: NDArray[np.int64]
    others: NDArray[np.int64]
    statements: NDArray[np.float32]
    graph: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dim(self) -> int:
        return int(self.statements.shape[1])


def neighbourhood(
    features: EntityFeatures,
    entities: Sequence[int],
    *,
    without: Sequence[int] | None = None,
    most: int = MOST_STATEMENTS,
    rng: np.random.Generator | None = None,
) -> NDArray[np.float32]:
    """The mean of what is said of each entity, of length 1; zeros where nothing is. shape: (len(entities), dim)

    ``without``: for each an entity whose statements with it are left out (-1: none), so that a link cannot be read
    off itself. ``rng`` draws at most ``most`` statements of each anew.
    """
    out = np.zeros((len(entities), features.dim), dtype=np.float32)
    for row, entity in enumerate(entities):
        low, high = int(features.offsets[entity]), int(features.offsets[entity + 1])
        places = np.arange(low, high)
        if without is not None and without[row] >= 0:
            places = places[features.others[low:high] != without[row]]
        if rng is not None and len(places) > most:
            places = np.sort(rng.choice(places, most, replace=False))
        if len(places):
            out[row] = features.statements[features.said[places]].mean(axis=0)
    norms = np.linalg.norm(out, axis=1, keepdims=True)
    return np.asarray(out / np.maximum(norms, 1e-9), dtype=np.float32)


def read_features(
    store: GraphStore,
    snapshot: Snapshot,
    encoder: TextEncoder,
    *,
    graph: tuple[Mapping[str, int], NDArray[np.float32]] | None = None,
    progress: Progress | None = None,
) -> EntityFeatures:
    """Reads every entity of the snapshot's revision; what is said of them is encoded once a text.

    ``graph``: the rows of PyKEEN embeddings by id, and the embeddings. shape: (rows, width)
    """
    everything = np.arange(snapshot.size)
    alive = everything[snapshot.exists(everything) & ~snapshot.is_literal(everything)]
    named = [(int(node), id) for node in alive if (id := snapshot.id(int(node))) is not None]
    nodes = np.asarray([node for node, _ in named if snapshot.representative(node) == node], dtype=np.int64)
    ids = tuple(id for node, id in named if snapshot.representative(node) == node)
    texts = tuple(entity_text(store, snapshot, int(node), id) for node, id in zip(nodes, ids, strict=True))
    offsets, words, ends = _statements(snapshot, nodes)
    distinct = {text: row for row, text in enumerate(dict.fromkeys(words))}
    position = np.full(snapshot.size, -1, dtype=np.int64)
    position[nodes] = np.arange(len(nodes))
    vectors = np.zeros((len(ids), 0), dtype=np.float32)
    if graph is not None and len(graph[1]):
        rows, known = graph
        vectors = np.zeros((len(ids), known.shape[1]), dtype=np.float32)
        here = [(place, rows[id]) for place, id in enumerate(ids) if id in rows]
        if here:
            found = known[[row for _, row in here]]
            found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
            vectors[[place for place, _ in here]] = found
    return EntityFeatures(
        ids=ids,
        nodes=nodes,
        texts=texts,
        types=tuple(frozenset(snapshot.types_of(int(node))) for node in nodes),
        offsets=offsets,
        said=np.asarray([distinct[text] for text in words], dtype=np.int64),
        others=position[ends] if len(ends) else np.empty(0, dtype=np.int64),
        statements=encoder.encode(list(distinct), progress=progress)
        if distinct
        else np.zeros((0, encoder.dim), dtype=np.float32),
        graph=vectors,
    )


def entity_text(store: GraphStore, snapshot: Snapshot, node: int, id: str) -> str:
    """An entity in words: "Polonium (element): silvery-grey, extremely rare ..."."""
    types = ", ".join(as_words(name) for name in snapshot.types_of(node))
    entity = store.entity(id)
    description = "" if entity is None or not entity.description else f": {entity.description[:MOST_TEXT]}"
    return f"{snapshot.label(node)}{f' ({types})' if types else ''}{description}"


def _statements(snapshot: Snapshot, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str], NDArray[np.int64]]:
    """Offsets by entity; what is said, in words, and of which node; at most MOST_STATEMENTS of each entity."""
    phrases: list[str] = []
    owners, steps, ends = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for number, info in enumerate(snapshot.relations):
        if info is None:
            continue
        label = info.label or as_words(info.id)
        both = (label,) if info.symmetric else (label, info.inverse_label or f"{label} of")
        for inverse, phrase in enumerate(both):
            positions, found = snapshot.hop_edges(nodes, number, bool(inverse))
            owners.append(positions.astype(np.int64))
            ends.append(found.astype(np.int64))
            steps.append(np.full(len(found), len(phrases), dtype=np.int64))
            phrases.append(phrase)
    owner, step, end = np.concatenate(owners), np.concatenate(steps), np.concatenate(ends)
    kept = _spread(owner, step, end)
    owner, step, end = owner[kept], step[kept], end[kept]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(nodes)))]).astype(np.int64)
    labels = dict(zip(end.tolist(), snapshot.labels(end), strict=True))
    return offsets, [f"{phrases[s]} {labels[e]}" for s, e in zip(step.tolist(), end.tolist(), strict=True)], end


def _spread(owner: NDArray[np.int64], step: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which places to keep, by owner: the n-th statement of each relation before the n + 1-th of any."""
    by_step = np.lexsort((end, step, owner))
    group = np.stack([owner[by_step], step[by_step]], axis=1)
    new = np.ones(len(group), dtype=bool)
    new[1:] = (group[1:] != group[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    turn = np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))
    order = by_step[np.lexsort((step[by_step], turn, owner[by_step]))]
    first = np.searchsorted(owner[order], owner[order])
    return order[np.arange(len(order)) - first < MOST_STATEMENTS]


def share_of(key: str) -> float:
    """A place in [0, 1) that depends on the key alone: what is held out is the same in every training."""
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big") / 2**64
