"""From a source to the store: reading, counting and writing as one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgqa.engine.reports import IngestReport
from kgqa.graph.formats import read
from kgqa.graph.store import GraphStore
from kgqa.types import Progress, Record


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How a source is read; None means found out from the source itself."""

    source_name: str | None = None
    format: str | None = None
    replace: bool = False
    on_error: str = "stop"
    skipped: Path | None = None
    map: Path | None = None
    header: bool | None = None
    dry_run: bool = False
    overlap: int = 0


def ingest(
    store: GraphStore,
    source: Any,
    options: IngestOptions,
    *,
    observe: Callable[[Record], None] | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Reads ``source`` into the store. Nothing of it is kept when reading fails. ``observe`` sees each record.

    Raises InputError for bad input (unless ``on_error`` is "skip") and UsageError for options that make no sense.
    """
    reader = read(
        source,
        format=options.format,
        language=store.language,
        map=options.map,
        header=options.header,
        on_error=options.on_error,
        skipped=options.skipped,
        name=options.source_name,
        overlap=options.overlap,
        progress=progress,
    )
    counted = _Counter(reader, progress, observe)
    if options.dry_run:
        for _ in counted:
            pass
        return IngestReport(reader.source, counted.read, 0, 0, reader.report.skipped, store.revision)
    written = store.write(counted, source=reader.source, replace=options.replace, progress=progress)
    return IngestReport(
        reader.source, counted.read, written.added, written.removed, reader.report.skipped, written.revision
    )


class _Counter:
    """Counts records as they pass, and tells."""

    def __init__(
        self, records: Iterable[Record], progress: Progress | None, observe: Callable[[Record], None] | None
    ) -> None:
        self._records = records
        self._progress = progress
        self._observe = observe
        self.read = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.read += 1
            if self._progress is not None and self.read % 5000 == 0:
                self._progress("reading", self.read, None)
            if self._observe is not None:
                self._observe(record)
            yield record
