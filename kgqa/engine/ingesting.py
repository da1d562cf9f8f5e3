"""From a source to the store: reading, counting and writing as one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgqa.engine.reports import IngestReport
from kgqa.graph.blocks import BlockSource, Item, TripleBlock, as_records
from kgqa.graph.formats import read
from kgqa.graph.formats.reading import Reader
from kgqa.graph.store import GraphStore
from kgqa.types import Progress, Record

_TELL_EVERY = 5000


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
    """Reads ``source`` into the store. Nothing of it is kept when reading fails. ``observe`` sees each record
    but those that come in blocks of triples.

    Raises InputError for bad input (unless ``on_error`` is "skip") and UsageError for options that make no sense.
    """
    reader = reader_of(source, options, language=store.language, progress=progress)
    counted = Counted(reader, progress, observe)
    if options.dry_run:
        for _ in counted.items():
            pass
        return IngestReport(reader.source, counted.read, 0, 0, reader.report.skipped, store.revision)
    written = store.write(counted, source=reader.source, replace=options.replace, progress=progress)
    return IngestReport(
        reader.source, counted.read, written.added, written.removed, reader.report.skipped, written.revision
    )


def reader_of(source: Any, options: IngestOptions, *, language: str, progress: Progress | None) -> Reader:
    """The records of a source, read as ``options`` say."""
    return read(
        source,
        format=options.format,
        language=language,
        map=options.map,
        header=options.header,
        on_error=options.on_error,
        skipped=options.skipped,
        name=options.source_name,
        overlap=options.overlap,
        progress=progress,
    )


class Counted(BlockSource):
    """Counts records as they pass, and tells."""

    def __init__(
        self, records: BlockSource, progress: Progress | None, observe: Callable[[Record], None] | None = None
    ) -> None:
        self._records = records
        self._progress = progress
        self._observe = observe
        self._told = 0
        self.read = 0

    def items(self) -> Iterator[Item]:
        for item in self._records.items():
            self.read += len(item) if isinstance(item, TripleBlock) else 1
            if self._progress is not None and self.read - self._told >= _TELL_EVERY:
                self._progress("reading", self.read, None)
                self._told = self.read
            if self._observe is not None and not isinstance(item, TripleBlock):
                self._observe(item)
            yield item

    def __iter__(self) -> Iterator[Record]:
        return as_records(self.items())
