"""From the store to a file."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from kgqa.errors import UsageError
from kgqa.graph.formats import Format, detect_format, write_jsonl
from kgqa.graph.store import GraphStore
from kgqa.types import Record


def export(store: GraphStore, target: str | Path | TextIO, *, format: str | None, source: str | None) -> int:
    """Writes the store's export (or one source's part) and returns the number of records.

    Raises UsageError for a format that is not written.
    """
    if format == "neo4j-import":
        return _export_for_import(store, target, source)
    if format is not None:
        chosen = Format.from_str(format)
    else:
        suffixed = isinstance(target, str | Path) and Path(target).suffix not in ("", ".jsonl")
        chosen = detect_format(str(target)) if suffixed else Format.JSONL
    records = store.export(source=source)
    if chosen is Format.JSONL:
        return write_jsonl(records, target)
    from kgqa.graph.formats import write_rdf

    counted = _Counted(records)
    write_rdf(counted, target, format=chosen, language=store.language)
    return counted.count


def _export_for_import(store: GraphStore, target: str | Path | TextIO, source: str | None) -> int:
    """A folder for Neo4j's offline import, which appears whole or not at all."""
    from kgqa.graph.neo4j import FORMAT
    from kgqa.graph.neo4j.import_files import ImportFiles
    from kgqa.graph.neo4j.importing import write_sorted

    if not isinstance(target, str | Path) or Path(target).exists():
        raise UsageError(f"neo4j-import is written to a new folder, which --out names; {target} is none")
    folder = Path(target)
    fresh = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
    fresh.mkdir(parents=True)
    try:
        with ImportFiles(fresh, format=FORMAT, language=store.language) as files:
            count = write_sorted(files, store.export(source=source))
        fresh.replace(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return count


class _Counted:
    """Counts records as they pass."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self.count = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.count += 1
            yield record
