"""Reranking of the passages found first."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kgqa.embeddings.encoder import Encoder, load_encoder
from kgqa.errors import ModelError, UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.retrieval.fusion import Fused
from kgqa.retrieval.reranking import LateInteraction, open_reranker, rerank_first
from kgqa.retrieval.results import PassageResult
from kgqa.retrieval.retriever import Retriever


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(cache=Path(os.environ["KGQA_CACHE"]), device="cpu", threads=1)


def test_each_token_of_the_query_meets_its_most_similar_token() -> None:
    axes = np.eye(3, dtype=np.float32)
    vectors = {"ab": axes[[0, 1]], "abc": axes, "b": axes[[1]]}

    def of(texts: list[str]) -> list[NDArray[np.float32]]:
        return [vectors[text] for text in texts]

    assert LateInteraction(of).scores("ab", ["abc", "b"]) == [1.0, 0.5]  # type: ignore[arg-type] # of lists alone


def test_only_the_first_are_moved_and_scores_of_places_stay() -> None:
    class Backwards:
        name = "backwards"

        def scores(self, query: str, texts: list[str]) -> list[float]:
            return [float(place) for place in range(len(texts))]

    fused = [Fused(key, 1.0 - place / 10, {"bm25": place + 1}) for place, key in enumerate("abcd")]
    moved, hits = rerank_first(fused, ["A", "B", "C"], "q", Backwards())  # type: ignore[arg-type] # of lists alone
    assert [(item.key, item.score, item.ranks.get("rerank")) for item in moved] == [
        ("c", 1.0, 1),
        ("b", 0.9, 2),
        ("a", 0.8, 3),
        ("d", 0.7, None),
    ]
    assert [(hit.key, hit.score) for hit in hits] == [("c", 2.0), ("b", 1.0), ("a", 0.0)]


def test_token_vectors_are_those_of_the_model_in_torch(encoder: Encoder) -> None:
    texts = ["Where was Marie Curie born?", "She was born in Warsaw, which lies on the Vistula."]
    ours, theirs = encoder.token_vectors(texts), encoder._token_vectors(texts)
    for one, other in zip(ours, theirs, strict=True):
        assert np.linalg.norm(one, axis=1) == pytest.approx(np.ones(len(one)), abs=1e-5)
        assert np.abs(one - other).max() < 1e-4


def test_a_search_tells_the_new_rank(store: SQLiteStore, snapshot: Snapshot, text: TextIndex, encoder: Encoder) -> None:
    retriever = Retriever(store, snapshot, text, encoder=encoder)
    query = "Which river flows through Warsaw, where Marie Curie was born?"
    found = retriever.search(query, kind="passage", rerank="late")
    assert [result.channels["rerank"] for result in found] == list(range(1, len(found) + 1))
    assert all(isinstance(result, PassageResult) and 0 < result.scores["rerank"] <= 1 for result in found)
    plain = retriever.search(query, kind="passage")
    assert {r.passage.id for r in found if isinstance(r, PassageResult)} == {
        r.passage.id for r in plain if isinstance(r, PassageResult)
    }


def test_what_is_no_reranker_is_refused(retriever: Retriever, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="token"):
        retriever.search("Warsaw", rerank="late")
    with pytest.raises(UsageError, match="nowhere"):
        retriever.search("Warsaw", rerank="nowhere")
    with pytest.raises(ModelError, match="cross-encoder"):
        open_reranker(str(tmp_path), None)


def test_a_cross_encoder_in_a_folder_reads_query_and_passage_together(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "warsaw", "river", "vistula"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path, safe_serialization=True)
    reranker = open_reranker(str(tmp_path), None)
    scores = reranker.scores("river", ["warsaw", "vistula", "warsaw"])
    assert scores[0] == pytest.approx(scores[2], abs=1e-6) and scores[0] != scores[1]
    config.num_labels = 2
    BertForSequenceClassification(config).save_pretrained(tmp_path, safe_serialization=True)
    with pytest.raises(ModelError, match="2 outputs"):
        open_reranker(str(tmp_path), None)
