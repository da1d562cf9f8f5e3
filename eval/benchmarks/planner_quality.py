"""How often plan search finds the right answer, with linking, on questions whose names and hop count are not given.

    python eval/benchmarks/planner_quality.py elements WORK_FOLDER [--verbose]
    python eval/benchmarks/planner_quality.py metaqa WORK_FOLDER [--questions 300] [--planner FOLDER]

``elements``: the dev half of eval/suites/elements, by shape. ``metaqa``: dev questions of KGQA_DATASETS/metaqa,
brackets removed, by hop count and the paraphrases (ntm). WORK_FOLDER keeps the store and its indexes between runs.
``--planner`` takes a planner that ``train_planner`` wrote instead of the packaged one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kgqa.assets import asset
from kgqa.config import load_settings
from kgqa.embeddings.encoder import load_encoder
from kgqa.graph.formats import read
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.reasoning.execute import Result, ResultKind
from kgqa.reasoning.search import Planner, load_ranker
from kgqa.reasoning.search.ranking.reader_files import open_reader
from kgqa.reasoning.search.vocabulary.schema import build_schema

Gold = dict[str, Any]


class Bench:
    """A store with everything that plan search needs."""

    def __init__(self, folder: Path, source: Path, planner: Path | None) -> None:
        known = (folder / "store.db").exists()
        store = SQLiteStore.open(folder) if known else SQLiteStore.create(folder)
        if not known:
            store.write(read(source), source=source.name)
        self.store = store
        self.snapshot = open_snapshot(folder / "snapshot", store)
        index = TextIndex.open(folder / "text")
        index.refresh(store)
        settings = load_settings(threads=1)
        self.encoder = load_encoder(cache=settings.cache, threads=1)
        relations = store.relations()
        started = time.perf_counter()
        ranker = load_ranker(planner)
        schema = build_schema(self.snapshot, relations, self.encoder)
        reader = None if planner is None else open_reader(planner, self.encoder, schema)
        self.planner = Planner(self.snapshot, relations, self.encoder, ranker=ranker, schema=schema, reader=reader)
        print(f"planner made in {time.perf_counter() - started:.1f} s")
        self.linker = Linker(self.snapshot, index, relation_words=self.planner.schema.labels)

    def labels(self, result: Result) -> list[str]:
        match result.kind:
            case ResultKind.COUNT:
                return [str(result.value)]
            case ResultKind.BOOLEAN:
                return ["yes" if result.value else "no"]
            case ResultKind.NODES:
                return [self.snapshot.id(node) or self.value(node) for node in result.nodes.tolist()]
        return []

    def value(self, node: int) -> str:
        literal = self.snapshot.literal(node)
        return literal.value if literal is not None else ""


def elements(bench: Bench, *, verbose: bool) -> None:
    """Prints the share right by shape; shapes that need passages or prediction are left to the engine's own test."""
    questions = list(_lines(asset("eval/suites/elements/shapes.jsonl")))
    questions = [question for question in questions if question["split"] == "dev"]
    questions += list(_lines(asset("eval/suites/elements/dozen.jsonl")))
    rights: dict[str, list[bool]] = defaultdict(list)
    times = []
    for question in questions:
        if question["type"] in ("passage", "predicted"):
            continue
        started = time.perf_counter()
        mentions = bench.linker.link(question["question"])
        linked = time.perf_counter()
        found = bench.planner.search(question["question"], mentions)
        times.append((linked - started, time.perf_counter() - linked))
        right = _is_right(bench, question, found)
        rights[question["type"]].append(right)
        if verbose and not right:
            print(f"-- {question['type']}: {question['question']}  gold {str(question['answers'])[:80]}")
            print(
                f"   reason {found.reason}; names {[(m.text, [c.id for c in m.candidates[:2]]) for m in mentions][:5]}"
            )
            for plan in found.plans[:2]:
                print(f"   {plan.score:.2f} {plan.probability:.2f} {bench.labels(plan.result)[:4]} {plan.why}")
    for shape, values in sorted(rights.items()):
        print(f"{shape:16s} {sum(values):3d} of {len(values)}")
    everything = [value for values in rights.values() for value in values]
    print(f"all              {sum(everything):3d} of {len(everything)} = {np.mean(everything):.3f}")
    _print_times(times)


