"""Readers and writers between the world's formats and the records of ``kgqa.types``.

:func:`read` takes any source and gives records as it reads them. Writers: :func:`write_jsonl` (loses nothing),
:func:`write_rdf`, :func:`to_rdflib`, :func:`to_networkx`, :func:`to_triples_factory`. See docs/formats.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kgqa.graph.formats.detect import default_source_name, detect_format
from kgqa.graph.formats.jsonl import write_jsonl
from kgqa.graph.formats.native_read import record_from_dict
from kgqa.graph.formats.native_write import record_to_dict
from kgqa.graph.formats.options import ErrorPolicy, Format, ReadReport, SkippedLine
from kgqa.graph.formats.reading import Reader, read

if TYPE_CHECKING:
    from kgqa.graph.formats.documents import split_document
    from kgqa.graph.formats.networks import to_networkx
    from kgqa.graph.formats.propose import propose_map
    from kgqa.graph.formats.pykeen import to_triples_factory
    from kgqa.graph.formats.rdf_write import to_rdflib, write_rdf
    from kgqa.graph.formats.table_map import TableMap, load_map

__all__ = [
    "ErrorPolicy",
    "Format",
    "ReadReport",
    "Reader",
    "SkippedLine",
    "TableMap",
    "default_source_name",
    "detect_format",
    "load_map",
    "propose_map",
    "read",
    "record_from_dict",
    "record_to_dict",
    "split_document",
    "to_networkx",
    "to_rdflib",
    "to_triples_factory",
    "write_jsonl",
    "write_rdf",
]

_LAZY = {
    "TableMap": "table_map",
    "load_map": "table_map",
    "propose_map": "propose",
    "split_document": "documents",
    "to_networkx": "networks",
    "to_rdflib": "rdf_write",
    "to_triples_factory": "pykeen",
    "write_rdf": "rdf_write",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
