"""MetaQA dev questions of 1, 2 and 3 hops, through the command line: ingest, batch, eval.

    python eval/benchmarks/metaqa.py [--limit 300] [--paraphrases] [--train] [--log 4000] [--work FOLDER] [--out FILE]

Needs KGQA_DATASETS, the folder that has ``metaqa/``. The brackets around the topic entity are taken out and it is not
given, nor is the number of hops. ``--limit`` asks so many questions of each hop count, drawn with the seed; 0 asks
all. ``--paraphrases`` asks the back-translated 1-hop questions too. ``--train`` first runs ``kgqa train planner``,
which reads the graph and no question (unless FOLDER has a trained planner already); with ``--log`` it also reads so
many other questions of each hop count, without their answers: the track of question logs. FOLDER keeps the store
between runs; questions, answers and the report go there as well, and nothing of the data set goes anywhere else.

Every command runs alone with one thread. A question that gets no line, or a line with an error, ends the program.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from common import finish, options, percentile

HOPS = ("1-hop", "2-hop", "3-hop")
SHOWN = ("hit", "hits_at_1", "guessed", "exact", "f1", "answered")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "KGQA_THREADS": "1"}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--limit", type=int, default=0, help="questions of each hop count; 0: all")
    parser.add_argument("--paraphrases", action="store_true")
    parser.add_argument("--train", action="store_true", help="train the planner on the graph first")
    parser.add_argument("--log", type=int, default=0, help="other questions of each hop count to learn from")
    parser.add_argument("--work", type=Path, help="keeps the store between runs")
    arguments = parser.parse_args()
    place = os.environ.get("KGQA_DATASETS")
    if not place:
        sys.exit("KGQA_DATASETS is not set: name the folder that has metaqa/")
    data = Path(place) / "metaqa"
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        files = {hop: data / hop / "dev.txt" for hop in HOPS}
        if arguments.paraphrases:
            files["1-hop paraphrased"] = data / "1-hop" / "ntm" / "qa_dev.txt"
        asked = [row for kind, file in files.items() for row in sample(file, kind, arguments.limit, arguments.seed)]
        write(work / "questions.jsonl", [{"id": row["id"], "question": row["question"]} for row in asked])
        write(work / "gold.jsonl", asked)
        log = None
        if arguments.log:
            taken = {row["id"] for row in asked}
            others = [row for kind, file in files.items() for row in sample(file, kind, 0, 0) if row["id"] not in taken]
            log = work / "log.jsonl"
            write(log, unlabelled(others, arguments.log, arguments.seed))
        figures = run(("ingest", data / "kb.txt", "--source", "metaqa"), work, asked, train=arguments.train, log=log)
        settings = {"limit": arguments.limit, "asked": len(asked), "trained": arguments.train, "log": arguments.log}
        finish(arguments, "metaqa dev", figures, **settings)


def sample(file: Path, kind: str, limit: int, seed: int) -> list[dict[str, Any]]:
    """Questions with their gold answers, brackets removed: all, or ``limit`` drawn with the seed, in file order."""
    with file.open(encoding="utf-8") as text:
        lines = list(enumerate((line.rstrip("\n") for line in text), start=1))
    if limit and limit < len(lines):
        lines = sorted(random.Random(f"{seed} {kind}").sample(lines, limit))
    rows = []
    for number, line in lines:
        question, _, answers = line.partition("\t")
        question = question.replace("[", "").replace("]", "")
        rows.append({"id": f"{kind}-{number}", "question": question, "answers": answers.split("|"), "type": kind})
    return rows


def unlabelled(rows: Sequence[dict[str, Any]], count: int, seed: int) -> list[dict[str, Any]]:
    """The words alone of ``count`` questions of each type, in mixed order."""
    rng = random.Random(f"{seed} log")
    chosen: list[str] = []
    for kind in dict.fromkeys(row["type"] for row in rows):
        own = [row["question"] for row in rows if row["type"] == kind]
        chosen += rng.sample(own, min(count, len(own)))
    return [{"question": question} for question in rng.sample(chosen, len(chosen))]


def run(
    ingest: Sequence[object],
    work: Path,
    asked: Sequence[dict[str, Any]],
    *,
    train: bool,
    labelled: Path | None = None,
    log: Path | None = None,
) -> dict[str, dict[str, Any]]:
    """Figures of one store: what the commands cost, and the shares by type of question.

    ``labelled``: questions with answers that training learns from too; ``log``: questions without.
    """
    store, answers, report = work / "store", work / "answers.jsonl", work / "report"
    figures: dict[str, dict[str, Any]] = {}
    if not (store / "store.db").exists():
        _, figures["ingest"] = kgqa(*ingest, "--store", store)
    if train and not (store / "models" / "planner" / "current.json").exists():
        more = (*(() if labelled is None else ("--labelled", labelled)), *(() if log is None else ("--log", log)))
        told, figures["train"] = kgqa("train", "planner", "--store", store, *more, "--json", "--quiet")
        figures["train"] |= {"questions": told["metrics"]["questions"], **told["metrics"]["right_after"]}
    told, timed = kgqa(
        "batch", work / "questions.jsonl", "--store", store, "--out", answers, "--overwrite", "--json", "--quiet"
    )
    speeds = {"questions/s wall": len(asked) / timed["wall s"], "questions/s cpu": len(asked) / timed["cpu s"]}
    figures["batch"] = {**timed, **speeds, "asking s": told["seconds"], **timings(answers)}
    check(asked, answers)
    judged, figures["eval"] = kgqa("eval", answers, "--gold", work / "gold.jsonl", "--out", report, "--json", "--quiet")
    for kind, found in judged["by_type"].items():
        figures[kind] = {"questions": found["questions"], **shares(found["figures"])}
    figures["all"] = {"questions": len(asked), **shares(judged["figures"])}
    figures["verdicts"] = judged["verdicts"]
    figures["reasons"] = judged["reasons"]
    return figures


def shares(found: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Figures with the bounds of their 95 % intervals."""
    out: dict[str, float] = {}
    for name in SHOWN:
        figure = found[name]
        out |= {name: figure["value"], f"{name} low": figure["low"], f"{name} high": figure["high"]}
    return out


