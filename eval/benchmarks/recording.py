"""Shared by the benchmark programs: a measured child process, and the record of a result with its circumstances."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


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


def record(out: Path, benchmark: str, figures: dict[str, Any], *, seed: int | None = None) -> None:
    """Writes figures with the command, commit, hardware, seed and date that they hold for."""
    result = {
        "benchmark": benchmark,
        "figures": figures,
        "command": " ".join(["python", f"eval/benchmarks/{Path(sys.argv[0]).name}", *_without_out(sys.argv[1:])]),
        "commit": _commit(),
        "hardware": {
            "machine": platform.machine(),
            "cpus": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
            "system": platform.system(),
            "python": platform.python_version(),
        },
        "seed": seed,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def _without_out(arguments: list[str]) -> list[str]:
    """The arguments without ``--out FILE``: where a result was written says nothing about it."""
    if "--out" in arguments:
        at = arguments.index("--out")
        return arguments[:at] + arguments[at + 2 :]
    return arguments


def _commit() -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"],
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
