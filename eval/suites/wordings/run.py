"""Runs one part of the suite through the command line and prints its figures.

    python eval/suites/wordings/run.py --split dev|held|company [--work FOLDER] [--json]

``dev`` and ``held`` are asked of the compositional suite's store (sample graph and terms of office, its embeddings
and planner trained), ``company`` of the graph in company/, as ingested: with `--planner` after training it. README.md
says what is measured. A run of the held half is written to eval/results/wordings-held-runs.jsonl before it is printed;
the program refuses a fourth one, and one from a tree that is not committed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from eval.suites.compositional.run import kgqa, prepare, show
from eval.suites.compositional.scoring import Figures, figures
from kgqa.evaluation.record import provenance

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
COMPANY = HERE / "company"
LOG = ROOT / "eval" / "results" / "wordings-held-runs.jsonl"
HELD_RUNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("dev", "held", "company"), required=True)
    parser.add_argument("--work", type=Path, help="keeps the store, its models and the answers")
    parser.add_argument("--graph", choices=("typed", "plain"), default="typed", help="which of the company's two forms")
    parser.add_argument("--planner", action="store_true", help="train a planner on the company's graph first")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    made = provenance(["python", *sys.argv], seed=0)
    if arguments.split == "held":
        refuse(str(made["commit"]))
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        if arguments.split == "company":
            store = company(work, arguments.graph, arguments.planner)
            gold = COMPANY / ("questions.jsonl" if arguments.graph == "typed" else "questions-plain.jsonl")
        else:
            store, gold = prepare(work, str(made["commit"])), HERE / f"{arguments.split}.jsonl"
        found = judge(work / f"{arguments.split}-answers.jsonl", store, gold)
    if arguments.split == "held":
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a", encoding="utf-8", newline="\n") as log:
            log.write(json.dumps({**made, "figures": found}) + "\n")
    if arguments.json:
        print(json.dumps({**made, "split": arguments.split, "figures": found}, indent=1))
    else:
        show(found)


def refuse(commit: str) -> None:
    """Ends the program when the held half has had its runs, or when nobody could tell which code ran."""
    done = LOG.read_text(encoding="utf-8").splitlines() if LOG.exists() else []
    if len(done) >= HELD_RUNS:
        sys.exit(f"the held half was run {len(done)} times, which is all it may: see {LOG.relative_to(ROOT)}")
    if commit.endswith("+") or commit == "None":
        sys.exit("the held half is run from a committed tree only")


def judge(answers: Path, store: Path, gold: Path) -> Figures:
    """Asks the questions of the store and compares what comes with the gold."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    questions = answers.with_name(f"{gold.stem}-asked.jsonl")
    asked = [{"id": row["id"], "question": row["question"]} for row in rows]
    questions.write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    kgqa("batch", questions, "--store", store, "--out", answers, "--overwrite", "--quiet")
    return figures([json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()], rows)


def company(work: Path, form: str, planner: bool) -> Path:
    """A fresh store of the company's graph: typed records, or the bare triples of the same facts."""
    store = work / f"company-{form}.kgqa"
    if store.exists():
        shutil.rmtree(store)
    facts = COMPANY / ("facts.jsonl" if form == "typed" else "triples.tsv")
    kgqa("ingest", facts, "--store", store, "--source", "company", "--quiet")
    kgqa("index", "--store", store, "--quiet")
    if planner:
        kgqa("train", "planner", "--store", store, "--quiet")
    return store


if __name__ == "__main__":
    main()
