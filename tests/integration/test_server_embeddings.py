"""PyKEEN embeddings in a real server's vector index, asked by `similar` in the place of the local model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.embeddings.on_server import ServerEmbeddings, copy_embeddings
from kgqa.errors import ModelError, NotFoundError, UsageError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import RunningServer
from kgqa.types import Entity, Triple
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

CITIES = [
    record
    for n in range(40)
    for record in (
        Entity(f"c{n}", f"City {n}", types=("city",)),
        Triple(f"c{n}", "in", f"k{n % 4}"),
        Triple(f"c{n}", "speaks", f"l{n % 4}"),
        Triple(f"k{n % 4}", "borders", f"k{(n + 1) % 4}"),
    )
]
OPTIONS = {"epochs": 4, "dim": 8}


@pytest.fixture
def trained(empty: RunningServer, tmp_path: Path) -> Iterator[Engine]:
    """The embeddings are trained, and on the server."""
    settings = load_settings(work=tmp_path / "work", server_vectors=True)
    with Engine.create(empty.uri, settings=settings) as engine:
        engine.ingest(CITIES, source_name="cities")
        engine.train("embeddings", **OPTIONS)
        yield engine


def test_another_client_finds_what_the_local_model_finds(trained: Engine, empty: RunningServer, tmp_path: Path) -> None:
    with Engine.open(empty.uri, settings=load_settings(work=tmp_path / "work")) as local:
        expected = local.similar("c3", k=5)
    with Engine.open(empty.uri, settings=load_settings(work=tmp_path / "bare", server_vectors=True)) as other:
        found = other.similar("c3", k=5)
        assert [item.id for item in found.results] == [item.id for item in expected.results]
        assert [item.score for item in found.results] == pytest.approx([i.score for i in expected.results], abs=1e-4)
        assert found.stale is None
        with pytest.raises(NotFoundError, match="no entity 'nobody'"):
            other.similar("nobody")
        with pytest.raises(UsageError, match="k must be at least 1"):
            other.similar("c3", k=0)


def test_anybody_finds_them_in_cypher(trained: Engine, empty: RunningServer) -> None:
    query = (
        "MATCH (e:Entity {id: 'c3'}), (v:KgqaEmbeddingVector {id: toString(e.number)}) "
        "CALL db.index.vector.queryNodes('kgqa_embedding_vectors', 2, v.vector) YIELD node "
        "MATCH (near) WHERE near.number = toInteger(node.id) RETURN near.id"
    )
    assert run(empty, query)[0] == ("c3",)
    assert run(empty, "MATCH (v:KgqaEmbeddingVector) RETURN count(v)") == [(48,)]


def test_they_are_put_there_once_and_again_only_when_trained_again(trained: Engine, tmp_path: Path) -> None:
    store, rooms = trained.store, trained.rooms()
    assert isinstance(store, Neo4jStore)
    folder = tmp_path / "work" / "models" / "embeddings"
    before = ServerEmbeddings(store, rooms.snapshot).fingerprint
    assert not copy_embeddings(folder, store, rooms.snapshot)
    store.server.write("MATCH (v:KgqaVector) DELETE v")
    store.server.write("MATCH (s:KgqaVectorState) DELETE s")
    trained.index()  # what is missing there is put there again
    assert ServerEmbeddings(store, rooms.snapshot).fingerprint == before
    trained.train("embeddings", **OPTIONS, model="distmult")
    assert ServerEmbeddings(store, trained.rooms().snapshot).fingerprint != before


def test_additions_make_them_stale_and_deletions_unusable(
    trained: Engine, empty: RunningServer, tmp_path: Path
) -> None:
    settings = load_settings(work=tmp_path / "bare", server_vectors=True)
    with Engine.open(empty.uri, settings=settings) as other:
        other.ingest([Entity("new", "New City")], source_name="new")
        other.refresh()
        assert "learnt from revision 1" in str(other.similar("c3").stale)
        with pytest.raises(NotFoundError, match="know no 'new'"):
            other.similar("new")
        other.ingest(CITIES[:-8], source_name="cities", replace=True)
        other.refresh()
        with pytest.raises(ModelError, match="statements that were deleted"):
            other.similar("c3")
        other.delete(source="cities")
        other.refresh()
        with pytest.raises(ModelError, match="'cities', which was deleted"):
            other.similar("new")
