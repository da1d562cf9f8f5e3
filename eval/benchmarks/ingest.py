"""Ingest of a generated TSV of triples with names: our store and text index beside a bare SQLite table.

The peer is one SQLite table of three integers with two indexes, filled from the same file, names by a Python dict.
Each side runs in a process of its own, which tells its speed and peak memory.

Run: python eval/benchmarks/ingest.py [--triples 1000000] [--json] [--out eval/results/ingest.json]
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import folder_size, measured, peak_memory, record

RELATIONS = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", type=Path, help="record the result in this file")
    parser.add_argument("--child", choices=("ours", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        measure = measure_ours if given.child == "ours" else measure_bare
        print(json.dumps(measure(given.folder)))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        generate(folder / "graph.tsv", given.triples, given.seed)
        sides = {side: measured(__file__, "--child", side, "--folder", place) for side in ("bare", "ours")}
    figures: dict[str, Any] = {"triples": given.triples, **sides}
    for clock in ("wall", "cpu"):
        ours, bare = (sides[side][f"triples_per_{clock}_second"] for side in ("ours", "bare"))
        figures[f"ratio_{clock}"] = round(ours / bare, 3)
    if given.out:
        record("ingest", figures, given.out, seed=given.seed)
    if given.json:
        print(json.dumps(figures))
        return
    print(f"{given.triples:,} triples with names, read from a TSV file")
    print(f"{'':12} {'triples/s':>12} {'per CPU s':>12} {'store s':>9} {'text s':>9} {'peak MB':>9} {'disk MB':>9}")
    for side, name in (("ours", "kgqa"), ("bare", "bare SQLite")):
        f = sides[side]
        print(
            f"{name:12} {f['triples_per_wall_second']:12,.0f} {f['triples_per_cpu_second']:12,.0f} "
            f"{f['store_seconds']:9.2f} {f['text_seconds']:9.2f} {f['peak_mb']:9.0f} {f['disk_mb']:9.0f}"
        )
    print(f"ratio to bare SQLite: {figures['ratio_wall']} by the clock, {figures['ratio_cpu']} by CPU time")


def generate(path: Path, triples: int, seed: int) -> None:
    """Heads drawn unevenly, so that there are hubs; one entity for five triples; names with spaces and accents."""
    rng = random.Random(seed)
    entities = max(2, triples // 5)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number in range(triples):
            head, tail = int(entities * rng.random() ** 2), int(entities * rng.random())
            file.write(f"{name(head)}\trelation_{number % RELATIONS}\t{name(tail)}\n")


def name(number: int) -> str:
    return f"Éntity {number * 7919 % 1_000_003} of {number}"


def measure_ours(folder: Path) -> dict[str, Any]:
    from kgqa.graph.formats import read
    from kgqa.graph.sqlite import SQLiteStore
    from kgqa.index.text import TextIndex

    start, cpu = time.perf_counter(), time.process_time()
    with SQLiteStore.create(folder / "ours") as store:
        store.write(read(folder / "graph.tsv"), source="graph.tsv")
        stored = time.perf_counter()
        TextIndex.open(folder / "ours" / "text").refresh(store)
        ended, spent = time.perf_counter(), time.process_time() - cpu
        written = store.counts().statements
    return as_figures(folder, "ours", start, stored, ended, spent, written)


def measure_bare(folder: Path) -> dict[str, Any]:
    (folder / "bare").mkdir()
    start, cpu = time.perf_counter(), time.process_time()
    connection = sqlite3.connect(folder / "bare" / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA cache_size = -131072")  # as much as our writer's
    connection.execute("CREATE TABLE triple (head INTEGER, relation INTEGER, tail INTEGER)")
    connection.execute("CREATE INDEX by_head ON triple (head, relation, tail)")
    connection.execute("CREATE INDEX by_tail ON triple (tail, relation, head)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO triple VALUES (?, ?, ?)", numbered(folder / "graph.tsv"))
    connection.execute("COMMIT")
    written = connection.execute("SELECT COUNT(*) FROM triple").fetchone()[0]
    connection.close()
    ended = time.perf_counter()
    return as_figures(folder, "bare", start, ended, ended, time.process_time() - cpu, written)


def numbered(path: Path) -> Iterator[tuple[int, int, int]]:
    numbers: dict[str, int] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            head, relation, tail = line.rstrip("\n").split("\t")
            yield (
                numbers.setdefault(head, len(numbers)),
                numbers.setdefault(relation, len(numbers)),
                numbers.setdefault(tail, len(numbers)),
            )


def as_figures(
    folder: Path, side: str, start: float, stored: float, ended: float, cpu: float, written: int
) -> dict[str, Any]:
    return {
        "triples_per_wall_second": round(written / (ended - start)),
        "triples_per_cpu_second": round(written / cpu),
        "store_seconds": round(stored - start, 3),
        "text_seconds": round(ended - stored, 3),
        "cpu_seconds": round(cpu, 3),
        "peak_mb": round(peak_memory(), 1),
        "disk_mb": round(folder_size(folder / side), 1),
        "statements": written,
    }


if __name__ == "__main__":
    main()
