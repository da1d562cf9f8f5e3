"""Questions in German, Spanish, French and Japanese over the sample graph.

    python eval/benchmarks/languages.py [--split dev|test] [--facts FOLDER] [--misses]

"linked": the thing that the question names is the first reading of a mention in the best set without overlap; "fact":
``search`` has a gold answer among its first ten triples; "right": the answer is the gold answer. Each in percent, by
language. FOLDER holds the recipe's facts.jsonl; without it the recipe is run. ``--misses`` prints the questions that
were answered wrongly (of the dev half only).
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from eval.benchmarks.common import Figures, finish, options
from eval.suites.elements.judging import right
from kgqa import Engine
from kgqa.assets import asset

MEASURES = ("linked", "fact", "right")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    parser.add_argument("--facts", type=Path, help="a folder with the recipe's facts.jsonl")
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    lines = asset("eval/suites/languages/languages.jsonl").read_text(encoding="utf-8").splitlines()
    golds = [gold for line in lines if (gold := json.loads(line))["split"] == given.split]
    marks: dict[str, list[dict[str, bool]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as place:
        facts = given.facts or _recipe(Path(place) / "facts")
        with Engine.create(Path(place) / "store") as engine:
            engine.ingest(facts / "facts.jsonl")
            for gold in golds:
                mark, said = _asked(engine, gold)
                for group in (gold["language"], "all"):
                    marks[group].append(mark)
                if given.misses and given.split == "dev" and not mark["right"]:
                    print(f"{gold['id']} {gold['question']}  {mark}  {said}")
    figures: Figures = {
        group: {"questions": len(rows)} | {name: _percent([row[name] for row in rows]) for name in MEASURES}
        for group, rows in marks.items()
    }
    finish(given, "languages", figures, split=given.split)


def _recipe(folder: Path) -> Path:
    from examples.elements import recipe

    recipe.write(folder)
    return folder


def _asked(engine: Engine, gold: dict[str, Any]) -> tuple[dict[str, bool], str]:
    linker = engine.rooms().linker
    chosen = linker.select(linker.link(gold["question"]))
    linked = {mention.candidates[0].id for mention in chosen if mention.candidates}
    triples = [hit.to_dict() for hit in engine.search(gold["question"], k=10, kind="triple").results]
    found = {str(triple[end]) for triple in triples for end in ("head", "tail") if isinstance(triple[end], str)}
    found |= {str(triple["tail"]["value"]) for triple in triples if isinstance(triple["tail"], dict)}
    wanted = set(gold["answers"])
    answer = engine.ask(gold["question"])
    fact = gold["about"] in found if gold["kind"] == "count" else bool(found & wanted)
    mark = {"linked": gold["about"] in linked, "fact": fact, "right": right(answer.to_dict(), gold)}
    said = answer.plan_text if not answer.abstained else f"{answer.reason.code}: {answer.reason.detail}"
    return mark, f"{said} linked {sorted(linked)}"


def _percent(marks: list[bool]) -> float:
    return round(100 * sum(marks) / len(marks), 1)


if __name__ == "__main__":
    main()
