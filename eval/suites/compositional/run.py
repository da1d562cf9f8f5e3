"""Runs one half of the suite through the command line and prints its figures.

    python eval/suites/compositional/run.py --split dev [--work FOLDER] [--json]

Builds the sample graph and the terms of office, ingests them, trains embeddings and planner (all of it kept in FOLDER
and used again while facts and code are the same), then `kgqa batch`, and judges: README.md says what the figures
mean. A run of the test half is written to eval/results/compositional-test-runs.jsonl before it is printed; the
program refuses a fourth one, and one from a tree that is not committed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from eval.suites.compositional import terms
from eval.suites.compositional.scoring import Figures, figures
from examples.elements import recipe
from kgqa.evaluation.record import provenance

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LOG = ROOT / "eval" / "results" / "compositional-test-runs.jsonl"
TEST_RUNS = 3
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "KGQA_THREADS": "1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("dev", "test"), required=True)
    parser.add_argument("--work", type=Path, help="keeps the store, its models and the answers")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    made = provenance(["python", *sys.argv], seed=0)
    if arguments.split == "test":
        refuse(str(made["commit"]))
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        store = prepare(work, str(made["commit"]))
        answers = work / f"{arguments.split}-answers.jsonl"
        gold = HERE / f"{arguments.split}.jsonl"
        rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
        questions = work / f"{arguments.split}-questions.jsonl"
        asked = [{"id": row["id"], "question": row["question"]} for row in rows]
        questions.write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
        kgqa("batch", questions, "--store", store, "--out", answers, "--overwrite", "--quiet")
        given = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
        found = figures(given, rows)
    if arguments.split == "test":
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a", encoding="utf-8", newline="\n") as log:
            log.write(json.dumps({**made, "figures": found}) + "\n")
    if arguments.json:
        print(json.dumps({**made, "split": arguments.split, "figures": found}, indent=1))
    else:
        show(found)


def refuse(commit: str) -> None:
    """Ends the program when the test half has had its runs, or when nobody could tell which code ran."""
    done = LOG.read_text(encoding="utf-8").splitlines() if LOG.exists() else []
    if len(done) >= TEST_RUNS:
        sys.exit(f"the test half was run {len(done)} times, which is all it may: see {LOG.relative_to(ROOT)}")
    if commit.endswith("+") or commit == "None":
        sys.exit("the test half is run from a committed tree only")


def prepare(work: Path, commit: str) -> Path:
    """The store with its models, made anew unless facts and commit are those it was made from."""
    work.mkdir(parents=True, exist_ok=True)
    store, note, facts = work / "store.kgqa", work / "made-from", work / "facts.jsonl"
    recipe.write(work)
    terms.append(facts)
    made_from = f"{commit} {hash_of(facts)}"
    if not commit.endswith("+") and note.exists() and note.read_text(encoding="utf-8") == made_from:
        return store
    note.unlink(missing_ok=True)
    if store.exists():
        shutil.rmtree(store)
    kgqa("ingest", facts, "--store", store, "--source", "compositional", "--quiet")
    kgqa("index", "--store", store, "--quiet")
    for model in ("embeddings", "planner"):
        kgqa("train", model, "--store", store, "--quiet")
    note.write_text(made_from, encoding="utf-8")
    return store


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kgqa(*words: object) -> None:
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "kgqa", *map(str, words)], check=True, env=environment, stdout=sys.stderr)


def show(found: Figures) -> None:
    columns: list[str] = list(found["all"])
    width = max(map(len, found))
    print(" " * width, *(f"{column:>{max(9, len(column))}}" for column in columns))
    for name, row in found.items():
        cells = (row.get(column) for column in columns)
        print(f"{name:<{width}}", *(f"{cell(value):>{max(9, len(c))}}" for value, c in zip(cells, columns)))


def cell(value: Any) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
