"""The channel of triples by graph embeddings."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kgqa.embeddings.encoder import Encoder, load_encoder
from kgqa.errors import UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.retrieval.channels import Query
from kgqa.retrieval.edges import _without_names
from kgqa.retrieval.results import TripleResult
from kgqa.retrieval.retriever import Retriever
from kgqa.types import Mention


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(cache=Path(os.environ["KGQA_CACHE"]), device="cpu", threads=1)


class Believes:
    """Embeddings that believe some triples, know nothing of radium, and doubt all others."""

    def __init__(self, snapshot: Snapshot, *triples: tuple[str, str, str]) -> None:
        self._snapshot, self._true = snapshot, set(triples)

    def edge_scores(self, triples: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.array([self._score(*row) for row in triples.tolist()])

    def _score(self, head: int, relation: int, tail: int) -> float:
        info = self._snapshot.relations[relation]
        ids = str(self._snapshot.id(head)), "" if info is None else info.id, str(self._snapshot.id(tail))
        return float("nan") if "radium" in ids else 5.0 if ids in self._true else -5.0


def searched(
    store: SQLiteStore, snapshot: Snapshot, text: TextIndex, encoder: Encoder, **how: object
) -> list[TripleResult]:
    believed = Believes(snapshot, ("curie", "birthplace", "warsaw"), ("polonium", "discoverer", "curie"))
    retriever = Retriever(store, snapshot, text, encoder=encoder, link=Linker(snapshot, text).link, edges=believed)
    found = retriever.search("Who discovered polonium?", kind="triple", **how)  # type: ignore[arg-type] # as given
    return [item for item in found if isinstance(item, TripleResult)]


def test_edges_rank_what_the_embeddings_expect_for_the_relation_asked(
    store: SQLiteStore, snapshot: Snapshot, text: TextIndex, encoder: Encoder
) -> None:
    found = searched(store, snapshot, text, encoder, channels=["edges"])
    assert (found[0].head, found[0].relation, found[0].tail) == ("polonium", "discoverer", "curie")
    assert found[0].channels == {"edges": 1} and 0 < found[0].scores["edges"] <= 1
    assert sum(item.scores["edges"] for item in found) == pytest.approx(1)


def test_the_relation_is_read_off_what_the_question_says_beside_names() -> None:
    asked = Query("Who discovered Born In Warsaw?", (Mention("Born In Warsaw", 15, 29, ()),))
    assert _without_names(asked) == "Who discovered ?"
    assert _without_names(Query("Warsaw", (Mention("Warsaw", 0, 6, ()),))) == "Warsaw"


def test_what_the_embeddings_do_not_know_is_left_out(
    store: SQLiteStore, snapshot: Snapshot, text: TextIndex, encoder: Encoder
) -> None:
    unknown = Retriever(
        store, snapshot, text, encoder=encoder, link=Linker(snapshot, text).link, edges=Believes(snapshot)
    )
    assert unknown.search("Who discovered radium?", kind="triple", channels=["edges"]) == ()
    assert unknown.search("Who discovered radium?", kind="triple", channels=["edges", "facts"])


def test_edges_are_asked_where_there_are_embeddings_and_may_be_left_out(
    store: SQLiteStore, snapshot: Snapshot, text: TextIndex, encoder: Encoder
) -> None:
    assert set(searched(store, snapshot, text, encoder)[0].channels) == {"facts", "edges"}
    assert set(searched(store, snapshot, text, encoder, channels=["facts"])[0].channels) == {"facts"}


def test_without_embeddings_the_channel_is_refused_with_what_makes_it(retriever: Retriever) -> None:
    with pytest.raises(UsageError, match="kgqa train embeddings"):
        retriever.search("Who?", channels=["edges"])
