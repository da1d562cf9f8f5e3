"""What ``info`` tells: the graph, its sources and models, the settings, the versions of the parts."""

from __future__ import annotations

import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kgqa import __version__
from kgqa.config import Settings
from kgqa.engine.folders import Folders
from kgqa.engine.location import Location
from kgqa.graph.publish import read_pointer
from kgqa.graph.store import GraphStore

PARTS = ("torch", "pykeen", "transformers", "networkx", "rdflib", "neo4j", "langchain-core", "numpy")


def describe(store: GraphStore, location: Location, folders: Folders, settings: Settings) -> dict[str, Any]:
    """Nothing here is secret, and nothing heavy is loaded to tell it."""
    return {
        "store": str(location),
        "revision": store.revision,
        "language": store.language,
        "counts": asdict(store.counts()),
        "sources": [asdict(source) for source in store.sources()],
        "relations": relations(store, folders.snapshot),
        "snapshot": _revision_of(folders.snapshot),
        "vectors": vectors_info(folders.vectors),
        "models": {
            name: found
            for name, folder in (
                ("embeddings", folders.embeddings),
                ("planner", folders.planner),
                ("retriever", folders.retriever),
            )
            if (found := model_info(folder)) is not None
        },
        "settings": settings.model_dump(mode="json"),
        "versions": versions(),
    }


def relations(store: GraphStore, folder: Path) -> list[dict[str, Any]]:
    """What the published snapshot knows of each relation, inferred fields named; before it, what sources say."""
    from kgqa.graph.snapshot import published_relations
    from kgqa.graph.snapshot.relations import relation_info

    known = published_relations(folder)
    return [asdict(info) for info in (known if known is not None else map(relation_info, store.relations()))]


def vectors_info(folder: Path) -> dict[str, Any] | None:
    """Which revision the vectors show, how many there are, and which are searched approximately, with their recall."""
    from kgqa.index.vectors import VectorIndex

    index = VectorIndex.open(folder)
    if index.revision is None:
        return None
    return {"revision": index.revision, "count": len(index), "approximate": dict(index.graphs)}


def model_info(folder: Path) -> dict[str, Any] | None:
    """Which version of a model is current and what it learnt from; None when there is none."""
    pointer = read_pointer(folder)
    if pointer is None:
        return None
    return {"version": pointer["parts"][0], "revision": pointer.get("revision")}


def versions() -> dict[str, str]:
    """Our version and those of the parts, read from their metadata without importing them."""
    found = {"kgqa": __version__, "python": platform.python_version()}
    for name in PARTS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _revision_of(folder: Path) -> int | None:
    pointer = read_pointer(folder)
    return None if pointer is None else int(pointer["revision"])
