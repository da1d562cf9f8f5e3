"""A warm start goes on from the embeddings that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.training import train_embeddings
from kgqa.errors import UsageError
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Triple
from tests.unit.embeddings.people import SETTINGS, Trained, records

SHORT = {**SETTINGS, "epochs": 1, "check_every": 1, "learning_rate": 0.002}


def test_a_changed_graph_is_learnt_in_a_few_epochs(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "store") as store:
        store.write(records(), source="people")
        whole = train_embeddings(store, tmp_path / "m", TrainingOptions(**{**SETTINGS, "epochs": 12})).metrics["mrr"]
        store.write([Triple("person/new", "lives_in", "city/3"), Triple("person/0", "knows", "person/1")], source="b")
        cold = train_embeddings(store, tmp_path / "cold", TrainingOptions(**SHORT)).metrics["mrr"]
        warm = train_embeddings(store, tmp_path / "m", TrainingOptions(**SHORT, warm=True)).metrics["mrr"]
    assert warm > max(cold + 0.1, whole - 0.1)


def test_what_cannot_be_started_from_is_said(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to start warm from"):
        train_embeddings(trained.store, tmp_path / "none", TrainingOptions(**SHORT, warm=True))
    with pytest.raises(UsageError, match="other sizes"):
        train_embeddings(trained.store, trained.folder, TrainingOptions(**{**SHORT, "dim": 8}, warm=True))
    with pytest.raises(UsageError, match="warm belongs to the softmax loop"):
        train_embeddings(trained.store, trained.folder, TrainingOptions(**SHORT, loop="lcwa", warm=True))
    with pytest.raises(UsageError, match="complex"):
        train_embeddings(trained.store, trained.folder, TrainingOptions(**SHORT, model="DistMult", warm=True))
