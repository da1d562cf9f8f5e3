"""Search over a small graph with documents."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import jsonschema
import pytest

from kgqa.assets import asset
from kgqa.errors import UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.retrieval.langchain import as_retriever
from kgqa.retrieval.results import PassageResult, TripleResult
from kgqa.retrieval.retriever import Retriever
from kgqa.retrieval.triples import bm25_scores
from tests.unit.retrieval.library import CURIE, RIVER


def test_a_search_finds_passages_by_words_and_shows_the_nearest_sentence(retriever: Retriever) -> None:
    best = retriever.search("Which sea does the Vistula reach?", kind="passage")[0]
    assert isinstance(best, PassageResult)
    assert (best.passage.id, best.text, best.channels) == ("p3", RIVER, {"bm25": 1})
    assert best.sources == ("library",)


def test_the_span_is_exactly_what_the_passage_says(retriever: Retriever) -> None:
    for result in retriever.search("Where was Marie Curie born?", kind="passage"):
        assert isinstance(result, PassageResult)
        assert result.passage.text[result.start : result.end] == result.text


def test_triples_around_the_linked_entity_are_ranked_by_the_question(retriever: Retriever) -> None:
    best = retriever.search("Where was Marie Curie born?", kind="triple")[0]
    assert isinstance(best, TripleResult)
    assert (best.head, best.relation, best.tail) == ("curie", "birthplace", "warsaw")
    assert best.text == "Marie Curie born in Warsaw"
    best = retriever.search("Who discovered polonium?", kind="triple")[0]
    assert isinstance(best, TripleResult)
    assert best.relation == "discoverer" and best.qualifiers == {"at": "1898"} and best.sources == ("library",)


def test_both_kinds_come_passages_first_and_k_counts_each(retriever: Retriever) -> None:
    kinds = [type(result) for result in retriever.search("Who is Marie Curie?", k=1)]
    assert kinds == [PassageResult, TripleResult]


def test_answers_of_a_plan_lead_to_the_passages_that_mention_them(retriever: Retriever, snapshot: Snapshot) -> None:
    warsaw = snapshot.node("warsaw")
    assert warsaw is not None
    found = retriever.search("What river?", kind="passage", channels=["plan"], answers=[warsaw])
    assert {result.passage.id for result in found if isinstance(result, PassageResult)} == {"p1", "p3"}
    assert retriever.search("What river?", kind="passage", channels=["plan"]) == ()


def test_channels_can_be_used_alone_and_unknown_ones_are_named(retriever: Retriever) -> None:
    assert retriever.channels == ("bm25", "plan", "facts")
    only = retriever.search("Marie Curie", channels=["facts"])
    assert only and all(isinstance(result, TripleResult) for result in only)
    with pytest.raises(UsageError, match=r"'dense'.*bm25, plan, facts"):
        retriever.search("x", channels=["dense"])
    with pytest.raises(UsageError, match="passage, triple"):
        retriever.search("x", kind="document")
    with pytest.raises(UsageError, match="k must be"):
        retriever.search("x", k=0)


def test_a_blank_query_finds_nothing(retriever: Retriever) -> None:
    assert retriever.search("  ") == ()


def test_the_json_form_is_that_of_the_schema(retriever: Retriever) -> None:
    query = "Who discovered polonium?"
    results = [result.to_dict() for result in retriever.search(query)]
    schema = json.loads(Path(asset("eval/schemas/search.json")).read_text(encoding="utf-8"))
    jsonschema.validate({"query": query, "results": results, "revision": retriever.revision}, schema)
    assert {result["kind"] for result in results} == {"passage", "triple"}


def test_the_same_search_gives_the_same_results(retriever: Retriever) -> None:
    assert retriever.search("Marie Curie in Warsaw") == retriever.search("Marie Curie in Warsaw")


def test_without_a_linker_passages_are_still_found(store: SQLiteStore, snapshot: Snapshot, text: TextIndex) -> None:
    found = Retriever(store, snapshot, text).search("Marie Curie")
    assert found and all(isinstance(result, PassageResult) for result in found)


def test_langchain_gets_documents_with_where_they_come_from(retriever: Retriever) -> None:
    adapter = as_retriever(retriever, k=2)
    documents = adapter.invoke("Where was Marie Curie born?")
    assert documents[0].page_content == CURIE and documents[0].id == "p1"
    metadata = documents[0].metadata
    assert CURIE[metadata["start"] : metadata["end"]] == "She was born in Warsaw."
    assert (metadata["id"], metadata["title"], metadata["channels"]) == ("p1", "Marie Curie", {"bm25": 1})
    assert asyncio.run(adapter.ainvoke("Where was Marie Curie born?")) == documents


def test_langchain_gets_triples_in_words_when_asked(retriever: Retriever) -> None:
    documents = as_retriever(retriever, k=1, kind="triple").invoke("Where was Marie Curie born?")
    assert [document.page_content for document in documents] == ["Marie Curie born in Warsaw"]


def test_bm25_prefers_rare_words_and_short_texts() -> None:
    scores = bm25_scores(["rare", "usual"], [["rare"], ["usual"], ["usual", "usual"], ["usual", *"abcdef"], ["x"]])
    assert scores[0] == max(scores)
    assert scores[1] > scores[3] > scores[4] == 0.0
