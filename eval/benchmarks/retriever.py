"""The two towers on held-out entities and questions of a graph: all tasks together against each alone.

    python eval/benchmarks/retriever.py [--sets sample metaqa wordnet] [--data FOLDER] [--layers 0] [--steps 200]
        [--sources] [--teacher late]

One model of all tasks, one model of each task, the encoder as it came, and that encoder with the mean of what is said
of an entity added to its text, for each set: the sample graph; the films of MetaQA drawn by the seed with all that is
said of them; the WordNet of WN18RR around a synset drawn by the seed, with definitions (``--size``: films or synsets;
the last two need KGQA_DATASETS). Questions are synthesised from the graph. MRR and recall on the queries of held-out
entities (15 %, by the hash of the id), with 95 % bootstrap intervals, and the paired difference to the encoder. A pair
of related entities is judged without the statements between them. ``--layers``: how many of the encoder's layers learn;
0 trains the entity tower and the heads alone, and leaves passages, which have no head, to the encoder. ``--sources``
trains once without each source of examples, ``--teacher`` once with distillation (docs/retriever.md). ``--data`` keeps
the examples between runs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from eval.benchmarks.common import finish, options
from kgqa import Engine
from kgqa.embeddings.encoder_files import packaged_folder
from kgqa.embeddings.towers.fusion import Fusion
from kgqa.embeddings.towers.tasks import Task
from kgqa.training.retriever.data import Part, RetrieverData, Source, load_data
from kgqa.training.retriever.judging import Judge, Judged, judge_all
from kgqa.training.retriever.options import RetrieverOptions
from kgqa.training.retriever.train import train_retriever
from kgqa.types import Entity, Record, Relation, Triple

RESAMPLES = 1000
SETS = ("sample", "metaqa", "wordnet")
Found = Mapping[Task, Judged]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=["sample"])
    parser.add_argument("--size", type=int, default=600, help="films of MetaQA; of WordNet five times as many synsets")
    parser.add_argument("--data", type=Path, help="where the examples are kept; made where there are none")
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--layers", type=int, default=0)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--no-single", action="store_true", help="only the model of all tasks")
    parser.add_argument("--sources", action="store_true", help="also without each source")
    parser.add_argument("--teacher", help="also with distillation from this teacher")
    given = parser.parse_args()
    plain = RetrieverOptions(
        seed=given.seed,
        questions=given.questions,
        device="cpu",
        layers=given.layers,
        steps=given.steps,
        batch_size=given.batch_size,
        check_every=max(1, given.steps // 4),
        checkpoint_seconds=None,
    )
    began = time.process_time()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name in given.sets:
            place = Path(temporary) / name
            data = _data(name, given, place, (given.data or place) / f"data-{name}")
            figures |= {f"{name}, {key}": row for key, row in _measured(data, place, plain, given).items()}
    settings = {name: value for name, value in plain.to_dict().items() if name not in ("tasks", "tracker", "device")}
    settings |= {"sets": given.sets, "size": given.size}
    seconds = round(time.process_time() - began, 1)
    finish(given, "retriever", {**figures, "cpu": {"seconds": seconds}}, **settings)


def _measured(data: RetrieverData, place: Path, plain: RetrieverOptions, given: Any) -> dict[str, Any]:
    """Every system's figures on one set, by task and system."""
    known: dict[str, np.ndarray[Any, np.dtype[np.float32]]] = {}
    tasks = [task for task in Task if given.layers or task is not Task.PASSAGE]
    systems: dict[str, Found] = {}

    def trained(name: str, learnt: list[Task], **how: Any) -> Found:
        chosen = RetrieverOptions(**{**plain.to_dict(), "tasks": tuple(map(str, learnt)), **how})
        report = train_retriever(data, packaged_folder(), place / name, chosen, known=known, progress=_told)
        systems.setdefault("encoder as it came", report.before)
        return report.after

    systems_all = trained("all tasks", tasks)
    systems["encoder and neighbourhood"] = _with_neighbourhood(data, known)
    systems["all tasks in one model"] = systems_all
    if given.teacher:
        systems[f"all tasks, taught by {Path(given.teacher).name}"] = trained("taught", tasks, teacher=given.teacher)
    if not given.no_single:
        had = [task for task in tasks if task in systems_all]
        systems["each task alone"] = {task: trained(f"{task} alone", [task])[task] for task in had}
    learnt_from = {item.source for item in data.examples if item.part is Part.TRAIN}
    for source in sorted(learnt_from) if given.sources else ():
        if source is not Source.CLOZE or given.layers:
            systems[f"without {source}"] = trained(f"without {source}", tasks, leave_out=(str(source),))
    return {
        f"{task}: {name}": _figures(found[task], systems["encoder as it came"][task], given.seed)
        for task in Task
        for name, found in systems.items()
        if task in found and (task in tasks or name == "encoder as it came")
    }