def _is_right(bench: Bench, question: Gold, found: Any) -> bool:
    if question["kind"] == "none":
        return found.reason is not None and str(found.reason.code) in question["abstain"]
    if found.reason is not None or not found.plans:
        return False
    got, gold = set(bench.labels(found.plans[0].result)), {str(answer) for answer in question["answers"]}
    if question["kind"] == "value":
        try:
            return {float(value) for value in got} == {float(value) for value in gold}
        except ValueError:
            return got == gold
    if len(gold) > 10:
        return 2 * len(got & gold) / (len(got) + len(gold)) >= 0.9
    return got == gold


def metaqa(bench: Bench, folder: Path, *, questions: int) -> None:
    """Prints Hits@1, set exact match and abstentions by hop count."""
    one = folder / "1-hop"
    paraphrases = [
        f"{asked.split(chr(9))[0]}\t{answered.split(chr(9))[1]}"
        for asked, answered in zip(_text(one / "ntm" / "qa_dev.txt"), _text(one / "dev.txt"))
    ]
    sets = {f"{hop} hops": _text(folder / f"{hop}-hop" / "dev.txt") for hop in (1, 2, 3)} | {"ntm": paraphrases}
    for name, lines in sets.items():
        chosen = random.Random(1).sample(lines, min(questions, len(lines)))
        hits = exact = abstained = 0
        times = []
        for line in chosen:
            asked, answered = line.split("\t")
            asked = asked.replace("[", "").replace("]", "")
            gold = set(answered.split("|"))
            started = time.perf_counter()
            mentions = bench.linker.link(asked)
            linked = time.perf_counter()
            found = bench.planner.search(asked, mentions)
            times.append((linked - started, time.perf_counter() - linked))
            abstained += found.reason is not None
            got = bench.labels(found.plans[0].result) if found.plans else []
            hits += bool(got) and got[0] in gold
            exact += set(got) == gold
        n = len(chosen)
        print(
            f"{name:8s} n={n} Hits@1 {hits / n:.3f}  exact {exact / n:.3f}  would abstain {abstained / n:.3f}",
            flush=True,
        )
        _print_times(times)


def _print_times(times: list[tuple[float, float]]) -> None:
    linking, searching = (np.asarray(column) * 1000 for column in zip(*times))
    print(
        f"         ms: linking median {np.median(linking):.1f}, search median {np.median(searching):.1f}, "
        f"p95 {np.quantile(searching, 0.95):.1f}"
    )


def _lines(path: Path) -> Iterator[Gold]:
    for line in _text(path):
        yield json.loads(line)


def _text(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=("elements", "metaqa"))
    parser.add_argument("work", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--planner", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.suite == "elements":
        facts = options.work / "facts"
        recipe = Path(__file__).resolve().parents[2] / "examples" / "elements" / "recipe.py"
        if not (facts / "facts.jsonl").exists():
            subprocess.run([sys.executable, str(recipe), str(facts)], check=True, capture_output=True)
        elements(Bench(options.work / "elements", facts / "facts.jsonl", options.planner), verbose=options.verbose)
        return
    folder = Path(os.environ.get("KGQA_DATASETS", "")) / "metaqa"
    if not (folder / "kb.txt").exists():
        sys.exit("KGQA_DATASETS does not name the folder of the data sets: nothing measured")
    metaqa(Bench(options.work / "metaqa", folder / "kb.txt", options.planner), folder, questions=options.questions)


if __name__ == "__main__":
    main()
