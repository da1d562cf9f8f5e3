"""Questions asked of a graph that lost a random half of its triples, with and without completion by prediction.

    python eval/benchmarks/missing.py [--set metaqa sample] [--limit 300] [--train] [--work FOLDER] [--out FILE]

Each triple is kept with chance one half, by the seed. Nothing is built from the others: names, lexicon, indexes,
embeddings and planner see the kept half alone, and an entity that no kept triple names is not there at all. Passages
are left out: they would say what was removed. Gold is that of the whole graph.

``metaqa``: so many dev questions of each hop count as ``--limit`` says (0: all), brackets removed (needs
KGQA_DATASETS). ``sample``: the sample graph with the terms of office, and those dev questions of the compositional
suite that ask for things or values. ``--train`` trains the planner on the half, too.

Three runs over one store: ``without`` (no fact is probable enough), ``completed`` (the default threshold) and
``guessed`` (--guess above that probability). Hits@1 of each, the paired difference from ``without`` (bootstrap over
questions), and what the answers that rest on a prediction are worth: how many there are, how many of them right, and
how sure the engine was of them.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from common import finish, options
from metaqa import HOPS, check, kgqa, read, sample, write

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kgqa import Engine, Entity, Relation, Triple
from kgqa.config import load_settings
from kgqa.evaluation import evaluate
from kgqa.graph.formats import read as read_records

SHARE = 0.5
WITHOUT = 1.0
SETS = ("sample", "metaqa")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--set", nargs="+", choices=SETS, default=["sample"])
    parser.add_argument("--limit", type=int, default=300, help="questions of each hop count; 0: all")
    parser.add_argument("--train", action="store_true", help="train the planner on the half, too")
    parser.add_argument("--guess", type=float, default=0.1)
    parser.add_argument("--options", type=json.loads, default={}, help="of the embeddings' training, as JSON")
    parser.add_argument("--work", type=Path, help="keeps the stores between runs")
    arguments = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name in arguments.set:
            work = (arguments.work or Path(temporary)) / name
            work.mkdir(parents=True, exist_ok=True)
            figures |= measure(name, work, arguments)
    settings = {"limit": arguments.limit, "trained": arguments.train, "guess": arguments.guess, "share": SHARE}
    finish(arguments, "missing facts", figures, **settings, options=arguments.options)


def measure(name: str, work: Path, arguments: Any) -> dict[str, dict[str, Any]]:
    """Builds what is not there yet, asks three times, compares."""
    asked = list(metaqa_questions(arguments.limit, arguments.seed) if name == "metaqa" else sample_questions())
    figures = {f"{name}: graph": build(name, work, arguments)}
    write(work / "questions.jsonl", [{"id": row["id"], "question": row["question"]} for row in asked])
    runs = {"without": WITHOUT, "completed": load_settings().predict_above, "guessed": arguments.guess}
    answers = {run: ask(work, run, above, asked) for run, above in runs.items()}
    for kind in (*dict.fromkeys(row["type"] for row in asked if "type" in row), "all"):
        gold = [row for row in asked if kind in (row.get("type"), "all")]
        figures[f"{name}: {kind}"] = compare(gold, answers, arguments.seed)
    return figures


# --- the half of a graph


def build(name: str, work: Path, arguments: Any) -> dict[str, Any]:
    """The store of the kept half with its models."""
    store = work / "store"
    if not store.exists():
        records = metaqa_records() if name == "metaqa" else sample_records(work)
        with Engine.create(store, settings=load_settings(seed=arguments.seed)) as engine:
            engine.ingest(half(records, arguments.seed), source_name="half")
    figures: dict[str, Any] = {}
    if not (store / "models" / "embeddings" / "current.json").exists():
        with Engine.open(store, settings=load_settings(seed=arguments.seed, threads=1)) as engine:
            report = engine.train("embeddings", **arguments.options)
            figures["embeddings s"] = round(report.seconds, 1)
    if arguments.train and not (store / "models" / "planner" / "current.json").exists():
        figures["planner s"] = round(kgqa("train", "planner", "--store", store, "--quiet")[1]["wall s"], 1)
    told = kgqa("info", "--store", store, "--json")[0]
    manifest = next((store / "models" / "embeddings").glob("*/manifest.json"))
    metrics = json.loads(manifest.read_text(encoding="utf-8"))["metrics"]
    kept = {key: metrics[key] for key in ("mrr", "top_true", "ece") if key in metrics}
    return {"statements": told["counts"]["statements"], **kept, **figures}


def half(records: Iterable[Any], seed: int) -> Iterator[Any]:
    """The kept triples and attributes, the relations, and of the entities those that these name."""
    rng = np.random.default_rng(seed)
    entities: list[Entity] = []
    named: set[Any] = set()
    for record in records:
        if isinstance(record, Triple) and rng.random() < SHARE:
            named |= {record.head, record.tail}
            yield record
        elif isinstance(record, Entity):
            kept = {key: value for key, value in sorted(record.attributes.items()) if rng.random() < SHARE}
            entities.append(replace(record, attributes=kept))
        elif isinstance(record, Relation):
            yield record
    yield from (entity for entity in entities if entity.attributes or entity.id in named)


def data() -> Path:
    place = os.environ.get("KGQA_DATASETS")
    if not place:
        sys.exit("KGQA_DATASETS is not set: name the folder that has metaqa/")
    return Path(place) / "metaqa"


def metaqa_records() -> Iterator[Triple]:
    with (data() / "kb.txt").open(encoding="utf-8") as lines:
        for line in lines:
            yield Triple(*line.rstrip("\n").split("|"))


def sample_records(work: Path) -> Iterator[Any]:
    from eval.suites.compositional import terms
    from examples.elements import recipe

    recipe.write(work / "facts")
    terms.append(work / "facts" / "facts.jsonl")
    yield from read_records(work / "facts" / "facts.jsonl")


# --- questions and answers


def metaqa_questions(limit: int, seed: int) -> Iterator[dict[str, Any]]:
    for hop in HOPS:
        yield from sample(data() / hop / "dev.txt", hop, limit, seed)


def sample_questions() -> Iterator[dict[str, Any]]:
    place = Path(__file__).resolve().parents[1] / "suites" / "compositional" / "dev.jsonl"
    for row in read(place):
        if row["answers"] and row["kind"] in ("entity", "value"):
            yield {key: row[key] for key in ("id", "question", "answers", "aliases") if key in row}


def ask(work: Path, run: str, above: float, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers through the command line, a predicted fact being used above this probability."""
    out = work / f"{run}.jsonl"
    os.environ["KGQA_PREDICT_ABOVE"] = str(above)
    try:
        kgqa("batch", work / "questions.jsonl", "--store", work / "store", "--out", out, "--overwrite", "--quiet")
    finally:
        del os.environ["KGQA_PREDICT_ABOVE"]
    check(asked, out)
    return list(read(out))


