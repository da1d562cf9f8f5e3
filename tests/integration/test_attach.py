"""Attaching to graphs that kgqa did not build, on a real server: answers, and nothing ever written there."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from kgqa import Engine
from kgqa.config import Settings, load_settings
from kgqa.engine.attaching import attach_graph, propose_map
from kgqa.errors import InputError, StoreError, UsageError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local.server import RunningServer
from kgqa.graph.neo4j.names import escape
from kgqa.reasoning.execute import execute
from kgqa.reasoning.plan import Comparison, Hop, QualifierCondition, Start, Step, TimeSpan
from kgqa.types import Literal
from tests.integration.property_graphs import COMPANIES, GRAPHS, HOSTILE, MOVIES, ODD, VALUES
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(work=tmp_path / "work")


def whole(server: RunningServer) -> list[tuple]:
    """Everything that the database holds, its schema too."""
    nodes = run(server, "MATCH (n) RETURN elementId(n) AS id, labels(n), properties(n) ORDER BY id")
    links = run(server, "MATCH ()-[r]->() RETURN elementId(r) AS id, type(r), properties(r) ORDER BY id")
    schema = run(server, "SHOW INDEXES YIELD name RETURN name ORDER BY name")
    tokens = run(server, "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey ORDER BY propertyKey")
    return [*nodes, *links, *schema, *tokens]


def answers(engine: Engine, question: str) -> set[str]:
    return {item.label for item in engine.ask(question).answers}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_of_another_shape_is_proposed_shown_and_answered_from(
    name: str, empty: RunningServer, settings: Settings
) -> None:
    cypher, questions = GRAPHS[name]
    run(empty, cypher, **VALUES)
    before = whole(empty)
    report = attach_graph(empty.uri, settings=settings)
    assert report.map == propose_map(empty.uri, settings=settings)
    with Engine.open(empty.uri, settings=settings) as engine:
        for question, expected in questions.items():
            assert answers(engine, question) == expected, question
        engine.index()
    assert whole(empty) == before


def test_properties_of_relationships_qualify_and_their_dates_say_when(empty: RunningServer, settings: Settings) -> None:
    run(empty, COMPANIES)
    attach_graph(empty.uri, settings=settings)
    with Engine.open(empty.uri, settings=settings) as engine:
        snapshot = engine.rooms().snapshot
        (acme,) = [node.id for node in engine.store.node_rows() if node.label == "Acme Corporation"]
        staff = Step("WORKS_AT", inverse=True)

        def who(**conditions: object) -> set[str]:
            result = execute(Hop(Start((str(acme),)), staff, **conditions), snapshot)  # type: ignore[arg-type]
            return set(snapshot.labels(result.nodes))

        assert who(during=TimeSpan("2011", "2011")) == {"Ada Lovell"}
        assert who(during=TimeSpan("2014", "2014")) == {"Ada Lovell", "Bob Stone"}
        assert who(during=TimeSpan("2016")) == {"Bob Stone"}
        clerk = QualifierCondition("position", Comparison.EQUAL, Literal("clerk"))
        assert who(where=(clerk,)) == {"Bob Stone"}
        bought = engine.ask("Which company did Acme Corporation acquire?").evidence[0].to_dict()
        assert bought["qualifiers"]["at"] == {"value": "2018-05-01", "type": "date"}


def test_what_others_write_is_noticed_said_and_followed(
    empty: RunningServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    run(empty, MOVIES)
    attach_graph(empty.uri, settings=settings)
    with Engine.open(empty.uri, settings=settings) as engine:
        revision = engine.revision
        numbers = {row.id: row.number for row in engine.store.node_rows() if row.id}
        assert "written to by others" not in caplog.text
        run(empty, "MATCH (m:Movie {title: 'Speed'}) SET m.title = 'Velocity'")
        assert answers(engine, "Who directed Speed?") == {"Jan de Bont"}
        assert engine.refresh() == revision + 1
        assert "written to by others" in caplog.text
        assert answers(engine, "Who directed Velocity?") == {"Jan de Bont"}
        assert {row.id: row.number for row in engine.store.node_rows() if row.id} == numbers
    run(empty, "MATCH (m:Movie {title: 'Velocity'}) DETACH DELETE m")
    with Engine.open(empty.uri, settings=settings) as engine:
        assert engine.revision == revision + 2
        assert answers(engine, "Which movies did Keanu Reeves act in?") == {"The Matrix"}
        caplog.clear()
    with Engine.open(empty.uri, settings=settings) as engine:
        assert (engine.revision, caplog.text) == (revision + 2, "")


def test_a_unique_property_gives_ids_and_a_repeated_one_is_refused_leaving_nothing(
    empty: RunningServer, settings: Settings
) -> None:
    run(empty, MOVIES)
    run(empty, "CREATE CONSTRAINT theirs FOR (m:Movie) REQUIRE m.tmdbId IS UNIQUE")
    try:
        attach_graph(empty.uri, settings=settings)
        with Engine.open(empty.uri, settings=settings) as engine:
            (found,) = engine.ask("Which movie has the longest runtime?").answers
            assert found.id == "Movie:949"
    finally:
        run(empty, "DROP CONSTRAINT theirs")
    elsewhere = load_settings(work=settings.work / "other")
    bad = {"nodes": {"Person": {"id": "born", "name": "name"}}}
    with pytest.raises(InputError, match=r"two nodes have the id 'Person:19(64|43)'"):
        attach_graph(empty.uri, map=bad, settings=elsewhere)
    with pytest.raises(StoreError):
        Engine.open(empty.uri, settings=elsewhere)
    attach_graph(empty.uri, map={"nodes": {"Person": {"name": "name"}}}, settings=elsewhere)
    with Engine.open(empty.uri, settings=elsewhere) as engine:
        assert engine.store.counts().entities == 7


def test_a_map_that_is_given_decides_and_a_new_one_is_taken_over(
    empty: RunningServer, settings: Settings, tmp_path: Path
) -> None:
    run(empty, MOVIES)
    path = tmp_path / "map.yaml"
    path.write_text(
        "nodes:\n  Movie: {name: title, type: film, attributes: {runtimeMin: {relation: length, unit: min}}}\n",
        encoding="utf-8",
    )
    attach_graph(empty.uri, map=path, settings=settings)
    with Engine.open(empty.uri, settings=settings) as engine:
        assert {row.types for row in engine.store.node_rows() if row.id} == {("film",)}
        assert [relation.id for relation in engine.store.relations()] == ["length"]
    report = attach_graph(empty.uri, settings=settings)
    with Engine.open(empty.uri, settings=settings) as engine:
        assert engine.store.counts().statements == report.statements > 20


def test_an_attached_graph_refuses_writes_and_says_what_to_do(empty: RunningServer, settings: Settings) -> None:
    run(empty, MOVIES)
    attach_graph(empty.uri, settings=settings)
    before = whole(empty)
    with Engine.open(empty.uri, settings=settings) as engine:
        with pytest.raises(UsageError, match="only read"):
            engine.ingest([], source_name="x")
        with pytest.raises(UsageError, match="kgqa export"):
            engine.delete(source="neo4j")
        out = io.StringIO()
        assert engine.export(out) > 20
    with pytest.raises(UsageError, match="only read"):
        Engine.create(empty.uri, settings=settings)
    assert whole(empty) == before


def test_a_graph_of_kgqa_and_an_empty_database_are_not_attached_to(empty: RunningServer, settings: Settings) -> None:
    with pytest.raises(UsageError, match="empty"):
        attach_graph(empty.uri, settings=settings)
    Neo4jStore.connect(empty.uri, create=True).close()
    with pytest.raises(UsageError, match="made by kgqa"):
        attach_graph(empty.uri, map={"nodes": {"Node": {}}}, settings=settings)


def test_without_the_server_the_copy_answers_and_says_so_but_not_without_the_password(
    empty: RunningServer, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run(empty, MOVIES)
    attach_graph(empty.uri, settings=settings)
    with Engine.open("bolt://127.0.0.1:9/neo4j", settings=settings) as engine:
        assert "answering from the copy" in caplog.text
        assert answers(engine, "Who directed Heat?") == {"Michael Mann"}
    monkeypatch.setenv("NEO4J_PASSWORD", "a wrong secret")
    with pytest.raises(StoreError, match="NEO4J_PASSWORD"):
        Engine.open(empty.uri, settings=settings)


def test_the_command_shows_the_map_and_answers_follow(
    empty: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from kgqa.cli.main import app

    run(empty, ODD, **VALUES)
    work = str(tmp_path / "work")
    runner = CliRunner()
    proposed = runner.invoke(app, ["attach", empty.uri, "--propose", "--work", work])
    assert "préf label" in proposed.stdout
    assert not Path(work).exists()
    shown = runner.invoke(app, ["attach", empty.uri, "--work", work])
    assert proposed.stdout.strip() in shown.stdout
    assert "6 entities and 7 statements" in shown.stdout
    asked = runner.invoke(app, ["ask", "What grows in Peru?", "--store", empty.uri, "--work", work, "--json"])
    assert [item["label"] for item in json.loads(asked.stdout.splitlines()[-1])["answers"]] == ["Theobroma cacao"]


NAMES = [
    "a`b", "``", "`", "a\\u0060b", "\\", "a\\b", "\\`", "\\u005C", "\\\\u0060", "\\uuu0060) RETURN 1 //",
    "ˋ｀‵", "}) DETACH DELETE (n) //", "'\"", "a\nb", "$x", "é" * 5_000, HOSTILE,
]  # fmt: skip


def test_names_hostile_to_cypher_mean_only_themselves(empty: RunningServer) -> None:
    for name in NAMES:
        rows = run(empty, f"CREATE (n:{escape(name)} {{{escape(name)}: 1}}) RETURN labels(n), keys(n)")
        assert rows == [([name], [name])], name
    assert run(empty, "MATCH (n) RETURN count(n)") == [(len(NAMES),)]
