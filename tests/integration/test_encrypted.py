"""Encrypted connections to a real server whose certificate is signed by itself: which are trusted, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa.errors import StoreError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import RunningServer
from kgqa.types import Triple
from tests.integration.support import certificate, make_certificate

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


@pytest.fixture
def trusted(empty: RunningServer) -> Iterator[Path]:
    path = certificate(empty)
    if path is None:
        pytest.skip("ENCRYPTED CONNECTIONS ARE NOT TESTED: this machine lacks openssl")
    Neo4jStore.connect(empty.uri, create=True).close()
    yield path


def with_scheme(server: RunningServer, scheme: str) -> str:
    return scheme + server.uri.removeprefix("bolt")


@pytest.mark.parametrize("scheme", ["bolt+ssc", "neo4j+ssc"])
def test_any_certificate_is_taken_where_the_scheme_says_so(empty: RunningServer, trusted: Path, scheme: str) -> None:
    with Neo4jStore.connect(with_scheme(empty, scheme)) as store:
        store.write([Triple("a", "r", "b")], source="s")
        assert [statement.tail for statement in store.statements()] == ["b"]


@pytest.mark.parametrize("scheme", ["bolt", "bolt+s"])
def test_the_certificates_of_a_file_are_trusted_and_no_others(
    empty: RunningServer, trusted: Path, scheme: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NEO4J_CA", str(trusted))
    with Neo4jStore.connect(with_scheme(empty, scheme)) as store:
        assert store.revision == 0
    monkeypatch.setenv("NEO4J_CA", str(make_certificate(tmp_path)))
    with pytest.raises(StoreError, match="certificate"):
        Neo4jStore.connect(with_scheme(empty, scheme))


def test_a_certificate_that_nobody_vouches_for_is_refused_by_name(empty: RunningServer, trusted: Path) -> None:
    with pytest.raises(StoreError, match=r"NEO4J_CA|\+ssc"):
        Neo4jStore.connect(with_scheme(empty, "bolt+s"))


def test_a_file_of_certificates_that_is_none_is_named(
    empty: RunningServer, trusted: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate", encoding="utf-8")
    for path in (wrong, tmp_path / "none.pem"):
        monkeypatch.setenv("NEO4J_CA", str(path))
        with pytest.raises(StoreError, match="NEO4J_CA"):
            Neo4jStore.connect(empty.uri)
