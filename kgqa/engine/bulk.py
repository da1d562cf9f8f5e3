"""The first load of a local Neo4j server: read into a passing store, written as import files, imported offline."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kgqa.config import Settings
from kgqa.engine.ingesting import IngestOptions, ingest
from kgqa.types import Progress


def bulk_ingest(
    sources: Sequence[str],
    options: IngestOptions,
    settings: Settings,
    *,
    server: Path | None = None,
    language: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Loads the empty local server in ``server`` (default: in the cache folder) and leaves it running.

    Raises InputError for bad input, before the server is touched; UsageError when its database holds something.
    """
    from kgqa.graph.neo4j import FORMAT
    from kgqa.graph.neo4j.importing import ImportFiles
    from kgqa.graph.neo4j.local import LocalServer
    from kgqa.graph.neo4j.local.bulk import import_files
    from kgqa.graph.sqlite import SQLiteStore

    local = LocalServer(server or settings.cache / "neo4j" / "server", cache=settings.cache)
    with tempfile.TemporaryDirectory(prefix="kgqa-") as place:
        with SQLiteStore.create(Path(place) / "store", language=language or settings.language) as store:
            reports = [ingest(store, source, options, progress=progress) for source in sources]
            folder = Path(place) / "import"
            folder.mkdir()
            files = ImportFiles(folder, format=FORMAT, language=store.language)
            files.write(store.export(), progress)
        status = import_files(local, folder)
    return {"uri": status.uri, "records": sum(report.read for report in reports), "password_file": status.password_file}
