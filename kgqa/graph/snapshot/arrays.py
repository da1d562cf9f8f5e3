"""A folder of ``.npy`` arrays with a JSON manifest (type, shape, place, hash), opened by memory map in microseconds."""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import StoreError, StoreVersionError

MANIFEST = "manifest.json"
FORMAT = 2
_DTYPES = frozenset({"uint8", "uint16", "int16", "int32", "int64", "float32", "float64"})


class OutdatedArraysError(StoreError):
    """Arrays of an older format: no damage, what they were made from makes them again."""


def write_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]], info: Mapping[str, Any]) -> None:
    """Writes each one-dimensional array to ``NAME.npy`` and then the manifest, which carries ``info``."""
    entries = {}
    for name, array in arrays.items():
        path = folder / f"{name}.npy"
        with path.open("wb") as file:
            np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
        entries[name] = {
            "dtype": str(array.dtype),
            "count": int(array.size),
            "offset": path.stat().st_size - array.nbytes,
            "sha256": _sha256(path),
        }
    manifest = {"format": FORMAT, "arrays": entries, "info": info}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class ArrayFolder:
    """The arrays of one folder, as read-only views of the mapped files."""

    path: Path
    arrays: Mapping[str, NDArray[Any]]
    info: Mapping[str, Any]

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]


def open_arrays(folder: Path) -> ArrayFolder:
    """Maps the arrays of ``folder``.

    Raises StoreError for a damaged folder, OutdatedArraysError for one of an older format, StoreVersionError for one
    of a newer, FileNotFoundError when it is gone.
    """
    try:
        manifest = _read_manifest(folder)
        arrays = {name: _map(folder, name, entry) for name, entry in manifest["arrays"].items()}
        return ArrayFolder(folder, arrays, manifest["info"])
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{folder}: damaged snapshot ({error}); delete the snapshot folder, it is built again"
        ) from error


def check_arrays(folder: Path) -> list[str]:
    """The names of files whose content differs from the manifest's hash; an empty list means sound."""
    try:
        entries = _read_manifest(folder)["arrays"]
    except (OSError, ValueError, KeyError, TypeError, OutdatedArraysError):
        return [MANIFEST]
    wrong = []
    for name, entry in entries.items():
        path = folder / f"{name}.npy"
        if not path.is_file() or _sha256(path) != entry["sha256"]:
            wrong.append(path.name)
    return wrong


def _read_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    check_format(folder, manifest["format"], FORMAT)
    return manifest


def check_format(place: Path, found: object, known: int) -> None:
    """Raises OutdatedArraysError for an older format than the one ``known``, StoreVersionError for a newer."""
    if isinstance(found, int) and found > known:
        raise StoreVersionError(
            f"{place}: has format {found}, this kgqa reads up to {known}: install a newer kgqa, or delete the folder"
        )
    if found != known:
        raise OutdatedArraysError(f"{place}: has format {found}, which is older than {known}; run the index command")


def _map(folder: Path, name: str, entry: Mapping[str, Any]) -> NDArray[Any]:
    # The manifest knows type and place, so the header is not parsed again: opening twenty files stays under 1 ms.
    if entry["dtype"] not in _DTYPES or not name.isidentifier():
        raise ValueError(f"array {name!r} has a form that is not ours")
    with (folder / f"{name}.npy").open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(mapped, dtype=entry["dtype"], count=entry["count"], offset=entry["offset"])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
