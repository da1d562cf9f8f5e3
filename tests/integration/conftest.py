"""A real Neo4j server for the integration tests: started once on a free loopback port, with its own data."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from kgqa.config import load_settings
from kgqa.graph.neo4j.local import LocalServer, RunningServer, missing_programs
from tests.integration.support import offer_encryption, run


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server. Without Java or Maven: a failure where CI is set, else a skip that says what is not tested."""
    if missing := missing_programs():
        told = f"THE NEO4J STORE IS NOT TESTED: this machine lacks {' and '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    local = LocalServer(tmp_path_factory.mktemp("neo4j"), cache=load_settings().cache)
    offer_encryption(local)
    with local.running(heap="1g", short=True) as running:
        yield running


@pytest.fixture
def empty(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> RunningServer:
    """The server, its database empty, its credentials in the environment."""
    monkeypatch.setenv("NEO4J_PASSWORD", server.password)
    monkeypatch.delenv("NEO4J_USERNAME", raising=False)
    monkeypatch.delenv("NEO4J_CA", raising=False)
    run(server, "MATCH (n) DETACH DELETE n")
    return server
