"""Distillation: the shares of a teacher are learnt beside the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kgqa.embeddings.towers.artefact import open_towers
from kgqa.embeddings.towers.tasks import OF_ENTITIES, Task
from kgqa.errors import UsageError
from kgqa.training.retriever.batches import Batches
from kgqa.training.retriever.data import RetrieverData
from kgqa.training.retriever.objective import Objective
from kgqa.training.retriever.options import RetrieverOptions
from kgqa.training.retriever.processes import gather_rows
from kgqa.training.retriever.teacher import Teacher, open_teacher
from kgqa.training.retriever.train import train_retriever


class ByLength:
    """Holds longer texts for better; counts what it was asked."""

    name = "by length"

    def __init__(self) -> None:
        self.asked = 0

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        self.asked += len(texts)
        return [len(text) / 10 for text in texts]


def test_the_shares_are_the_teachers_softmax_over_each_querys_own_candidates(data: RetrieverData) -> None:
    model = ByLength()
    teacher = Teacher(model)
    batch = Batches(data, list(Task), batch_size=4, negatives=2, seed=0).step(0)
    taught = teacher.taught(batch)
    for task in taught.tasks:
        if task.task in OF_ENTITIES:
            assert task.taught is None
            continue
        assert task.taught is not None and task.own.shape == task.taught.shape == (4, 3)
        texts = [[batch.rows[task.candidates[place]].text for place in row] for row in task.own.tolist()]
        odds = np.exp(np.array([[len(text) / 10 for text in row] for row in texts]))
        np.testing.assert_allclose(task.taught, odds / odds.sum(axis=1, keepdims=True), rtol=1e-5)
    before = model.asked
    teacher.taught(batch)
    assert model.asked == before  # each pair is asked once


def test_the_divergence_is_nought_where_the_towers_say_what_the_teacher_says(data: RetrieverData) -> None:
    import torch

    batch = Batches(data, [Task.PLAN], batch_size=4, negatives=2, seed=0).step(0)
    vectors = torch.nn.functional.normalize(torch.randn(len(batch.rows), 8, generator=torch.Generator().manual_seed(0)))
    (task,) = batch.tasks
    own = vectors[torch.from_numpy(task.candidates[task.own])]
    logits = (own @ vectors[torch.from_numpy(task.queries)][:, :, None]).squeeze(2) / 0.05
    shares = torch.softmax(logits, dim=1).numpy()
    objective = Objective((8,), 0.05, gather_rows, False, taught=1.0)
    spread = torch.zeros(len(Task))
    same, _ = objective(vectors, spread, replace(batch, tasks=(replace(task, taught=shares),)))
    other, _ = objective(vectors, spread, replace(batch, tasks=(replace(task, taught=shares[:, ::-1].copy()),)))
    assert float(same) == pytest.approx(0, abs=1e-5) and float(other) > 0.1


def test_late_interaction_teaches_a_training_and_is_told_in_its_manifest(
    data: RetrieverData, base: Path, tmp_path: Path
) -> None:
    options = RetrieverOptions(
        steps=3, batch_size=8, check_every=3, device="cpu", checkpoint_seconds=None, layers=0, teacher="late"
    )
    train_retriever(data, base, tmp_path / "taught", options)
    artefact = open_towers(tmp_path / "taught")
    assert artefact.manifest["options"]["teacher"] == "late"
    scores = open_teacher("late", base, "cpu").taught(
        Batches(data, [Task.PLAN], batch_size=4, negatives=1, seed=0).step(0)
    )
    assert scores.tasks[0].taught is not None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"teacher": "nowhere"}, "no reranker 'nowhere'"),
        ({"teacher": "late", "negatives": 0}, "negatives above 0"),
        ({"teacher": "late", "taught": 1.5}, "at most 1"),
    ],
)
def test_teachers_that_make_no_sense_are_refused(
    data: RetrieverData, base: Path, tmp_path: Path, options: dict[str, object], said: str
) -> None:
    plain = {"steps": 1, "batch_size": 4, "device": "cpu", "checkpoint_seconds": None, "layers": 0}
    with pytest.raises(UsageError, match=said):
        train_retriever(data, base, tmp_path, RetrieverOptions(**{**plain, **options}))  # type: ignore[arg-type] # as given
