"""The channels of passages by what they say: by words, by meaning, and by the answers of a plan. Each works alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import numpy as np

from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.contract import PassageIndex, VectorSearch
from kgqa.index.normalise import name_key
from kgqa.index.vector_items import VectorKind
from kgqa.index.vector_refresh import Encoder
from kgqa.types import Mention, Passage

Key = TypeVar("Key", bound=Hashable)
MAX_ANSWERS = 10
SCALE = 20.0
"""Cosines times this are log-odds: the scale that sentence encoders are trained with (Reimers and Gurevych)."""


@dataclass(frozen=True, slots=True)
class Hit(Generic[Key]):
    """A key with the channel's own score, higher is better."""

    key: Key
    score: float


@dataclass(frozen=True, slots=True)
class Query:
    """What a channel may use: the words, the entities linked in them, and the answers of a plan (node numbers).

    ``among``: the ids of the passages that alone may be found; ``keeps``: whether a statement may. ``found`` keeps what
    channels found for this query, since one may start from what others found.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    answers: tuple[int, ...] = ()
    among: frozenset[str] | None = None
    keeps: Callable[[tuple[int, int, int]], bool] | None = field(default=None, compare=False)
    found: dict[str, tuple[int, Sequence[Hit[str]]]] = field(default_factory=dict, compare=False)


class Channel(Protocol[Key]):
    """Ranks keys for a query, best first, at most ``k``, the same each time."""

    @property
    def name(self) -> str: ...

    def rank(self, query: Query, k: int) -> Sequence[Hit[Key]]: ...

    def chances(self, hits: Sequence[Hit[Key]]) -> Sequence[float]:
        """What the scores say, as shares that sum to 1: so channels whose scores differ in kind can be mixed."""
        ...


def recall_of(channel: Channel[str], query: Query, k: int) -> Sequence[Hit[str]]:
    """What the channel finds for the query, asked once."""
    known = query.found.get(channel.name)
    if known is None or known[0] < k:
        known = query.found[channel.name] = (k, channel.rank(query, k))
    return known[1][:k]


def softmax(scores: Sequence[float]) -> list[float]:
    """Shares in proportion to the exponentials of the scores."""
    if not scores:
        return []
    values = np.exp(np.asarray(scores, dtype=np.float64) - max(scores))
    return [float(value) for value in values / values.sum()]


def proportional(scores: Sequence[float]) -> list[float]:
    """Shares in proportion to the scores, none of which is below 0."""
    whole = sum(scores)
    return [score / whole for score in scores] if whole > 0 else [0.0 for _ in scores]


class Bm25Channel:
    """Passages by their words (BM25: Robertson and Zaragoza, 2009)."""

    name = "bm25"

    def __init__(self, index: PassageIndex) -> None:
        self._index = index

    def rank(self, query: Query, k: int) -> list[Hit[str]]:
        return [Hit(hit.id, hit.score) for hit in self._index.passages(query.text, k, among=query.among)]

    def chances(self, hits: Sequence[Hit[str]]) -> list[float]:
        """BM25 is a sum of log-odds."""
        return softmax([hit.score for hit in hits])


class DenseChannel:
    """Passages by the cosine of sentence vectors."""

    name = "dense"

    def __init__(self, index: VectorSearch, encoder: Encoder) -> None:
        self._index, self._encoder = index, encoder

    def rank(self, query: Query, k: int) -> list[Hit[str]]:
        """Empty while the index is, or when another encoder made it: its vectors mean something else."""
        if not len(self._index) or self._index.fingerprint != self._encoder.fingerprint:
            return []
        vector = self._encoder.encode([query.text])[0]
        found = self._index.search(vector, k, kind=VectorKind.PASSAGE, among=query.among)
        return [Hit(hit.key.id, hit.score) for hit in found]

    def chances(self, hits: Sequence[Hit[str]]) -> list[float]:
        return softmax([SCALE * hit.score for hit in hits])


class PlanChannel:
    """Passages that mention an answer of a plan, at most ten answers: by how many they mention, then by the words."""

    name = "plan"

    def __init__(self, index: PassageIndex, store: GraphStore, snapshot: Snapshot) -> None:
        self._index, self._store, self._snapshot = index, store, snapshot

    def rank(self, query: Query, k: int) -> list[Hit[str]]:
        """The score is the number of answers mentioned."""
        found: dict[str, int] = {}
        scores: dict[str, float] = {}
        for node in query.answers[:MAX_ANSWERS]:
            label, name = self._snapshot.label(node), self._snapshot.id(node)
            hits = {
                hit.id: hit.score for hit in self._index.passages(f"{label} {query.text}", 4 * k, among=query.among)
            }
            for passage in self._store.passages(ids=sorted(hits)):
                if _mentions(passage, name, label):
                    found[passage.id] = found.get(passage.id, 0) + 1
                    scores[passage.id] = max(scores.get(passage.id, 0.0), hits[passage.id])
        order = sorted(found, key=lambda key: (-found[key], -scores[key], key))[:k]
        return [Hit(key, float(found[key])) for key in order]

    def chances(self, hits: Sequence[Hit[str]]) -> list[float]:
        return proportional([hit.score for hit in hits])


def _mentions(passage: Passage, id: str | None, label: str) -> bool:
    if id is not None and any(mention.entity == id for mention in passage.mentions):
        return True
    name = name_key(label)
    return bool(name) and f" {name} " in f" {name_key(passage.text)} "
