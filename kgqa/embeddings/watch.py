"""What both training loops report to: progress, validation, early stopping, the best weights, checkpoints, tracking."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.processes import ALONE, Processes
from kgqa.errors import ModelError, UsageError
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

MRR = "both.realistic.mrr"
MAX_VALIDATION = 2_000
MIN_RISE = 0.002
_REPORT_EVERY = 10


@dataclass(frozen=True, slots=True)
class LoopResult:
    """What a loop came to: epochs run, the one whose weights are kept (None: the last), its validation MRR.

    ``history``: (epoch, seconds since the start, validation MRR) at each check.
    """

    epochs: int
    best_epoch: int | None
    best_mrr: float | None
    loss: float
    history: tuple[tuple[int, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """One file that is replaced whole. ``fingerprint``: of all that the result depends on; another is not resumed."""

    path: Path
    fingerprint: str
    seconds: float

    def load(self) -> dict[str, Any] | None:
        """The state that an unfinished training of this fingerprint left, None when there is none; not unpickled."""
        import torch

        try:
            state = torch.load(self.path, map_location="cpu", weights_only=True)
        except FileNotFoundError:
            return None
        except Exception:  # torch has no one error for a damaged file: it is then as if there were none
            return None
        fits = isinstance(state, dict) and state.get("fingerprint") == self.fingerprint
        return state if fits else None

    def save(self, state: Mapping[str, Any]) -> None:
        """Durable when it returns."""
        import torch

        buffer = io.BytesIO()
        torch.save({**state, "fingerprint": self.fingerprint}, buffer)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}")
        with draft.open("wb") as file:
            file.write(buffer.getvalue())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def fingerprint_of(settings: Mapping[str, Any], *arrays: NDArray[np.int64]) -> str:
    """A hash of plain settings and arrays."""
    total = hashlib.sha256(json.dumps(settings, sort_keys=True).encode("utf-8"))
    for array in arrays:
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


class Watch:
    """Follows one training of ``model``. A loop calls ``restore``, then ``step`` and ``epoch`` until that says stop."""

    def __init__(
        self,
        model: Any,
        valid: NDArray[np.int64],
        evaluator: RankEvaluator,
        *,
        epochs: int,
        patience: int,
        check_every: int,
        seed: int,
        progress: Progress | None = None,
        checkpoints: Checkpoints | None = None,
        tracker: Any = None,
        group: Processes = ALONE,
        minutes: float | None = None,
    ) -> None:
        """valid: at most 2,000 of them, drawn by the seed, are ranked at each check. shape: (n, 3)

        After ``minutes`` the epoch is the last one, and is checked like one whose turn it is.
        Of a ``group`` the first process ranks, tells and writes; all of them stop together.
        """
        chosen = np.random.default_rng(seed).permutation(len(valid))[:MAX_VALIDATION]
        self._model, self._valid, self._evaluator = model, valid[np.sort(chosen)], evaluator
        self._epochs, self._patience, self._check_every = epochs, patience, check_every
        self._limit = np.inf if minutes is None else 60.0 * minutes
        self._progress, self._checkpoints, self._tracker, self._group = progress, checkpoints, tracker, group
        self._best: dict[str, Any] | None = None
        self._best_epoch: int | None = None
        self._best_mrr: float | None = None
        self._misses = 0
        self._history: list[tuple[int, float, float]] = []
        self._spent = 0.0
        self._started = self._saved = time.monotonic()
        self._steps = self._done = 0
        self._losses: list[float] = []

    def restore(self, optimizer: Any, *, steps: int, scheduler: Any = None) -> int:
        """Takes up what a checkpoint holds. Returns the epochs done. ``steps``: of each epoch, for the progress."""
        self._steps = steps
        state = self._checkpoints.load() if self._checkpoints is not None else None
        done = 0
        if state is not None:
            self._model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            if scheduler is not None:
                scheduler.load_state_dict(state["scheduler"])
            done = int(state["epoch"])
            self._best, self._best_epoch, self._best_mrr = state["best"], state["best_epoch"], state["best_mrr"]
            self._misses, self._losses, self._spent = state["misses"], list(state["losses"]), state["seconds"]
            self._history = [(int(e), float(s), float(m)) for e, s, m in state["history"]]
        self._done = done * steps
        self._report()
        return done

    @property
    def stopped(self) -> bool:
        """Whether the validation rank has stopped rising."""
        return self._misses >= self._patience

    def step(self) -> None:
        """After each step of the optimiser."""
        self._done += 1
        if self._done % _REPORT_EVERY == 0:
            self._report()

    def epoch(self, number: int, loss: float, optimizer: Any, *, scheduler: Any = None) -> bool:
        """After each epoch, from 1. Whether to stop. Raises ModelError when the loss is no number."""
        if not np.isfinite(loss):
            raise ModelError(f"training diverged in epoch {number} (the loss is {loss}); lower learning_rate")
        self._losses.append(loss)
        figures: dict[str, float] = {"loss": loss}
        late = bool(self._group.agree(np.array([self._seconds() >= self._limit]))[0])
        if len(self._valid) and (late or number % self._check_every == 0):
            figures[MRR] = self._check(number)
        if self._tracker is not None:
            self._tracker.log_metrics(figures, step=number)
        over = self.stopped or late or number >= self._epochs
        due = self._checkpoints is not None and time.monotonic() - self._saved >= self._checkpoints.seconds
        if self._checkpoints is not None and due and not over and self._group.first:
            self._checkpoints.save(
                {
                    "model": self._model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "scheduler": None if scheduler is None else scheduler.state_dict(),
                    "epoch": number,
                    "best": self._best,
                    "best_epoch": self._best_epoch,
                    "best_mrr": self._best_mrr,
                    "misses": self._misses,
                    "losses": self._losses,
                    "seconds": self._seconds(),
                    "history": self._history,
                }
            )
            self._saved = time.monotonic()
        return over

    def finish(self) -> LoopResult:
        """Puts the best weights back; the model is then in evaluation mode."""
        if self._best is not None:
            self._model.load_state_dict(self._best)
        self._model.eval()
        return LoopResult(len(self._losses), self._best_epoch, self._best_mrr, self._losses[-1], tuple(self._history))

    def _check(self, number: int) -> float:
        self._model.eval()
        mrr = self._evaluator.figures(self._model, self._valid)[MRR] if self._group.first else 0.0
        mrr = float(self._group.agree(np.array([mrr]))[0])
        self._model.train()
        self._misses = 0 if self._best_mrr is None or mrr > self._best_mrr * (1 + MIN_RISE) else self._misses + 1
        if self._best_mrr is None or mrr > self._best_mrr:
            self._best_mrr, self._best_epoch = mrr, number
            self._best = {name: tensor.detach().clone() for name, tensor in self._model.state_dict().items()}
        self._history.append((number, round(self._seconds(), 2), mrr))
        return mrr

    def _seconds(self) -> float:
        return self._spent + time.monotonic() - self._started

    def _report(self) -> None:
        if self._progress is not None and self._group.first:
            self._progress(
                "training embeddings", min(self._done, self._epochs * self._steps), self._epochs * self._steps
            )


def open_tracker(name: str, arguments: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    """A PyKEEN result tracker, its run begun with the settings. Raises UsageError when it cannot be had."""
    from pykeen.trackers import tracker_resolver

    try:
        tracker = tracker_resolver.make(name, dict(arguments))
        tracker.start_run()
        tracker.log_params(dict(settings))
    except (ImportError, KeyError, TypeError, ValueError, OSError) as error:
        known = ", ".join(sorted(tracker_resolver.lookup_dict))
        raise UsageError(f"tracker {name!r} cannot be used ({error}); known: {known}; mlflow needs mlflow") from error
    return tracker
