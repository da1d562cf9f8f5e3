"""The first load of a local Neo4j server: files for Neo4j's own import, written from what is read, imported offline.

What fits is gathered in memory; what is too big for that, or of unknown size, goes through a passing store on disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgqa.config import Settings
from kgqa.engine.ingesting import Counted, IngestOptions, ingest, reader_of
from kgqa.types import Progress

if TYPE_CHECKING:
    from kgqa.graph.neo4j.import_files import ImportFiles

GATHERED_AT_MOST = 1 << 29
"""Bytes of input; gathered, a graph of five triples an entity took three times its bytes in memory."""
_PACKED = 8  # how much bigger packed input may be than it looks


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
    from kgqa.graph.neo4j.import_files import ImportFiles
    from kgqa.graph.neo4j.local import LocalServer
    from kgqa.graph.neo4j.local.bulk import import_files

    local = LocalServer(server or settings.cache / "neo4j" / "server", cache=settings.cache)
    local.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="import-", dir=local.home) as place:
        with ImportFiles(Path(place), format=FORMAT, language=language or settings.language) as files:
            fits = sum(map(_size, sources)) <= GATHERED_AT_MOST
            count = (_gather if fits else _pass_through)(files, sources, options, progress)
        status = import_files(local, files)
    return {"uri": status.uri, "records": count, "password_file": status.password_file}


def _size(source: str) -> int:
    """Bytes that a source may hold; standard input and the like hold more than fits."""
    path = Path(source)
    if not path.is_file():
        return GATHERED_AT_MOST + 1
    return path.stat().st_size * (_PACKED if path.suffix in (".gz", ".parquet") else 1)


def _gather(files: ImportFiles, sources: Sequence[str], options: IngestOptions, progress: Progress | None) -> int:
    from kgqa.graph.neo4j.gathering import Gatherer

    gatherer, count = Gatherer(files), 0
    for source in sources:
        reader = reader_of(source, options, language=files.language, progress=progress)
        counted = Counted(reader, progress)
        gatherer.add_all(counted.items(), source=reader.source)
        count += counted.read
    gatherer.finish()
    return count


def _pass_through(files: ImportFiles, sources: Sequence[str], options: IngestOptions, progress: Progress | None) -> int:
    from kgqa.graph.neo4j.importing import write_sorted
    from kgqa.graph.sqlite import SQLiteStore

    with (
        tempfile.TemporaryDirectory(prefix="kgqa-") as place,
        SQLiteStore.create(Path(place) / "store", language=files.language) as store,
    ):
        reports = [ingest(store, source, options, progress=progress) for source in sources]
        write_sorted(files, store.export())
    return sum(report.read for report in reports)
