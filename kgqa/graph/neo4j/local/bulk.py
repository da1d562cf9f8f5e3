"""The first load of a local server by Neo4j's own offline import; the server is stopped for it and started again."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit

from kgqa.errors import StoreError, UsageError
from kgqa.graph.neo4j.import_files import ImportFiles
from kgqa.graph.neo4j.local.server import HEAP, LocalServer, Status
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.store import Neo4jStore


def import_files(local: LocalServer, files: ImportFiles, *, heap: str = HEAP) -> Status:
    """Fills the empty database of a local server from files in a folder of its ``home``; gives where it runs then.

    Raises UsageError when the database holds something, StoreError when the import fails: it is then empty again.
    """
    port = _stop_empty(local, heap) if local.has_data else None
    local.conf.parent.mkdir(parents=True, exist_ok=True)
    local.conf.touch()
    tool = ["database", "import", "full", "neo4j", "--overwrite-destination=true"]
    try:
        status = local.start(port=port, heap=heap, first=[*tool, *files.arguments(f"{files.folder.name}/")])
    except StoreError as error:
        local.discard_data()
        local.start(port=port, heap=heap)
        raise StoreError(f"Neo4j's import failed: {error}") from error
    Neo4jStore.connect(status.uri or "", password=local.password()).close()  # which finishes it
    return status


def _stop_empty(local: LocalServer, heap: str) -> int | None:
    """Stops the server, whose database must be empty; gives its port."""
    uri = local.start(heap=heap).uri or ""
    with closing(Server(uri, password=local.password())) as server:
        if server.one("MATCH (n) RETURN 1 LIMIT 1") is not None:
            raise UsageError(f"{uri}: the database holds data, and a bulk load makes a new one: leave out --bulk")
    local.stop()
    return urlsplit(uri).port
