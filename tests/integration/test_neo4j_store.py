"""The store contract on a real Neo4j server, and what is particular to it: batches, credentials, unfinished sources."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kgqa.graph.neo4j.writer as writer
from kgqa.errors import StoreError, StoreNotFoundError, StoreVersionError, UsageError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.batches import Sender
from kgqa.graph.neo4j.local import RunningServer
from kgqa.graph.neo4j.sending import Sending
from kgqa.graph.sqlite import SQLiteStore
from kgqa.graph.store import GraphStore
from kgqa.types import Entity, Literal, LiteralType, Record, Triple
from tests.contract.graph_store import GraphStoreContract, MakeStore
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


class TestNeo4jStore(GraphStoreContract):
    @pytest.fixture
    def make_store(self, empty: RunningServer) -> Iterator[MakeStore]:
        stores: list[GraphStore] = []

        def make() -> GraphStore:
            run(empty, "MATCH (n) DETACH DELETE n")
            stores.append(Neo4jStore.connect(empty.uri, create=True))
            return stores[-1]

        yield make
        for store in stores:
            store.close()


def test_a_graph_is_made_once_and_opened_with_its_language(empty: RunningServer) -> None:
    with pytest.raises(StoreNotFoundError, match="kgqa ingest"):
        Neo4jStore.connect(empty.uri)
    with Neo4jStore.connect(empty.uri, create=True, language="de") as made:
        identity = made.identity
    with pytest.raises(UsageError, match="already"):
        Neo4jStore.connect(empty.uri, create=True)
    with Neo4jStore.connect(empty.uri) as store:
        assert (store.language, store.location, store.identity) == ("de", empty.uri, identity)


def test_a_database_with_other_data_is_left_alone(empty: RunningServer) -> None:
    run(empty, "CREATE (:Theirs)")
    with pytest.raises(UsageError, match="other data"):
        Neo4jStore.connect(empty.uri, create=True)


def test_a_newer_graph_is_refused_by_name(empty: RunningServer) -> None:
    Neo4jStore.connect(empty.uri, create=True).close()
    run(empty, "MATCH (m:KgqaMeta) SET m.format = 99")
    with pytest.raises(StoreVersionError, match="format 99"):
        Neo4jStore.connect(empty.uri)


def test_wrong_credentials_are_named_and_not_shown(empty: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "a wrong secret")
    with pytest.raises(StoreError, match="NEO4J_PASSWORD") as raised:
        Neo4jStore.connect(empty.uri)
    assert "a wrong secret" not in str(raised.value)


def test_credentials_in_a_uri_are_refused() -> None:
    with pytest.raises(UsageError, match="no credentials"):
        Neo4jStore.connect("bolt://user:secret@127.0.0.1:1/neo4j")


CHILD = """
import sys, time
import kgqa.graph.neo4j.writer as writer
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.batches import Sender
from kgqa.graph.neo4j.local import RunningServer
from kgqa.graph.neo4j.sending import Sending
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Literal, LiteralType, Record, Triple
writer._BATCH = 100
store = Neo4jStore.connect(sys.argv[1])
def records():
    for i in range(250):
        yield Triple(f"a{i}", "r", "b")
    print("under way", flush=True)
    time.sleep(120)
