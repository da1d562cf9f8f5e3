"""Reading speed of each format beside a named peer, on generated triples: records per second and the ratio.

Run: python eval/benchmarks/read_formats.py [--triples 1000000]
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from kgqa.graph.formats import read, write_jsonl
from kgqa.types import Triple


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    count = parser.parse_args().triples
    rdf = max(1, count // 5)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        rows = [(f"entity_{n * 7919 % 43_000}", f"relation_{n % 9}", f"Some Tail {n % 99_999}") for n in range(count)]
        for suffix, separator in (("tsv", "\t"), ("csv", ",")):
            lines = (separator.join(row) + "\n" for row in rows)
            (base / f"kb.{suffix}").write_text("".join(lines), encoding="utf-8")
        write_jsonl((Triple(*row) for row in rows[:rdf]), base / "kb.jsonl")
        lines = (f"<urn:x:{h}> <urn:x:{r}> <urn:x:{t.replace(' ', '_')}> .\n" for h, r, t in rows[:rdf])
        (base / "kb.nt").write_text("".join(lines), encoding="utf-8")
        del rows
        print(f"{'format':8} {'triples/s':>12} {'peer/s':>12} {'ratio':>7}  peer")
        row("tsv", count, lambda: read(base / "kb.tsv"), "csv.reader", lambda: plain_rows(base / "kb.tsv", "\t"))
        row("csv", count, lambda: read(base / "kb.csv"), "csv.reader", lambda: plain_rows(base / "kb.csv", ","))
        row("tsv", count, lambda: read(base / "kb.tsv"), "pandas.read_csv + itertuples", lambda: frame(base / "kb.tsv"))
        row("jsonl", rdf, lambda: read(base / "kb.jsonl"), "json.loads", lambda: objects(base / "kb.jsonl"))
        row("nt", rdf, lambda: read(base / "kb.nt"), "rdflib", lambda: graph(base / "kb.nt"))


def row(
    name: str, count: int, ours: Callable[[], Iterable[object]], peer: str, theirs: Callable[[], Iterable[object]]
) -> None:
    speed, other = (count / min(seconds(make) for _ in range(3)) for make in (ours, theirs))
    print(f"{name:8} {speed:12,.0f} {other:12,.0f} {speed / other:7.2f}  {peer}")


def seconds(make: Callable[[], Iterable[object]]) -> float:
    """Processor seconds of one whole read: what else runs on the machine does not count."""
    start = time.process_time()
    for _ in make():
        pass
    return time.process_time() - start


def plain_rows(path: Path, separator: str) -> Iterable[object]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines, delimiter=separator)


def frame(path: Path) -> Iterable[object]:
    import pandas as pd

    table = pd.read_csv(path, sep="\t", header=None, dtype=str, quoting=csv.QUOTE_NONE)
    return table.itertuples(index=False, name=None)


def objects(path: Path) -> Iterable[object]:
    import json

    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def graph(path: Path) -> Iterable[object]:
    import rdflib

    return rdflib.Graph().parse(path, format="nt")


if __name__ == "__main__":
    main()
