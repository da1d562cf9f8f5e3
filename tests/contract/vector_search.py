"""The contract of a vector index as tests: a subclass of VectorSearchContract overrides ``make_index``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kgqa.errors import UsageError
from kgqa.graph.sqlite import SQLiteStore
from kgqa.graph.store import GraphStore
from kgqa.index.contract import VectorSearch
from kgqa.index.vector_items import VectorKey, VectorKind
from kgqa.types import Entity, Passage, Progress, Triple


class HashEncoder:
    """A real encoder of words without a meaning: each text is a unit vector drawn from its hash."""

    dim = 24

    def __init__(self, name: str = "hash") -> None:
        self.name = self.fingerprint = name
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        self.seen += texts
        rows = np.empty((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256((self.name + text).encode()).digest()[:8])
            vector = np.random.default_rng(seed).normal(size=self.dim)
            rows[row] = vector / np.linalg.norm(vector)
        return rows


MakeVectors = Callable[[GraphStore, HashEncoder], VectorSearch]
"""Brings the index up to the store's revision, encoding with this encoder, and gives it; called again after changes."""

PASSAGES = [Passage(f"n{number:03d}", f"passage number {number}") for number in range(200)]


def ids(hits: Sequence[object]) -> list[str]:
    return [hit.key.id for hit in hits]  # type: ignore[attr-defined] # hits of the contract


class VectorSearchContract:
    """Exact to a float's rounding at this size; ``store`` may be overridden by one of the index's own kind."""

    @pytest.fixture
    def make_index(self) -> Iterator[MakeVectors]:
        raise AssertionError("a contract test overrides make_index")

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[GraphStore]:
        with SQLiteStore.create(tmp_path / "graph") as store:
            yield store

    @pytest.fixture
    def encoder(self) -> HashEncoder:
        return HashEncoder()

    @pytest.fixture
    def index(self, store: GraphStore, make_index: MakeVectors, encoder: HashEncoder) -> VectorSearch:
        store.write([*PASSAGES, Entity("Q1", "Paris", types=("city",)), Triple("Q1", "in", "Q2")], source="many")
        return make_index(store, encoder)

    def test_it_says_what_it_shows(self, store: GraphStore, index: VectorSearch, encoder: HashEncoder) -> None:
        assert (index.revision, index.fingerprint) == (store.revision, encoder.fingerprint)
        assert len(index) == 200 + 2 + 1 + 1  # passages, entities, a type and a relation

    def test_the_ranking_is_that_of_a_full_product(self, index: VectorSearch, encoder: HashEncoder) -> None:
        (query,) = encoder.encode(["passage number 7, or nearly"])
        texts = encoder.encode([passage.text for passage in PASSAGES])
        expected = sorted(zip((-(texts @ query)).tolist(), (passage.id for passage in PASSAGES), strict=True))
        hits = index.search(query, 10, kind=VectorKind.PASSAGE)
        assert ids(hits) == [id for _, id in expected[:10]]
        assert [hit.score for hit in hits] == pytest.approx([-score for score, _ in expected[:10]], abs=1e-4)

    def test_a_kind_keeps_to_itself(self, index: VectorSearch, encoder: HashEncoder) -> None:
        (query,) = encoder.encode(["Paris"])
        assert {hit.key.kind for hit in index.search(query, 50, kind=VectorKind.ENTITY)} == {VectorKind.ENTITY}
        assert index.search(query, 1)[0].key.kind is VectorKind.ENTITY

    def test_equal_vectors_come_by_key(self, store: GraphStore, make_index: MakeVectors, encoder: HashEncoder) -> None:
        store.write([Passage(name, "the same") for name in ("z", "a", "m")], source="many")
        index = make_index(store, encoder)
        assert ids(index.search(encoder.encode(["the same"])[0], 2, kind=VectorKind.PASSAGE)) == ["a", "m"]

    def test_what_is_sought_among_is_found_however_far_down_it_comes(
        self, index: VectorSearch, encoder: HashEncoder
    ) -> None:
        (query,) = encoder.encode(["anything"])
        whole = ids(index.search(query, 200, kind=VectorKind.PASSAGE))
        last = frozenset(whole[-3:])
        assert ids(index.search(query, 2, kind=VectorKind.PASSAGE, among=last)) == whole[-3:-1]
        assert ids(index.search(query, 9, kind=VectorKind.PASSAGE, among=last | {"gone"})) == whole[-3:]
        assert index.search(query, 9, kind=VectorKind.PASSAGE, among=frozenset()) == []
        with pytest.raises(UsageError, match="kind"):
            index.search(query, 9, among=last)

    def test_vectors_are_given_by_key(self, index: VectorSearch, encoder: HashEncoder) -> None:
        found = index.vector(VectorKey(VectorKind.PASSAGE, "n007"))
        assert found is not None
        assert np.asarray(found) == pytest.approx(encoder.encode(["passage number 7"])[0], abs=1e-6)
        assert index.vector(VectorKey(VectorKind.PASSAGE, "none")) is None

    def test_what_is_added_changed_and_deleted_shows(
        self, store: GraphStore, index: VectorSearch, make_index: MakeVectors, encoder: HashEncoder
    ) -> None:
        store.write([Passage("x", "before")], source="x")
        make_index(store, encoder)
        store.write([Passage("x", "after")], source="x", replace=True)
        index = make_index(store, encoder)
        old = index.search(encoder.encode(["before"])[0], 300, kind=VectorKind.PASSAGE)
        assert ids(old).count("x") == 1
        assert all(hit.score < 0.99 for hit in old)
        assert ids(index.search(encoder.encode(["after"])[0], 1, kind=VectorKind.PASSAGE)) == ["x"]
        among = frozenset({"x", "n001"})
        assert set(ids(index.search(encoder.encode(["after"])[0], 5, kind=VectorKind.PASSAGE, among=among))) == among
        store.delete(source="x")
        index = make_index(store, encoder)
        assert index.vector(VectorKey(VectorKind.PASSAGE, "x")) is None
        assert ids(index.search(encoder.encode(["after"])[0], 5, kind=VectorKind.PASSAGE, among=among)) == ["n001"]

    def test_only_what_changed_is_encoded(
        self, store: GraphStore, index: VectorSearch, make_index: MakeVectors, encoder: HashEncoder
    ) -> None:
        encoder.seen.clear()
        store.write([Passage("new", "a new passage")], source="new")
        make_index(store, encoder)
        assert encoder.seen == ["a new passage"]

    def test_bad_queries_are_refused(self, index: VectorSearch, encoder: HashEncoder) -> None:
        with pytest.raises(UsageError, match="24"):
            index.search(np.ones(3, dtype=np.float32), 1)
        with pytest.raises(UsageError, match="k is 0"):
            index.search(encoder.encode(["x"])[0], 0)
