"""Training from a store: reproducible, told about, published without pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kgqa.embeddings import models, training
from kgqa.embeddings.artefact import open_artefact
from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.predictor import load_predictor
from kgqa.embeddings.processes import Processes
from kgqa.embeddings.training import train_embeddings
from kgqa.errors import ModelError, UsageError
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Triple
from tests.unit.embeddings.people import SETTINGS, Trained


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(trained: Trained, tmp_path: Path) -> None:
    quick = {**SETTINGS, "epochs": 2}
    folders = [
        train_embeddings(trained.store, tmp_path / str(i), TrainingOptions(**{**quick, "seed": s})).folder
        for i, s in enumerate((5, 5, 6))
    ]
    weights = [(folder / "weights.safetensors").read_bytes() for folder in folders]
    assert weights[0] == weights[1] != weights[2]


def test_the_process_keeps_its_own_random_numbers(trained: Trained, tmp_path: Path) -> None:
    torch.manual_seed(1)
    np.random.seed(1)
    expected = torch.rand(1).item(), np.random.rand()
    torch.manual_seed(1)
    np.random.seed(1)
    train_embeddings(trained.store, tmp_path, TrainingOptions(**{**SETTINGS, "epochs": 1}))
    assert (torch.rand(1).item(), np.random.rand()) == expected


def test_progress_counts_batches_up_to_all(trained: Trained, tmp_path: Path) -> None:
    calls: list[tuple[str, int, int | None]] = []
    options = TrainingOptions(**{**SETTINGS, "epochs": 3}, batch_size=16)
    train_embeddings(trained.store, tmp_path, options, progress=lambda *call: calls.append(call))
    steps = [(done, whole) for what, done, whole in calls if what == "training embeddings"]
    assert steps[0][0] == 0 and len(steps) > 3
    assert all(done <= whole for done, whole in steps if whole is not None)


def test_training_stops_when_the_held_out_ranks_stop_rising(trained: Trained, tmp_path: Path) -> None:
    report = train_embeddings(
        trained.store, tmp_path, TrainingOptions(**{**SETTINGS, "epochs": 200}, patience=2, check_every=2)
    )
    training = open_artefact(tmp_path)[1].manifest["training"]
    assert report.epochs < 200
    assert 0 < training["best_epoch"] <= report.epochs


def test_the_manifest_tells_what_it_learnt_from_and_how_good_it_is(trained: Trained) -> None:
    manifest = json.loads((trained.report.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["revision"] == trained.store.revision
    assert set(manifest["sources"]) == {"people"}
    assert manifest["model"]["name"] == "complex"
    assert {"mrr", "hits_at_10", "ece", "asked_ece"} <= set(manifest["metrics"])
    assert set(manifest["files"]) == {"weights.safetensors", "triples.npy", "vocabulary.json"}


@pytest.mark.parametrize("name", ["weights.safetensors", "triples.npy", "vocabulary.json", "manifest.json"])
def test_a_changed_file_is_refused_by_name(trained: Trained, tmp_path: Path, name: str) -> None:
    part = train_embeddings(trained.store, tmp_path, TrainingOptions(**{**SETTINGS, "epochs": 1})).folder
    data = bytearray((part / name).read_bytes())
    data[-3] ^= 1
    (part / name).write_bytes(bytes(data))
    with pytest.raises(ModelError, match=name):
        load_predictor(tmp_path, trained.store, trained.snapshot)


def test_missing_embeddings_say_how_to_train_them(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="kgqa train embeddings"):
        load_predictor(tmp_path, trained.store, trained.snapshot)


@pytest.mark.parametrize(
    ("model", "settings"),
    [("TransE", {}), ("DistMult", {}), ("RotatE", {"dim": 16}), ("CompGCN", {"dim": 8}), ("NodePiece", {"dim": 8})],
)
def test_other_models_train_and_score_the_same_when_loaded(
    trained: Trained, tmp_path: Path, model: str, settings: dict[str, Any]
) -> None:
    train_embeddings(trained.store, tmp_path, TrainingOptions(**{**SETTINGS, "epochs": 1, **settings}, model=model))
    predictor = load_predictor(tmp_path, trained.store, trained.snapshot)
    again = load_predictor(tmp_path, trained.store, trained.snapshot)
    triples = [(f"person/{i}", "nationality", f"country/{i % 5}") for i in range(40)]
    np.testing.assert_array_equal(predictor.score(triples), again.score(triples))
    assert len(set(predictor.score(triples).tolist())) > 1


def test_an_unknown_model_is_answered_with_the_known_ones(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no embedding model 'ComplexE'.*complex"):
        train_embeddings(trained.store, tmp_path, TrainingOptions(model="ComplexE"))


@pytest.mark.parametrize("arguments", [{"no_such": 1}, {"triples_factory": 1}, {"embedding_dim": object()}])
def test_arguments_that_a_model_lacks_or_json_cannot_hold_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(arguments))):
        models.check_arguments("complex", arguments)


@pytest.mark.parametrize(
    "settings", [{"dim": 0}, {"epochs": 0}, {"learning_rate": -1.0}, {"batch_size": 0}, {"device": "tpu"}]
)
def test_settings_that_make_no_sense_are_refused(trained: Trained, tmp_path: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(settings))):
        train_embeddings(trained.store, tmp_path, TrainingOptions(**settings))
    assert not list(tmp_path.iterdir())


def test_a_graph_that_is_too_small_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "s") as store:
        store.write([Triple("a", "r", "b")], source="x")
        with pytest.raises(ModelError, match="at least 20"):
            train_embeddings(store, tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_only_the_newest_version_is_current_and_the_one_before_is_kept(trained: Trained, tmp_path: Path) -> None:
    parts = [
        train_embeddings(trained.store, tmp_path, TrainingOptions(**{**SETTINGS, "epochs": 1, "seed": i})).folder
        for i in range(3)
    ]
    assert open_artefact(tmp_path)[0] == parts[2]
    assert not parts[0].exists() and parts[1].exists()


def test_several_processes_are_for_the_softmax_loop_alone(trained: Trained, tmp_path: Path) -> None:
    options = TrainingOptions(**SETTINGS, model="TransE")
    with pytest.raises(UsageError, match="softmax loop, not by slcwa"):
        training._train(trained.store, tmp_path, options, Processes(0, 2, "cpu"), None)
