"""The contract of an index of names on a real server's own indexes, and what is particular to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.errors import UsageError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import RunningServer
from kgqa.graph.neo4j.stored_names import term
from kgqa.graph.store import GraphStore
from kgqa.index.server_names import ServerNames, refresh_names
from kgqa.types import Entity, Passage, Triple
from tests.contract.name_index import HOSTILE, PEOPLE, MakeNames, NameIndexContract
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


class TestServerNames(NameIndexContract):
    @pytest.fixture
    def store(self, empty: RunningServer) -> Iterator[GraphStore]:
        with Neo4jStore.connect(empty.uri, create=True) as store:
            yield store

    @pytest.fixture
    def make_index(self) -> MakeNames:
        def make(store: GraphStore) -> ServerNames:
            assert isinstance(store, Neo4jStore)
            return refresh_names(store)

        return make

    def test_writing_names_is_no_change_by_others(
        self, store: GraphStore, index: ServerNames, caplog: pytest.LogCaptureFixture
    ) -> None:
        with Neo4jStore.connect(store.location) as again:
            assert "others" not in caplog.text
            assert (again.revision, ServerNames(again.server).revision) == (store.revision, store.revision)

    def test_what_a_killed_writer_left_is_made_good(self, store: GraphStore, index: ServerNames) -> None:
        assert isinstance(store, Neo4jStore)
        whole = store.server.one("MATCH (n:KgqaName) RETURN collect(n.id)")
        store.server.write("MATCH (n:KgqaName) WITH n LIMIT 5 DELETE n")
        store.server.write("CREATE (:KgqaName {id: 'left', node: 999999, key: 'left', name: 'left', kind: 'label'})")
        store.server.write("MATCH (s:KgqaNameState) DELETE s")
        refresh_names(store)
        assert sorted(store.server.one("MATCH (n:KgqaName) RETURN collect(n.id)")) == sorted(whole)

    def test_graphs_in_one_database_never_see_each_others_names(
        self, store: GraphStore, index: ServerNames, empty: RunningServer
    ) -> None:
        with Neo4jStore.connect(f"{empty.uri}?graph=films", create=True) as other:
            other.write([Entity("F1", "Marie Curie"), Entity("F2", "Radioactive")], source="films")
            films = refresh_names(other)
            assert {entry.name for entry in films.lookup(["marie curie", "pierre curie"])} == {"Marie Curie"}
            assert {hit.name for hit in films.names("Curie", 9)} == {"Marie Curie"}
            assert set(films.all_keys()) == {"marie curie", "radioactive"}
            assert len(films.lookup(["marie curie"])) == len(ServerNames(other.server).lookup(["marie curie"])) == 1
        assert "radioactive" not in set(index.all_keys())
        assert not [hit for hit in index.names("Radioactive", 9) if hit.score > 0.5]


def test_a_term_is_this_word_and_nothing_else_to_lucene(empty: RunningServer) -> None:
    words = ["a+b", "AND", "x:y", "(z)", "~", '"', "_a_", "\\", "a*"]
    made = "UNWIND range(0, size($words) - 1) AS i CREATE (:KgqaName {id: toString(i), grams: $words[i]})"
    found = "CALL db.index.fulltext.queryNodes('kgqa_name_grams', $wanted) YIELD node RETURN node.grams"
    with Neo4jStore.connect(empty.uri, create=True):
        run(empty, made, words=[*words, "a b x y z aa"])
        for word in words:
            assert run(empty, found, wanted=term(word)) == [(word,)]


def test_an_engine_links_by_the_servers_names_and_reads_none_itself(empty: RunningServer, tmp_path: Path) -> None:
    made = load_settings(work=tmp_path / "work", server_names=True)
    friends = [*PEOPLE, Triple("P1", "married", "P2"), Passage("p", "Marie Curie discovered polonium.")]
    with Engine.create(empty.uri, settings=made) as engine:
        engine.ingest(friends, source_name="people")
        assert "are not there yet" in " ".join(engine.rooms().notes)
        assert engine.ask("Who married Marie Curie?").answers[0].label == "Pierre Curie"
        engine.index()
    with Engine.open(empty.uri, settings=load_settings(work=tmp_path / "elsewhere", server_names=True)) as engine:
        assert engine.rooms().notes == ()
        assert engine.ask("Who married Marie Curei?").answers[0].label == "Pierre Curie"
        assert engine.link(f"What is {HOSTILE}?")[0].candidates[0].id == "P5"
        assert engine.search("polonium", kind="passage").to_dict()["results"][0]["id"] == "p"
        engine.ingest([Entity("P9", "Irène Joliot-Curie")], source_name="more")
        engine.refresh()
        assert "show revision" in " ".join(engine.rooms().notes)
        assert engine.link("Who was Irene Joliot-Curie?")[0].candidates[0].id == "P9"


def test_an_embedded_store_has_no_server_for_names(tmp_path: Path) -> None:
    with Engine.create(tmp_path / "store", settings=load_settings(server_names=True)) as engine:
        engine.ingest([Entity("A", "Alpha")], source_name="s")
        for work in (engine.index, lambda: engine.ask("What is Alpha?")):
            with pytest.raises(UsageError, match="server_names"):
                work()
