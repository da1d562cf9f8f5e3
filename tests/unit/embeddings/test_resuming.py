"""A training that was ended goes on from its checkpoint, to the same weights, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kgqa.embeddings.artefact import open_artefact
from kgqa.embeddings.learning import CHECKPOINT
from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.training import train_embeddings
from kgqa.graph.sqlite import SQLiteStore
from tests.unit.embeddings.people import SETTINGS, Trained

ALWAYS = 1e-9  # seconds between checkpoints: one after each epoch
PROGRAM = """
import sys, time
from pathlib import Path
from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.training import train_embeddings
from kgqa.graph.sqlite import SQLiteStore
with SQLiteStore.open(Path(sys.argv[1])) as store:
    options = TrainingOptions(dim=32, members=1, epochs=40, device="cpu", seed=3, checkpoint_seconds=1e-9)
    train_embeddings(store, Path(sys.argv[2]), options, progress=lambda *said: time.sleep(0.1))
"""


class Ended(Exception):
    """Stands in for Ctrl-C."""


def weights(folder: Path) -> bytes:
    return open_artefact(folder)[1].weights


@pytest.mark.parametrize(
    "settings",
    [
        {"patience": 1, "check_every": 2, "members": 3},
        {"model": "TransE", "sampler": "bernoulli"},
        {"loop": "lcwa", "loss": "bceaftersigmoid"},
        {"loop": "symmetriclcwa"},
    ],
)
def test_what_was_interrupted_ends_as_what_was_not(trained: Trained, tmp_path: Path, settings: dict[str, Any]) -> None:
    options = TrainingOptions(**{**SETTINGS, "epochs": 6, **settings}, checkpoint_seconds=ALWAYS)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    report = train_embeddings(trained.store, whole, options)

    def interrupt(what: str, done: int, total: int | None) -> None:
        if (cut / CHECKPOINT).exists():
            raise Ended

    with pytest.raises(Ended):
        train_embeddings(trained.store, cut, options, progress=interrupt)
    assert not (cut / "current.json").exists()
    seen: list[int] = []
    again = train_embeddings(trained.store, cut, options, progress=lambda what, done, total: seen.append(done))
    assert seen[0] > 0  # it did not begin anew
    assert again.epochs == report.epochs
    assert weights(cut) == weights(whole)
    assert not (cut / CHECKPOINT).exists()


def test_a_killed_process_leaves_what_leads_to_the_same_weights(trained: Trained, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(Path(trained.store.location)), str(cut)], env=dict(os.environ)
    )
    try:
        deadline = time.monotonic() + 240
        while not (cut / CHECKPOINT).exists() and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait(30)
    assert (cut / CHECKPOINT).exists()
    assert not (cut / "current.json").exists()
    options = TrainingOptions(dim=32, members=1, epochs=40, device="cpu", seed=3)
    steps: list[int] = []
    train_embeddings(trained.store, cut, options, progress=lambda what, done, total: steps.append(done))
    assert steps[0] > 0
    train_embeddings(trained.store, tmp_path / "whole", options)
    assert weights(cut) == weights(tmp_path / "whole")


def test_the_minutes_of_both_parts_of_a_training_count(trained: Trained, tmp_path: Path) -> None:
    options = TrainingOptions(**{**SETTINGS, "epochs": 500, "check_every": 100}, checkpoint_seconds=ALWAYS)

    def interrupt(what: str, done: int, total: int | None) -> None:
        if (tmp_path / CHECKPOINT).exists():
            raise Ended

    with pytest.raises(Ended):
        train_embeddings(trained.store, tmp_path, options, progress=interrupt)
    report = train_embeddings(trained.store, tmp_path, replace(options, minutes=1e-9))
    assert report.epochs == 2  # one before, one after
    assert [epoch for epoch, _, _ in report.history] == [2]


def test_a_checkpoint_of_other_options_or_a_damaged_one_is_not_taken_up(trained: Trained, tmp_path: Path) -> None:
    options = TrainingOptions(**{**SETTINGS, "epochs": 3}, checkpoint_seconds=ALWAYS)

    def interrupt(what: str, done: int, total: int | None) -> None:
        if (tmp_path / CHECKPOINT).exists():
            raise Ended

    with pytest.raises(Ended):
        train_embeddings(trained.store, tmp_path, options, progress=interrupt)
    first: list[int] = []
    other = TrainingOptions(**{**SETTINGS, "epochs": 3, "seed": 4}, checkpoint_seconds=3600)
    train_embeddings(trained.store, tmp_path, other, progress=lambda what, done, total: first.append(done))
    assert first[0] == 0
    (tmp_path / CHECKPOINT).write_bytes(b"damaged")
    train_embeddings(trained.store, tmp_path, options)
    assert weights(tmp_path)


def test_a_changed_graph_does_not_take_up_a_checkpoint(trained: Trained, tmp_path: Path) -> None:
    from kgqa.types import Triple

    options = TrainingOptions(**{**SETTINGS, "epochs": 3}, checkpoint_seconds=ALWAYS)
    with SQLiteStore.create(tmp_path / "store") as store:
        store.write(trained.store.export(), source="people")

        def interrupt(what: str, done: int, total: int | None) -> None:
            if (tmp_path / "m" / CHECKPOINT).exists():
                raise Ended

        with pytest.raises(Ended):
            train_embeddings(store, tmp_path / "m", options, progress=interrupt)
        store.write([Triple("person/1", "knows", "person/2"), Triple("person/1", "knows", "person/3")], source="more")
        first: list[int] = []
        train_embeddings(store, tmp_path / "m", options, progress=lambda what, done, total: first.append(done))
        assert first[0] == 0
