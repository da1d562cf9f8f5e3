"""Removals too big for one transaction, and ends of writes that the server gives up: whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import kgqa.graph.neo4j.retiring as retiring
from kgqa.errors import InputError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.changing import Changing
from kgqa.graph.neo4j.local import RunningServer
from kgqa.graph.sqlite import SQLiteStore
from kgqa.graph.store import WriteReport
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Record, Relation, Same, Triple
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def said(first: int, last: int, *, by: str) -> list[Record]:
    """Statements with and without qualifiers, attributes, passages, pairs; much of it said by each source alike."""
    records: list[Record] = [Relation("r", label=f"r by {by}"), Same("e1", "e2")]
    for i in range(first, last):
        born = {"born": Literal(str(1900 + i % 7), LiteralType.YEAR)}
        records += [
            Entity(f"e{i}", label=f"name {i} by {by}", types=(f"type {i % 3}",), attributes=born),
            Triple(f"e{i}", "r", f"e{i + 1}", {"at": "1900"} if i % 2 else {}),
            Triple(f"e{i}", f"only {by}", f"only {by} {i}"),
            Passage(f"p{i}", f"e{i} by {by}", mentions=(MentionSpan(0, 2, f"e{i}"),)),
        ]
    return records


def everything(store: Neo4jStore | SQLiteStore) -> list[Record]:
    return list(store.export())


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is removed is few, and a transaction takes seven."""
    monkeypatch.setattr(retiring, "LOG_AT_MOST", 0)
    monkeypatch.setattr(retiring, "_CHUNK", 7)


def test_what_is_removed_in_parts_is_removed_as_in_one(empty: RunningServer, in_parts: None, tmp_path: Path) -> None:
    with (
        Neo4jStore.connect(empty.uri, create=True) as there,
        SQLiteStore.create(tmp_path / "store") as here,
    ):
        stores: list[Neo4jStore | SQLiteStore] = [there, here]
        for store in stores:
            store.write(said(0, 8, by="a"), source="a")
            store.write(said(4, 12, by="b"), source="b")
        replaced = [store.write(said(6, 10, by="c"), source="a", replace=True) for store in stores]
        assert replaced[0] == replaced[1]
        assert everything(there) == everything(here)
        assert there.changes(2).rebuild and there.verify() == []
        shown = "MATCH (n:Entity {id: 'e5'}) RETURN n.name, n:KgqaStale"
        assert run(empty, shown) == [("name 5 by b", False)]
        deleted = [store.delete(source="b") for store in stores]
        assert deleted[0] == deleted[1]
        assert everything(there) == everything(here)
        assert there.verify() == [] and there.counts() == here.counts()
        there.delete(source="a")
        assert there.sources() == () and run(empty, "MATCH (n) WHERE n:Entity OR n:Literal RETURN count(n)") == [(0,)]


CHILD = """
import os, sys
import kgqa.graph.neo4j.changing as changing
import kgqa.graph.neo4j.retiring as retiring
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.changing import Changing
retiring.LOG_AT_MOST, retiring._CHUNK = 0, 7
store = Neo4jStore.connect(sys.argv[1])
if sys.argv[2] == "marked":
    changing.Publisher.publish = lambda *given, **named: os._exit(9)
else:
    calls = []
    real = type(store.server).in_turn
    def dying(server, query, **values):
        calls.append(query)
        if len(calls) == 4:
            os._exit(9)
        real(server, query, **values)
    type(store.server).in_turn = dying
store.delete(source="a")
"""


@pytest.mark.parametrize("killed", ["marked", "clearing"])
def test_a_removal_killed_on_its_way_has_happened_or_has_not_and_is_made_good(
    empty: RunningServer, tmp_path: Path, killed: str
) -> None:
    with Neo4jStore.connect(empty.uri, create=True) as store, SQLiteStore.create(tmp_path / "store") as plain:
        for each in (store, plain):
            each.write(said(0, 8, by="a"), source="a")
            each.write(said(4, 12, by="b"), source="b")
        before = store.counts()
    child = subprocess.run([sys.executable, "-c", CHILD, empty.uri, killed], cwd=Path.cwd(), check=False)
    assert child.returncode == 9
    with Neo4jStore.connect(empty.uri) as store, SQLiteStore.open(tmp_path / "store") as plain:
        if killed == "marked":
            assert (store.revision, store.counts()) == (2, before)
        else:
            plain.delete(source="a")
            assert store.revision == 3
            assert store.counts().entities == plain.counts().entities
            assert {source.name: source.finished for source in store.sources()} == {"a": False, "b": True}
        assert everything(store) == everything(plain)
        # Saying it again, which finds much of it marked, or deleting it again.
        for each in (store, plain):
            each.write(said(2, 8, by="a"), source="a")
        assert everything(store) == everything(plain)
        assert store.verify() == []
        for each in (store, plain):
            each.delete(source="a")
        assert everything(store) == everything(plain)
        assert [source.name for source in store.sources() if source.finished] == ["b"]


def test_records_that_turn_out_bad_leave_nothing_of_many_batches(
    empty: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgqa.graph.neo4j.writer._BATCH", 20)

    def bad() -> Iterator[Record]:
        yield from said(0, 12, by="a")
        yield Triple("", "r", "x")

    with Neo4jStore.connect(empty.uri, create=True) as store:
        store.write(said(4, 8, by="b"), source="b")
        before = everything(store)
        with pytest.raises(InputError):
            store.write(bad(), source="a")
        assert everything(store) == before and store.verify() == []
        assert run(empty, "MATCH (b:KgqaBatch) WHERE NOT 1 IN b.runs RETURN count(b)") == [(0,)]
        assert run(empty, "MATCH (n:Entity {id: 'e5'}) RETURN n.name, n:KgqaStale") == [("name 5 by b", False)]


def test_an_end_that_the_server_gives_up_is_tried_again(empty: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else holds a node that the replacement needs and wants what the writer holds: the first to wait goes."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import TransactionError, TransientError

    under_way, held, ending = threading.Event(), threading.Event(), threading.Event()
    tries = []
    real = Changing._finish

    def finish(*given: Any) -> WriteReport:
        tries.append(1)
        ending.set()
        return real(*given)

    monkeypatch.setattr(Changing, "_finish", finish)

    def records() -> Iterator[Record]:
        yield Triple("a", "r", "b")
        under_way.set()
        held.wait(30)

    def other() -> None:
        under_way.wait(30)
        with (
            suppress(TransientError, TransactionError),
            GraphDatabase.driver(empty.uri.rpartition("/")[0], auth=("neo4j", empty.password)) as driver,
            driver.session() as session,
            session.begin_transaction() as transaction,
        ):
            transaction.run("MATCH (n:Entity {id: 'x'}) SET n.theirs = 1").consume()
            held.set()
            ending.wait(30)
            time.sleep(1.0)
            transaction.run("MATCH (m:KgqaMeta) SET m.theirs = 1").consume()

    with Neo4jStore.connect(empty.uri, create=True) as store:
        store.write([Triple("a", "r", "b"), Triple("x", "r", "y")], source="s")
        thread = threading.Thread(target=other)
        thread.start()
        try:
            report = store.write(records(), source="s", replace=True)
        finally:
            under_way.set()
            ending.set()
            thread.join()
        assert len(tries) == 2
        assert (report.added, report.removed) == (0, 1)
        assert [statement.head for statement in store.statements()] == ["a"]
        assert store.verify() == []
