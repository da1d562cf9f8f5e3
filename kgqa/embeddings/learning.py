"""One training of a network, by our loop or one of PyKEEN's: watched, checkpointed, tracked when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.graph import Split
from kgqa.embeddings.options import Loop, Recipe, TrainingOptions
from kgqa.embeddings.processes import Processes
from kgqa.embeddings.softmax import train_softmax
from kgqa.embeddings.watch import Checkpoints, LoopResult, Watch, fingerprint_of, open_tracker
from kgqa.types import Progress

CHECKPOINT = "checkpoint.pt"
CHECKPOINT_FORMAT = 1


def open_checkpoints(
    folder: Path, options: TrainingOptions, model: Mapping[str, Any], recipe: Recipe, split: Split, *, world: int
) -> Checkpoints | None:
    """The checkpoints of exactly this training, by so many processes (``world``); None where none are wanted."""
    if options.checkpoint_seconds is None:
        return None
    bearing = {
        "format": CHECKPOINT_FORMAT,
        "options": asdict(options) | dict.fromkeys(("checkpoint_seconds", "minutes", "tracker", "tracker_arguments")),
        "model": dict(model),
        "recipe": recipe.to_dict(),
        "world": world,
    }
    fingerprint = fingerprint_of(bearing, split.train, split.valid, split.test)
    return Checkpoints(folder / CHECKPOINT, fingerprint, options.checkpoint_seconds)


def learn(
    network: Any,
    split: Split,
    recipe: Recipe,
    options: TrainingOptions,
    evaluator: RankEvaluator,
    group: Processes,
    checkpoints: Checkpoints | None,
    progress: Progress | None,
) -> LoopResult:
    """Trains ``network`` in place, on the device of this process of the group. Raises as the loops do."""
    import torch

    tracker = None
    if options.tracker is not None and group.first:
        settings = {"model": options.model, "seed": options.seed, **recipe.to_dict()}
        tracker = open_tracker(options.tracker, options.tracker_arguments, settings)
    network.to(torch.device(group.device))
    watch = Watch(
        network,
        split.valid,
        evaluator,
        epochs=recipe.epochs,
        patience=recipe.patience,
        check_every=recipe.check_every,
        seed=options.seed,
        progress=progress,
        checkpoints=checkpoints,
        tracker=tracker,
        group=group,
        minutes=options.minutes,
    )
    success = False
    try:
        if recipe.loop is Loop.SOFTMAX:
            result = train_softmax(
                network,
                split.train,
                recipe,
                watch,
                seed=options.seed,
                accumulate=options.accumulate,
                precision=options.precision,
                group=group,
            )
        else:
            from kgqa.embeddings.pykeen_loop import train_pykeen

            result = train_pykeen(
                network,
                split.train,
                recipe,
                watch,
                seed=options.seed,
                sampler=options.sampler,
                sampler_arguments=options.sampler_arguments,
                accumulate=options.accumulate,
            )
        success = True
    finally:
        if tracker is not None:
            tracker.end_run(success=success)
    return result
