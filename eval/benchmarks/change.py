"""What a small change costs in graphs of very different size: from the call to the next right answer.

A source of 1,000 triples is added to a graph, then deleted. Each time store, snapshot and text index are opened anew,
brought up to date, and asked for a fact of that source by name: the time ends when the answer is right. Then the same
through an open Engine, with a question in English: ``ingest`` or ``delete``, ``refresh``, ``ask``. The figures are the
ratios of the largest graph's times to the smallest's. Times are wall clock; ``cpu`` says what of it was processor time.

Run: python eval/benchmarks/change.py [--sizes 100000 10000000] [--json] [--out eval/results/change.json]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from common import measured, peak_memory, record

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.types import Triple

RELATIONS = 50
CHANGE = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 10_000_000], help="triples in each graph")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", type=Path, help="record the result in this file")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(measure(given.child, given.rounds, given.seed)))
        return
    options = ("--rounds", str(given.rounds), "--seed", str(given.seed))
    sizes = {size: measured(__file__, "--child", str(size), *options) for size in sorted(given.sizes)}
    small, large = min(sizes), max(sizes)
    ratios = {
        f"{what}_ratio": round(sizes[large][what] / sizes[small][what], 2)
        for what in (
            "add_ms",
            "delete_ms",
            *(f"engine_{act}_{t}" for act in ("add", "delete") for t in ("ms", "cpu_ms")),
        )
    }
    result: dict[str, Any] = {"change": CHANGE, "sizes": sizes, **ratios}
    if given.out:
        record("change", result, given.out, seed=given.seed)
    if given.json:
        print(json.dumps(result))
        return
    print(f"{CHANGE:,} triples added, then deleted, until the next right answer (median of {given.rounds})")
    for size, figures in sizes.items():
        print(f"{size:,} triples: built in {figures['build_s']} s, peak {figures['peak_mb']:.0f} MB")
        for what in ("add", "delete", "engine_add", "engine_delete"):
            parts = {name: value for name, value in figures.items() if name.startswith(f"{what}_")}
            print("  " + ", ".join(f"{name} {value:.1f}" for name, value in parts.items()))
    print("largest to smallest: " + ", ".join(f"{name} {value}" for name, value in ratios.items()))


def measure(size: int, rounds: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "store"
        start = time.perf_counter()
        with SQLiteStore.create(folder) as store:
            store.write(graph(size, seed), source="base", progress=tell)
            open_snapshot(folder / "snapshot", store)
            TextIndex.open(folder / "text").refresh(store)
        built = time.perf_counter() - start
        steps: dict[str, list[dict[str, float]]] = {"add": [], "delete": []}
        for turn in range(rounds):
            added = list(change(size, turn))
            asked = added[0]
            steps["add"].append(timed(folder, lambda s, a=added: s.write(a, source="new"), asked, there=True))
            steps["delete"].append(timed(folder, lambda s: s.delete(source="new"), asked, there=False))
        steps |= through_engine(folder, size, rounds)
    figures: dict[str, Any] = {"build_s": round(built, 1), "peak_mb": round(peak_memory(), 1)}
    for what, rows in steps.items():
        for part in rows[0]:
            name = f"{what}_ms" if part == "total" else f"{what}_{part}_ms"
            figures[name] = round(1000 * statistics.median(row[part] for row in rows), 2)
    return figures


def timed(folder: Path, act: Callable[[SQLiteStore], Any], asked: Triple, *, there: bool) -> dict[str, float]:
    """Seconds of each part: the change, the snapshot, the text index, the answer; and of all."""
    clock = [time.perf_counter()]
    with SQLiteStore.open(folder) as store:
        act(store)
        clock.append(time.perf_counter())
        snapshot = open_snapshot(folder / "snapshot", store)
        clock.append(time.perf_counter())
        index = TextIndex.open(folder / "text")
        index.refresh(store)
        clock.append(time.perf_counter())
        relation = snapshot.relation_number(asked.relation)
        found: set[str] = set()
        for hit in index.names(str(asked.head), 3):
            if relation is not None and hit.name == asked.head:
                found.update(snapshot.labels(snapshot.hop([hit.node], relation)))
        clock.append(time.perf_counter())
    if (asked.tail in found) != there:
        raise SystemExit(f"wrong answer: {asked.tail!r} {'not ' if there else ''}among {sorted(found)}")
    parts = dict(zip(("change", "snapshot", "text", "answer"), (b - a for a, b in pairwise(clock)), strict=True))
    return {**parts, "total": clock[-1] - clock[0]}


def through_engine(folder: Path, size: int, rounds: int) -> dict[str, list[dict[str, float]]]:
    """The same change with an engine that stays open, its models warm."""
    steps: dict[str, list[dict[str, float]]] = {"engine_add": [], "engine_delete": []}
    with Engine.open(folder, settings=load_settings(threads=1)) as engine:
        engine.ask("Who directed entity 1?")
        for turn in range(rounds + 1):
            added = list(change(size, rounds + turn))
            steps["engine_add"].append(
                answered(engine, lambda a=added: engine.ingest(a, source_name="new"), added[0], there=True)
            )
            steps["engine_delete"].append(answered(engine, lambda: engine.delete(source="new"), added[0], there=False))
    return {what: rows[1:] for what, rows in steps.items()}  # the first round is for warming up


def answered(engine: Engine, act: Callable[[], Any], asked: Triple, *, there: bool) -> dict[str, float]:
    """Seconds of the change, the refresh and the answer; of all, and of the processor."""
    processor = time.process_time()
    clock = [time.perf_counter()]
    act()
    clock.append(time.perf_counter())
    engine.refresh()
    clock.append(time.perf_counter())
    answer = engine.ask(f"Who directed {asked.head}?")
    clock.append(time.perf_counter())
    found = {item.id for item in answer.answers}
    if (asked.tail in found) != there:
        raise SystemExit(f"wrong answer: {asked.tail!r} {'not ' if there else ''}in {answer.text!r}")
    parts = dict(zip(("change", "refresh", "ask"), (b - a for a, b in pairwise(clock)), strict=True))
    return {**parts, "total": clock[-1] - clock[0], "cpu": time.process_time() - processor}


def relation(number: int) -> str:
    """One relation says in words what it is, so that it can be asked for."""
    return f"relation_{number % RELATIONS}" if number % RELATIONS else "directed_by"


def graph(size: int, seed: int) -> Iterator[Triple]:
    """Heads drawn unevenly, so that there are hubs; one entity for twenty triples."""
    rng = random.Random(seed)
    entities = entities_of(size)
    for number in range(size):
        head, tail = int(entities * rng.random() ** 2), int(entities * rng.random())
        yield Triple(f"entity {head}", relation(number), f"entity {tail}")


def change(size: int, turn: int) -> Iterator[Triple]:
    """Half between entities that are there, hubs among them, half with new ones."""
    entities = entities_of(size)
    for number in range(CHANGE):
        head = f"entity {number * 7919 % entities}" if number % 2 else f"newcomer {turn} {number}"
        yield Triple(head, relation(number), f"entity {number * number % entities}")


def entities_of(size: int) -> int:
    return max(2, size // 20)


def tell(what: str, done: int, total: int | None) -> None:
    if done % 1_000_000 == 0:
        print(f"{what} {done:,}", file=sys.stderr)


if __name__ == "__main__":
    main()
