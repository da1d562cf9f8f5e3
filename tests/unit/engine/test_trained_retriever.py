"""The trained retriever through the engine and the command line: entities beside entities, and the dense channel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from kgqa import Engine
from kgqa.cli.main import app
from kgqa.config import load_settings
from kgqa.errors import ModelError, NotFoundError, UsageError
from kgqa.evaluation.schemas import load_schema
from tests.tiny_bert import tiny_encoder
from tests.unit.training.retriever.towns import records

QUICK: dict[str, Any] = {"steps": 4, "batch_size": 8, "check_every": 2, "questions": 80, "checkpoint_seconds": None}


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    place = tmp_path_factory.mktemp("retriever")
    tiny_encoder(place / "encoder")
    settings = load_settings(encoder=str(place / "encoder"), device="cpu", cache=place / "cache")
    with Engine.create(place / "towns.kgqa", settings=settings) as engine:
        engine.ingest(records(), source_name="towns")
        engine.index()
        yield engine


def test_without_a_retriever_the_engine_says_what_to_train(towns: Engine) -> None:
    assert not towns.rooms().notes
    with pytest.raises(ModelError, match="kgqa train retriever"):
        towns.similar("town1")


def test_the_dense_channel_takes_the_trained_text_tower_once_indexed(towns: Engine) -> None:
    before = towns.search("old walls", channels=["dense"])
    report = towns.train("retriever", tasks=["passage"], learning_rate=1e-3, layers=3, **QUICK)
    assert report.metrics["kept"] == ["passage"]
    assert towns.info()["models"]["retriever"]["revision"] == towns.revision
    assert "older than the retriever" in " ".join(towns.rooms().notes)
    assert towns.search("old walls", channels=["dense"]).results == before.results
    assert towns.index().encoded > 0
    assert not towns.rooms().notes
    after = towns.search("old walls", channels=["dense"])
    assert after.results
    assert [item.score for item in after.results] != [item.score for item in before.results]
    assert towns.index().encoded == 0


def test_entities_alike_come_from_the_retriever_where_it_is_trained_for_them(towns: Engine) -> None:
    towns.train("retriever", tasks=["similar"], **QUICK)
    report = towns.similar("town1", k=5)
    assert len(report.results) == 5
    assert "town1" not in {item.id for item in report.results}
    scores = [item.score for item in report.results]
    assert scores == sorted(scores, reverse=True)
    assert report == towns.similar("town1", k=5)
    with pytest.raises(ModelError, match="no embeddings"):  # it was not trained for that, and nothing else is there
        towns.related("town1")
    with pytest.raises(NotFoundError):
        towns.similar("nowhere")


def test_related_entities_say_how_they_are_linked(towns: Engine) -> None:
    words = "train retriever --task related --steps 4 --batch-size 8 --questions 80 --layers 0 --json --quiet --store"
    done = CliRunner().invoke(
        app,
        [*words.split(), str(towns.location)],
        env={"KGQA_ENCODER": towns.settings.encoder, "KGQA_DEVICE": "cpu", "KGQA_CACHE": str(towns.settings.cache)},
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["metrics"]["kept"] == ["related"]
    towns.refresh()
    data = towns.related("town1", k=60).to_dict()
    Draft202012Validator(load_schema("neighbours")).validate(data)
    found = {item["id"]: item for item in data["results"]}
    assert found["lord1"]["relation"] == "ruled_by" and found["lord1"]["known"] is True
    assert found["lord2"]["relation"] is None and found["lord2"]["known"] is False


def test_new_facts_make_it_stale_and_a_deleted_source_unusable(towns: Engine) -> None:
    towns.ingest([{"triple": {"head": "town1", "relation": "in", "tail": "land9"}}], source_name="more")
    towns.refresh()
    assert "learnt from revision" in str(towns.related("town1").stale)
    towns.ingest([{"entity": {"id": "town1", "label": "Bace"}}], source_name="again")
    towns.delete(source="towns")
    towns.refresh()
    assert "source 'towns', which was deleted" in " ".join(towns.rooms().notes)
    with pytest.raises(ModelError, match="'towns', which was deleted"):
        towns.related("town1")


def test_options_that_there_are_not_are_refused(towns: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no option 'poems'"):
        towns.train("retriever", poems=1)
    with pytest.raises(UsageError, match="'poem' is not one of"):
        towns.train("retriever", tasks=["poem"])
