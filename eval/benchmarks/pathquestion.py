"""PathQuestion's test part of 2 and of 3 hops, each over its own graph, through the command line.

    python eval/benchmarks/pathquestion.py [--limit 300] [--train [--labelled N]] [--work FOLDER] [--out FILE]

Needs KGQA_DATASETS, the folder that has ``pathquestion/``. The questions are shuffled with the seed and the last tenth
is the test part (80/10/10). Neither the entity nor the number of hops is given. ``--train`` first runs ``kgqa train
planner`` on each graph, which reads no question; ``--labelled N`` gives it the first N questions of the training part
(the first 80 %) with their answers. FOLDER keeps the stores between runs.

The rest is as in ``metaqa.py``.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from common import finish, options
from metaqa import run, write

HOPS = ("2H", "3H")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--limit", type=int, default=0, help="questions of each hop count; 0: the whole test part")
    parser.add_argument("--train", action="store_true", help="train the planner on each graph first")
    parser.add_argument("--labelled", type=int, default=0, help="questions of the training part that it learns from")
    parser.add_argument("--work", type=Path, help="keeps the stores between runs")
    arguments = parser.parse_args()
    place = os.environ.get("KGQA_DATASETS")
    if not place:
        sys.exit("KGQA_DATASETS is not set: name the folder that has pathquestion/")
    data = Path(place) / "pathquestion"
    figures: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for hops in HOPS:
            work = (arguments.work or Path(temporary)) / hops
            work.mkdir(parents=True, exist_ok=True)
            learnt, tested = parts(data / f"PQ-{hops}.txt", hops, arguments.seed)
            asked, learnt = tested[: arguments.limit or None], learnt[: arguments.labelled]
            write(work / "questions.jsonl", [{"id": row["id"], "question": row["question"]} for row in asked])
            write(work / "gold.jsonl", asked)
            ingest = ("ingest", data / f"{hops}-kb.txt", "--format", "tsv", "--source", f"pathquestion-{hops}")
            labelled = work / "labelled.jsonl" if learnt else None
            if labelled is not None:
                write(labelled, learnt)
            found = run(ingest, work, asked, train=arguments.train, labelled=labelled)
            figures |= {name if name == hops else f"{hops} {name}": row for name, row in found.items()}
    settings = {"limit": arguments.limit, "trained": arguments.train, "labelled": arguments.labelled}
    finish(arguments, "pathquestion test part", figures, **settings)


def parts(file: Path, kind: str, seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The first eight tenths and the last tenth of the questions, in an order drawn with the seed, with answers."""
    lines = list(enumerate(file.read_text(encoding="utf-8").splitlines(), start=1))
    random.Random(seed).shuffle(lines)
    rows = []
    for number, line in lines:
        question, answers, _ = line.split("\t")
        rows.append({"id": f"{kind}-{number}", "question": question, "answers": gold(answers), "type": kind})
    return rows[: int(0.8 * len(rows))], rows[int(0.9 * len(rows)) :]


def gold(text: str) -> list[str]:
    """The answers in "first(first/second/)"; the first, outside the bracket, is among them."""
    for at, letter in enumerate(text):
        answers = [answer for answer in text[at + 1 : -1].split("/") if answer]
        if letter == "(" and text[:at] in answers:
            return answers
    return [text]


if __name__ == "__main__":
    main()
