"""The channels of passages: by words, by meaning, and by the answers of a plan. Each can be used alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.normalise import name_key
from kgqa.index.text import TextIndex
from kgqa.index.vector_items import VectorKind
from kgqa.index.vector_refresh import Encoder
from kgqa.index.vectors import VectorIndex
from kgqa.types import Mention, Passage

Key_co = TypeVar("Key_co", covariant=True)
MAX_ANSWERS = 10


@dataclass(frozen=True, slots=True)
class Query:
    """What a channel may use: the words, the entities linked in them, and the answers of a plan (node numbers)."""

    text: str
    mentions: tuple[Mention, ...] = ()
    answers: tuple[int, ...] = ()


class Channel(Protocol[Key_co]):
    """Ranks keys for a query, best first, at most ``k``, the same each time."""

    def rank(self, query: Query, k: int) -> Sequence[Key_co]: ...


class Bm25Channel:
    """Passages by their words (BM25: Robertson and Zaragoza, 2009)."""

    name = "bm25"

    def __init__(self, index: TextIndex) -> None:
        self._index = index

    def rank(self, query: Query, k: int) -> list[str]:
        return [hit.id for hit in self._index.passages(query.text, k)]


class DenseChannel:
    """Passages by the cosine of sentence vectors."""

    name = "dense"

    def __init__(self, index: VectorIndex, encoder: Encoder) -> None:
        self._index, self._encoder = index, encoder

    def rank(self, query: Query, k: int) -> list[str]:
        """Empty while the index is, or when another encoder made it: its vectors mean something else."""
        if not len(self._index) or self._index.fingerprint != self._encoder.fingerprint:
            return []
        vector = self._encoder.encode([query.text])[0]
        return [hit.key.id for hit in self._index.search(vector, k, kind=VectorKind.PASSAGE)]


class PlanChannel:
    """Passages that mention an answer of a plan, at most ten answers: by how many they mention, then by the words."""

    name = "plan"

    def __init__(self, index: TextIndex, store: GraphStore, snapshot: Snapshot) -> None:
        self._index, self._store, self._snapshot = index, store, snapshot

    def rank(self, query: Query, k: int) -> list[str]:
        found: dict[str, int] = {}
        scores: dict[str, float] = {}
        for node in query.answers[:MAX_ANSWERS]:
            label, name = self._snapshot.label(node), self._snapshot.id(node)
            hits = {hit.id: hit.score for hit in self._index.passages(f"{label} {query.text}", 4 * k)}
            for passage in self._store.passages(ids=sorted(hits)):
                if _mentions(passage, name, label):
                    found[passage.id] = found.get(passage.id, 0) + 1
                    scores[passage.id] = max(scores.get(passage.id, 0.0), hits[passage.id])
        return sorted(found, key=lambda key: (-found[key], -scores[key], key))[:k]


def _mentions(passage: Passage, id: str | None, label: str) -> bool:
    if id is not None and any(mention.entity == id for mention in passage.mentions):
        return True
    name = name_key(label)
    return bool(name) and f" {name} " in f" {name_key(passage.text)} "
