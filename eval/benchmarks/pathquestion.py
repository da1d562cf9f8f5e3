"""PathQuestion's test part of 2 and of 3 hops, each over its own graph, through the command line.

    python eval/benchmarks/pathquestion.py [--limit 300] [--train] [--work FOLDER] [--out FILE]

Needs KGQA_DATASETS, the folder that has ``pathquestion/``. The questions are shuffled with the seed and the last tenth
is the test part (80/10/10); no other question is read. Neither the entity nor the number of hops is given. ``--train``
first runs ``kgqa train planner`` on each graph, which reads no question. FOLDER keeps the stores between runs.

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
            asked = test_part(data / f"PQ-{hops}.txt", hops, arguments.limit, arguments.seed)
            write(work / "questions.jsonl", [{"id": row["id"], "question": row["question"]} for row in asked])
            write(work / "gold.jsonl", asked)
            ingest = ("ingest", data / f"{hops}-kb.txt", "--format", "tsv", "--source", f"pathquestion-{hops}")
            found = run(ingest, work, asked, train=arguments.train)
            figures |= {name if name == hops else f"{hops} {name}": row for name, row in found.items()}
    finish(arguments, "pathquestion test part", figures, limit=arguments.limit, trained=arguments.train)


def test_part(file: Path, kind: str, limit: int, seed: int) -> list[dict[str, Any]]:
    """The last tenth of the questions in an order drawn with the seed, with their gold answers."""
    lines = list(enumerate(file.read_text(encoding="utf-8").splitlines(), start=1))
    random.Random(seed).shuffle(lines)
    chosen = lines[int(0.9 * len(lines)) :]
    rows = []
    for number, line in chosen[: limit or None]:
        question, answers, _ = line.split("\t")
        rows.append({"id": f"{kind}-{number}", "question": question, "answers": gold(answers), "type": kind})
    return rows


def gold(text: str) -> list[str]:
    """The answers in "first(first/second/)"; the first, outside the bracket, is among them."""
    for at, letter in enumerate(text):
        answers = [answer for answer in text[at + 1 : -1].split("/") if answer]
        if letter == "(" and text[:at] in answers:
            return answers
    return [text]


if __name__ == "__main__":
    main()
