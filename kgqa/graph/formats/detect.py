"""Which format a file is in, and what its source is called."""

from __future__ import annotations

from itertools import islice
from pathlib import Path, PurePath

from kgqa.errors import InputError
from kgqa.graph.formats.opening import STDIN, open_text
from kgqa.graph.formats.options import Format

LOOKED_AT = 20

_SUFFIXES = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".tsv": Format.TSV,
    ".csv": Format.CSV,
    ".nt": Format.NTRIPLES,
    ".nq": Format.NQUADS,
    ".ttl": Format.TURTLE,
    ".trig": Format.TRIG,
    ".jsonld": Format.JSONLD,
    ".rdf": Format.RDFXML,
    ".owl": Format.RDFXML,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".text": Format.TEXT,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".parquet": Format.PARQUET,
}


def detect_format(path: str | Path) -> Format:
    """The format by suffix, ``.gz`` aside; standard input is JSONL.

    A ``.txt`` file is a ``|`` table when each of its first 20 non-empty lines has exactly two ``|``, otherwise a
    document. Raises InputError for an unknown suffix.
    """
    path = str(path)
    if path == STDIN:
        return Format.JSONL
    name = PurePath(path).name.lower().removesuffix(".gz")
    suffix = PurePath(name).suffix
    if suffix == ".txt":
        return _table_or_text(path)
    if suffix not in _SUFFIXES:
        known = ", ".join((*_SUFFIXES, ".txt"))
        raise InputError(
            f"the format of a {suffix or 'nameless'} file is not known" if suffix else "a file without a suffix",
            path=path,
            hint=f"name its format ({', '.join(Format)}) or use a known suffix: {known}",
        )
    return _SUFFIXES[suffix]


def default_source_name(source: object) -> str:
    """What a source is called unless named: a path as it was given, with ``/``; ``stdin``; the kind of an object."""
    if isinstance(source, str | PurePath):
        return "stdin" if str(source) == STDIN else str(source).replace("\\", "/")
    return type(source).__name__.lower() if not isinstance(source, list | tuple) else "records"


def _table_or_text(path: str) -> Format:
    with open_text(path) as lines:
        first = list(islice((line for line in lines if not line.isspace()), LOOKED_AT))
    return Format.PIPE if first and all(line.count("|") == 2 for line in first) else Format.TEXT
