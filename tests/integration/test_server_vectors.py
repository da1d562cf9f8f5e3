"""The contract of a vector index on a real server's own vector indexes, and what is particular to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.errors import UsageError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import RunningServer
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.contract import VectorSearch
from kgqa.index.server_vectors import ServerVectors, copy_vectors
from kgqa.index.vector_refresh import refresh_vectors
from kgqa.types import Passage
from tests.contract.vector_search import HashEncoder, MakeVectors, VectorSearchContract
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


class TestServerVectors(VectorSearchContract):
    @pytest.fixture
    def store(self, empty: RunningServer) -> Iterator[GraphStore]:
        with Neo4jStore.connect(empty.uri, create=True) as store:
            yield store

    @pytest.fixture
    def make_index(self, store: GraphStore, tmp_path: Path) -> MakeVectors:
        def make(store: GraphStore, encoder: HashEncoder) -> VectorSearch:
            assert isinstance(store, Neo4jStore)
            snapshot = open_snapshot(tmp_path / "snapshot", store)
            return copy_vectors(refresh_vectors(tmp_path / "vectors", store, snapshot, encoder), store.server)

        return make

    def test_another_encoder_replaces_all_and_is_no_change_by_others(
        self, store: GraphStore, make_index: MakeVectors, caplog: pytest.LogCaptureFixture
    ) -> None:
        store.write([Passage("p", "a text")], source="s")
        make_index(store, HashEncoder())
        other = HashEncoder("wider")
        other.dim = 32
        index = make_index(store, other)
        assert (index.fingerprint, len(index)) == ("wider", 1)
        assert [hit.key.id for hit in index.search(other.encode(["a text"])[0], 1)] == ["p"]
        with Neo4jStore.connect(store.location) as again:
            assert "others" not in caplog.text
            assert len(ServerVectors(again.server)) == 1


def test_a_search_by_the_servers_vectors_finds_what_the_local_ones_find(empty: RunningServer, tmp_path: Path) -> None:
    passages = [
        Passage("p1", "The tower is made of wrought iron."),
        Passage("p2", "Bees make honey from nectar."),
        Passage("p3", "The river floods its banks in spring."),
    ]
    local = load_settings(work=tmp_path / "work")
    with Engine.create(empty.uri, settings=local) as engine:
        engine.ingest(passages, source_name="s")
        engine.index()
        expected = engine.search("insects and sweet food", kind="passage").to_dict()["results"]
    there = load_settings(work=tmp_path / "elsewhere", server_vectors=True)
    with Engine.open(empty.uri, settings=load_settings(work=tmp_path / "work", server_vectors=True)) as engine:
        engine.index()
    with Engine.open(empty.uri, settings=there) as engine:  # another client, which encodes nothing itself
        found = engine.search("insects and sweet food", kind="passage").to_dict()["results"]
        assert [(item["id"], item["channels"]) for item in found] == [(i["id"], i["channels"]) for i in expected]
        assert "dense" in found[0]["channels"]
    near = "CALL db.index.vector.queryNodes('kgqa_passage_vectors', 1, $vector) YIELD node RETURN node.id"
    vector = run(empty, "MATCH (v:KgqaPassageVector {id: 'p2'}) RETURN v.vector")[0][0]
    assert run(empty, near, vector=vector) == [("p2",)]


def test_an_embedded_store_has_no_server_for_vectors(tmp_path: Path) -> None:
    with Engine.create(tmp_path / "store", settings=load_settings(server_vectors=True)) as engine:
        engine.ingest([Passage("p", "a text")], source_name="s")
        with pytest.raises(UsageError, match="server_vectors"):
            engine.search("text")
