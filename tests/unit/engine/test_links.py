"""Missing facts, entities alike and related, suspicious statements: through the engine and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from kgqa import Engine, Entity
from kgqa.cli.main import app
from kgqa.config import load_settings
from kgqa.errors import ModelError, NotFoundError, UsageError
from kgqa.evaluation.schemas import load_schema
from tests.unit.embeddings.people import WITHHELD, records


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    place = tmp_path_factory.mktemp("links") / "people.kgqa"
    with Engine.create(place, settings=load_settings(device="cpu", seed=3)) as engine:
        engine.ingest(records(), source_name="people")
        engine.train("embeddings", dim=32, members=1, epochs=30)
        yield engine


def printed(engine: Engine, *words: str, schema: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*words, "--store", str(engine.location), "--json", "--quiet"])
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    Draft202012Validator(load_schema(schema)).validate(data)
    return data


def test_a_missing_fact_is_predicted_with_the_path_that_speaks_for_it(people: Engine) -> None:
    best = people.predict(head=WITHHELD[0], relation=WITHHELD[1], k=3, explain=True)[0]
    assert (best.head, best.relation, best.tail) == WITHHELD
    assert best.probability > 0.5
    assert best.support[0]["path"] in (["lives_in", "in_country"], ["works_in", "in_country"])
    assert json.loads(json.dumps(best.to_dict()))["tail_label"] == best.tail_label
    with pytest.raises(UsageError, match="head or tail"):
        people.predict(relation="nationality")


def test_similar_and_related_are_printed_as_their_schema_says(people: Engine) -> None:
    alike = printed(people, "similar", "person/5", "--k", "4", schema="neighbours")
    assert alike == json.loads(json.dumps(people.similar("person/5", k=4).to_dict()))
    assert len(alike["results"]) == 4
    assert all(item["relation"] is None for item in alike["results"])
    going = printed(people, "related", "person/5", "--k", "8", schema="neighbours")
    known = {(item["relation"], item["id"]) for item in going["results"] if item["known"]}
    assert ("lives_in", "city/5") in known or ("works_in", "city/5") in known


def test_suspicious_statements_are_printed_as_their_schema_says(people: Engine) -> None:
    data = printed(people, "verify", "--suspicious", "--k", "7", schema="suspicious")
    assert len(data["suspicious"]) == 7
    assert data["judged"] > 400
    assert all(item["sources"] == ["people"] for item in data["suspicious"])
    table = CliRunner().invoke(app, ["verify", "--suspicious", "--shapes", "x.ttl", "--store", str(people.location)])
    assert table.exit_code == 2


def test_trained_embeddings_rank_the_triples_of_a_search(people: Engine) -> None:
    data = printed(people, "search", "Which city does person/5 live in?", "--kind", "triple", schema="search")
    assert any({"facts", "edges"} <= set(found["channels"]) for found in data["results"])


def test_what_is_not_there_is_said(people: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nobody"):
        people.similar("nobody")
    with Engine.create(tmp_path / "bare") as engine:
        engine.ingest(records(), source_name="people")
        with pytest.raises(ModelError, match="kgqa train embeddings"):
            engine.related("person/5")


def test_training_takes_its_options_and_refuses_others(people: Engine, tmp_path: Path) -> None:
    with Engine.create(tmp_path / "own", settings=load_settings(device="cpu")) as engine:
        engine.ingest(records(), source_name="people")
        report = engine.train("embeddings", model="DistMult", loop="slcwa", sampler="bernoulli", dim=4, epochs=1)
        assert report.metrics["model"] == "distmult"
        with pytest.raises(UsageError, match="no option 'dimension'"):
            engine.train("embeddings", dimension=4)


def test_what_is_new_and_linked_to_nothing_is_predicted_for_where_texts_took_part(tmp_path: Path) -> None:
    with Engine.create(tmp_path / "own", settings=load_settings(device="cpu")) as engine:
        engine.ingest(records(), source_name="people")
        engine.train("embeddings", text=True, dim=4, members=1, epochs=2)
        engine.ingest([Entity("person/new", "Somebody new", types=("person",))], source_name="more")
        engine.refresh()
        assert engine.predict(head="person/new", relation="nationality", k=1)
