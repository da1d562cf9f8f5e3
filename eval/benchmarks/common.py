"""What the benchmark programs share: options, timing, memory, and figures printed with what they rest on."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from kgqa.evaluation.record import provenance

Figures = dict[str, Mapping[str, Any]]


def options(description: str | None) -> argparse.ArgumentParser:
    """A parser with ``--json``, ``--out FILE`` and ``--seed``."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def median_seconds(work: Callable[[], object], *, repeats: int = 5) -> float:
    """The median wall time of ``work`` over ``repeats`` runs."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def each_microseconds(work: Callable[[Any], object], items: Sequence[Any]) -> list[float]:
    """The wall time of ``work`` on each item, ascending."""
    times = []
    for item in items:
        begin = time.perf_counter_ns()
        work(item)
        times.append((time.perf_counter_ns() - begin) / 1000)
    return sorted(times)


def percentile(ascending: Sequence[float], share: float) -> float:
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]


def measured(program: str | Path, *arguments: str) -> dict[str, Any]:
    """Runs a Python program whose last line is a JSON object; adds its wall seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(program), *arguments], check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**figures, "process_seconds": round(time.perf_counter() - start, 3)}


def peak_memory() -> float:
    """The most memory that this process has held, in MB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def folder_size(folder: Path) -> float:
    """MB of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def record(
    benchmark: str,
    figures: Mapping[str, Any],
    out: Path | None,
    *,
    seed: int,
    settings: Mapping[str, Any] | None = None,
) -> str:
    """Figures as JSON with the command, commit, hardware, seed and date that they hold for; also written to ``out``."""
    told = {"benchmark": benchmark, "settings": settings or {}, "figures": figures}
    text = json.dumps({**told, **provenance(["python", *sys.argv], seed=seed)}, ensure_ascii=False, indent=2)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n", encoding="utf-8")
    return text


def finish(arguments: argparse.Namespace, title: str, figures: Figures, **settings: Any) -> None:
    """Prints the figures, one row a contender, and writes them with command, commit, hardware, seed and date.

    Rows of the same columns stand under one head.
    """
    text = record(title, figures, arguments.out, seed=arguments.seed, settings=settings)
    if arguments.json:
        print(text)
        return
    print(f"{title}  {settings}")
    width = max(len(name) for name in figures)
    for columns, rows in groupby(figures.items(), key=lambda item: tuple(item[1])):
        widths = [max(9, len(column)) for column in columns]
        print(" " * width, *(f"{column:>{size}}" for column, size in zip(columns, widths, strict=True)))
        for name, row in rows:
            cells = (f"{_cell(row[column]):>{size}}" for column, size in zip(columns, widths, strict=True))
            print(f"{name:<{width}}", *cells)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,.4g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:,.0f}"
