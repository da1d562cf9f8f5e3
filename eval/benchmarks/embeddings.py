"""Knowledge-graph embeddings on a public split: trained through the engine, ranked on the test part.

    python eval/benchmarks/embeddings.py --set codex-s [--what train evaluator peer] [--out FILE]

Needs KGQA_DATASETS, the folder of the data sets. ``train``: the preset, or what SETS says for the set; MRR and Hits@k
are filtered, with realistic ranks, over heads and tails of the test part; the validation part stops the training and
nothing else of the test part is looked at. ``evaluator``: the same ranks by PyKEEN's own evaluator at the best of five
batch sizes, with the figures of both. ``peer``: processor seconds until 95 % of --goal on the validation part, against
PyKEEN's LCWA loop with the same model, dimension, cross-entropy and optimiser, each at the best of five batch sizes;
the checks are not counted. With --work each time is kept, so that a run that was ended goes on; only the model's sizes
are taken of the training before it, so that ``--options '{"epochs": 1}'`` will do.

One command for each set that wants a GPU (not tried on one):

    python eval/benchmarks/embeddings.py --set fb15k-237 --device cuda --precision bfloat16
    python eval/benchmarks/embeddings.py --set wn18rr --device cuda --precision bfloat16
    python eval/benchmarks/embeddings.py --set codex-m --device cuda --precision bfloat16
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from common import finish, median_seconds, options

from kgqa import Engine, Entity, Triple
from kgqa.config import load_settings
from kgqa.embeddings.artefact import Artefact, open_artefact
from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.models import build_model, seeded, triples_factory, weights_from_bytes
from kgqa.embeddings.options import Recipe
from kgqa.embeddings.softmax import draw_weights, train_softmax

PARTS = ("train", "valid", "test")
BATCH_SIZES = (32, 128, 512, 1024, 2048)
PATIENCE_AGAINST = 25.0  # PyKEEN is given up at so many times our best time
LONGEST, EPOCHS = 300.0, 500


@dataclass(frozen=True)
class DataSet:
    """Files of the three parts, and what is set for the set beside the preset."""

    files: tuple[str, str, str]
    target: float
    options: dict[str, Any] = field(default_factory=dict)
    openke: bool = False
    types: str | None = None


def codex(size: str) -> tuple[str, str, str]:
    folder = f"codex/triples/codex-{size}"
    return f"{folder}/train.txt", f"{folder}/valid.txt", f"{folder}/test.txt"


CODEX_TYPES = "codex/types/entity2types.json"
SETS = {
    "codex-s": DataSet(codex("s"), 0.473, types=CODEX_TYPES),
    "umls": DataSet(("umls/train.tsv", "umls/dev.tsv", "umls/test.tsv"), 0.96),
    "codex-m": DataSet(codex("m"), 0.352, {"n3": 0.01, "batch_size": 500}, types=CODEX_TYPES),
    "fb15k-237": DataSet(
        ("fb15k237/train2id.txt", "fb15k237/valid2id.txt", "fb15k237/test2id.txt"),
        0.388,
        {"n3": 0.05, "relation_weight": 4.0},
        openke=True,
    ),
    "wn18rr": DataSet(
        ("wn18rr/text/train.txt", "wn18rr/text/valid.txt", "wn18rr/text/test.txt"),
        0.488,
        {"n3": 0.1, "relation_weight": 0.05, "batch_size": 100, "dim": 1000},
    ),
}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--set", choices=SETS, required=True)
    parser.add_argument("--what", nargs="+", choices=("train", "evaluator", "peer"), default=["train"])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--options", type=json.loads, default={}, help="of the training, as JSON")
    parser.add_argument("--work", type=Path, help="keeps the store, and the checkpoint of a training that was ended")
    parser.add_argument("--goal", type=float, help="MRR for peer; default: the set's target")
    arguments = parser.parse_args()
    place = os.environ.get("KGQA_DATASETS")
    if not place:
        sys.exit("KGQA_DATASETS is not set: name the folder of the data sets")
    chosen = SETS[arguments.set]
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        given = {**chosen.options, "precision": arguments.precision, **arguments.options}
        work = arguments.work or Path(temporary)
        folder, figures["train"] = train(Path(place), chosen, work, given, arguments)
        artefact = open_artefact(folder)[1]
        if "evaluator" in arguments.what:
            figures |= against_evaluator(artefact)
        if "peer" in arguments.what:
            figures |= against_training(artefact, 0.95 * (arguments.goal or chosen.target), work / "peer.json")
    finish(arguments, f"embeddings on {arguments.set}", figures, set=arguments.set, target=chosen.target, **given)


def records(place: Path, chosen: DataSet, part: int) -> Iterator[Entity | Triple]:
    """One part of a set; with the training part the types of its entities."""
    named: set[str] = set()
    lines = (place / chosen.files[part]).read_text(encoding="utf-8").splitlines()
    for line in lines[1:] if chosen.openke else lines:
        head, relation, tail = line.split(" ") if chosen.openke else line.split("\t")
        if chosen.openke:  # its columns are head, tail, relation
            head, relation, tail = f"e{head}", f"r{tail}", f"e{relation}"
        named |= {head, tail}
        yield Triple(head, relation, tail)
    if chosen.types is not None and part == 0:
        types = json.loads((place / chosen.types).read_text(encoding="utf-8"))
        for name in sorted(named):
            yield Entity(name, types=tuple(types.get(name, ())))


def train(
    place: Path, chosen: DataSet, work: Path, given: dict[str, Any], arguments: Any
) -> tuple[Path, dict[str, Any]]:
    """Trains through the engine. Gives the models' folder and the figures."""
    settings = load_settings(device=arguments.device, seed=arguments.seed)
    there = (work / "store").exists()
    with (Engine.open if there else Engine.create)(work / "store", settings=settings) as engine:
        for number, part in enumerate(PARTS if not there else ()):
            engine.ingest(records(place, chosen, number), source_name=part)
        start, processor = time.perf_counter(), time.process_time()
        report = engine.train("embeddings", valid_source="valid", test_source="test", progress=_progress(), **given)
        wall, spent = time.perf_counter() - start, time.process_time() - processor
        said = report.metrics
        keep = ("mrr", "hits_at_1", "hits_at_3", "hits_at_10", "epochs", "ece", "asked_ece", "top_true")
        figures = {key: said[key] for key in keep if key in said}
        history = list(said["history"])
        return (
            work / "store" / "models" / "embeddings",
            {
                **figures,
                "target": chosen.target,
                "training s": round(history[-1][1], 1) if history else None,
                "all s": round(wall, 1),
                "processor s": round(spent, 1),
            },
        )


