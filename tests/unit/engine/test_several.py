"""Embeddings trained by two processes that torchrun starts: the same as by one that splits its batches in two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.embeddings.artefact import open_artefact
from kgqa.errors import UsageError
from tests.unit.embeddings.people import records

OPTIONS = {"dim": 8, "epochs": 2, "check_every": 1, "batch_size": 200, "members": 2}


def test_two_processes_learn_what_one_does_and_the_first_publishes(tmp_path: Path) -> None:
    with Engine.create(tmp_path / "store", settings=load_settings(device="cpu", seed=3)) as engine:
        engine.ingest(records(), source_name="people")
        folder = tmp_path / "store" / "models" / "embeddings"
        seen: list[tuple[str, int, int | None]] = []
        both = engine.train("embeddings", devices=2, progress=lambda *said: seen.append(said), **OPTIONS)
        found = open_artefact(folder)[1]
        alone = engine.train("embeddings", accumulate=2, **OPTIONS)
        expected = open_artefact(folder)[1]
    assert found.manifest["training"]["processes"] == 2
    assert found.manifest["training"]["loss_at_end"] == pytest.approx(expected.manifest["training"]["loss_at_end"])
    weights, same = load(found.weights), load(expected.weights)
    for name, values in same.items():
        np.testing.assert_allclose(weights[name], values, atol=1e-4, err_msg=name)
    assert both.metrics["history"][-1][2] == pytest.approx(alone.metrics["history"][-1][2], abs=1e-4)
    assert [said[0] for said in seen] == [
        "training embeddings",
        "calibrating predictions",
    ]  # of the first process alone


def test_no_process_at_all_is_refused(tmp_path: Path) -> None:
    with (
        Engine.create(tmp_path / "store", settings=load_settings(device="cpu")) as engine,
        pytest.raises(UsageError, match="devices must be at least 1"),
    ):
        engine.train("embeddings", devices=0)
