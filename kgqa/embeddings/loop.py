"""The training loop around PyKEEN's: progress, early stopping on held-out ranks, the best weights kept in memory."""

from __future__ import annotations

import gc
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.models import ONE_TO_ALL, seeded, triples_factory
from kgqa.errors import ModelError
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

MRR = "both.realistic.inverse_harmonic_mean_rank"
HITS = "both.realistic.hits_at_{k}"
MAX_VALIDATION = 500
MAX_ONE_TO_ALL_ENTITIES = 50_000
_REPORT_EVERY = 10


@dataclass(frozen=True, slots=True)
class LoopOptions:
    """How long and how fast to learn. ``batch_size`` None chooses one that gives about 40 steps an epoch."""

    epochs: int
    learning_rate: float
    patience: int
    check_every: int
    seed: int
    device: str
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class LoopResult:
    """What the loop came to: epochs run, the one whose weights are kept (None: the last), its validation MRR."""

    epochs: int
    best_epoch: int | None
    best_mrr: float | None
    loss: float


def uses_one_to_all(name: str, entities: int) -> bool:
    """Whether the model is trained against every entity at once (KvsAll, Ruffinelli et al. 2020)."""
    return name in ONE_TO_ALL and entities <= MAX_ONE_TO_ALL_ENTITIES


def train_model(
    model: Any,
    name: str,
    train: NDArray[np.int64],
    valid: NDArray[np.int64],
    known: list[NDArray[np.int64]],
    *,
    options: LoopOptions,
    progress: Progress | None,
) -> LoopResult:
    """Trains in place and leaves the model with its best weights, in evaluation mode, on ``options.device``.

    train, valid and each of ``known`` (all true triples, left out of the ranks): shape: (n, 3). Stops when the
    filtered MRR on at most 500 validation triples has not risen by 1 % for ``patience`` checks. Raises ModelError when
    the loss stops being a number.
    """
    import torch
    from pykeen.training import LCWATrainingLoop, SLCWATrainingLoop
    from pykeen.training.training_loop import NonFiniteLossError

    inverses = model.use_inverse_triples
    factory = triples_factory(train, entities=model.num_entities, relations=model.num_real_relations, inverses=inverses)
    one_to_all = uses_one_to_all(name, model.num_entities)
    steps_of = _pairs(train, inverses) if one_to_all else len(train) * (1 + inverses)
    batch_size = options.batch_size or int(np.clip(steps_of // 40, 64, 1024))
    callback = _callback(
        known,
        valid[np.random.default_rng(options.seed).permutation(len(valid))[:MAX_VALIDATION]],
        options=options,
        batches=-(-steps_of // batch_size),
        progress=progress,
    )
    with seeded(options.seed):
        model.to(torch.device(options.device))
        loop = (LCWATrainingLoop if one_to_all else SLCWATrainingLoop)(
            model=model,
            triples_factory=factory,
            optimizer="adam",
            optimizer_kwargs={"lr": options.learning_rate},
            # Searching for the largest batch would make the result depend on the memory that happens to be free.
            automatic_memory_optimization=False,
        )
        # PyKEEN collects garbage after every epoch: what is there already need not be gone through each time.
        gc.freeze()
        try:
            losses = loop.train(
                factory,
                num_epochs=options.epochs,
                batch_size=batch_size,
                use_tqdm=False,
                callbacks=callback,
                pin_memory=options.device != "cpu",
            )
        except NonFiniteLossError as error:
            raise ModelError(f"training diverged ({error}); lower learning_rate ({options.learning_rate})") from error
        finally:
            gc.unfreeze()
    if not losses or not np.isfinite(losses[-1]):
        raise ModelError(f"training diverged; lower learning_rate ({options.learning_rate})")
    if callback.best_state is not None:
        model.load_state_dict(callback.best_state)
    model.eval()
    return LoopResult(len(losses), callback.best_epoch, callback.best_mrr, float(losses[-1]))


def evaluate_ranks(
    model: Any, triples: NDArray[np.int64], known: list[NDArray[np.int64]], *, batch_size: int = 256
) -> dict[str, float]:
    """Filtered mean reciprocal rank and Hits@1/3/10 over heads and tails (PyKEEN's realistic ranks).

    triples: shape: (n, 3); ``known`` are the other true triples, left out of the ranks.
    """
    if len(triples) == 0:
        return {}
    result = _evaluate(model, triples, known, batch_size)
    return {
        "mrr": float(result.get_metric(MRR)),
        **{f"hits_at_{k}": float(result.get_metric(HITS.format(k=k))) for k in (1, 3, 10)},
    }


def _evaluate(model: Any, triples: NDArray[np.int64], known: list[NDArray[np.int64]], batch_size: int) -> Any:
    import torch
    from pykeen.evaluation import RankBasedEvaluator

    # It warns at every call that it may search for a batch size on the CPU; with one given it does not search.
    noisy = logging.getLogger("torch_max_mem")
    level = noisy.level
    noisy.setLevel(logging.ERROR)
    try:
        return RankBasedEvaluator(filtered=True).evaluate(
            model=model,
            mapped_triples=torch.from_numpy(np.ascontiguousarray(triples)),
            additional_filter_triples=[torch.from_numpy(np.ascontiguousarray(part)) for part in known],
            batch_size=batch_size,
            device=model.device,
            use_tqdm=False,
        )
    finally:
        noisy.setLevel(level)


def _pairs(train: NDArray[np.int64], inverses: bool) -> int:
    """Distinct (entity, relation) queries of an epoch."""
    forward = len(np.unique(train[:, :2], axis=0))
    return forward + (len(np.unique(train[:, 1:], axis=0)) if inverses else 0)


def _callback(
    known: list[NDArray[np.int64]],
    valid: NDArray[np.int64],
    *,
    options: LoopOptions,
    batches: int,
    progress: Progress | None,
) -> Any:
    from pykeen.training.callbacks import TrainingCallback

    class Watch(TrainingCallback):
        """Reports batches, checks the validation rank, keeps the best weights (on the device, never on disk)."""

        def __init__(self) -> None:
            super().__init__()
            self.best_state: dict[str, Any] | None = None
            self.best_epoch: int | None = None
            self.best_mrr: float | None = None
            self.misses = 0
            self.done = 0
            self.report()

        def report(self) -> None:
            if progress is not None:
                progress("training embeddings", self.done, options.epochs * batches)

        def on_batch(self, epoch: int, batch: Any, batch_loss: float, **rest: Any) -> None:
            self.done += 1
            if self.done % _REPORT_EVERY == 0:
                self.report()

        def post_epoch(self, epoch: int, epoch_loss: float, **rest: Any) -> None:
            if len(valid) == 0 or epoch % options.check_every:
                return
            self.model.eval()
            mrr = float(_evaluate(self.model, valid, known, 256).get_metric(MRR))
            if self.best_mrr is None or mrr > self.best_mrr * 1.01:
                self.misses = 0
            else:
                self.misses += 1
            if self.best_mrr is None or mrr > self.best_mrr:
                self.best_mrr, self.best_epoch = mrr, epoch
                self.best_state = {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}
            if self.misses >= options.patience:
                self.training_loop._should_stop = True  # PyKEEN's own stopper callback stops a loop so

    return Watch()
