"""The time to a goal, our loop's and PyKEEN's; shared by embeddings.py."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from embeddings_judged import BATCH_SIZES, fresh, opened

from kgqa.embeddings.artefact import Artefact
from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.models import seeded, triples_factory
from kgqa.embeddings.options import Recipe
from kgqa.embeddings.softmax import draw_weights, train_softmax

PATIENCE_AGAINST = 25.0  # PyKEEN is given up at so many times our best time
LONGEST, EPOCHS = 300.0, 500


def against_training(artefact: Artefact, goal: float, kept: Path) -> dict[str, Any]:
    """Processor seconds until ``goal`` on the validation part, without the checks, each at its best batch size.

    ``kept``: times that are already known, so that what was ended is taken up again.
    """
    times: dict[str, float | None] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    best: dict[str, tuple[float | None, int | None]] = {}
    for who, run in (("ours", ours), ("PyKEEN's", stock)):
        limit = LONGEST if who == "ours" else PATIENCE_AGAINST * (best["ours"][0] or LONGEST)
        for size in BATCH_SIZES:
            name = f"{who} {size} to {goal:.4f}"
            if name not in times:
                times[name] = run(artefact, size, goal, limit)
                kept.write_text(json.dumps(times), encoding="utf-8")
            print(f"{name}: {times[name]}", file=sys.stderr, flush=True)
        done = [(seconds, size) for size in BATCH_SIZES if (seconds := times[f"{who} {size} to {goal:.4f}"])]
        best[who] = min(done) if done else (None, None)
    (mine, my_size), (theirs, their_size) = best["ours"], best["PyKEEN's"]
    row = {"goal": round(goal, 4)}
    return {
        "to goal": {**row, "s": mine, "batch size": my_size, "times faster": None},
        "to goal, PyKEEN's": {
            **row,
            "s": theirs,
            "batch size": their_size,
            "times faster": round(theirs / mine, 2) if mine and theirs else None,
        },
    }


class Clock:
    """Processor seconds of training alone, and whether the goal was reached; it looks every second epoch.

    To our loop it is what a Watch is.
    """

    def __init__(self, model: Any, evaluator: RankEvaluator, valid: Any, goal: float, limit: float) -> None:
        self.model, self._evaluator, self._valid, self._goal, self._limit = model, evaluator, valid, goal, limit
        self.spent, self.found, self._since = 0.0, False, time.process_time()

    def restore(self, optimizer: Any, *, steps: int) -> int:
        self._since = time.process_time()
        return 0

    def step(self) -> None:
        pass

    def epoch(self, number: int, loss: float, optimizer: Any) -> bool:
        """Whether to stop after this epoch."""
        self.spent += time.process_time() - self._since
        if number % 2 == 0 or self.spent > self._limit:
            self.model.eval()
            self.found = self._evaluator.figures(self.model, self._valid)["both.realistic.mrr"] >= self._goal
            self.model.train()
        self._since = time.process_time()
        return self.found or self.spent > self._limit

    def finish(self) -> Any:
        return None


def ours(artefact: Artefact, size: int, goal: float, limit: float) -> float | None:
    """Seconds of our loop with this batch size until the goal; None when ``limit`` came first."""
    said, model_said = artefact.manifest["training"], artefact.manifest["model"]
    _, parts = opened(artefact)
    alone = {"batch_size": size, "epochs": EPOCHS, "members": 1}  # PyKEEN trains one at a time, too
    model = fresh(artefact, model_said["arguments"] | {"embedding_dim": said["dim"]}, parts[0], model_said["inverses"])
    recipe = Recipe(**{name: said[name] for name in Recipe.__slots__} | alone)
    clock = Clock(model, RankEvaluator(parts, relations=model.num_real_relations), parts[1], goal, limit)
    draw_weights(model, seed=0)
    train_softmax(model, parts[0], recipe, clock, seed=0, accumulate=1, precision="float32")
    return round(clock.spent, 2) if clock.found else None


def stock(artefact: Artefact, size: int, goal: float, limit: float) -> float | None:
    """Seconds of PyKEEN's LCWA loop alone until the goal; None when ``limit`` came first."""
    from pykeen.training import LCWATrainingLoop
    from pykeen.training.callbacks import TrainingCallback

    said = artefact.manifest["training"]
    _, parts = opened(artefact)
    arguments = {
        "embedding_dim": said["dim"],
        "loss": "crossentropy",
        "entity_initializer": "xavier_uniform",
        "relation_initializer": "xavier_uniform",
        "regularizer": "lp",
        "regularizer_kwargs": {"weight": said["n3"], "p": 3.0, "normalize": True},
    }
    model = fresh(artefact, arguments, parts[0], True)
    factory = triples_factory(parts[0], entities=model.num_entities, relations=model.num_real_relations, inverses=True)
    clock = Clock(model, RankEvaluator(parts, relations=model.num_real_relations), parts[1], goal, limit)

    class Look(TrainingCallback):
        def post_epoch(self, epoch: int, epoch_loss: float, **rest: Any) -> None:
            if clock.epoch(epoch, epoch_loss, None):
                self.training_loop._should_stop = True

    with seeded(0):
        loop = LCWATrainingLoop(
            model=model,
            triples_factory=factory,
            optimizer=said["optimizer"],
            optimizer_kwargs={"lr": said["learning_rate"]},
            automatic_memory_optimization=False,
        )
        clock.restore(None, steps=0)
        loop.train(factory, num_epochs=EPOCHS, batch_size=size, use_tqdm=False, callbacks=Look(), pin_memory=False)
    return round(clock.spent, 2) if clock.found else None
