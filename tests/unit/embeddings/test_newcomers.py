"""Entities that came after the training: their vectors rank what was hidden far above what means and zeros do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kgqa.embeddings.artefact import Artefact, network, open_artefact
from kgqa.embeddings.models import weights_to_bytes
from kgqa.embeddings.newcomers import ENTITIES, with_newcomers
from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.predictor import load_predictor
from kgqa.embeddings.ranking import score_values
from kgqa.embeddings.training import train_embeddings
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Record, Triple
from tests.unit.embeddings.people import CITIES, SETTINGS, country_of, records

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
    folder, _, snapshot = grown
    before = open_artefact(folder)[1]
    after = with_newcomers(before, snapshot)
    assert len(after.vocabulary.refs) == len(before.vocabulary.refs) + NEW
    rated = mrr(after)
    for fill in ("mean", "zero"):
        model = network(after)
        weights = model.state_dict()[ENTITIES]
        weights[-NEW:] = weights[:-NEW].mean(dim=0) if fill == "mean" else 0.0
        assert rated > mrr(Artefact(after.manifest, after.vocabulary, after.triples, weights_to_bytes(model))) + 0.2
    assert rated > 0.8


def test_they_are_predicted_for_as_others_are(grown: tuple[Path, SQLiteStore, Snapshot]) -> None:
    folder, store, snapshot = grown
    predictor = load_predictor(folder, store, snapshot)
    assert predictor.stale is not None and predictor.usable
    best = predictor.predict(relation="nationality", head="new/7", k=1)[0]
    assert best.tail == snapshot.node(f"country/{country_of(7)}")
    assert [fact.tail for fact in predictor.predict(relation="lives_in", head="new/7")] == []
