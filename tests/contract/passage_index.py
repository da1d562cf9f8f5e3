"""The contract of an index of passages as tests: a subclass of PassageIndexContract overrides ``make_index``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kgqa.errors import UsageError
from kgqa.graph.sqlite import SQLiteStore
from kgqa.graph.store import GraphStore
from kgqa.index.contract import MAX_K, PassageIndex
from kgqa.types import Passage, Record

MakeIndex = Callable[[GraphStore], PassageIndex]
"""Brings the index up to the store's revision and gives it; called again after a change."""

LIBRARY: tuple[Record, ...] = (
    Passage("p1", "Paris is the capital of France.", title="Paris", language="en"),
    Passage("p2", "Polonium was discovered in France by Marie Curie.", title="Polonium"),
    Passage("p3", "日本の首都は東京です。", title="東京", language="ja"),
    Passage("p4", "The capital of Peru lies in the desert.", title="Lima"),
)


class PassageIndexContract:
    """``make_store`` gives an empty store of the kind that the index is made from."""

    @pytest.fixture
    def make_index(self) -> Iterator[MakeIndex]:
        raise AssertionError("a contract test overrides make_index")

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[GraphStore]:
        """Override it where the index needs a store of its own kind."""
        with SQLiteStore.create(tmp_path / "graph") as store:
            yield store

    @pytest.fixture
    def index(self, store: GraphStore, make_index: MakeIndex) -> PassageIndex:
        store.write(LIBRARY, source="library")
        return make_index(store)

    def test_it_shows_the_revision_of_its_store(self, store: GraphStore, make_index: MakeIndex) -> None:
        store.write(LIBRARY, source="library")
        assert make_index(store).revision == store.revision

    def test_an_index_without_passages_finds_nothing(self, store: GraphStore, make_index: MakeIndex) -> None:
        assert make_index(store).passages("France", 3) == []

    def test_the_passage_with_the_rarer_words_comes_first(self, index: PassageIndex) -> None:
        hits = index.passages("Who discovered polonium in France?", 10)
        assert [hit.id for hit in hits][:2] == ["p2", "p1"]
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)

    def test_titles_case_and_accents_are_no_hindrance(self, index: PassageIndex) -> None:
        assert [hit.id for hit in index.passages("LIMÁ", 10)] == ["p4"]

    def test_scripts_without_spaces_are_found(self, index: PassageIndex) -> None:
        assert [hit.id for hit in index.passages("東京", 10)] == ["p3"]

    @pytest.mark.parametrize(
        "query", ['"', "France AND", "title: x", "NEAR(a b)", "a^2 -b ~1", "", "\0", "(", "[x TO y]"]
    )
    def test_what_a_user_types_is_never_syntax(self, index: PassageIndex, query: str) -> None:
        assert len(index.passages(query, 5)) <= 5

    def test_words_that_no_passage_has_find_nothing(self, index: PassageIndex) -> None:
        assert index.passages("zeppelin", 5) == []

    def test_k_bounds_what_is_found_and_must_be_sensible(self, index: PassageIndex) -> None:
        assert len(index.passages("capital of France", 1)) == 1
        for k in (0, MAX_K + 1):
            with pytest.raises(UsageError, match=str(k)):
                index.passages("France", k)

    def test_ties_come_by_id(self, store: GraphStore, make_index: MakeIndex) -> None:
        store.write([Passage(f"t{number}", "same words here") for number in (9, 3, 5)], source="ties")
        assert [hit.id for hit in make_index(store).passages("words", 2)] == ["t3", "t5"]

    def test_what_is_sought_among_is_found_however_far_down_it_comes(
        self, store: GraphStore, make_index: MakeIndex
    ) -> None:
        store.write([Passage(f"n{n:03d}", "rivers rivers rivers") for n in range(300)], source="many")
        store.write([Passage("x", "Many words beside the one, of which there are few, about rivers.")], source="one")
        index = make_index(store)
        assert [hit.id for hit in index.passages("rivers", 1, among=frozenset({"x"}))] == ["x"]
        assert [hit.id for hit in index.passages("rivers", 3, among=frozenset({"x", "n007", "gone"}))] == ["n007", "x"]
        assert index.passages("rivers", 3, among=frozenset()) == []

    def test_among_all_is_as_without(self, index: PassageIndex) -> None:
        every = frozenset({"p1", "p2", "p3", "p4"})
        query = "the capital of France"
        assert index.passages(query, 4, among=every) == index.passages(query, 4)

    def test_what_is_added_changed_and_deleted_shows(self, store: GraphStore, make_index: MakeIndex) -> None:
        store.write(LIBRARY, source="library")
        make_index(store)
        store.write([Passage("p9", "Zebras graze.")], source="new")
        assert [hit.id for hit in make_index(store).passages("zebras", 3)] == ["p9"]
        store.write([Passage("p9", "Okapis graze.")], source="new", replace=True)
        index = make_index(store)
        assert (index.passages("zebras", 3), [hit.id for hit in index.passages("okapis", 3)]) == ([], ["p9"])
        store.delete(source="new")
        assert make_index(store).passages("okapis", 3) == []
