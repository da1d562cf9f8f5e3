"""A real Neo4j server for tests: fetched with Maven once, started on a free loopback port with its own data."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kgqa.assets import asset
from kgqa.config import load_settings

OPENED = ("java.base/java.nio", "java.base/java.lang", "java.base/sun.nio.ch")


@dataclass(frozen=True, slots=True)
class RunningServer:
    uri: str
    password: str


def skip_unless_asked() -> None:
    """Skips, saying why, unless KGQA_NEO4J_TESTS is set and Java and Maven are there."""
    if not os.environ.get("KGQA_NEO4J_TESTS"):
        pytest.skip("needs a real Neo4j server: run `make test-neo4j` (sets KGQA_NEO4J_TESTS=1)")
    for program, what in (("java", "Java 17"), ("mvn", "Maven")):
        if shutil.which(program) is None:
            pytest.skip(f"THE NEO4J STORE IS NOT TESTED: {what} is not installed ({program} is not on the path)")


@contextmanager
def running_server(data: Path) -> Iterator[RunningServer]:
    """A server that ends with the context; its password is random."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["java", "-Xmx1g", *(f"--add-opens={name}=ALL-UNNAMED" for name in OPENED), "-cp", str(jars() / "*")]
    command += [str(asset("graph/server/Launcher.java")), str(data), str(port)]
    with (data / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, cwd=data)
    assert process.stdin is not None
    try:
        yield RunningServer(f"bolt://127.0.0.1:{port}/neo4j", set_password(port, process, data / "server.log"))
    finally:
        process.stdin.close()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def jars() -> Path:
    """The server's libraries in our cache folder, fetched when they are not there."""
    folder = load_settings().cache / "neo4j" / "jars"
    if not (folder / "complete").exists():
        pom = asset("graph/server/pom.xml")
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
        subprocess.run(["mvn", "-q", "-B", "-f", str(pom), *goal], check=True)
        (folder / "complete").touch()
    return folder


def set_password(port: int, process: subprocess.Popen[bytes], log: Path) -> str:
    """Waits for the server and changes the password that it starts with."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import ServiceUnavailable

    password = secrets.token_urlsafe(18)
    deadline = time.monotonic() + 180
    while True:
        try:
            with (
                GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=("neo4j", "neo4j")) as driver,
                driver.session(database="system") as session,
            ):
                session.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=password).consume()
            return password
        except ServiceUnavailable:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{log.read_text(encoding='utf-8')[-4000:]}") from None
            time.sleep(0.5)