def compare(gold: list[dict[str, Any]], answers: dict[str, list[dict[str, Any]]], seed: int) -> dict[str, Any]:
    """Hits@1 of every run in %, and what each adds to the one without completion."""
    ids = {row["id"] for row in gold}
    mine = {run: [line for line in lines if line["id"] in ids] for run, lines in answers.items()}
    out: dict[str, Any] = {"questions": len(gold)}
    for run in ("without", "completed", "guessed"):
        report = evaluate(mine[run], gold, against=mine["without"], seed=seed)
        out[run] = percent(report.figures["hits_at_1"].value)
        if run == "without" or report.comparison is None:
            continue
        added = report.comparison.differences["hits_at_1"].difference
        out |= {f"{run} adds": percent(added.value), f"{run} low": percent(added.low)}
        out[f"{run} high"] = percent(added.high)
        hits = {item.id: bool(item.hits_at_1) for item in report.judgements}
        rests = [line for line in mine[run] if (line.get("verdict") or {}).get("label") == "predicted"]
        out |= {
            f"{run} predicted": len(rests),
            f"{run} predicted right": percent(mean([hits[line["id"]] for line in rests])),
            f"{run} predicted confidence": percent(mean([line["confidence"] for line in rests])),
        }
    return out


def mean(values: list[Any]) -> float | None:
    return float(np.mean(values)) if values else None


def percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


if __name__ == "__main__":
    main()
