"""The loss of a step: InfoNCE for each task over prefixes of the vectors, the tasks weighed by their uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.towers.tasks import Task
from kgqa.training.retriever.batches import StepBatch, TaskBatch

if TYPE_CHECKING:
    from torch import Tensor

Gather = Callable[["Tensor"], "Tensor"]
"""Rows of every process, in the order of their ranks; gradients come back to their owners."""


@dataclass(frozen=True, slots=True)
class Objective:
    """InfoNCE (van den Oord et al., 2018), Matryoshka (Kusupati et al., 2022), uncertainty weights (Kendall et al.,
    2018: exp(-s) L + s / 2 with s the log variance of a task).

    widths: prefixes whose losses are averaged; ``taught``: how much of the loss of a task that has a teacher is the
    divergence from its shares; ``gather`` brings the candidates of all processes
    together, so that each query is contrasted with all of them.
    """

    widths: Sequence[int]
    temperature: float
    gather: Gather
    weighted: bool
    taught: float = 0.0

    def __call__(self, vectors: Tensor, spread: Tensor, batch: StepBatch) -> tuple[Tensor, dict[Task, float]]:
        """The loss, and that of each task. vectors: shape: (rows, dim); spread: shape: (tasks,)"""
        import torch

        total = torch.zeros((), device=vectors.device)
        told: dict[Task, float] = {}
        for task in batch.tasks:
            loss = self._task(vectors, task)
            told[task.task] = float(loss.detach())
            log_variance = spread[list(Task).index(task.task)]
            total = total + (torch.exp(-log_variance) * loss + log_variance / 2 if self.weighted else loss)
        return total, told

    def _task(self, vectors: Tensor, batch: TaskBatch) -> Tensor:
        import torch
        from torch.nn import functional

        place = vectors.device
        keys = self.gather(torch.from_numpy(batch.keys).to(place))
        local = vectors[torch.from_numpy(batch.candidates).to(place)]
        candidates = self.gather(local)
        queries = vectors[torch.from_numpy(batch.queries).to(place)]
        # Each process has its candidates in one run: its own right ones stand at the run's beginning.
        here = _own_start(keys, batch)
        target = here + torch.arange(len(queries), device=place)
        hidden = torch.from_numpy(_false_negatives(keys.cpu().numpy(), batch, here)).to(place)
        losses = []
        for width in self.widths:
            left = functional.normalize(queries[:, :width].float(), dim=1)
            right = functional.normalize(candidates[:, :width].float(), dim=1)
            logits = (left @ right.T / self.temperature).masked_fill(hidden, -torch.inf)
            losses.append(functional.cross_entropy(logits, target))
        loss = torch.stack(losses).mean()
        if batch.taught is None:
            return loss
        return (1 - self.taught) * loss + self.taught * self._divergence(queries, local, batch)

    def _divergence(self, queries: Tensor, candidates: Tensor, batch: TaskBatch) -> Tensor:
        """Kullback-Leibler, from the teacher's shares of each query's own candidates, over the widths."""
        import torch
        from torch.nn import functional

        shares = torch.from_numpy(batch.taught).to(queries.device)
        own = candidates[torch.from_numpy(batch.own).to(queries.device)]
        losses = []
        for width in self.widths:
            left = functional.normalize(queries[:, :width].float(), dim=1)
            right = functional.normalize(own[:, :, :width].float(), dim=2)
            said = functional.log_softmax((right @ left[:, :, None]).squeeze(2) / self.temperature, dim=1)
            losses.append(functional.kl_div(said, shares, reduction="batchmean"))
        return torch.stack(losses).mean()


def _own_start(keys: Tensor, batch: TaskBatch) -> int:
    """Where this process's candidates begin among all."""
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        return 0
    return distributed.get_rank() * len(batch.keys)


def _false_negatives(keys: np.ndarray[Any, np.dtype[np.int64]], batch: TaskBatch, here: int) -> Any:
    """Candidates that are right for a query, other than the one it is paired with. shape: (b, candidates)"""
    hidden = np.zeros((len(batch.queries), len(keys)), dtype=bool)
    for row, right in enumerate(batch.right):
        hidden[row] = np.isin(keys, list(right))
        hidden[row, here + row] = False
    return hidden
