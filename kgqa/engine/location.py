"""Where a graph is and where what belongs to it lies: a folder, or a server with a work folder beside it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kgqa.config import Settings
from kgqa.errors import UsageError
from kgqa.graph.store import GraphStore

_SCHEMES = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})
_URI = re.compile(r"([a-z][a-z0-9+.\-]+)://", re.IGNORECASE)  # two letters at least: C:\... is a path


@dataclass(frozen=True, slots=True)
class Location:
    """``folder`` holds snapshot, text, vectors and models; ``uri`` is None for the embedded store."""

    folder: Path
    uri: str | None = None

    def __str__(self) -> str:
        return self.uri or str(self.folder)


def locate(place: str | Path, settings: Settings) -> Location:
    """Reads STORE: a folder, or a neo4j or bolt URI whose path names the database.

    Raises UsageError for another scheme and for credentials in the URI, which belong into the environment.
    """
    text = str(place)
    match = _URI.match(text)
    if match is None:
        return Location(Path(place))
    scheme = match[1].lower()
    if scheme not in _SCHEMES:
        raise UsageError(
            f"cannot open {scheme}:// as a store; a store is a folder or one of {', '.join(sorted(_SCHEMES))}"
        )
    parts = urlsplit(text)
    if parts.username or parts.password:
        raise UsageError("no credentials in a URI: set NEO4J_USERNAME and NEO4J_PASSWORD in the environment")
    database = parts.path.strip("/") or "neo4j"
    if parts.query:
        database += f"?{parts.query}"  # one graph of several in a database
    if settings.work is not None:
        return Location(settings.work, text)
    key = hashlib.sha256(f"{parts.hostname}:{parts.port or 7687}/{database}".encode()).hexdigest()[:16]
    return Location(settings.cache / "servers" / key, text)


def open_store(
    location: Location, *, create: bool = False, language: str = "en", server_wait: float = 5.0
) -> GraphStore:
    """Opens the store at a location, or makes a new one. ``server_wait``: seconds until a server counts as gone.

    Raises StoreNotFoundError when there is none and UsageError when ``create`` finds one.
    """
    if location.uri is not None:
        from kgqa.graph.attached import AttachedStore, is_attached

        if is_attached(location.folder):
            if create:
                raise UsageError(f"{location}: a graph is attached here, which is only read")
            return AttachedStore.connect(location.uri, location.folder)
        from kgqa.graph.neo4j import Neo4jStore

        return Neo4jStore.connect(location.uri, create=create, language=language, wait=server_wait)
    from kgqa.graph.sqlite import SQLiteStore

    if create:
        return SQLiteStore.create(location.folder, language=language)
    return SQLiteStore.open(location.folder)
