"""The two towers on held-out entities and questions of the sample graph: all tasks together against each alone.

    python eval/benchmarks/retriever.py [--facts FOLDER] [--data FOLDER] [--layers 0] [--steps 200] [--sources]

One model of all tasks, one model of each task, the encoder as it came, and that encoder with the mean of what is said
of an entity added to its text: MRR and recall on the queries of held-out entities (15 %, by the hash of the id), with
95 % bootstrap intervals, and the paired difference to the encoder. A pair of related entities is judged without the
statements between them. ``--layers``: how many of the encoder's layers learn; 0 trains the entity tower and the heads
alone, and leaves passages, which have no head, to the encoder. ``--sources`` trains once without each source of
examples. ``--data`` keeps the examples between runs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping
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

RESAMPLES = 1000
Found = Mapping[Task, Judged]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--facts", type=Path, help="a folder with the recipe's facts.jsonl")
    parser.add_argument("--data", type=Path, help="where the examples are kept; made where there are none")
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--layers", type=int, default=0)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--no-single", action="store_true", help="only the model of all tasks")
    parser.add_argument("--sources", action="store_true", help="also without each source")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        data = _data(given, Path(place))
        plain = RetrieverOptions(
            seed=given.seed,
            device="cpu",
            layers=given.layers,
            steps=given.steps,
            batch_size=given.batch_size,
            check_every=max(1, given.steps // 4),
            checkpoint_seconds=None,
        )
        known: dict[str, np.ndarray[Any, np.dtype[np.float32]]] = {}
        began = time.process_time()
        tasks = [task for task in Task if given.layers or task is not Task.PASSAGE]
        systems: dict[str, Found] = {}

        def trained(name: str, learnt: list[Task], left_out: tuple[str, ...] = ()) -> Found:
            chosen = RetrieverOptions(**{**plain.to_dict(), "tasks": tuple(map(str, learnt)), "leave_out": left_out})
            report = train_retriever(data, packaged_folder(), Path(place) / name, chosen, known=known, progress=_told)
            systems.setdefault("encoder as it came", report.before)
            return report.after

        systems_all = trained("all tasks", tasks)
        systems["encoder and neighbourhood"] = _with_neighbourhood(data, known)
        systems["all tasks in one model"] = systems_all
        if not given.no_single:
            alone = {task: trained(f"{task} alone", [task])[task] for task in tasks}
            systems["each task alone"] = alone
        for source in Source if given.sources else ():
            if source is not Source.CLOZE or given.layers:
                systems[f"without {source}"] = trained(f"without {source}", tasks, (str(source),))
        seconds = time.process_time() - began
    figures = {
        f"{task}: {name}": _figures(found[task], systems["encoder as it came"][task], given.seed)
        for task in Task
        for name, found in systems.items()
        if task in found and (task in tasks or name == "encoder as it came")
    }
    settings = {name: value for name, value in plain.to_dict().items() if name not in ("tasks", "tracker", "device")}
    finish(given, "retriever", {**figures, "cpu": {"seconds": round(seconds, 1)}}, **settings)


def _data(given: Any, place: Path) -> RetrieverData:
    """The examples, made from the sample graph's facts where they are not kept."""
    folder = given.data or place / "data"
    if not (folder / "manifest.json").is_file():
        facts = given.facts
        if facts is None:
            from examples.elements import recipe

            facts = place / "facts"
            recipe.write(facts)
        with Engine.create(place / "store") as engine:
            engine.ingest(facts / "facts.jsonl")
            engine.train("retriever", prepare=folder, questions=given.questions)
    return load_data(folder)


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
