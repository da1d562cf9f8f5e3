"""Attaches to a property graph on a server: proposes how it is read, makes the copy that answers come from."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgqa.config import Settings, load_settings
from kgqa.engine.location import Location, locate
from kgqa.errors import UsageError
from kgqa.graph.attached import AttachedStore, GraphMap, dump_graph_map, inspect_graph, load_graph_map
from kgqa.graph.attached.proposal import propose_graph_map
from kgqa.graph.neo4j.server import Server
from kgqa.types import Progress


@dataclass(frozen=True, slots=True)
class AttachReport:
    """What was attached: the server, the local folder, the map as YAML, and what it gave."""

    store: str
    work: str
    map: str
    entities: int
    statements: int
    revision: int

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def propose_map(uri: str, *, settings: Settings | None = None) -> str:
    """A map for the graph at a neo4j or bolt URI, as YAML, from samples of it. Nothing is written anywhere."""
    settings = settings or load_settings()
    return dump_graph_map(_proposed(_server_location(uri, settings), settings))


def attach_graph(
    uri: str,
    *,
    map: str | Path | Mapping[str, Any] | GraphMap | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> AttachReport:
    """Attaches to the graph at a URI, which is only read; afterwards ``Engine.open(uri)`` answers from it.

    ``map``: a YAML file or its content; None takes what is proposed. Raises InputError for a map that makes no sense,
    UsageError where the graph is one of kgqa's own, StoreError when the server does not answer.
    """
    settings = settings or load_settings()
    location = _server_location(uri, settings)
    mapping = _proposed(location, settings) if map is None else load_graph_map(map)
    with AttachedStore.attach(uri, location.folder, mapping, progress=progress) as store:
        counts = store.counts()
        return AttachReport(
            uri, str(location.folder), dump_graph_map(mapping), counts.entities, counts.statements, store.revision
        )


def _server_location(uri: str, settings: Settings) -> Location:
    location = locate(uri, settings)
    if location.uri is None:
        raise UsageError(f"{uri} is no server: attach takes a neo4j or bolt URI; a folder is opened as it is")
    return location


def _proposed(location: Location, settings: Settings) -> GraphMap:
    with closing(Server(str(location.uri))) as server:
        found = inspect_graph(server)
    if not found.nodes:
        raise UsageError(f"{location}: the database is empty; there is nothing to attach to")
    return propose_graph_map(found, language=settings.language)
