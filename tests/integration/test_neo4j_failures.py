"""What can go wrong with a server: each a clear error within the time set, nothing lost. Real processes throughout."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import kgqa.graph.neo4j.server as connection
import kgqa.graph.neo4j.writer as writer
from kgqa.config import load_settings
from kgqa.errors import StoreError, StoreVersionError, UsageError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import LocalServer, RunningServer
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Literal, LiteralType, Record, Triple
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def test_a_server_that_is_not_there_is_named_soon(empty: RunningServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        uri = f"bolt://127.0.0.1:{probe.getsockname()[1]}/neo4j"
    begun = time.monotonic()
    with pytest.raises(StoreError, match="does not answer"):
        Neo4jStore.connect(uri)
    assert time.monotonic() - begun < 5


def test_a_server_that_says_nothing_is_given_up_after_the_time_set(empty: RunningServer) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()
        with pytest.raises(StoreError, match="does not answer"):
            Neo4jStore.connect(f"bolt://127.0.0.1:{silent.getsockname()[1]}/neo4j", wait=1.0)
        assert time.monotonic() - begun < 5


def test_a_database_that_does_not_exist_is_named(empty: RunningServer) -> None:
    with pytest.raises(StoreError, match="no database 'nowhere'"):
        Neo4jStore.connect(empty.uri.replace("/neo4j", "/nowhere"))


def test_a_version_too_old_is_named(empty: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST", (99, 0))
    with pytest.raises(StoreVersionError, match=r"Neo4j/5\.26.*99\.0 or newer"):
        Neo4jStore.connect(empty.uri)


@pytest.mark.parametrize("version", [bytes([0, 0, 4, 4]), bytes(4)], ids=["4.4", "none"])
def test_a_protocol_of_an_old_server_is_named_as_one(version: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "any")
    with socket.socket() as old:
        old.bind(("127.0.0.1", 0))
        old.listen()

        def answer() -> None:
            connection, _ = old.accept()
            with connection:
                connection.recv(20)
                connection.sendall(version)
                connection.recv(1_000)

        thread = threading.Thread(target=answer)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(StoreVersionError, match=r"old protocol.*5\.26 or newer"):
            Neo4jStore.connect(f"bolt://127.0.0.1:{old.getsockname()[1]}/neo4j")
        assert time.monotonic() - begun < 5
        thread.join()


def test_an_unknown_option_in_a_uri_is_refused(empty: RunningServer) -> None:
    with pytest.raises(UsageError, match="unknown 'grph'"):
        Neo4jStore.connect(f"{empty.uri}?grph=films")
    with pytest.raises(UsageError, match="no name for a graph"):
        Neo4jStore.connect(f"{empty.uri}?graph=a`b")


def test_the_routing_scheme_is_taken_too(empty: RunningServer) -> None:
    Neo4jStore.connect(empty.uri.replace("bolt://", "neo4j://"), create=True).close()


def test_a_reading_session_is_refused_writes_by_the_server(empty: RunningServer) -> None:
    with Neo4jStore.connect(empty.uri, create=True) as store:
        with pytest.raises(StoreError, match=r"(?i)writ"):
            list(store._server.read("CREATE (n:Injected) RETURN n"))
        assert run(empty, "MATCH (n:Injected) RETURN count(n)") == [(0,)]


def records(count: int) -> Iterator[Record]:
    for i in range(count):
        yield Entity(f"e{i % 700}", label=f"name {i % 700}", types=(f"type {i % 5}",))
        yield Triple(f"e{i % 700}", f"r{i % 3}", f"e{(i * 7) % 700}", {"at": str(1900 + i % 50)} if i % 4 == 0 else {})
        yield Triple(f"e{i % 700}", "size", Literal(str(i % 90), LiteralType.INTEGER))


def test_a_server_killed_in_the_middle_of_a_write_loses_nothing(
    server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_BATCH", 500)
    monkeypatch.setattr(connection, "_RETRY_SECONDS", 1.0)
    with SQLiteStore.create(tmp_path / "plain") as plain:
        plain.write([Triple("x", "r", "y")], source="before")
        plain.write(records(1_500), source="load")
        expected = list(plain.export())
    local = LocalServer(tmp_path / "server", cache=load_settings().cache)
    under_way = threading.Event()

    def slowly() -> Iterator[Record]:
        for at, record in enumerate(records(1_500)):
            if at == 3_000:
                under_way.set()
                time.sleep(1.0)
            yield record

    with local.running(heap="512m", short=True) as running:
        monkeypatch.setenv("NEO4J_PASSWORD", running.password)
        with Neo4jStore.connect(running.uri, create=True) as store:
            store.write([Triple("x", "r", "y")], source="before")
            killer = threading.Thread(target=lambda: (under_way.wait(60), running.process.kill()))
            killer.start()
            with pytest.raises(StoreError, match="does not answer"):
                store.write(slowly(), source="load")
            killer.join()
            begun = time.monotonic()
            with pytest.raises(StoreError):
                store.entity("x")
            assert time.monotonic() - begun < 5
    with local.running(heap="512m", short=True) as running, Neo4jStore.connect(running.uri) as store:
        assert {source.name: source.finished for source in store.sources()} == {"before": True, "load": False}
        assert [statement.head for statement in store.statements()] == ["x"]
        report = store.write(records(1_500), source="load")
        assert report.revision == 2
        assert list(store.export()) == expected
        assert store.verify() == []
