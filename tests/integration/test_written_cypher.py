"""Cypher that a model writes: only reading, within limits, and only statements of the graph come of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.errors import DeadlineError, StoreError, UsageError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local.server import RunningServer
from kgqa.graph.neo4j.showing import current_view
from kgqa.graph.neo4j.untrusted import statements_of
from kgqa.types import Entity, Triple
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

RECORDS = [
    Entity("ada", label="Ada", types=("person",)),
    Entity("paris", label="Paris", types=("city",)),
    Triple("ada", "lives_in", "paris"),
    Triple("paris", "located_in", "france"),
]


@pytest.fixture
def store(empty: RunningServer) -> Iterator[Neo4jStore]:
    with Neo4jStore.connect(empty.uri, create=True) as made:
        made.write(RECORDS, source="s")
        yield made


def ask(store: Neo4jStore, query: str, *, timeout: float = 5.0, rows: int = 100) -> list[tuple[str, str, str]]:
    view = current_view(store.server, store.location)
    found = statements_of(store.server, view, query, timeout=timeout, rows=rows)
    names = {row.number: row.id for row in store.node_rows()}
    return [(str(names[head]), type, str(names[tail])) for type, head, tail in found]


def test_paths_relationships_lists_and_maps_give_their_statements_once(store: Neo4jStore) -> None:
    both = [("ada", "lives_in", "paris"), ("paris", "located_in", "france")]
    assert ask(store, "MATCH p = (:person)-[:lives_in]->()-[:located_in]->() RETURN p, p AS again") == both
    assert ask(store, "MATCH (a)-[r:lives_in]->(b) RETURN {x: [r], name: a.name}") == both[:1]
    assert ask(store, "MATCH (n:Entity) RETURN n.name, count(*)") == []
    assert len(ask(store, "MATCH ()-[r]->() RETURN r", rows=1)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (n) RETURN n",
        "MATCH (n) DETACH DELETE n",
        "MATCH (n) SET n.name = 'x' RETURN n",
        "MERGE (n:Entity {id: 'new'}) RETURN n",
        "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10 ROWS",
        "CALL db.labels() YIELD label RETURN label",
        "CALL dbms.components() YIELD name RETURN name",
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
        "LOAD CSV FROM 'http://127.0.0.1:1/' AS line RETURN line",
        "SHOW USERS",
        "SHOW TRANSACTIONS",
        "TERMINATE TRANSACTION 'neo4j-transaction-1'",
        "CREATE USER x SET PASSWORD 'xxxxxxxx'",
        "DROP INDEX kgqa_names",
        "USE system SHOW USERS",
        "USE neo4j MATCH (n) RETURN n",
        "EXPLAIN MATCH (n) RETURN n",
        "PROFILE MATCH (n) RETURN n",
        "CYPHER runtime=slotted MATCH (n) RETURN n",
        "RETURN apoc.util.sleep(1)",
        "RETURN graph.byName('neo4j')",
        "MATCH (n) RETURN n \\u003B",
        "MATCH (n) RETURN n; MATCH (m) DETACH DELETE m",
        "not Cypher at all",
        "",
        "MATCH (n) RETURN n" + " " * 5_000,
    ],
)
def test_what_does_more_than_read_the_graph_is_refused(store: Neo4jStore, empty: RunningServer, query: str) -> None:
    before = run(empty, "MATCH (n) RETURN count(n)")
    with pytest.raises((UsageError, StoreError)):
        ask(store, query)
    assert run(empty, "MATCH (n) RETURN count(n)") == before


def test_a_query_that_takes_too_long_is_ended(store: Neo4jStore) -> None:
    with pytest.raises(DeadlineError):
        ask(store, "UNWIND range(1, 1000000000) AS x WITH sum(x * x % 7) AS y RETURN y", timeout=0.2)


def test_queries_of_others_are_not_run_beside_other_graphs(empty: RunningServer) -> None:
    with Neo4jStore.connect(f"{empty.uri}?graph=films", create=True) as store:
        store.write(RECORDS, source="s")
        with pytest.raises(UsageError, match="share a database"):
            ask(store, "MATCH ()-[r]->() RETURN r")


class Scripted:
    """A chat model of LangChain's form that says what it was told to."""

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, ""

    def invoke(self, messages: list[tuple[str, str]]) -> Scripted:
        self.asked = messages[0][1]
        return self

    @property
    def content(self) -> str:
        return self.text


def test_the_channel_is_there_only_when_asked_for_and_gives_evidence_like_any_other(
    store: Neo4jStore, empty: RunningServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = Scripted("```cypher\nMATCH p = (:person)-[:lives_in]->(:city) RETURN p\n```")
    with Engine.open(empty.uri, settings=load_settings(work=tmp_path), chat_model=good) as engine:
        assert "cypher" not in engine.rooms().retriever.channels
    settings = load_settings(work=tmp_path, cypher_channel=True)
    with Engine.open(empty.uri, settings=settings, chat_model=good) as engine:
        (found,) = engine.search("where do people live", channels=["cypher"]).to_dict()["results"]
        assert (found["head"], found["relation"], found["tail"]) == ("ada", "lives_in", "paris")
        assert (found["sources"], found["channels"]) == (["s"], {"cypher": 1})
        assert "lives_in" in good.asked
        assert "person" in good.asked
    with Engine.open(empty.uri, settings=settings, chat_model=Scripted("MATCH (n) DETACH DELETE n")) as engine:
        assert engine.search("where do people live", channels=["cypher"]).results == ()
        assert "refused" in caplog.text
        assert engine.store.counts().statements == 2
    with Engine.open(empty.uri, settings=settings) as engine, pytest.raises(UsageError, match="chat_model"):
        engine.rooms()
