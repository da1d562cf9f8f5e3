"""A property graph of somebody else, answered from read-only through a local copy that follows it.

The copy is an embedded store in the work folder: numbers stay, only what differs is written, and snapshot, text index
and vectors follow by the change. The server is asked with reading sessions and never written to.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Self

from kgqa.errors import StoreError, StoreNotFoundError, StoreUnreachableError, UsageError
from kgqa.graph.attached.mapping import GraphMap, dump_graph_map, load_graph_map
from kgqa.graph.attached.reading import read_graph
from kgqa.graph.neo4j.server import Server
from kgqa.graph.publish import writing
from kgqa.graph.sqlite import SQLiteStore
from kgqa.graph.store import WriteReport
from kgqa.types import Progress, Records

MAP = "attached.yaml"
STATE = "attached.json"
SOURCE = "neo4j"
_ATTEMPTS = 3
_COUNTS = "MATCH (n) WITH count(n) AS nodes MATCH ()-[r]->() RETURN nodes, count(r)"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServerState:
    """What tells that nobody wrote meanwhile: the last committed transaction, as a bookmark, and the counts."""

    bookmark: str
    nodes: int
    relationships: int


class AttachedStore(SQLiteStore):
    """The copy of an attached graph. It refuses writes; ``follow`` brings it up to the server."""

    _uri = ""

    @classmethod
    def attach(cls, uri: str, folder: Path, mapping: GraphMap, *, progress: Progress | None = None) -> Self:
        """Copies the graph by the map and opens the copy; attaching again takes the new map over.

        Raises UsageError when the server holds a graph of kgqa, StoreError when it does not answer.
        """
        with closing(Server(uri)) as server:
            if server.one("MATCH (m:KgqaMeta) RETURN 1 LIMIT 1") is not None:
                raise UsageError(f"{uri}: this graph was made by kgqa; open it as it is, without attaching")
            store = cls._open_or_create(folder, mapping.language)
            store._uri = uri
            try:
                (folder / STATE).unlink(missing_ok=True)
                store._follow(server, mapping, progress)
            except BaseException:
                store.close()
                raise
            return store

    @classmethod
    def _open_or_create(cls, folder: Path, language: str) -> Self:
        try:
            store = cls.open(folder)
        except StoreNotFoundError:
            return cls.create(folder, language)
        problem = None
        if store.revision > 0 and not is_attached(folder):
            problem = "there is a store of another kind"
        elif store.language != language:
            problem = f"there is a copy with its labels in {store.language!r}"
        if problem is not None:
            store.close()
            raise UsageError(f"{folder}: {problem}; name another --work")
        return store

    @classmethod
    def connect(cls, uri: str, folder: Path, *, progress: Progress | None = None) -> Self:
        """Opens the copy of a graph that was attached, and follows what others wrote to the server meanwhile.

        A server that does not answer leaves the copy as it is, which is said; refused credentials are an error.
        """
        if not is_attached(folder):
            raise StoreNotFoundError(f"{uri}: nothing is attached here; run `kgqa attach {uri}`")
        store = cls.open(folder)
        store._uri = uri
        try:
            store.follow(progress=progress)
        except StoreUnreachableError as error:
            _log.warning("%s; answering from the copy as it was", error)
        except BaseException:
            store.close()
            raise
        return store

    def follow(self, *, progress: Progress | None = None) -> bool:
        before = self.revision
        with closing(Server(self._uri)) as server:
            self._follow(server, load_graph_map(self._folder / MAP), progress)
        return self.revision != before

    @property
    def location(self) -> str:
        return self._uri

    def write(
        self, records: Records, *, source: str, replace: bool = False, progress: Progress | None = None
    ) -> WriteReport:
        self._refuse()

    def delete(self, *, source: str) -> WriteReport:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise UsageError(
            f"{self._uri}: attached graphs are only read; `kgqa export` writes a copy that can be ingested elsewhere"
        )

    def _follow(self, server: Server, mapping: GraphMap, progress: Progress | None) -> None:
        known = _known_state(self._folder)
        if known == _state_of(server):
            return
        with writing(self._folder):
            for _ in range(_ATTEMPTS):
                now = _state_of(server)
                if _known_state(self._folder) == now:
                    return
                if known is not None:
                    _log.warning("%s was written to by others: reading it again", self._uri)
                super().write(read_graph(server, mapping), source=SOURCE, replace=True, progress=progress)
                _replace(self._folder / MAP, dump_graph_map(mapping))
                if _state_of(server) == now:
                    _remember(self._folder, now)
                    return
                known = now
        _log.warning("%s is being written to: what is answered may be half of a change", self._uri)


def is_attached(folder: Path) -> bool:
    """Whether the work folder belongs to an attached graph."""
    return (folder / MAP).is_file()


def _state_of(server: Server) -> ServerState:
    bookmark = server.bookmark()
    nodes, relationships = next(server.read(_COUNTS))
    return ServerState(bookmark, nodes, relationships)


def _known_state(folder: Path) -> ServerState | None:
    try:
        data: Mapping[str, Any] = json.loads((folder / STATE).read_text(encoding="utf-8"))
        return ServerState(str(data["bookmark"]), int(data["nodes"]), int(data["relationships"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{folder / STATE}: damaged ({error}); delete it, the graph is read again") from error


def _remember(folder: Path, state: ServerState) -> None:
    data = {"bookmark": state.bookmark, "nodes": state.nodes, "relationships": state.relationships}
    _replace(folder / STATE, json.dumps(data) + "\n")


def _replace(path: Path, text: str) -> None:
    """Writes a file that appears whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
