"""What a recorded figure rests on: command, commit, hardware, seed, date."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kgqa import __version__


def provenance(command: Sequence[str], *, seed: int) -> dict[str, Any]:
    """Everything needed to make a figure again. Folders of this machine are left out of the command."""
    return {
        "command": shlex.join(_bare(word) for word in command),
        "version": __version__,
        "commit": _commit(),
        "hardware": {
            "cpu": _cpu(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "seed": seed,
        "date": datetime.now(UTC).date().isoformat(),
    }


def _bare(word: str) -> str:
    path = Path(word)
    return path.name if path.is_absolute() else word


def _commit() -> str | None:
    """The commit of the checkout that runs, "+" after it when files differ; None for an installed package."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        head = _git(root, "rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8", check=True, timeout=10
    )
    return done.stdout.strip()


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
