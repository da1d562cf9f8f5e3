"""``kgqa neo4j start | stop | status`` as processes, with a server of its own."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kgqa.graph.formats import read, write_jsonl
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import LocalServer, RunningServer
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Literal, LiteralType, Triple
from tests.contract.graph_store import CITY
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgqa", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


def test_a_server_starts_with_a_private_password_holds_a_graph_and_stops(server: RunningServer, tmp_path: Path) -> None:
    work = tmp_path / "server"
    facts = tmp_path / "facts.tsv"
    facts.write_text("Paris\tcapital of\tFrance\n", encoding="utf-8")
    started = command("neo4j", "start", "--work", str(work), "--heap", "512m", "--json")
    try:
        assert started.returncode == 0, started.stderr
        data = json.loads(started.stdout)
        assert data["running"] and data["uri"].startswith("bolt://127.0.0.1:")
        password = Path(data["password_file"])
        assert stat.S_IMODE(password.stat().st_mode) == 0o600
        secret = password.read_text(encoding="utf-8")
        assert len(secret) >= 20 and secret not in started.stdout + started.stderr
        again = command("neo4j", "start", "--work", str(work), "--json")
        assert json.loads(again.stdout)["uri"] == data["uri"]
        environment = {"NEO4J_PASSWORD": secret, "KGQA_WORK": str(tmp_path / "work")}
        assert command("ingest", str(facts), "--store", data["uri"], **environment).returncode == 0
        info = json.loads(command("info", "--json", "--store", data["uri"], **environment).stdout)
        assert info["counts"]["statements"] == 1
    finally:
        stopped = command("neo4j", "stop", "--work", str(work), "--json")
    assert json.loads(stopped.stdout) == {"stopped": True}
    status = json.loads(command("neo4j", "status", "--work", str(work), "--json").stdout)
    assert (status["running"], status["uri"]) == (False, None)
    assert json.loads(command("neo4j", "stop", "--work", str(work), "--json").stdout) == {"stopped": False}


def test_without_java_the_message_says_what_to_install(tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    done = command("neo4j", "start", "--work", str(tmp_path / "server"), PATH=str(empty))
    assert done.returncode == 1
    assert "Java 17" in done.stderr and "install" in done.stderr
    assert not (tmp_path / "server" / "password").exists()


def test_a_taken_port_is_named(server: RunningServer, tmp_path: Path) -> None:
    port = server.uri.rpartition(":")[2].partition("/")[0]
    done = command("neo4j", "start", "--work", str(tmp_path / "server"), "--port", port)
    assert done.returncode == 2
    assert f"port {port} is taken" in done.stderr


def test_a_file_left_by_a_killed_server_does_not_count_as_running(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / "password").write_text("secret", encoding="utf-8")
    (folder / "running.json").write_text('{"port": 1}', encoding="utf-8")
    assert not LocalServer(folder, cache=tmp_path).status().running


def test_a_bulk_load_equals_the_same_load_over_bolt(empty: RunningServer, tmp_path: Path) -> None:
    records = [
        *CITY,
        Entity("odd", label='a "quoted", name\nof 2 lines', types=("x;y", "z")),
        Entity("1990"),
        Entity("e"),
    ]
    records += [
        Triple("odd", "r", Literal("", LiteralType.STRING), {"a b": "c", "x": Literal("2", LiteralType.INTEGER)})
    ]
    with SQLiteStore.create(tmp_path / "store") as store:
        store.write(records, source="atlas")
        store.write([Triple("Q90", "capital_of", "Q142"), Entity("odd", label="other")], source="blog")
        write_jsonl(store.export(), tmp_path / "facts.jsonl")
        expected = list(store.export())
    with Neo4jStore.connect(empty.uri, create=True) as bolt:
        bolt.write(read(tmp_path / "facts.jsonl"), source="facts")
        told = bolt.counts(), [(s.name, s.entities, s.statements, s.passages) for s in bolt.sources()]
        assert list(bolt.export()) == expected
        look = "MATCH (n:Entity) RETURN n.id, n.name, n.aliases, n.population, n.tower, n.lo, labels(n) ORDER BY n.id"
        shown = [(*row[:-1], sorted(row[-1])) for row in run(empty, look)]
    work = tmp_path / "server"
    loaded = command("ingest", str(tmp_path / "facts.jsonl"), "--bulk", "--work", str(work), "--json")
    try:
        assert loaded.returncode == 0, loaded.stderr
        local = LocalServer(work, cache=tmp_path)
        uri = json.loads(loaded.stdout)["uri"]
        with Neo4jStore.connect(uri, password=local.password()) as bulk:
            assert list(bulk.export()) == expected
            assert (bulk.counts(), [(s.name, s.entities, s.statements, s.passages) for s in bulk.sources()]) == told
            assert bulk.verify() == []
            there = [(*row[:-1], sorted(row[-1])) for row in bulk._server.read(look)]
            assert there == shown
            assert bulk.write(expected, source="facts").added == 0
        again = command("ingest", str(tmp_path / "facts.jsonl"), "--bulk", "--work", str(work))
        assert again.returncode == 2 and "holds data" in again.stderr
    finally:
        assert command("neo4j", "stop", "--work", str(work)).returncode == 0
