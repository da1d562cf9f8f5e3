"""Writes the suite's questions with their gold, computed from the records.

    python eval/suites/wordings/build.py FACTS_FOLDER [OUT_FOLDER]

FACTS_FOLDER holds facts.jsonl and withheld.jsonl of examples/elements/recipe.py; the terms of office of the
compositional suite are read beside them. Writes dev.jsonl and held.jsonl beside this file, or into OUT_FOLDER, and the
made-up company's graph and questions into company/ there. Nothing of the engine is used.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from eval.suites.compositional.build import graph
from eval.suites.compositional.desk import Desk
from eval.suites.elements.build import gold
from eval.suites.wordings import company_graph, company_questions, dev_paths, dev_words, held_paths, held_words

HERE = Path(__file__).resolve().parent
HAND = {"dev": (dev_paths, dev_words), "held": (held_paths, held_words)}
Gold = dict[str, Any]


def build(facts_folder: Path) -> dict[str, list[Gold]]:
    """The questions with their gold, by half; the fields are those of the compositional suite."""
    records = graph(facts_folder)
    out: dict[str, list[Gold]] = {}
    for split, modules in HAND.items():
        desk = Desk(records, split)
        for module in modules:
            module.write(desk)
        out[split] = _lines(desk)
    return out


def company() -> dict[str, str]:
    """The company's files by name: its graph in both forms, and the questions on either."""
    desk = company_questions.desk()
    lines = _lines(desk)
    plain = []
    for line in lines:
        if line["type"] not in company_questions.TYPED_ONLY:
            answers = [desk.graph.labels.get(answer, answer) for answer in line["answers"]]
            plain.append({key: line[key] for key in line if key not in ("aliases", "unit")} | {"answers": answers})
    return {
        "facts.jsonl": company_graph.typed(),
        "triples.tsv": company_graph.plain(),
        "questions.jsonl": _text(lines),
        "questions-plain.jsonl": _text(plain),
    }


def _lines(desk: Desk) -> list[Gold]:
    counts: Counter[str] = Counter()
    out = []
    for ask, refs in desk.asked:
        counts[ask.shape] += 1
        line = gold(desk.graph, ask, f"{desk.split}-{ask.shape}-{counts[ask.shape]:02d}")
        out.append(line | {"wording": "hand", "names": sorted(refs)})
    return out


def _text(lines: list[Gold]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python eval/suites/wordings/build.py FACTS_FOLDER [OUT_FOLDER]\n")
        return 2
    out = Path(arguments[1]) if len(arguments) == 2 else HERE
    files = {f"{split}.jsonl": _text(lines) for split, lines in build(Path(arguments[0])).items()}
    files |= {f"company/{name}": text for name, text in company().items()}
    for name, text in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{len(text.splitlines())} lines in {out / name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