store.write(records(), source="torn")
"""


def test_a_killed_write_shows_nothing_is_named_and_is_continued_or_deleted(
    empty: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    with Neo4jStore.connect(empty.uri, create=True) as store:
        store.write([Triple("x", "r", "y")], source="whole")
    for end in ("continue", "delete"):
        command = [sys.executable, "-c", CHILD, empty.uri]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
        assert child.stdout is not None
        try:
            assert child.stdout.readline().strip() == "under way"
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
        caplog.clear()
        with Neo4jStore.connect(empty.uri) as store:
            assert "'torn' is unfinished" in caplog.text
            assert {source.name: source.finished for source in store.sources()} == {"torn": False, "whole": True}
            assert [statement.head for statement in store.statements()] == ["x"]
            assert store.counts().entities == 2
            assert store.node("a1") is None
            before = store.revision
            other = store.write([Triple("x", "r", "z")], source=f"other {end}")
            assert other.revision == before + 1
            assert store.counts().statements == 2
            if end == "continue":
                store.write([Triple(f"a{i}", "r", "b") for i in range(250)], source="torn")
                assert store.counts().statements == 252
                assert all(source.finished for source in store.sources())
            store.delete(source="torn")
            store.delete(source=f"other {end}")
            assert [source.name for source in store.sources()] == ["whole"]
            assert store.counts().entities == 2
            assert store.verify() == []


def test_what_others_write_is_noticed_and_said(empty: RunningServer, caplog: pytest.LogCaptureFixture) -> None:
    with Neo4jStore.connect(empty.uri, create=True) as store:
        store.write([Triple("a", "r", "b"), Triple("a", "r", "c")], source="s")
    with Neo4jStore.connect(empty.uri) as store:
        assert store.revision == 1 and "others" not in caplog.text
    run(empty, "MATCH (:Entity {id: 'a'})-[a:r]->(:Entity {id: 'c'}) DELETE a")
    with Neo4jStore.connect(empty.uri) as store:
        assert "others have written" in caplog.text
        assert store.revision == 2 and store.changes(1).rebuild
        assert store.write([Triple("a", "r", "b"), Triple("a", "r", "c")], source="s").added == 1
        caplog.clear()
    Neo4jStore.connect(empty.uri).close()
    assert "others" not in caplog.text


def test_a_change_by_others_that_keeps_all_counts_is_noticed(
    empty: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    with Neo4jStore.connect(empty.uri, create=True) as store:
        for _ in range(2):
            store.write([Triple("a", "r", "b"), Triple("a", "r", "c")], source="s")
        store.delete(source="s")
        store.write([Triple("a", "r", "b"), Triple("c", "r", "b")], source="s")
    for _ in range(2):
        with Neo4jStore.connect(empty.uri) as store:
            before = store.revision
    assert "others" not in caplog.text
    moved = (
        "MATCH (:Entity {id: 'a'})-[old:r]->(b:Entity {id: 'b'}) MATCH (c:Entity {id: 'c'}) "
        "CREATE (b)-[new:r]->(c) SET new = properties(old) DELETE old"
    )
    run(empty, moved)
    with Neo4jStore.connect(empty.uri) as store:
        assert "others have written" in caplog.text
        assert store.revision == before + 1
        assert [(statement.head, statement.tail) for statement in store.statements()] == [("b", "c"), ("c", "b")]
    caplog.clear()
    Neo4jStore.connect(empty.uri).close()
    assert "others" not in caplog.text


def test_an_interrupted_ingest_sends_only_what_is_missing(
    empty: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_BATCH", 100)
    facts = [Triple(f"a{i}", "r", f"b{i % 7}") for i in range(350)]

    def interrupted() -> Iterator[Triple]:
        yield from facts[:250]
        raise KeyboardInterrupt

    with Neo4jStore.connect(empty.uri, create=True) as store:
        with pytest.raises(KeyboardInterrupt):
            store.write(interrupted(), source="s")
        assert list(store.statements()) == [] and not store.sources()[0].finished
        batches = run(empty, "MATCH (b:KgqaBatch) RETURN count(b)")
        assert batches == [(2,)]
        assert store.write(facts, source="s").added == 350
        assert run(empty, "MATCH (b:KgqaBatch) RETURN count(b)") == [(4,)]
        assert {statement.head for statement in store.statements()} == {fact.head for fact in facts}
        assert store.verify() == []


def test_batches_that_are_sent_at_once_give_the_graph_of_one_by_one(
    empty: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_BATCH", 40)
    ahead = []
    real = Sender._transact

    def transact(self: Sender, batch: writer.Batch, *, alone: bool = False) -> Sending:
        ahead.append(alone)
        return real(self, batch, alone=alone)

    monkeypatch.setattr(Sender, "_transact", transact)
    facts: list[Record] = [Entity(f"e{i}", label=f"name {i}") for i in range(30)]
    facts += [
        Triple(f"e{i % 30}", f"r{i % 4}", f"e{(7 * i + i // 30) % 30}", {"at": "1990"} if i % 7 else {})
        for i in range(300)
    ]
    facts += [Triple(f"e{i}", f"r{i % 2}", f"e{29 - i}") for i in range(30) for _ in range(3)]
    with Neo4jStore.connect(empty.uri, create=True) as there, SQLiteStore.create(tmp_path / "store") as here:
        assert there.write(facts, source="s") == here.write(facts, source="s")
        assert ahead.count(True) > 3 and ahead.count(False) > 2
        assert list(there.export()) == list(here.export())
        assert there.verify() == [] and there.sources() == here.sources()


def test_edges_tell_which_relations_have_qualifiers_and_a_write_makes_that_old(empty: RunningServer) -> None:
    at = {"at": Literal("1990", LiteralType.DATE)}
    with Neo4jStore.connect(empty.uri, create=True) as store:
        store.write([Triple("a", "r", "b", at), Triple("a", "s", "b"), Triple("a", "odd `name", "c", at)], source="s")
        before = sorted(row[:3] for row in store.qualified())
        list(store.edges())
        assert sorted(row[:3] for row in store.qualified()) == before and len(before) == 2
        store.write([Triple("a", "s", "c", at)], source="t")
        assert len(list(store.qualified())) == 3
        list(store.edges())
        assert len(list(store.qualified())) == 3
