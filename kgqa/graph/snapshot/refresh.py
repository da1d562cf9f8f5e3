"""Brings the snapshot of a store up to date and opens it; safe with several processes, readers need no lock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kgqa.errors import StoreError
from kgqa.graph.publish import new_part, publish, read_pointer, writing
from kgqa.graph.snapshot.arrays import FORMAT as ARRAYS_FORMAT
from kgqa.graph.snapshot.arrays import OutdatedArraysError, check_arrays, check_format, open_arrays
from kgqa.graph.snapshot.build import build_base, build_delta
from kgqa.graph.snapshot.relations import RelationInfo, relation_from_dict
from kgqa.graph.snapshot.snapshot import Snapshot
from kgqa.graph.store import Changes, GraphStore, Problem
from kgqa.types import Progress

FORMAT = 3
FOLD = 10
"""A delta of more than a tenth of the base is folded into a new base."""
_ATTEMPTS = 5


def open_snapshot(folder: Path, store: GraphStore, *, progress: Progress | None = None) -> Snapshot:
    """The snapshot of the store's present revision, built or brought up to date first when it is behind.

    Raises StoreError when another process holds the writer's lock too long or the files are damaged.
    """
    pointer = read_pointer(folder)
    if not _is_current(folder, pointer, store):
        refresh_snapshot(folder, store, progress=progress)
    return open_published(folder)


def refresh_snapshot(folder: Path, store: GraphStore, *, progress: Progress | None = None) -> int:
    """Publishes a version for the store's present revision, unless there is one. Returns its revision."""
    with writing(folder):
        for _ in range(_ATTEMPTS):
            pointer = read_pointer(folder)
            if pointer is not None and _is_current(folder, pointer, store):
                return int(pointer["revision"])
            _refresh(folder, store, pointer, progress)
            # A writer may have committed meanwhile; what it changed is then in the next delta.
        pointer = read_pointer(folder)
        return int(pointer["revision"]) if pointer else 0


def open_published(folder: Path) -> Snapshot:
    """The version that is current, whatever the store's revision.

    Raises StoreError when there is none, OutdatedArraysError or StoreVersionError when it has another format.
    """
    for _ in range(_ATTEMPTS):
        pointer = read_pointer(folder)
        if pointer is None:
            break
        _check_formats(folder, pointer)
        try:
            parts = [open_arrays(folder / name) for name in pointer["parts"]]
        except FileNotFoundError:
            continue  # replaced twice while we opened it: read the new pointer
        return Snapshot(parts[0], parts[1] if len(parts) > 1 else None, revision=int(pointer["revision"]))
    raise StoreError(f"{folder}: no snapshot has been published; run the index command")


def published_relations(folder: Path) -> tuple[RelationInfo, ...] | None:
    """The relations of the version that is current, by id, without opening it whole; None when there is none."""
    pointer = read_pointer(folder)
    if pointer is None:
        return None
    try:
        _check_formats(folder, pointer)
        rows = open_arrays(folder / pointer["parts"][-1]).info["relations"]
    except (FileNotFoundError, OutdatedArraysError):
        return None
    return tuple(sorted((relation_from_dict(row) for row in rows if row is not None), key=lambda info: info.id))


def verify_snapshot(folder: Path) -> list[Problem]:
    """Files of the current version whose content is not what was written; an empty list means sound."""
    pointer = read_pointer(folder)
    parts = pointer["parts"] if pointer else []
    return [
        Problem(f"{folder.name}/{part}/{name}", "differs from its recorded hash; delete the snapshot to rebuild it")
        for part in parts
        for name in check_arrays(folder / part)
    ]


def _is_current(folder: Path, pointer: dict[str, Any] | None, store: GraphStore) -> bool:
    return pointer is not None and _is_ours(folder, pointer, store) and pointer.get("revision") == store.revision


def _is_ours(folder: Path, pointer: dict[str, Any], store: GraphStore) -> bool:
    """Whether this store made it, in this format. Raises StoreVersionError for a newer format."""
    try:
        _check_formats(folder, pointer)
    except OutdatedArraysError:
        return False
    return pointer.get("store") == store.identity


def _check_formats(folder: Path, pointer: dict[str, Any]) -> None:
    check_format(folder, pointer.get("format"), FORMAT)
    check_format(folder, pointer.get("arrays"), ARRAYS_FORMAT)


def _refresh(folder: Path, store: GraphStore, pointer: dict[str, Any] | None, progress: Progress | None) -> None:
    if progress is not None:
        progress("snapshot", 0, None)
    revision = store.revision
    if pointer is not None and _is_ours(folder, pointer, store) and pointer["base_revision"] <= revision:
        changes = store.changes(pointer["base_revision"])
        name = pointer["parts"][0]
        if not changes.rebuild and (folder / name).is_dir() and not _passes_a_tenth(changes, pointer):
            delta = new_part(folder, "delta")
            build_delta(store, delta, open_arrays(folder / name), changes)
            info = {**pointer, "revision": changes.revision}
            publish(folder, [name, delta.name], info)
            return
    base = new_part(folder, "base")
    build_base(store, base)
    part = open_arrays(base)
    counts = {"base_edges": len(part["cols"]) // 2, "base_nodes": int(part.info["size"])}
    formats = {"format": FORMAT, "arrays": ARRAYS_FORMAT}
    about = {"store": store.identity, "revision": revision, "base_revision": revision}
    publish(folder, [base.name], {**formats, **about, **counts})


def _passes_a_tenth(changes: Changes, pointer: dict[str, Any]) -> bool:
    edges = len(changes.added.heads) + len(changes.removed.heads)
    return edges * FOLD > pointer["base_edges"] or len(changes.nodes) * FOLD > max(pointer["base_nodes"], 1)
