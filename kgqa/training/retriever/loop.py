"""The training loop: steps, looks at held-out entities, early stopping, checkpoints that lead to the same weights."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.options import Precision
from kgqa.embeddings.processes import Processes
from kgqa.embeddings.towers.fusion import Fusion
from kgqa.embeddings.towers.network import fusion_weights
from kgqa.embeddings.towers.tasks import Task
from kgqa.embeddings.watch import Checkpoints
from kgqa.errors import ModelError
from kgqa.training.retriever.batches import Batches
from kgqa.training.retriever.data import Part, RetrieverData
from kgqa.training.retriever.gradients import backward
from kgqa.training.retriever.judging import Encode, Judge, judge_all, mean_mrr
from kgqa.training.retriever.objective import Objective
from kgqa.training.retriever.options import RetrieverOptions
from kgqa.training.retriever.processes import Replica, gather_rows
from kgqa.training.retriever.rows import Row, Rows
from kgqa.training.retriever.teacher import open_teacher
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

WARM_UP = 0.1
"""Share of the steps over which the rates rise; then they fall linearly."""
LOOKED_AT = 150
"""Held-out queries of each task at each look."""
_ENCODED = 64


@dataclass(slots=True)
class Progressing:
    """Where a training stands; all of it is in a checkpoint.

    best: the weights of the best look; ``history``: (step, seconds, mean MRR) at each look.
    """

    step: int = 0
    best: dict[str, Tensor] | None = None
    best_step: int = 0
    best_mrr: float = -1.0
    misses: int = 0
    seconds: float = 0.0
    history: list[tuple[int, float, float]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)


class Loop:
    """One training of one network, in as many processes as ``group`` has."""

    def __init__(
        self,
        network: Any,
        data: RetrieverData,
        folder: Path,
        options: RetrieverOptions,
        group: Processes,
        *,
        known: dict[str, NDArray[np.float32]],
        checkpoints: Checkpoints | None,
        tracker: Any,
        progress: Progress | None,
    ) -> None:
        """``folder``: the encoder's, for its tokenizer; ``known``: vectors by the encoder as it came, added to."""
        import torch

        self._options, self._group, self._data = options, group, data
        self._checkpoints, self._tracker, self._progress = checkpoints, tracker, progress
        self._batches = Batches(
            data, options.learnt(), batch_size=options.batch_size, negatives=options.negatives, seed=options.seed
        )
        self._rows = Rows(folder, data.features, max_tokens=options.max_tokens, device=group.device)
        self._replica = Replica(network.to(group.device), group, fsdp=options.fsdp)
        self._spread = torch.zeros(len(Task), device=group.device, requires_grad=True)
        self._objective = Objective(
            options.widths(data.features.dim),
            options.temperature,
            gather_rows,
            len(self._batches.tasks) > 1,
            options.taught,
        )
        self._teacher = None if options.teacher is None else open_teacher(options.teacher, folder, group.device)
        text: list[Tensor] = []
        fresh: list[Tensor] = []
        for name, weight in self._replica.bare.named_parameters():
            if weight.requires_grad:
                (text if name.startswith("text.") else fresh).append(weight)
        # The tasks' weights are no shards, and shards and whole tensors do not go into one group.
        groups: list[dict[str, Any]] = [{"params": some, "lr": options.head_rate} for some in ([self._spread], fresh)]
        groups += [{"params": text, "lr": options.learning_rate}] if text else []
        self._optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
        warm = max(1, round(WARM_UP * options.steps))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: min((step + 1) / warm, max(0.02, 1 - step / options.steps))
        )
        self._untrained = known
        self._frozen = not text
        if self._frozen:
            self._rows.frozen = self.untrained
        self.stand = Progressing()
        self._began = time.monotonic()

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is trained: the tasks asked for that have examples."""
        return self._batches.tasks

    def run(self) -> Progressing:
        """Trains from where a checkpoint stands, if there is one; the network then has the best weights seen.

        Raises ModelError when the loss is no number.
        """
        stand, options = self.stand, self._options
        if not self._restore():
            self._look()
        saved = time.monotonic()
        while stand.step < options.steps and stand.misses < options.patience:
            loss = self._step()
            stand.step += 1
            stand.losses.append(loss)
            if not np.isfinite(loss):
                raise ModelError(f"training diverged in step {stand.step} (the loss is {loss}); lower learning_rate")
            if stand.step % options.check_every == 0 or stand.step == options.steps:
                self._look()
            if self._progress is not None and self._group.first:
                self._progress("training retriever", stand.step, options.steps)
            if self._checkpoints is not None and self._due(time.monotonic() - saved):
                self._save()
                saved = time.monotonic()
        if stand.best is not None:
            self._replica.load(stand.best)
        stand.seconds = self._seconds()
        return stand

    def judge(self) -> Judge:
        """A judge of the weights as they stand; all processes call it together."""
        return Judge(self._data, self.encode, self.fusion())

    def fusion(self) -> Fusion:
        """All but the text tower as it stands; all processes call it together."""
        return Fusion(fusion_weights(self._replica.state()))

    def untrained(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors by the encoder as it came: to be asked before it is trained, or where it does not learn."""
        return _remembered(texts, self._untrained, self._encode)

    @property
    def encode(self) -> Encode:
        """The text tower as it stands."""
        if self._frozen:
            return self.untrained
        known: dict[str, NDArray[np.float32]] = {}
        return lambda texts: _remembered(texts, known, self._encode)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        frozen, self._rows.frozen = self._rows.frozen, None
        groups, place = self._rows.groups([Row(text) for text in texts], size=_ENCODED)
        self._rows.frozen = frozen
        with torch.no_grad(), self._autocast():
            found = torch.cat([self._replica.network([group]).float().cpu() for group in groups])
        return np.asarray(found.numpy()[place])

    def _step(self) -> float:
        """One step of the optimiser. Gives the mean loss of its batches."""
        import torch

        options = self._options
        total = 0.0
        self._optimiser.zero_grad(set_to_none=True)
        for part in range(options.accumulate):
            number = self.stand.step * options.accumulate + part
            batch = self._batches.step(number, rank=self._group.rank, world=self._group.world)
            if self._teacher is not None:
                batch = self._teacher.taught(batch)
            loss, told = backward(
                self._replica,
                self._spread,
                batch,
                self._rows,
                self._objective,
                rng=self._batches.rng(number, rank=self._group.rank),
                chunk=options.chunk,
                share=1 / options.accumulate,
                last=part == options.accumulate - 1,
                autocast=self._autocast,
            )
            total += loss / options.accumulate
            if self._tracker is not None:
                self._tracker.log_metrics({f"loss.{task}": value for task, value in told.items()}, step=number)
        if self._spread.grad is not None:
            self._group.average(self._spread.grad)
        weights, *others = (group["params"] for group in self._optimiser.param_groups)
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        torch.nn.utils.clip_grad_norm_([weight for some in others for weight in some], 1.0)
        self._optimiser.step()
        self._schedule.step()
        return total

    def _look(self) -> None:
        """Ranks for held-out entities, keeps the weights when they are the best so far, mines negatives anew."""
        stand = self.stand
        judge = self.judge()
        judged = judge_all(judge, self._data, Part.VALID, most=LOOKED_AT)
        judged = {task: found for task, found in judged.items() if task in self.tasks}
        mean = mean_mrr(judged) if judged else -float(stand.losses[-1] if stand.losses else np.inf)
        mean = float(self._group.agree(np.asarray([mean]))[0])
        better = stand.best is None or mean > stand.best_mrr
        stand.misses = 0 if better else stand.misses + 1
        if better:
            stand.best, stand.best_step, stand.best_mrr = self._replica.state(), stand.step, mean
        stand.history.append((stand.step, round(self._seconds(), 2), mean))
        if self._tracker is not None:
            figures = {f"{task}.mrr": float(found.rr.mean()) for task, found in judged.items()}
            self._tracker.log_metrics({"mrr": mean, **figures}, step=stand.step)
        if self._options.negatives:
            for task in self.tasks:
                self._batches.mined[task] = self._group.agree(judge.mine(self._batches, task))

    def _autocast(self) -> Any:
        import torch

        if self._options.precision != Precision.BFLOAT16:
            return nullcontext()
        return torch.autocast(self._group.device.partition(":")[0], dtype=torch.bfloat16)

    def _due(self, since: float) -> bool:
        """Whether to save now; the first process decides for all."""
        due = self._checkpoints is not None and since >= self._checkpoints.seconds
        return bool(self._group.agree(np.asarray([due], dtype=np.int64))[0])

    def _restore(self) -> bool:
        state = self._checkpoints.load() if self._checkpoints is not None else None
        if state is None:
            return False
        import torch

        stand = self.stand
        self._replica.load(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        with torch.no_grad():
            self._spread.copy_(state["spread"])
        stand.step, stand.best, stand.misses = state["step"], state["best"], state["misses"]
        stand.best_step, stand.best_mrr, stand.seconds = state["best_step"], state["best_mrr"], state["seconds"]
        stand.history = [(int(step), float(s), float(mrr)) for step, s, mrr in state["history"]]
        stand.losses = list(state["losses"])
        self._batches.mined.update({Task(name): rows.numpy() for name, rows in state["mined"].items()})
        return True

    def _save(self) -> None:
        import torch

        stand = self.stand
        network = self._replica.state()
        if self._checkpoints is None or not self._group.first:
            return
        self._checkpoints.save(
            {
                "network": network,
                "optimiser": self._optimiser.state_dict(),
                "schedule": self._schedule.state_dict(),
                "spread": self._spread.detach().cpu(),
                "step": stand.step,
                "best": stand.best,
                "best_step": stand.best_step,
                "best_mrr": stand.best_mrr,
                "misses": stand.misses,
                "seconds": self._seconds(),
                "history": stand.history,
                "losses": stand.losses,
                "mined": {str(task): torch.from_numpy(rows) for task, rows in self._batches.mined.items()},
            }
        )

    def _seconds(self) -> float:
        return self.stand.seconds + time.monotonic() - self._began


def _remembered(texts: Sequence[str], known: dict[str, NDArray[np.float32]], encode: Encode) -> NDArray[np.float32]:
    """The vectors of texts, each encoded once. shape: (texts, dim)"""
    if new := [text for text in dict.fromkeys(texts) if text not in known]:
        known.update(zip(new, encode(new), strict=True))
    return np.stack([known[text] for text in texts])
