"""Knowledge-graph embeddings on a public split: trained through the engine, ranked on the test part.

    python eval/benchmarks/embeddings.py --set codex-s [--what train evaluator negatives peer] [--out FILE]

Needs KGQA_DATASETS, the folder of the data sets. ``train``: the preset, or what SETS says for the set; MRR and Hits@k
are filtered, with realistic ranks, over heads and tails of the test part; the validation part stops the training and
nothing else of the test part is looked at. ``evaluator``: the same ranks by PyKEEN's own evaluator at the best of five
batch sizes, with the figures of both. ``negatives`` (CoDEx): calibration of whole triples, the test part against its
verified hard negatives, fitted on those of the validation part. ``peer``: processor seconds until 95 % of --goal on the
validation part, against PyKEEN's LCWA loop with the same model, dimension, cross-entropy and optimiser, each at the
best of five batch sizes; the checks are not counted. With --work each time is kept, so that a run that was ended goes
on; only the model's sizes are taken of the training before it, so that ``--options '{"epochs": 1}'`` will do.

One command for each set that wants a GPU (not tried on one):

    python eval/benchmarks/embeddings.py --set fb15k-237 --device cuda --precision bfloat16
    python eval/benchmarks/embeddings.py --set wn18rr --device cuda --precision bfloat16
    python eval/benchmarks/embeddings.py --set codex-m --device cuda --precision bfloat16
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common import finish, options
from embeddings_judged import PARTS, against_evaluator, against_negatives
from embeddings_timed import against_training

from kgqa import Engine, Entity, Triple
from kgqa.config import load_settings
from kgqa.embeddings.artefact import open_artefact


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
    parser.add_argument("--what", nargs="+", choices=("train", "evaluator", "negatives", "peer"), default=["train"])
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
        if "negatives" in arguments.what:
            figures["hard negatives"] = against_negatives(artefact, (Path(place) / chosen.files[0]).parent)
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
        keep = ("mrr", "hits_at_1", "hits_at_3", "hits_at_10", "epochs", "ece", "asked_ece", "triple_ece", "top_true")
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


if __name__ == "__main__":
    main()
