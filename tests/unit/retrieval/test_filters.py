"""Filters of a search: what does not meet them is not ranked, in any channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kgqa.errors import NotFoundError, UsageError
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.index.vector_refresh import refresh_vectors
from kgqa.linking.linker import Linker
from kgqa.retrieval.filters import Filter
from kgqa.retrieval.links.linked import NameReader
from kgqa.retrieval.links.refresh import refresh_links
from kgqa.retrieval.results import PassageResult, TripleResult
from kgqa.retrieval.retriever import Retriever
from kgqa.types import Entity, Literal, LiteralType, Passage, Triple
from tests.contract.vector_search import HashEncoder
from tests.unit.retrieval.library import RECORDS

REPORT = Entity("atlas.md", "Atlas", attributes={"published": Literal("1911-12", LiteralType.DATE)})
FILLERS = [Passage(f"f{n:03d}", "Vistula Vistula Vistula", title="Vistula") for n in range(80)]


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder = tmp_path_factory.mktemp("filtered")
    encoder = HashEncoder()
    with SQLiteStore.create(folder / "store") as store, TextIndex.open(folder / "text") as text:
        store.write([*RECORDS, REPORT], source="library")
        store.write(FILLERS, source="acme/fillers")
        store.write(
            [Passage("d1", "Die Weichsel heißt auch Vistula.", title="Weichsel", language="de-AT")], source="acme"
        )
        store.write([Passage("a1", "The Vistula is on page 9.", document="atlas.md")], source="atlas")
        store.write([Triple("curie", "birthplace", "warsaw", {"valid_from": "1867"})], source="register")
        snapshot = open_snapshot(folder / "snapshot", store)
        text.refresh(store)
        linker = Linker(snapshot, text)
        links = refresh_links(folder / "links", store, NameReader(snapshot, text, text, linker, True))
        vectors = refresh_vectors(folder / "vectors", store, snapshot, encoder)
        yield Retriever(store, snapshot, text, vectors=vectors, encoder=encoder, link=linker.link, links=links)


def passages(retriever: Retriever, query: str, where: Filter, **options: object) -> list[str]:
    found = retriever.search(query, kind="passage", where=where, **options)  # type: ignore[arg-type] # options vary
    return [result.passage.id for result in found if isinstance(result, PassageResult)]


def triples(retriever: Retriever, query: str, where: Filter) -> list[TripleResult]:
    return [r for r in retriever.search(query, kind="triple", where=where) if isinstance(r, TripleResult)]


@pytest.mark.parametrize("channel", ["bm25", "dense", "ppr", "bridge"])
def test_each_channel_ranks_only_what_meets_the_filter(retriever: Retriever, channel: str) -> None:
    unfiltered = passages(retriever, "Where is the Vistula?", Filter(), channels=[channel], k=3)
    assert set(unfiltered) - {"p1", "p2", "p3"}
    found = passages(retriever, "Where is the Vistula?", Filter(sources=("library",)), channels=[channel], k=3)
    assert set(found) <= {"p1", "p2", "p3"}
    assert channel == "bridge" or "p3" in found


def test_passages_far_down_the_whole_ranking_are_found(retriever: Retriever) -> None:
    assert passages(retriever, "Vistula", Filter(sources=("atlas",)), k=1) == ["a1"]


def test_a_tenant_has_the_sources_below_its_name(retriever: Retriever) -> None:
    found = passages(retriever, "Vistula", Filter(tenant="acme"), k=100)
    assert set(found) == {passage.id for passage in FILLERS} | {"d1"}
    assert passages(retriever, "Vistula", Filter(tenant="acme", sources=("acme",)), k=100) == ["d1"]


def test_a_language_takes_its_regions_and_unmarked_passages_are_in_the_stores(retriever: Retriever) -> None:
    assert passages(retriever, "Vistula", Filter(languages=("de",)), k=100) == ["d1"]
    english = passages(retriever, "Vistula", Filter(languages=("EN",)), k=100)
    assert {"p3", "a1", "f001"} <= set(english) and "d1" not in english


def test_a_type_takes_what_is_about_its_entities(retriever: Retriever) -> None:
    assert set(passages(retriever, "Vistula polonium", Filter(types=("element",)), k=100)) == {"p1", "p2"}
    relations = {(t.head, t.relation) for t in triples(retriever, "Marie Curie", Filter(types=("city",)))}
    assert relations == {("curie", "birthplace")}


def test_passages_have_the_time_of_their_document(retriever: Retriever) -> None:
    assert passages(retriever, "Vistula", Filter(since="1911", until="1911-12-31")) == ["a1"]
    assert passages(retriever, "Vistula", Filter(since="1912")) == []


def test_statements_have_the_time_for_which_they_hold(retriever: Retriever) -> None:
    found = triples(retriever, "Marie Curie", Filter(until="1890"))
    assert [(t.relation, t.qualifiers, t.sources) for t in found] == [
        ("birthplace", {"valid_from": "1867"}, ("register",))
    ]
    assert [t.relation for t in triples(retriever, "polonium", Filter(since="1898", until="1898"))] == ["discoverer"]


def test_statements_of_other_sources_are_left_out(retriever: Retriever) -> None:
    found = triples(retriever, "Marie Curie", Filter(sources=("register",)))
    assert [(t.relation, t.sources) for t in found] == [("birthplace", ("register",))]


def test_what_the_graph_lacks_is_named(retriever: Retriever) -> None:
    for where in (Filter(sources=("none",)), Filter(types=("none",)), Filter(tenant="none")):
        with pytest.raises(NotFoundError, match="none"):
            retriever.search("Vistula", where=where)


def test_times_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match="yesterday"):
        Filter(since="yesterday")
    with pytest.raises(UsageError, match="ends before"):
        Filter(since="1990", until="1989")
