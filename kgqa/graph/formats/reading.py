"""The one entry for reading: whatever the source is, an iterator of records."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from kgqa.errors import InputError, UsageError
from kgqa.graph.blocks import BlockSource, Item, as_records
from kgqa.graph.formats.detect import default_source_name, detect_format
from kgqa.graph.formats.opening import STDIN
from kgqa.graph.formats.options import ErrorPolicy, Format, LineErrors, ReadOptions, ReadReport
from kgqa.types import Progress, Record

if TYPE_CHECKING:
    from kgqa.graph.formats.table_map import TableMap

MAX_OVERLAP = 100
_TABLES = (Format.CSV, Format.TSV, Format.PIPE, Format.PARQUET)


class Reader(BlockSource, Iterator[Record]):
    """Records of one source, given as they are read. ``report`` fills up meanwhile.

    ``source`` is the name that the source goes by, ``format`` the format of a file (None for objects).
    """

    def __init__(self, items: Generator[Item], *, source: str, format: Format | None, report: ReadReport) -> None:
        self._items = items
        self._records = as_records(items)
        self.source, self.format, self.report = source, format, report

    def items(self) -> Iterator[Item]:
        """Records, in blocks where the format has them; what was taken one by one does not come again."""
        return self._items

    def __iter__(self) -> Iterator[Record]:
        return self._records  # the bare generator: no call of ours for each record

    def __next__(self) -> Record:
        return next(self._records)

    def close(self) -> None:
        """Closes the files; exhausting the reader does so as well."""
        self._items.close()


def read(
    source: Any,
    *,
    format: Format | str | None = None,
    language: str = "en",
    map: Mapping[str, Any] | str | Path | None = None,
    header: bool | None = None,
    on_error: ErrorPolicy | str = ErrorPolicy.STOP,
    skipped: str | Path | TextIO | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    overlap: int = 0,
    progress: Progress | None = None,
) -> Reader:
    """Reads a source: a path, ``-``, dicts, records, LangChain documents or loaders, pandas, networkx, rdflib, PyKEEN.

    Args:
        source: What to read. Files may be packed by gzip.
        format: The format of a file; by default its suffix decides (see :func:`detect_format`).
        language: The store's default language: which of RDF's labels is ``label``.
        map: For tables that are no triples: a YAML file or mapping, see :class:`kgqa.graph.formats.table_map.TableMap`.
        header: Whether the first row of a table of triples names the columns; None: only when it reads
            head/relation/tail, subject/predicate/object or source/relation/target.
        on_error: ``stop`` raises at the first bad line, ``skip`` leaves it out.
        skipped: Where skipped lines are written, as JSON lines with ``line``, ``error`` and ``text``: a path, which is
            written anew, or an open text stream.
        encoding: Of text files; a byte order mark is passed over.
        name: The name of the source; documents and blank nodes take ids from it. Default: the path as
            given, with ``/``.
        overlap: Words that a passage of a document repeats of the text before it.
        progress: Told when a source is read whole or twice.

    Raises InputError (with file and line) for bad input, at once for what is known at once, otherwise while reading;
    UsageError for options that do not fit.
    """
    policy = ErrorPolicy.from_str(on_error)
    if skipped is not None and policy is ErrorPolicy.STOP:
        raise UsageError("a file for skipped lines is given, but bad lines stop the read: set on_error='skip'")
    if not 0 <= overlap <= MAX_OVERLAP:
        raise UsageError(f"overlap is {overlap}; it must lie between 0 and {MAX_OVERLAP} words")
    options = ReadOptions(name or default_source_name(source), language, encoding, header, progress, overlap)
    report = ReadReport()
    path = str(source) if isinstance(source, str | Path) else None
    if path is not None and isinstance(skipped, str | Path) and path != STDIN:
        _refuse_overwriting(path, skipped)
    errors = LineErrors(policy, path=path, report=report, skipped=skipped)
    table_map = None
    if map is not None:
        from kgqa.graph.formats.table_map import load_map

        table_map = load_map(map)
    if path is None:
        if format is not None:
            raise UsageError(f"a format is for files, not for a {type(source).__name__}")
        chosen = None
        items: Iterator[Item] = _object_records(source, table_map, options, errors)
    else:
        if path != STDIN:
            _check_file(path)
        chosen = detect_format(path) if format is None else Format.from_str(format)
        if table_map is not None and chosen not in _TABLES:
            raise UsageError(f"a map is for tables ({', '.join(_TABLES)}), not for {chosen}")
        items = _file_records(path, chosen, table_map, options, errors)
    return Reader(_guarded(items, errors), source=options.name, format=chosen, report=report)


def _guarded(items: Iterator[Item], errors: LineErrors) -> Generator[Item]:
    with errors:
        yield from items


def _file_records(
    path: str, format: Format, table_map: TableMap | None, options: ReadOptions, errors: LineErrors
) -> Iterator[Item]:
    if table_map is not None:
        from kgqa.graph.formats.tables import read_mapped

        return read_mapped(path, format, table_map, options, errors)
    match format:
        case Format.JSONL:
            from kgqa.graph.formats.jsonl import read_jsonl

            return read_jsonl(path, options, errors)
        case Format.TSV | Format.PIPE:
            from kgqa.graph.formats.triples import read_separated

            return read_separated(path, "\t" if format is Format.TSV else "|", options, errors)
        case Format.CSV:
            from kgqa.graph.formats.triples import read_csv

            return read_csv(path, options, errors)
        case Format.PARQUET:
            from kgqa.graph.formats.tables import read_parquet_triples

            return read_parquet_triples(path, errors)
        case Format.NTRIPLES | Format.NQUADS:
            from kgqa.graph.formats.rdf_read import read_lines

            return read_lines(path, options, errors, graphs=format is Format.NQUADS)
        case Format.HTML | Format.PDF | Format.DOCX:
            from kgqa.graph.formats.documents import read_rich_document

            return read_rich_document(path, format, options, errors)
        case Format.TEXT | Format.MARKDOWN:
            from kgqa.graph.formats.documents import read_document_text

            return read_document_text(path, options, errors, markdown=format is Format.MARKDOWN)
        case _:
            from kgqa.graph.formats.rdf_read import read_document

            return read_document(path, format, options, errors)


def _object_records(
    source: Any, table_map: TableMap | None, options: ReadOptions, errors: LineErrors
) -> Iterator[Record]:
    if _is(source, "pandas", "DataFrame"):
        from kgqa.graph.formats.objects import read_frame
        from kgqa.graph.formats.tables import read_mapped_frame

        return read_frame(source, errors) if table_map is None else read_mapped_frame(source, table_map, errors)
    if table_map is not None:
        raise UsageError(f"a map is for tables, not for a {type(source).__name__}")
    if _is(source, "networkx", "Graph"):
        from kgqa.graph.formats.networks import read_networkx

        return read_networkx(source, errors)
    if _is(source, "rdflib", "Graph"):
        from kgqa.graph.formats.rdf_read import read_graph

        return read_graph(source, options, errors)
    if _is(source, "pykeen.triples", "CoreTriplesFactory"):
        from kgqa.graph.formats.pykeen import read_factory

        return read_factory(source, errors)
    if _is(source, "langchain_core.document_loaders", "BaseLoader"):
        source = source.lazy_load()
    if isinstance(source, Iterable) and not isinstance(source, Mapping | bytes | bytearray):
        from kgqa.graph.formats.objects import read_records

        return read_records(source, errors)
    raise UsageError(
        f"a {type(source).__name__} cannot be read; give a path, '-', a list of records or dicts, LangChain documents "
        "or a loader of them, a pandas DataFrame, a networkx or rdflib graph, or a PyKEEN TriplesFactory"
    )


def _is(source: Any, module: str, name: str) -> bool:
    """isinstance without importing: an object of a class exists only where its module is loaded."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(source, getattr(loaded, name))


def _check_file(path: str) -> None:
    if Path(path).is_dir():
        raise InputError("this is a folder", path=path, hint="name the files in it")
    if not Path(path).exists():
        raise InputError("there is no such file", path=path, hint="check the path")


def _refuse_overwriting(path: str, skipped: str | Path) -> None:
    if Path(skipped).exists() and Path(path).exists() and Path(skipped).samefile(path):
        raise UsageError(f"the skipped lines would overwrite the source {path}: name another file")
