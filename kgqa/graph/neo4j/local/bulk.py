"""The first load of a local server by Neo4j's own offline import; the server is stopped for it and started again."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from kgqa.errors import StoreError, UsageError
from kgqa.graph.neo4j.local.server import HEAP, LocalServer, Status
from kgqa.graph.neo4j.local.software import fetch_jars, java_command
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.store import Neo4jStore

_IMPORT_SECONDS = 24 * 3600


def import_files(local: LocalServer, folder: Path, *, heap: str = HEAP) -> Status:
    """Fills the empty database of a local server from a folder that ``ImportFiles`` wrote; gives where it runs then.

    Raises UsageError when the database holds something, StoreError when the import fails: it is then empty again.
    """
    port = _stop_empty(local, heap) if local.has_data else None
    local.conf.parent.mkdir(parents=True, exist_ok=True)
    local.home.mkdir(exist_ok=True)
    local.conf.touch()
    arguments = json.loads((folder / "arguments.json").read_text(encoding="utf-8"))
    tool = ["org.neo4j.cli.AdminTool", "database", "import", "full", "neo4j", "--overwrite-destination=true"]
    done = subprocess.run(
        [*java_command(fetch_jars(local.cache), heap=heap), *tool, *arguments],
        cwd=folder,
        env={**os.environ, "NEO4J_HOME": str(local.home), "NEO4J_CONF": str(local.conf.parent)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=_IMPORT_SECONDS,
    )
    status = local.start(port=port, heap=heap)
    uri, password = status.uri or "", local.password()
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        told = next((line for line in reversed(lines) if "rror" in line or "Exception" in line), "it gave no reason")
        raise StoreError(f"Neo4j's import failed: {told}")
    Neo4jStore.connect(uri, password=password).close()  # which finishes it
    return status


def _stop_empty(local: LocalServer, heap: str) -> int | None:
    """Stops the server, whose database must be empty; gives its port."""
    uri = local.start(heap=heap).uri or ""
    with closing(Server(uri, password=local.password())) as server:
        if server.one("MATCH (n) RETURN 1 LIMIT 1") is not None:
            raise UsageError(f"{uri}: the database holds data, and a bulk load makes a new one: leave out --bulk")
    local.stop()
    return urlsplit(uri).port