def _progress() -> Any:
    last = [time.monotonic()]

    def say(what: str, done: int, whole: int | None) -> None:
        if time.monotonic() - last[0] > 20:
            last[0] = time.monotonic()
            print(f"{what}: {done} of {whole}", file=sys.stderr, flush=True)

    return say


def opened(artefact: Artefact) -> tuple[Any, list[np.ndarray[Any, np.dtype[np.int64]]]]:
    """The trained model, and the triples of the three parts."""
    said, counts = artefact.manifest["model"], artefact.manifest["training"]
    ends = np.cumsum([counts[part] for part in PARTS])[:2]
    parts = np.split(artefact.triples, ends)
    model = fresh(artefact, said["arguments"], parts[0], said["inverses"])
    weights_from_bytes(model, artefact.weights)
    return model.eval(), parts


def fresh(artefact: Artefact, arguments: dict[str, Any], known: Any, inverses: bool) -> Any:
    vocabulary = artefact.vocabulary
    return build_model(
        artefact.manifest["model"]["name"],
        arguments,
        known,
        entities=len(vocabulary.refs),
        relations=len(vocabulary.relations),
        inverses=inverses,
        seed=0,
    )


def against_evaluator(artefact: Artefact) -> dict[str, Any]:
    """Seconds of ranking the test part, ours and PyKEEN's, and the largest difference of their figures."""
    import torch
    from pykeen.evaluation import RankBasedEvaluator

    logging.getLogger("torch_max_mem").setLevel(logging.ERROR)
    model, parts = opened(artefact)
    test, others = torch.from_numpy(parts[2]), [torch.from_numpy(part) for part in parts[:2]]
    ours = median_seconds(
        lambda: RankEvaluator(parts, relations=model.num_real_relations).figures(model, parts[2]), repeats=3
    )
    figures = RankEvaluator(parts, relations=model.num_real_relations).figures(model, parts[2])
    times, gap = {}, 0.0
    for size in BATCH_SIZES:
        start = time.perf_counter()
        result = RankBasedEvaluator(filtered=True, metrics=[], add_defaults=True).evaluate(
            model, test, additional_filter_triples=others, batch_size=size, use_tqdm=False
        )
        times[size] = time.perf_counter() - start
        for kind in ("optimistic", "realistic", "pessimistic"):
            pairs = {"mrr": "inverse_harmonic_mean_rank", **{f"hits_at_{k}": f"hits_at_{k}" for k in (1, 3, 10)}}
            for mine, theirs in pairs.items():
                told = float(result.get_metric(f"both.{kind}.{theirs}"))
                gap = max(gap, abs(told - figures[f"both.{kind}.{mine}"]))
    best = min(times, key=lambda size: times[size])
    return {
        "evaluator": {"s": round(ours, 3), "batch size": None, "times faster": round(times[best] / ours, 2)},
        "evaluator, PyKEEN's": {"s": round(times[best], 3), "batch size": best, "largest difference": gap},
    }


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
    model = fresh(artefact, model_said["arguments"], parts[0], model_said["inverses"])
    recipe = Recipe(**{name: said[name] for name in Recipe.__slots__} | {"batch_size": size, "epochs": EPOCHS})
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


if __name__ == "__main__":
    main()
