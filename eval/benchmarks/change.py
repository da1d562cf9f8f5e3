"""What a small change costs in graphs of very different size: from the call to the next right answer.

A source of 1,000 triples is added to a graph, then deleted. Each time store, snapshot and text index are opened anew,
brought up to date, and asked for a fact of that source by name: the time ends when the answer is right. The figure is
the ratio of the largest graph's time to the smallest's.

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

from recording import measured, peak_memory, record

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
    ratios = {f"{what}_ratio": round(sizes[large][what] / sizes[small][what], 2) for what in ("add_ms", "delete_ms")}
    result: dict[str, Any] = {"change": CHANGE, "sizes": sizes, **ratios}
    if given.out:
        record(given.out, "change", result, seed=given.seed)
    if given.json:
        print(json.dumps(result))
        return
    print(f"{CHANGE:,} triples added, then deleted, until the next right answer (median of {given.rounds})")
    print(f"{'graph':>12} {'add ms':>9} {'delete ms':>10} {'build s':>9} {'peak MB':>9}")
    for size, f in sizes.items():
        print(f"{size:12,} {f['add_ms']:9.1f} {f['delete_ms']:10.1f} {f['build_s']:9.1f} {f['peak_mb']:9.0f}")
    print(f"ratio of the largest to the smallest: add {ratios['add_ms_ratio']}, delete {ratios['delete_ms_ratio']}")


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


def graph(size: int, seed: int) -> Iterator[Triple]:
    """Heads drawn unevenly, so that there are hubs; one entity for twenty triples."""
    rng = random.Random(seed)
    entities = entities_of(size)
    for number in range(size):
        head, tail = int(entities * rng.random() ** 2), int(entities * rng.random())
        yield Triple(f"entity {head}", f"relation_{number % RELATIONS}", f"entity {tail}")


def change(size: int, turn: int) -> Iterator[Triple]:
    """Half between entities that are there, hubs among them, half with new ones."""
    entities = entities_of(size)
    for number in range(CHANGE):
        head = f"entity {number * 7919 % entities}" if number % 2 else f"newcomer {turn} {number}"
        yield Triple(head, f"relation_{number % RELATIONS}", f"entity {number * number % entities}")


def entities_of(size: int) -> int:
    return max(2, size // 20)


def tell(what: str, done: int, total: int | None) -> None:
    if done % 1_000_000 == 0:
        print(f"{what} {done:,}", file=sys.stderr)


if __name__ == "__main__":
    main()
