"""The contract of an index of names as tests: a subclass of NameIndexContract overrides ``make_index``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kgqa.errors import UsageError
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.graph.store import GraphStore
from kgqa.index.contract import MAX_K, NameEntry, NameIndex
from kgqa.index.normalise import name_key
from kgqa.linking.linker import Linker
from kgqa.types import Entity, Literal, Record, Relation, Triple

MakeNames = Callable[[GraphStore], NameIndex]
"""Brings the index up to the store's revision and gives it; called again after a change."""

HOSTILE = 'AND +(x:y) "z" [1 TO 2] \\ NEAR/3 ~*?'
PEOPLE: tuple[Record, ...] = (
    Entity("P1", "Marie Curie", aliases={"en": ("Maria Skłodowska",)}, types=("person",)),
    Entity("P2", "Pierre Curie", types=("person",)),
    Entity("P3", "Ørsted", labels={"ja": "エルステッド"}, types=("person",)),
    Entity("P4", "J.R.R. Tolkien"),
    Entity("P5", HOSTILE),
    Entity("P6", "東京"),
    Entity("P7", "The Who"),
    Entity("P8", "Frankfurt am Main"),
    Relation("motto", label="motto"),
    Triple("P2", "motto", Literal("Dare to know")),
    Triple("P2", "motto", Literal("x" * 100)),
)
QUERIES = (
    '"',
    "AND",
    "a:b",
    "(",
    "[x TO y]",
    "a^2 -b ~1",
    "\\",
    "\\u0041",
    "*",
    "/x/",
    "&& || !",
    "",
    "\0",
    "x" * 9000,
)


class NameIndexContract:
    """``store`` may be overridden by one of the index's own kind."""

    @pytest.fixture
    def make_index(self) -> Iterator[MakeNames]:
        raise AssertionError("a contract test overrides make_index")

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[GraphStore]:
        with SQLiteStore.create(tmp_path / "graph") as store:
            yield store

    @pytest.fixture
    def index(self, store: GraphStore, make_index: MakeNames) -> NameIndex:
        store.write(PEOPLE, source="people")
        return make_index(store)

    @staticmethod
    def ids(store: GraphStore, index: NameIndex, name: str) -> list[str | None]:
        return [row.id for row in store.nodes([entry.node for entry in index.lookup([name_key(name)])])]

    def test_it_shows_the_revision_of_its_store(self, store: GraphStore, make_index: MakeNames) -> None:
        store.write(PEOPLE, source="people")
        assert make_index(store).revision == store.revision

    def test_an_index_without_names_finds_nothing(self, store: GraphStore, make_index: MakeNames) -> None:
        index = make_index(store)
        assert (index.lookup(["paris"]), index.names("Paris", 3), list(index.all_keys())) == ([], [], [])
        assert (index.longest_name, index.name_count) == (0, 0)

    def test_an_entry_tells_what_kind_of_name_it_is(self, store: GraphStore, index: NameIndex) -> None:
        node = store.node("P1")
        assert node is not None
        assert index.lookup(["maria sklodowska", "marie curie", "marie"]) == [
            NameEntry("maria sklodowska", node, "Maria Skłodowska", "alias", None),
            NameEntry("marie curie", node, "Marie Curie", "label", None),
        ]

    def test_case_accents_points_and_scripts_are_no_hindrance(self, store: GraphStore, index: NameIndex) -> None:
        wanted = {
            "MARIE CURIE": "P1",
            "orsted": "P3",
            "エルステッド": "P3",
            "JRR Tolkien": "P4",
            HOSTILE: "P5",
            "東京": "P6",
            "the who": "P7",
        }
        assert {name: self.ids(store, index, name) for name in wanted} == {name: [id] for name, id in wanted.items()}

    def test_short_text_values_are_names_of_themselves(self, index: NameIndex) -> None:
        assert [entry.kind for entry in index.lookup([name_key("Dare to know"), "x" * 100])] == ["value"]

    def test_what_is_misspelt_or_a_part_comes_first(self, store: GraphStore, index: NameIndex) -> None:
        wanted = {
            "Marie Curei": "P1",
            "Pier Curie": "P2",
            "oersted": "P3",
            "tolkein": "P4",
            "frankfurt": "P8",
            "Frank furt am Mian": "P8",
        }
        for text, id in wanted.items():
            hits = index.names(text, 3)
            assert store.nodes([hits[0].node])[0].id == id, text
            assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)

    def test_what_a_user_types_is_never_syntax(self, index: NameIndex) -> None:
        for text in QUERIES:
            assert len(index.names(text, 5)) <= 5
            assert all(entry.key == text for entry in index.lookup([text]))

    def test_a_hostile_name_is_found_misspelt_too(self, store: GraphStore, index: NameIndex) -> None:
        assert store.nodes([index.names(HOSTILE[:-5], 1)[0].node])[0].id == "P5"

    def test_every_key_is_told_once_in_order(self, index: NameIndex) -> None:
        keys = list(index.all_keys())
        assert keys == sorted(set(keys))
        assert {"marie curie", "maria sklodowska", "jrr tolkien", "j r r tolkien", "dare to know"} <= set(keys)
        assert index.longest_name >= max(key.count(" ") + 1 for key in keys)
        assert index.name_count >= len(keys)

    def test_k_must_be_sensible(self, index: NameIndex) -> None:
        assert len(index.names("Curie", 1)) == 1
        for k in (0, MAX_K + 1):
            with pytest.raises(UsageError, match=str(k)):
                index.names("Curie", k)

    def test_what_is_added_renamed_and_deleted_shows(self, store: GraphStore, make_index: MakeNames) -> None:
        store.write(PEOPLE, source="people")
        make_index(store)
        store.write([Entity("Q1", "Lise Meitner")], source="new")
        assert self.ids(store, make_index(store), "Lise Meitner") == ["Q1"]
        store.write(
            [Entity("Q1", "Elise Meitner, of the Kaiser Wilhelm Institute in Dahlem")], source="new", replace=True
        )
        index = make_index(store)
        assert self.ids(store, index, "Lise Meitner") == []
        assert self.ids(store, index, "Elise Meitner of the Kaiser Wilhelm Institute in Dahlem") == ["Q1"]
        assert index.longest_name >= 10
        store.delete(source="new")
        index = make_index(store)
        assert [hit for hit in index.names("Meitner", 3) if hit.score > 0.5] == []
        assert self.ids(store, index, "Marie Curie") == ["P1"]

    def test_questions_are_linked_by_it(self, store: GraphStore, index: NameIndex, tmp_path: Path) -> None:
        wanted = {
            "Where was Marie Curie born?": "P1",
            "where was maria skłodowska born": "P1",
            "Where was Marie Curei born?": "P1",
            "Which books did Tolkien write?": "P4",
            "how many people live in frankfurt am main": "P8",
            f"What is {HOSTILE}?": "P5",
        }
        linker = Linker(open_snapshot(tmp_path / "linked", store), index)
        assert {question: linker.link(question)[0].candidates[0].id for question in wanted} == wanted