def kgqa(*words: object) -> tuple[Any, dict[str, float]]:
    """What a command prints as JSON (None without ``--json``), its wall and processor seconds and peak memory."""
    before = os.times()
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "kgqa", *map(str, words)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | ONE_THREAD,
    )
    wall = time.perf_counter() - begin
    after = os.times()
    cpu = sum(after[2:4]) - sum(before[2:4])  # of the children; Windows does not count them
    told = json.loads(done.stdout) if "--json" in words else None
    return told, {"wall s": wall, "cpu s": cpu}


def timings(answers: Path) -> dict[str, float]:
    """Median milliseconds of each stage, and the 95th percentile of the whole."""
    rows = [answer["timing_ms"] for answer in read(answers) if "timing_ms" in answer]
    out = {}
    for stage in dict.fromkeys(stage for row in rows for stage in row):
        times = sorted(row.get(stage, 0.0) for row in rows)
        out[f"{stage} ms"] = percentile(times, 0.5)
        if stage == "total":
            out["total p95 ms"] = percentile(times, 0.95)
    return out


def check(asked: Sequence[dict[str, Any]], answers: Path) -> None:
    """Every question has its line, in order, and none an error."""
    lines = list(read(answers))
    errors = Counter(line["error"]["code"] for line in lines if "error" in line)
    if errors:
        sys.exit(f"{sum(errors.values())} questions gave an error: {dict(errors)}")
    if [line["id"] for line in lines] != [row["id"] for row in asked]:
        sys.exit(f"{len(asked)} questions, but {len(lines)} answers, or others")


def read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
