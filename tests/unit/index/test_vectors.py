"""The vector index: exact search, what is encoded, and what is not encoded again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kgqa.errors import StoreError, StoreVersionError, UsageError
from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.vector_items import VectorKey, VectorKind
from kgqa.index.vector_refresh import EncodingEstimate, refresh_vectors
from kgqa.index.vectors import VectorIndex
from kgqa.types import Entity, Passage
from tests.contract.vector_search import HashEncoder


@pytest.fixture
def encoder() -> HashEncoder:
    return HashEncoder()


def refreshed(store: SQLiteStore, tmp_path: Path, encoder: HashEncoder, **options: object) -> VectorIndex:
    snapshot = open_snapshot(tmp_path / "snapshot", store)
    return refresh_vectors(tmp_path / "vectors", store, snapshot, encoder, **options)  # type: ignore[arg-type] # options vary


def contents(index: VectorIndex) -> dict[VectorKey, bytes]:
    return {key: np.asarray(index.vector(key)).tobytes() for key, _ in index.rows()}


def test_relations_types_passages_and_entities_are_encoded(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    index = refreshed(store, tmp_path, encoder)
    kinds = [key.kind for key, _ in index.rows()]
    assert {kind: kinds.count(kind) for kind in VectorKind} == {
        VectorKind.ENTITY: 4,
        VectorKind.PASSAGE: 3,
        VectorKind.RELATION: 2,
        VectorKind.TYPE: 3,
    }
    assert len(index) == len(kinds)


def test_a_text_finds_itself_and_the_ranking_is_that_of_a_full_product(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    store.write([Passage(f"n{i:03d}", f"passage number {i}") for i in range(200)], source="many")
    index = refreshed(store, tmp_path, encoder)
    (query,) = encoder.encode(["passage number 7"])
    expected = sorted(
        ((-float(np.asarray(index.vector(key)) @ query), key) for key, _ in index.rows() if key.kind == "passage")
    )
    hits = index.search(query, 10, kind=VectorKind.PASSAGE)
    assert hits[0].key == VectorKey(VectorKind.PASSAGE, "n007")
    assert hits[0].score == pytest.approx(1, abs=1e-5)
    assert [hit.key for hit in hits] == [key for _, key in expected[:10]]


def test_equal_vectors_come_by_key(store: SQLiteStore, tmp_path: Path, encoder: HashEncoder) -> None:
    store.write([Passage(name, "the same") for name in ("z", "a", "m")], source="many")
    index = refreshed(store, tmp_path, encoder)
    hits = index.search(encoder.encode(["the same"])[0], 2)
    assert [hit.key.id for hit in hits] == ["a", "m"]


def test_only_what_changed_is_encoded_and_the_result_equals_a_new_index(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    store.write([Passage(f"n{i:03d}", f"passage number {i}") for i in range(200)], source="many")
    refreshed(store, tmp_path, encoder)
    store.write([Passage("new", "a new passage"), Entity("Q142", label="France (country)")], source="a")
    encoder.seen.clear()
    index = refreshed(store, tmp_path, encoder)
    assert sorted(encoder.seen) == ["France (country)", "a new passage"]
    assert len((read_pointer(tmp_path / "vectors") or {})["parts"]) == 2
    whole = refresh_vectors(tmp_path / "whole", store, open_snapshot(tmp_path / "snapshot", store), HashEncoder())
    assert contents(index) == contents(whole)
    store.delete(source="a")
    encoder.seen.clear()
    assert VectorKey(VectorKind.PASSAGE, "new") not in contents(refreshed(store, tmp_path, encoder))
    store.delete(source="many")
    index = refreshed(store, tmp_path, encoder)
    assert len((read_pointer(tmp_path / "vectors") or {})["parts"]) == 1
    assert len(index) == 12
    assert encoder.seen == []  # the vector of "France" was there still


def test_a_replaced_text_is_not_found_under_its_old_vector(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    store.write([Passage(f"n{i:03d}", f"passage number {i}") for i in range(200)], source="many")
    store.write([Passage("x", "before")], source="x")
    refreshed(store, tmp_path, encoder)
    store.write([Passage("x", "after")], source="x", replace=True)
    index = refreshed(store, tmp_path, encoder)
    old = index.search(encoder.encode(["before"])[0], 300)
    assert [hit.key.id for hit in old].count("x") == 1
    assert index.search(encoder.encode(["after"])[0], 1)[0].key.id == "x"
    assert all(hit.score < 0.99 for hit in old)


def test_many_entities_are_left_to_the_text_index(store: SQLiteStore, tmp_path: Path, encoder: HashEncoder) -> None:
    said: list[EncodingEstimate] = []
    index = refreshed(store, tmp_path, encoder, encode_entities=2, announce=said.append)
    assert not [key for key, _ in index.rows() if key.kind is VectorKind.ENTITY]
    assert (said[0].texts, said[0].entities_left_out, said[0].rebuild) == (8, 4, None)


def test_another_encoder_means_a_rebuild_which_is_said(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    refreshed(store, tmp_path, encoder)
    said: list[EncodingEstimate] = []
    index = refreshed(store, tmp_path, HashEncoder("other"), announce=said.append)
    assert said[0].rebuild is not None and "hash" in said[0].rebuild and said[0].kept == 0
    assert (index.fingerprint, index.encoder_name) == ("other", "other")


def test_nothing_is_done_at_the_same_revision(store: SQLiteStore, tmp_path: Path, encoder: HashEncoder) -> None:
    refreshed(store, tmp_path, encoder)
    encoder.seen.clear()
    before = read_pointer(tmp_path / "vectors")
    refreshed(store, tmp_path, encoder)
    assert (encoder.seen, read_pointer(tmp_path / "vectors")) == ([], before)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = VectorIndex.open(tmp_path)
    assert (len(index), index.revision, index.search(np.ones(3, dtype=np.float32), 3)) == (0, None, [])


def test_a_vector_of_another_size_is_refused(store: SQLiteStore, tmp_path: Path, encoder: HashEncoder) -> None:
    index = refreshed(store, tmp_path, encoder)
    with pytest.raises(UsageError, match="24"):
        index.search(np.ones(3, dtype=np.float32), 1)


def test_a_damaged_index_is_refused_by_name(store: SQLiteStore, tmp_path: Path, encoder: HashEncoder) -> None:
    refreshed(store, tmp_path, encoder)
    for manifest in (tmp_path / "vectors").glob("*/manifest.json"):
        manifest.write_text("{}", encoding="utf-8")
    with pytest.raises(StoreError, match="vectors"):
        VectorIndex.open(tmp_path / "vectors")


def test_vectors_of_an_older_format_are_left_unread_and_made_again(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    made = refreshed(store, tmp_path, encoder)
    for manifest in (tmp_path / "vectors").glob("*/manifest.json"):
        manifest.write_text(json.dumps(json.loads(manifest.read_text(encoding="utf-8")) | {"format": 1}), "utf-8")
    opened = VectorIndex.open(tmp_path / "vectors")
    assert (len(opened), opened.outdated) == (0, True)
    again = refreshed(store, tmp_path, encoder)
    assert (dict(again.rows()), again.outdated) == (dict(made.rows()), False)


def test_vectors_of_a_newer_format_are_refused(store: SQLiteStore, tmp_path: Path, encoder: HashEncoder) -> None:
    refreshed(store, tmp_path, encoder)
    pointer = tmp_path / "vectors" / "current.json"
    pointer.write_text(json.dumps(json.loads(pointer.read_text(encoding="utf-8")) | {"format": 99}), "utf-8")
    with pytest.raises(StoreVersionError, match="newer kgqa"):
        VectorIndex.open(tmp_path / "vectors")


def test_another_store_at_the_same_revision_is_noticed(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    refreshed(store, tmp_path, encoder)
    with SQLiteStore.create(tmp_path / "other.kgqa") as other:
        other.write([Passage("p9", "Another graph."), Passage("p1", "Paris is the capital of France.")], source="o")
        assert other.revision == store.revision
        folder = tmp_path / "vectors"
        snapshot = open_snapshot(tmp_path / "other-snapshot", other)
        index = refresh_vectors(folder, other, snapshot, encoder)
        assert {key.id for key, _ in index.rows() if key.kind is VectorKind.PASSAGE} == {"p9", "p1"}
        assert index.store == other.identity


def test_many_vectors_are_searched_by_a_graph_that_says_how_well_it_finds(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    pytest.importorskip("faiss")
    store.write([Passage(f"n{i:04d}", f"passage number {i}") for i in range(1500)], source="many")
    index = refreshed(store, tmp_path, encoder, approximate_above=1000)
    exact = refresh_vectors(tmp_path / "exact", store, open_snapshot(tmp_path / "snapshot", store), encoder)
    assert (set(index.graphs), dict(exact.graphs)) == ({"passage"}, {})
    assert index.graphs["passage"]["vectors"] == 1503
    assert index.graphs["passage"]["recall_at_10"] > 0.9
    alike = []
    for query in encoder.encode([f"question {i}" for i in range(30)]):
        hits = index.search(query, 10, kind=VectorKind.PASSAGE)
        best = exact.search(query, 10, kind=VectorKind.PASSAGE)
        alike.append(len({hit.key for hit in hits} & {hit.key for hit in best}) / 10)
        scores = {hit.key: hit.score for hit in best}
        assert all(hit.score == pytest.approx(scores.get(hit.key, hit.score), abs=1e-6) for hit in hits)
    assert np.mean(alike) > 0.9


def test_a_graph_finds_nothing_that_was_deleted_or_is_not_among_what_is_sought(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder
) -> None:
    pytest.importorskip("faiss")
    store.write([Passage(f"n{i:04d}", f"passage number {i}") for i in range(400)], source="many")
    store.write([Passage("gone", "a passage of its own")], source="one")
    (query,) = encoder.encode(["a passage of its own"])
    index = refreshed(store, tmp_path, encoder, approximate_above=100)
    assert index.search(query, 1, kind=VectorKind.PASSAGE)[0].key.id == "gone"
    half = frozenset(f"n{i:04d}" for i in range(200))
    found = index.search(query, 50, kind=VectorKind.PASSAGE, among=half)
    assert len(found) == 50 and {hit.key.id for hit in found} <= half
    store.delete(source="one")
    index = refreshed(store, tmp_path, encoder, approximate_above=100)
    assert len((read_pointer(tmp_path / "vectors") or {})["parts"]) == 2
    assert "gone" not in {hit.key.id for hit in index.search(query, 400, kind=VectorKind.PASSAGE)}


def test_without_faiss_what_was_built_with_it_is_searched_exactly(
    store: SQLiteStore, tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("faiss")
    store.write([Passage(f"n{i:04d}", f"passage number {i}") for i in range(200)], source="many")
    index = refreshed(store, tmp_path, encoder, approximate_above=100)
    monkeypatch.setattr("kgqa.index.vector_part.available", lambda: False)
    assert index.search(encoder.encode(["passage number 7"])[0], 1, kind=VectorKind.PASSAGE)[0].key.id == "n0007"


def test_a_damaged_graph_is_refused_by_name(store: SQLiteStore, tmp_path: Path, encoder: HashEncoder) -> None:
    pytest.importorskip("faiss")
    store.write([Passage(f"n{i:04d}", f"passage number {i}") for i in range(200)], source="many")
    refreshed(store, tmp_path, encoder, approximate_above=100)
    for file in (tmp_path / "vectors").glob("*/passage.faiss"):
        file.write_bytes(b"no graph")
    with pytest.raises(StoreError, match=r"passage\.faiss"):
        VectorIndex.open(tmp_path / "vectors").search(encoder.encode(["x"])[0], 1, kind=VectorKind.PASSAGE)
