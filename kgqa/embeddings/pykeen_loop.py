"""PyKEEN's own training loops, followed by a ``Watch``: any model, loss, sampler and regulariser that it has."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.models import seeded, triples_factory
from kgqa.embeddings.options import Loop, Recipe
from kgqa.embeddings.watch import LoopResult, Watch
from kgqa.errors import ModelError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def train_pykeen(
    model: Any,
    train: NDArray[np.int64],
    recipe: Recipe,
    watch: Watch,
    *,
    seed: int,
    sampler: str | None,
    sampler_arguments: Mapping[str, Any],
    accumulate: int,
) -> LoopResult:
    """Trains in place, on the device where the model is. train: shape: (n, 3)

    Each epoch starts from a seed of its own, so that a resumed training goes on as if it had not stopped. Raises
    UsageError for a sampler that PyKEEN refuses, ModelError when the loss stops being a number.
    """
    from pykeen.sampling import negative_sampler_resolver
    from pykeen.training import training_loop_resolver
    from pykeen.training.training_loop import NonFiniteLossError

    inverses = model.use_inverse_triples
    factory = triples_factory(train, entities=model.num_entities, relations=model.num_real_relations, inverses=inverses)
    whole = _instances(train, recipe.loop, inverses)
    size = recipe.batch_size
    if recipe.loop is Loop.LCWA:  # its instances are queries: as many a step as have that many statements
        size = max(1, round(size * whole / (len(train) * (1 + inverses))))
    given: dict[str, Any] = {}
    if recipe.loop is Loop.NEGATIVES:
        if (
            sampler is not None
            and negative_sampler_resolver.normalize(sampler) not in negative_sampler_resolver.lookup_dict
        ):
            known = ", ".join(sorted(negative_sampler_resolver.lookup_dict))
            raise UsageError(f"no negative sampler {sampler!r}; known: {known}")
        given = {"negative_sampler": sampler, "negative_sampler_kwargs": dict(sampler_arguments)}
    elif sampler is not None:
        raise UsageError(f"a sampler belongs to the loop 'slcwa', not to {recipe.loop}")
    try:
        loop = training_loop_resolver.lookup(recipe.loop)(
            model=model,
            triples_factory=factory,
            optimizer=recipe.optimizer,
            optimizer_kwargs={"lr": recipe.learning_rate},
            # Searching for the largest batch would make the result depend on the memory that happens to be free.
            automatic_memory_optimization=False,
            **given,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"PyKEEN cannot train so: {error}") from error
    done = watch.restore(loop.optimizer, steps=-(-whole // size))
    if not watch.stopped and done < recipe.epochs:
        loop._epoch = done  # PyKEEN's own resumption sets it so
        # PyKEEN collects garbage after every epoch: what is there already need not be gone through each time.
        gc.freeze()
        try:
            with seeded(_epoch_seed(seed, done + 1)):
                loop.train(
                    factory,
                    num_epochs=recipe.epochs,
                    batch_size=size,
                    sub_batch_size=-(-size // accumulate) if accumulate > 1 else None,
                    # The weights are fresh already, and PyKEEN continues only an optimiser that has a state.
                    continue_training=bool(done),
                    use_tqdm=False,
                    callbacks=_callback(watch, loop, seed),
                    pin_memory=model.device.type != "cpu",
                )
        except NonFiniteLossError as error:
            raise ModelError(f"training diverged ({error}); lower learning_rate ({recipe.learning_rate})") from error
        finally:
            gc.unfreeze()
    return watch.finish()


def _epoch_seed(seed: int, epoch: int) -> int:
    return int(np.random.SeedSequence((seed, epoch)).generate_state(1)[0])


def _instances(train: NDArray[np.int64], loop: Loop, inverses: bool) -> int:
    """What PyKEEN counts in an epoch: queries for LCWA, otherwise statements, for sampled negatives both ways."""
    if loop is Loop.LCWA:
        forward = len(np.unique(train[:, :2], axis=0))
        return forward + (len(np.unique(train[:, 1:], axis=0)) if inverses else 0)
    return len(train) * (1 if loop is Loop.SYMMETRIC else 1 + inverses)


def _callback(watch: Watch, loop: Any, seed: int) -> Any:
    import random

    import torch
    from pykeen.training.callbacks import TrainingCallback

    class Follow(TrainingCallback):
        """Hands PyKEEN's events on."""

        def post_batch(self, epoch: int, batch: Any, **rest: Any) -> None:
            watch.step()

        def post_epoch(self, epoch: int, epoch_loss: float, **rest: Any) -> None:
            if watch.epoch(epoch, float(epoch_loss), loop.optimizer, scheduler=loop.lr_scheduler):
                loop._should_stop = True  # PyKEEN's own stopper callback stops a loop so
            new = _epoch_seed(seed, epoch + 1)
            random.seed(new)
            np.random.seed(new)
            torch.manual_seed(new)

    return Follow()
