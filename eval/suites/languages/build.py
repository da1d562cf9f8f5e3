"""Computes the gold answers of the questions in other languages from the sample graph's records.

    python eval/suites/languages/build.py FACTS_FOLDER [OUT_FOLDER]

FACTS_FOLDER holds facts.jsonl and withheld.jsonl of examples/elements/recipe.py. Writes languages.jsonl beside this
file, or into OUT_FOLDER. Nothing of the engine is used. README.md says what the fields mean.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from eval.suites.elements.asking import Ask, Measured
from eval.suites.elements.build import Gold, gold
from eval.suites.elements.records import Graph
from eval.suites.languages import french, german, japanese, spanish

HERE = Path(__file__).resolve().parent
LANGUAGES = {"de": german, "es": spanish, "fr": french, "ja": japanese}
_WALK = re.compile(r" ([<>]) (\w+)")


def answer_of(graph: Graph, walk: str) -> tuple[str, Any]:
    """What a walk is about and what it finds: ``find KIND:LABEL > relation < relation``, ``count ...`` the number of
    these, ``value KIND:LABEL attribute``; ``>`` walks a relation forward, ``<`` backward.
    """
    how, rest = walk.split(" ", 1)
    if how == "value":
        named, attribute = rest.rsplit(" ", 1)
        start = graph.id(*named.split(":", 1))
        return start, Measured(start, attribute)
    start = graph.id(*_WALK.split(rest)[0].split(":", 1))
    found = {start}
    for direction, relation in _WALK.findall(rest):
        found = graph.to(found, relation) if direction == ">" else graph.back(found, relation)
    return start, len(found - {start}) if how == "count" else found - {start}


def build(folder: Path) -> list[Gold]:
    """All lines of gold, from the records in ``folder``."""
    graph = Graph(folder)
    out: list[Gold] = []
    for language, module in LANGUAGES.items():
        for split, text in (("dev", module.DEV), ("test", module.TEST)):
            for number, line in enumerate(text.strip().splitlines(), start=1):
                question, walk = line.split(" = ")
                start, answer = answer_of(graph, walk)
                ask = Ask(f"{walk.split(' ', 1)[0]}", question, lambda _, answer=answer: answer, split)
                row = gold(graph, ask, f"{language}-{split}-{number:02d}")
                out.append({**row, "language": language, "about": start})
    return out


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python eval/suites/languages/build.py FACTS_FOLDER [OUT_FOLDER]\n")
        return 2
    out = Path(arguments[1]) if len(arguments) == 2 else HERE
    out.mkdir(parents=True, exist_ok=True)
    lines = build(Path(arguments[0]))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (out / "languages.jsonl").write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{len(lines)} questions in {out / 'languages.jsonl'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
