"""DOCX as text, by python-docx: headings by style, paragraphs and rows of tables in their order."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from kgqa.errors import MissingDependencyError
from kgqa.graph.documents.extracted import Builder, DocumentError, Extracted

MAX_UNPACKED = 500_000_000
MAX_ENTRIES = 10_000
_HEADING = re.compile(r"(?:Heading|Überschrift|Titre|Título)\s*(\d)", re.IGNORECASE)


def extract_docx(data: bytes) -> Extracted:
    """The text of a document. The archive is measured before anything of it is unpacked.

    Raises DocumentError for a damaged file or one that unpacks to more than MAX_UNPACKED bytes or MAX_ENTRIES parts,
    MissingDependencyError without python-docx.
    """
    try:
        import docx
    except ImportError as error:
        raise MissingDependencyError(
            "python-docx", purpose="Reading DOCX", install="pip install 'kgqa[documents]'"
        ) from error
    try:
        _measure(data)
        document = docx.Document(io.BytesIO(data))
        builder = Builder(title=document.core_properties.title or None)
        for item in document.iter_inner_content():
            if hasattr(item, "rows"):
                _table(item, builder)
            else:
                _paragraph(item, builder)
        return builder.done()
    except DocumentError:
        raise
    except Exception as error:  # a damaged file makes the parser raise anything
        raise DocumentError(f"no DOCX that can be read: {type(error).__name__}: {error}") from error


def _measure(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or size > MAX_UNPACKED:
        raise DocumentError(f"it unpacks to {size:,} bytes in {len(entries):,} parts: more than is read")


def _paragraph(paragraph: Any, builder: Builder) -> None:
    style = paragraph.style.name if paragraph.style is not None else ""
    heading = _HEADING.match(style or "")
    if heading or style == "Title":
        builder.heading(int(heading[1]) if heading else 1, paragraph.text)
    else:
        builder.block(paragraph.text)


def _table(table: Any, builder: Builder) -> None:
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:  # a merged cell comes once for each that it covers
            text = " ".join(cell.text.split())
            if text and (not cells or cells[-1] != text):
                cells.append(text)
        builder.block(" | ".join(cells))
