"""The snapshot of a generated graph: built from SQLiteStore, size on disk, opening, memory; beside plain peers.

    python eval/benchmarks/snapshot.py [--triples 1000000] [--entities 100000] [--relations 20]

The peers hold the same triples: a dict of lists filled from the same feed, and a table of numbers in SQLite with an
index for each direction. Opening and its memory are measured in a new process each.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from common import finish, median_seconds, options, peak_memory

from kgqa.graph.snapshot import open_snapshot, refresh_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Triple

OPENING = """
import sys, time
from pathlib import Path
import numpy, psutil
from kgqa.graph.snapshot import open_published
process = psutil.Process()
folder = Path(sys.argv[1])
if len(sys.argv) > 2:
    open_published(folder)
before = process.memory_info().rss
begin = time.perf_counter()
snapshot = open_published(folder)
print(time.perf_counter() - begin, process.memory_info().rss - before)
"""


def generate(triples: int, entities: int, relations: int, seed: int) -> Iterator[Triple]:
    """Distinct triples whose heads and tails are drawn more often the lower their number: hubs."""
    random = np.random.default_rng(seed)
    keys = np.zeros(0, dtype=np.int64)
    while len(keys) < triples:
        heads, tails = (np.minimum(entities * random.random(triples) ** 2, entities - 1).astype(int) for _ in "ht")
        keys = np.unique(
            np.concatenate([keys, (heads * relations + random.integers(relations, size=triples)) * entities + tails])
        )
    random.shuffle(keys)
    for key in keys[:triples].tolist():
        pair, tail = divmod(key, entities)
        head, relation = divmod(pair, relations)
        yield Triple(f"entity number {head}", f"relation_{relation}", f"entity number {tail}")


def build_dict(store: SQLiteStore) -> dict[tuple[int, int], list[int]]:
    out: dict[tuple[int, int], list[int]] = defaultdict(list)
    for edges in store.edges():
        for head, relation, tail in zip(
            edges.heads.tolist(), edges.relations.tolist(), edges.tails.tolist(), strict=True
        ):
            out[head, 2 * relation].append(tail)
            out[tail, 2 * relation + 1].append(head)
    return out


def build_sqlite(store: SQLiteStore, path: Path) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (h INTEGER, r INTEGER, t INTEGER)")
        for edges in store.edges():
            rows = zip(edges.heads.tolist(), edges.relations.tolist(), edges.tails.tolist(), strict=True)
            connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        connection.execute("CREATE INDEX forward ON t (h, r, t)")
        connection.execute("CREATE INDEX backward ON t (t, r, h)")
    connection.close()


def opening(folder: Path, *, warm: bool) -> tuple[float, float]:
    """Median seconds and bytes over five processes; ``warm``: it had been opened in the process before."""
    command = [sys.executable, "-c", OPENING, str(folder), *(["warm"] if warm else [])]
    runs = [subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.split() for _ in range(5)]
    return sorted(float(run[0]) for run in runs)[2], sorted(float(run[1]) for run in runs)[2]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--relations", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        store = SQLiteStore.create(root / "store")
        store.write(
            generate(arguments.triples, arguments.entities, arguments.relations, arguments.seed), source="generated"
        )
        begin = time.perf_counter()
        refresh_snapshot(root / "snapshot", store)
        build = time.perf_counter() - begin
        disk = sum(path.stat().st_size for path in (root / "snapshot").rglob("*") if path.is_file())
        first, memory = opening(root / "snapshot", warm=False)
        again, _ = opening(root / "snapshot", warm=True)
        added = [Triple(f"entity number {i}", "relation_0", f"new {i}") for i in range(1000)]
        store.write(added, source="added")
        begin = time.perf_counter()
        open_snapshot(root / "snapshot", store)
        refresh = time.perf_counter() - begin
        dict_seconds = median_seconds(lambda: build_dict(store), repeats=1)
        sqlite_seconds = median_seconds(lambda: build_sqlite(store, root / "peer.db"), repeats=1)
        sqlite_disk = (root / "peer.db").stat().st_size
        figures = {
            "snapshot": {
                "build s": build,
                "triples/s": arguments.triples / build,
                "disk MB": disk / 1e6,
                "open ms": first * 1000,
                "again ms": again * 1000,
                "memory MB": memory / 1e6,
                "refresh 1k ms": refresh * 1000,
            },
            "dict of lists": {"build s": dict_seconds, "triples/s": arguments.triples / dict_seconds},
            "sqlite3, 2 indexes": {
                "build s": sqlite_seconds,
                "triples/s": arguments.triples / sqlite_seconds,
                "disk MB": sqlite_disk / 1e6,
            },
            "snapshot / sqlite3": {"build s": build / sqlite_seconds, "disk MB": disk / sqlite_disk},
        }
        peak = peak_memory()
        finish(
            arguments,
            "snapshot",
            figures,
            triples=arguments.triples,
            entities=arguments.entities,
            relations=arguments.relations,
            peak_memory_mb=round(peak),
        )
        store.close()


if __name__ == "__main__":
    main()
