"""Writes the suite's questions with their gold, computed from the records.

    python eval/suites/compositional/build.py FACTS_FOLDER [OUT_FOLDER]

FACTS_FOLDER holds facts.jsonl and withheld.jsonl of examples/elements/recipe.py; the terms of office (``terms.py``) are
read beside them. Writes dev.jsonl and test.jsonl beside this file, or into OUT_FOLDER. Nothing of the engine is used.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from eval.suites.compositional import (
    grammar,
    hand_dev_paths,
    hand_dev_words,
    hand_test_paths,
    hand_test_words,
    rules_paths,
    rules_words,
    terms,
)
from eval.suites.compositional.desk import Desk
from eval.suites.elements.build import gold
from eval.suites.elements.records import Graph

HERE = Path(__file__).resolve().parent
HAND = {"dev": (hand_dev_paths, hand_dev_words), "test": (hand_test_paths, hand_test_words)}
RULES = (*rules_paths.rules(), *rules_words.rules())
Gold = dict[str, Any]


def graph(facts_folder: Path) -> Graph:
    """The recipe's records and the terms of office."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("facts.jsonl", "withheld.jsonl"):
            shutil.copy(facts_folder / name, folder)
        terms.append(Path(folder) / "facts.jsonl")
        return Graph(Path(folder))


def build(facts_folder: Path) -> dict[str, list[Gold]]:
    """The questions with their gold, by half. ``names`` lists the entities a question is about: no half shares any."""
    records = graph(facts_folder)
    desks = {split: Desk(records, split) for split in HAND}
    for split, modules in HAND.items():
        for module in modules:
            module.write(desks[split])
    by_hand = {split: len(desk.asked) for split, desk in desks.items()}
    named = {split: frozenset(ref for _, refs in desk.asked for ref in refs) for split, desk in desks.items()}
    for split, other in (("dev", "test"), ("test", "dev")):
        grammar.write(desks[split], RULES, named[other])
    out: dict[str, list[Gold]] = {}
    for split, desk in desks.items():
        counts: Counter[str] = Counter()
        out[split] = []
        for n, (ask, refs) in enumerate(desk.asked):
            counts[ask.shape] += 1
            line = gold(records, ask, f"{split}-{ask.shape}-{counts[ask.shape]:02d}")
            line |= {"wording": "hand" if n < by_hand[split] else "grammar", "names": sorted(refs)}
            out[split].append(line)
    return out


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python eval/suites/compositional/build.py FACTS_FOLDER [OUT_FOLDER]\n")
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