def _data(name: str, given: Any, place: Path, folder: Path) -> RetrieverData:
    """The examples of a set, made where they are not kept."""
    if not (folder / "manifest.json").is_file():
        drawn = np.random.default_rng(given.seed)
        with Engine.create(place / "store") as engine:
            if name == "sample":
                from examples.elements import recipe

                recipe.write(place / "facts")
                engine.ingest(place / "facts" / "facts.jsonl")
            else:
                make = films(given.size, drawn) if name == "metaqa" else synsets(5 * given.size, drawn)
                engine.ingest(list(make), source_name=name)
            engine.train("retriever", prepare=folder, questions=given.questions)
    return load_data(folder)


def films(count: int, drawn: np.random.Generator) -> Iterator[Record]:
    """What MetaQA says of ``count`` of its films."""
    rows = [line.split("|") for line in _lines("metaqa/kb.txt")]
    heads = sorted({row[0] for row in rows})
    chosen = {heads[place] for place in drawn.choice(len(heads), min(count, len(heads)), replace=False)}
    yield from (Triple(*row) for row in rows if row[0] in chosen)


def synsets(count: int, drawn: np.random.Generator) -> Iterator[Record]:
    """``count`` synsets nearest to one drawn, with their definitions and the training part's links between them."""
    links = [tuple(line.split("\t")) for line in _lines("wn18rr/original/train.txt")]
    beside: dict[str, list[str]] = {}
    for head, _, tail in links:
        beside.setdefault(head, []).append(tail)
        beside.setdefault(tail, []).append(head)
    first = sorted(beside)[int(drawn.integers(len(beside)))]
    chosen, queue = {first}, [first]
    for id in queue:  # it grows while it is read
        for other in sorted(set(beside[id])):
            if other not in chosen and len(chosen) < count:
                chosen.add(other)
                queue.append(other)
    for line in _lines("wn18rr/relation2text.txt"):
        id, label = line.split("\t")
        yield Relation(id, label=label)
    for line in _lines("wn18rr/entity2text.txt"):
        id, text = line.split("\t")
        if id in chosen:
            lemma, _, definition = text.partition(", ")
            yield Entity(id, label=lemma, description=definition)
    yield from (Triple(*link) for link in links if link[0] in chosen and link[2] in chosen)


def _lines(path: str) -> list[str]:
    folder = os.environ.get("KGQA_DATASETS")
    if folder is None:
        raise SystemExit("set KGQA_DATASETS to the folder of the data sets")
    return (Path(folder) / path).read_text(encoding="utf-8").splitlines()


def _with_neighbourhood(data: RetrieverData, known: Mapping[str, Any]) -> Found:
    """The encoder's vector of an entity's text plus the mean of its statements' vectors; nothing is learnt."""
    dim = data.features.dim
    weights = {
        "gate": np.ones(1, dtype=np.float32),
        "inner.weight": np.zeros((1, 2 * dim + data.features.graph.shape[1]), dtype=np.float32),
        "inner.bias": np.zeros(1, dtype=np.float32),
        "outer.weight": np.zeros((dim, 1), dtype=np.float32),
        "outer.bias": np.zeros(dim, dtype=np.float32),
    }
    found = judge_all(Judge(data, lambda texts: np.stack([known[t] for t in texts]), Fusion(weights)), data, Part.TEST)
    return {task: judged for task, judged in found.items() if task not in (Task.PASSAGE, Task.PLAN)}


def _figures(own: Judged, encoder: Judged, seed: int) -> dict[str, Any]:
    """Figures in %, with the interval of the MRR and of its paired difference to the encoder."""
    draws = np.random.default_rng(seed).integers(0, len(own.rr), (RESAMPLES, len(own.rr)))
    gap = own.rr - encoder.rr
    low, high = np.quantile(own.rr[draws].mean(axis=1), (0.025, 0.975))
    gap_low, gap_high = np.quantile(gap[draws].mean(axis=1), (0.025, 0.975))
    means = own.means()
    return {
        "queries": len(own.rr),
        "MRR": _percent(means["mrr"]),
        "low": _percent(low),
        "high": _percent(high),
        "R@1": _percent(means["recall_at_1"]),
        "R@5": _percent(means["recall_at_5"]),
        "R@10": _percent(means["recall_at_10"]),
        "over": _percent(gap.mean()),
        "over low": _percent(gap_low),
        "over high": _percent(gap_high),
    }


def _percent(value: float) -> float:
    return round(100 * float(value), 1)


def _told(what: str, done: int, whole: int | None) -> None:
    if whole and done % max(1, whole // 4) == 0:
        sys.stderr.write(f"{what} {done} of {whole}\n")


if __name__ == "__main__":
    main()
