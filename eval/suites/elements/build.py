"""Computes the gold answers of the sample's questions from the recipe's records.

    python eval/suites/elements/build.py FACTS_FOLDER [OUT_FOLDER]

FACTS_FOLDER holds facts.jsonl and withheld.jsonl of examples/elements/recipe.py. Writes dozen.jsonl and shapes.jsonl
beside this file, or into OUT_FOLDER. Nothing of the engine is used: other data, other gold. README.md says what the
fields mean.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from eval.suites.elements import questions
from eval.suites.elements.asking import Abstain, Ask, InPassage, Measured
from eval.suites.elements.records import Graph

Gold = dict[str, Any]
HERE = Path(__file__).resolve().parent


def gold(graph: Graph, ask: Ask, id: str) -> Gold:
    """One line of gold. Raises ValueError for a question whose answer is empty or whose premise turns out true."""
    out: Gold = {"id": id, "question": ask.question, "type": ask.shape}
    if ask.split:
        out["split"] = ask.split
    answer = ask.answer(graph)
    match answer:
        case Abstain():
            if answer.premise:
                raise ValueError(f"{ask.question!r}: the premise is true in these data")
            out |= {"kind": "none", "answers": [], "abstain": [answer.code, *answer.also]}
        case InPassage():
            text = graph.passages[answer.passage]
            if not answer.entities and not all(phrase.lower() in text.lower() for phrase in answer.phrases):
                raise ValueError(f"{ask.question!r}: {answer.passage} no longer says {answer.phrases}")
            kind = "entity" if answer.entities else "text"
            out |= {"kind": kind, "passages": [answer.passage]}
            out["answers"] = sorted(answer.entities) if answer.entities else list(answer.phrases)
        case Measured():
            value = graph.value(answer.id, answer.attribute)
            if value is None:
                raise ValueError(f"{ask.question!r}: no {answer.attribute}")
            out |= {"kind": "value", "answers": [str(value)]}
            if unit := graph.unit(answer.id, answer.attribute):
                out["unit"] = unit
        case bool():
            out |= {"kind": "boolean", "answers": ["yes" if answer else "no"]}
        case int():
            out |= {"kind": "count", "answers": [str(answer)]}
        case set():
            if not answer:
                raise ValueError(f"{ask.question!r}: no answer")
            entities = all(item in graph.labels for item in answer)
            out |= {"kind": "entity" if entities else "value", "answers": sorted(map(str, answer))}
    if out["kind"] == "entity":
        out["aliases"] = {ref: graph.names[ref] for ref in out["answers"]}
    return out


def build(folder: Path) -> tuple[list[Gold], list[Gold]]:
    """The dozen and the shapes, from the records in ``folder``."""
    graph = Graph(folder)
    dozen = [gold(graph, ask, f"dozen-{n:02d}") for n, ask in enumerate(questions.dozen(graph), start=1)]
    counts: dict[str, int] = {}
    shapes = []
    for ask in questions.shapes(graph):
        counts[ask.shape] = counts.get(ask.shape, 0) + 1
        shapes.append(gold(graph, ask, f"{ask.shape}-{counts[ask.shape]:02d}"))
    return dozen, shapes


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python eval/suites/elements/build.py FACTS_FOLDER [OUT_FOLDER]\n")
        return 2
    out = Path(arguments[1]) if len(arguments) == 2 else HERE
    out.mkdir(parents=True, exist_ok=True)
    for name, lines in zip(("dozen", "shapes"), build(Path(arguments[0])), strict=True):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (out / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{len(lines)} questions in {out / name}.jsonl\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
