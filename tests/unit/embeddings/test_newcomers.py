"""Entities that came after the training: their vectors rank what was hidden far above what means and zeros do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kgqa.embeddings.artefact import Artefact, network, open_artefact
from kgqa.embeddings.encoder import load_encoder
from kgqa.embeddings.models import weights_to_bytes
from kgqa.embeddings.newcomers import ENTITIES, with_newcomers
from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.predictor import load_predictor
from kgqa.embeddings.ranking import score_values
from kgqa.embeddings.training import train_embeddings
from kgqa.errors import NotFoundError
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Record, Triple
from tests.unit.embeddings.people import CITIES, COUNTRIES, PEOPLE, SETTINGS, city_of, country_of, records

NEW = 30


def newcomers() -> list[Record]:
    out: list[Record] = [Entity(f"new/{i}", types=("person",)) for i in range(NEW)]
    return out + [Triple(f"new/{i}", relation, f"city/{i % CITIES}") for i in range(NEW) for relation in ("lives_in",)]


@pytest.fixture(scope="module", params=["ComplEx", "DistMult"])
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SQLiteStore, Any]:
    place = tmp_path_factory.mktemp("grown")
    store = SQLiteStore.create(place / "store")
    store.write(records(), source="people")
    train_embeddings(store, place / "models", TrainingOptions(**SETTINGS, model=request.param))
    store.write(newcomers(), source="more")
    return place / "models", store, open_snapshot(place / "snapshot", store)


def mrr(artefact: Artefact) -> float:
    """Of the nationality of the newcomers, among countries."""
    place = {ref: number for number, ref in enumerate(artefact.vocabulary.refs)}
    relation = artefact.vocabulary.relations.index("nationality")
    countries = [place[f"country/{i}"] for i in range(5)]
    scores = score_values(network(artefact), relation, False, [place[f"new/{i}"] for i in range(NEW)])[:, countries]
    true = scores[np.arange(NEW), [country_of(i % CITIES) for i in range(NEW)]][:, None]
    ranks = 0.5 * ((scores > true).sum(axis=1) + (scores >= true).sum(axis=1) + 1)
    return float((1 / ranks).mean())


def test_what_links_them_says_more_than_means_and_zeros(grown: tuple[Path, SQLiteStore, Snapshot]) -> None:
    folder, store, snapshot = grown
    before = open_artefact(folder)[1]
    after = with_newcomers(before, snapshot, store)
    assert len(after.vocabulary.refs) == len(before.vocabulary.refs) + NEW
    rated = mrr(after)
    for fill in ("mean", "zero"):
        model = network(after)
        weights = model.state_dict()[ENTITIES]
        weights[-NEW:] = weights[:-NEW].mean(dim=0) if fill == "mean" else 0.0
        assert rated > mrr(Artefact(after.manifest, after.vocabulary, after.triples, weights_to_bytes(model))) + 0.2
    assert rated > 0.8


def test_one_that_nothing_links_is_predicted_for_by_its_text(tmp_path: Path) -> None:
    encoder = load_encoder(cache=tmp_path / "cache", device="cpu")
    said = [Entity(f"person/{i}", description=f"citizen of Country {country_of(city_of(i))}") for i in range(PEOPLE)]
    new = [Entity(f"new/{i}", types=("person",), description=f"citizen of Country {i}") for i in range(COUNTRIES)]
    with SQLiteStore.create(tmp_path / "store") as store:
        store.write([*records(), *said], source="people")
        train_embeddings(store, tmp_path / "models", TrainingOptions(**SETTINGS, text=True), encoder=encoder)
        store.write([*new, Triple("new/0", "knows", "new/1")], source="more")
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        without = load_predictor(tmp_path / "models", store, snapshot)
        predictor = load_predictor(tmp_path / "models", store, snapshot, encoder=lambda: encoder)
        with pytest.raises(NotFoundError):
            without.predict(relation="nationality", head="new/1", k=1)
        found = [predictor.predict(relation="nationality", head=f"new/{i}", k=1)[0].tail for i in range(COUNTRIES)]
    assert found == [snapshot.node(f"country/{i}") for i in range(COUNTRIES)]


def test_they_are_predicted_for_as_others_are(grown: tuple[Path, SQLiteStore, Snapshot]) -> None:
    folder, store, snapshot = grown
    predictor = load_predictor(folder, store, snapshot)
    assert predictor.stale is not None and predictor.usable
    best = predictor.predict(relation="nationality", head="new/7", k=1)[0]
    assert best.tail == snapshot.node(f"country/{country_of(7)}")
    assert [fact.tail for fact in predictor.predict(relation="lives_in", head="new/7")] == []
