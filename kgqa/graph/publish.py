"""Publishing of artefacts: written to a folder of its own, then made current by replacing one pointer file.

Nothing that a reader may have mapped is ever overwritten. Writers of all processes take turns by a file lock;
readers need none. The folders that the current and the previous pointer name stay; others are removed.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kgqa.errors import StoreError

POINTER = "current.json"
LOCK = "writer.lock"


def read_pointer(folder: Path) -> dict[str, Any] | None:
    """What the pointer of ``folder`` says, None when nothing was published yet. Raises StoreError when damaged."""
    try:
        data = json.loads((folder / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{folder / POINTER}: cannot be read ({error}); delete the folder to build it again"
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("parts"), list):
        raise StoreError(f"{folder / POINTER}: is no pointer; delete the folder to build it again")
    return data


@contextmanager
def writing(folder: Path, *, timeout: float = 600.0) -> Iterator[None]:
    """Holds the writer's lock of ``folder``, which is made when absent. Raises StoreError after ``timeout`` seconds."""
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=timeout):
            yield
    except Timeout as error:
        raise StoreError(
            f"{folder}: another process has been writing for {timeout:.0f} s; wait for it or end it"
        ) from error


def new_part(folder: Path, prefix: str) -> Path:
    """A new empty folder for one version's files, with a name never used before."""
    part = folder / f"{prefix}-{secrets.token_hex(6)}"
    part.mkdir()
    return part


def publish(folder: Path, parts: Sequence[str], info: Mapping[str, Any]) -> None:
    """Makes ``parts`` (names of folders in ``folder``) current, in one step. Call it while ``writing(folder)``.

    The parts of the version before stay for readers that are just opening them; older ones, and what a killed
    writer left, are removed (a file that another process has mapped lives on until it is unmapped).
    """
    before = read_pointer(folder)
    kept = set(parts) | set(before["parts"] if before else ())
    text = json.dumps({**info, "parts": list(parts)}, ensure_ascii=False, sort_keys=True)
    temporary = folder / f"{POINTER}.{secrets.token_hex(4)}"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / POINTER)
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(POINTER + "."):
            path.unlink(missing_ok=True)
