"""How long a command takes to start, beside the bare interpreter: medians over new processes, bytecode compiled.

    python eval/benchmarks/startup.py [--rounds 9] [--json] [--out eval/results/startup.json]

``ask`` answers a first question over a graph of three statements, so that what it takes is the start: the packages, the
sentence encoder and the indexes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from common import finish, options

ROOT = Path(__file__).resolve().parents[2]
FACTS = "Polonium\tdiscovered by\tMarie Curie\nRadium\tdiscovered by\tMarie Curie\nMarie Curie\tborn in\tWarsaw\n"
TARGETS = {"import kgqa": 0.3, "kgqa --help": 0.6}
QUESTION = "Who discovered polonium?"


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="processes for each figure")
    parser.add_argument("--rounds-ask", type=int, default=3, help="processes for ask, which loads a model")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        store = str(Path(place, "store"))
        Path(place, "facts.tsv").write_text(FACTS, encoding="utf-8")
        run(["-m", "kgqa", "ingest", "facts.tsv", "--store", store, "--quiet"], place)
        commands = {
            "bare interpreter": ["-c", "pass"],
            "import kgqa": ["-c", "import kgqa"],
            "kgqa --help": ["-m", "kgqa", "--help"],
            "kgqa info": ["-m", "kgqa", "info", "--store", store],
            "import torch": ["-c", "import torch"],
            "kgqa ask": ["-m", "kgqa", "ask", QUESTION, "--store", store],
        }
        seconds = {
            name: timed(words, place, given.rounds_ask if name in ("kgqa ask", "import torch") else given.rounds)
            for name, words in commands.items()
        }
    bare = seconds["bare interpreter"]
    figures = {
        name: {"median s": taken, "ratio to bare": taken / bare, "target s": TARGETS.get(name)}
        for name, taken in seconds.items()
    }
    finish(given, "startup", figures, rounds=given.rounds, rounds_ask=given.rounds_ask)


def timed(words: list[str], place: str, rounds: int) -> float:
    """Median wall seconds; a first run, not counted, compiles and warms the disk's cache."""
    run(words, place)
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        run(words, place)
        taken.append(time.perf_counter() - begin)
    return median(taken)


def run(words: list[str], place: str) -> None:
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**compiled, "PYTHONPATH": str(ROOT), "KGQA_CACHE": str(Path(place, "cache"))}
    subprocess.run([sys.executable, *words], cwd=place, env=environment, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
