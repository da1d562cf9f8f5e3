"""What can be set for training the retriever."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from kgqa.embeddings.models import resolve_device
from kgqa.embeddings.options import Precision
from kgqa.embeddings.towers.tasks import HEADED, Task
from kgqa.errors import UsageError
from kgqa.training.retriever.data import Source


def usual_layers(device: str) -> int:
    """How many layers of the encoder learn where nobody says: on a processor none, since that takes half an hour."""
    return 2 if resolve_device(device).startswith("cuda") else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieverOptions:
    """How to train.

    tasks: what is learnt, by name; ``leave_out``: sources of examples that are not learnt from
    questions: how many to synthesise
    steps: at most; training stops early. ``batch_size``: examples of each task a step, over all processes
    learning_rate: of the encoder's layers; ``head_rate``: of the entity tower, the heads and the tasks' weights
    layers: of the encoder that learn, the highest; None: the whole encoder
    negatives: mined for each example, beside those of the batch; ``temperature``: of the softmax
    teacher: "late" for late interaction by the encoder as it came, or the folder of a cross-encoder: what is asked in
        words learns its shares of each query's candidates too; ``taught``: how much of the loss that is
    dims: prefixes of the vectors that are trained to serve alone (Matryoshka; Kusupati et al., 2022), the whole among
        them; None: the whole, a half, a quarter
    chunk: texts that go through the encoder at once (GradCache; Gao et al., 2021): memory does not grow with the
        batch; None: all at once. ``accumulate``: batches a step of the optimiser
    check_every: steps between two looks at the held-out entities, with new mined negatives; ``patience``: looks
        without a rise after which training stops
    fsdp: shards weights, gradients and optimiser over the processes instead of copying them
    checkpoint_seconds: between two checkpoints; None writes none
    tracker: a PyKEEN result tracker ("mlflow", "csv", ...)
    """

    tasks: tuple[str, ...] = tuple(Task)
    leave_out: tuple[str, ...] = ()
    questions: int = 2_000
    steps: int = 200
    batch_size: int = 16
    learning_rate: float = 5e-5
    head_rate: float = 2e-3
    layers: int | None = 2
    negatives: int = 2
    temperature: float = 0.05
    teacher: str | None = None
    taught: float = 0.5
    dims: tuple[int, ...] | None = None
    max_tokens: int = 128
    chunk: int | None = None
    accumulate: int = 1
    check_every: int = 50
    patience: int = 3
    precision: str = Precision.FLOAT32.value
    fsdp: bool = False
    seed: int = 0
    device: str = "auto"
    checkpoint_seconds: float | None = 60.0
    tracker: str | None = None

    @classmethod
    def names(cls) -> frozenset[str]:
        """What can be set."""
        return frozenset(item.name for item in fields(cls))

    def check(self) -> None:
        """Raises UsageError for a value that makes no sense, naming it."""
        least = {"layers": 0, "negatives": 0}
        numbers = ("questions", "steps", "batch_size", "layers", "negatives", "max_tokens", "chunk", "accumulate")
        for name in (*numbers, "check_every", "patience"):
            value = getattr(self, name)
            if value is not None and value < least.get(name, 1):
                raise UsageError(f"{name} must be at least {least.get(name, 1)}, not {value}")
        for name in ("learning_rate", "head_rate", "temperature", "checkpoint_seconds"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value > 0):
                raise UsageError(f"{name} must be above 0, not {value}")
        for name, kind in (("tasks", Task), ("leave_out", Source)):
            unknown = sorted(set(getattr(self, name)) - set(kind))
            if unknown:
                raise UsageError(f"{name}: {unknown[0]!r} is not one of {', '.join(kind)}")
        if not 0 < self.taught <= 1:
            raise UsageError(f"taught must be above 0 and at most 1, not {self.taught}")
        if self.teacher is not None and not self.negatives:
            raise UsageError("a teacher compares the right candidate with mined negatives: set negatives above 0")
        if not self.tasks:
            raise UsageError(f"tasks: name at least one of {', '.join(Task)}")
        if self.precision not in set(Precision):
            raise UsageError(f"precision must be one of {', '.join(Precision)}, not {self.precision!r}")

    def learnt(self) -> tuple[Task, ...]:
        """The tasks that can be learnt: without layers that learn, passages have nothing that could.

        Raises UsageError where none is left.
        """
        found = tuple(Task(name) for name in self.tasks if self.layers != 0 or name in HEADED)
        if not found:
            raise UsageError("the task 'passage' has no head: it is learnt with layers of the encoder alone (--layers)")
        return found

    def widths(self, dim: int) -> tuple[int, ...]:
        """The prefixes that are trained, the whole first. Raises UsageError for one that is no prefix."""
        chosen = {dim, *(self.dims if self.dims is not None else (dim // 2, dim // 4))}
        if min(chosen) < 1 or max(chosen) > dim:
            raise UsageError(f"dims must be from 1 to {dim}, the encoder's width, not {sorted(chosen)}")
        return tuple(sorted(chosen, reverse=True))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
