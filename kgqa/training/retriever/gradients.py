"""One step's gradients: all texts at once, or a chunk at a time with the same result (GradCache; Gao et al., 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgqa.embeddings.towers.tasks import Task
from kgqa.training.retriever.batches import StepBatch
from kgqa.training.retriever.objective import Objective
from kgqa.training.retriever.processes import Replica
from kgqa.training.retriever.rows import GROUP, Rows

if TYPE_CHECKING:
    import numpy as np


def backward(
    replica: Replica,
    spread: Any,
    batch: StepBatch,
    rows: Rows,
    objective: Objective,
    *,
    rng: np.random.Generator | None,
    chunk: int | None,
    share: float,
    last: bool,
    autocast: Any,
) -> tuple[float, dict[Task, float]]:
    """Adds the gradients of one batch, times ``share``; on the ``last`` batch of a step they are averaged.

    With ``chunk`` no more than so many texts are held for the backward pass: vectors first, without their graph; the
    loss's gradient at the vectors; then each chunk again, with that gradient. ``spread``: the tasks' log variances;
    its gradient is this process's own. Gives the loss, and that of each task.
    """
    import torch

    usual = GROUP if rows.frozen is None else len(batch.rows)  # without texts to run there is no padding to save
    groups, place = rows.groups(batch.rows, size=chunk or usual, rng=rng)
    groups = replica.in_step(groups)
    order = torch.from_numpy(place).to(groups[0].ids.device)
    if chunk is None:
        with replica.averaging(last):
            with autocast():
                vectors = replica.network(groups, settle=replica.settles)
            loss, told = objective(vectors[order], spread, batch)
            (loss * share).backward()
        return float(loss.detach()), told
    with torch.no_grad(), autocast():
        held = torch.cat([replica.network([group]) for group in groups])
    leaf = held.detach().requires_grad_()
    loss, told = objective(leaf[order], spread, batch)
    (loss * share).backward()
    start = 0
    for number, group in enumerate(groups):
        final = number == len(groups) - 1
        size = len(group.ids)
        with replica.averaging(final and last):
            with autocast():
                vectors = replica.network([group], settle=replica.settles and final)
            (vectors * leaf.grad[start : start + size]).sum().backward()
        start += size
    return float(loss.detach()), told
