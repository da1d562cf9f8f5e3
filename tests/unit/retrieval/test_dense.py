"""Passages and triples by meaning, with the packaged encoder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kgqa.embeddings.encoder import Encoder, load_encoder
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.index.vector_refresh import refresh_vectors
from kgqa.index.vectors import VectorIndex
from kgqa.linking.linker import Linker
from kgqa.retrieval.results import PassageResult, TripleResult
from kgqa.retrieval.retriever import Retriever


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(cache=Path(os.environ["KGQA_CACHE"]), device="cpu", threads=1)


@pytest.fixture(scope="module")
def dense(
    store: SQLiteStore,
    snapshot: Snapshot,
    text: TextIndex,
    encoder: Encoder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Retriever:
    folder = tmp_path_factory.mktemp("vectors")
    vectors = refresh_vectors(folder, store, snapshot, encoder)
    link = Linker(snapshot, text).link
    return Retriever(store, snapshot, text, vectors=vectors, encoder=encoder, link=link)


def test_a_passage_is_found_by_meaning_without_a_common_word(dense: Retriever) -> None:
    best = dense.search("Which stream empties into an ocean?", kind="passage", channels=["dense"])[0]
    assert isinstance(best, PassageResult)
    assert best.passage.id == "p3" and best.channels == {"dense": 1}


def test_ranks_of_both_channels_are_kept(dense: Retriever) -> None:
    best = dense.search("Where was Marie Curie born?", kind="passage")[0]
    assert best.channels == {"bm25": 1, "dense": 1}


def test_triples_are_ranked_again_by_meaning(dense: Retriever) -> None:
    best = dense.search("What is the hometown of Marie Curie?", kind="triple")[0]
    assert isinstance(best, TripleResult)
    assert best.relation == "birthplace"


def test_vectors_of_another_encoder_are_not_compared(
    store: SQLiteStore, snapshot: Snapshot, text: TextIndex, encoder: Encoder, tmp_path: Path
) -> None:
    empty = Retriever(store, snapshot, text, vectors=VectorIndex.open(tmp_path / "none"), encoder=encoder)
    assert empty.search("river", kind="passage", channels=["dense"]) == ()
