"""Writes the suite's questions with their gold, computed from the records.

    python eval/suites/wordings/build.py FACTS_FOLDER [OUT_FOLDER]

FACTS_FOLDER holds facts.jsonl and withheld.jsonl of examples/elements/recipe.py; the terms of office of the
compositional suite are read beside them. Writes dev.jsonl and held.jsonl beside this file, or into OUT_FOLDER.
Nothing of the engine is used.
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
from eval.suites.wordings import dev_paths, dev_words, held_paths, held_words

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
        counts: Counter[str] = Counter()
        out[split] = []
        for ask, refs in desk.asked:
            counts[ask.shape] += 1
            line = gold(records, ask, f"{split}-{ask.shape}-{counts[ask.shape]:02d}")
            out[split].append(line | {"wording": "hand", "names": sorted(refs)})
    return out


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python eval/suites/wordings/build.py FACTS_FOLDER [OUT_FOLDER]\n")
        return 2
    out = Path(arguments[1]) if len(arguments) == 2 else HERE
    out.mkdir(parents=True, exist_ok=True)
    for split, lines in build(Path(arguments[0])).items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (out / f"{split}.jsonl").write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{len(lines)} questions in {out / split}.jsonl\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
