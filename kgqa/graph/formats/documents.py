"""Documents as passages: text and Markdown as they are; HTML, PDF and DOCX by the text that they give.

Offsets count code points of the document's text: of the file itself for text and Markdown, of what ``extract`` makes of
it for the others.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import PurePath

from kgqa.graph.documents.extracted import MAX_BYTES, DocumentError, Extracted
from kgqa.graph.documents.splitting import split_document
from kgqa.graph.formats.opening import STDIN, open_bytes, open_text
from kgqa.graph.formats.options import Format, LineErrors, ReadOptions
from kgqa.types import Record

__all__ = ["extract", "read_document_text", "read_rich_document", "split_document"]

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)


def read_document_text(path: str, options: ReadOptions, errors: LineErrors, *, markdown: bool) -> Iterator[Record]:
    """The passages of a document, which is held whole."""
    with open_text(path, encoding=options.encoding, newline="") as stream:
        text = stream.read()
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            errors.fail("bytes that are no text in this encoding", line=line, hint="save it as UTF-8")
    yield from split_document(
        text, document=options.name, title=_stem(path), markdown=markdown, overlap=options.overlap
    )


def read_rich_document(path: str, format: Format, options: ReadOptions, errors: LineErrors) -> Iterator[Record]:
    """The passages of an HTML, PDF or DOCX document, which is held whole."""
    try:
        with open_bytes(path) as stream:
            found = extract(stream.read(MAX_BYTES + 1), format, encoding=options.encoding)
    except DocumentError as error:
        errors.fail(str(error), hint="check that the file is whole and of this format")
    title = found.title or _stem(path)
    yield from split_document(
        found.text, document=options.name, title=title, sections=found.sections, overlap=options.overlap
    )


def extract(data: bytes, format: Format, *, encoding: str = "utf-8") -> Extracted:
    """The text and sections of an HTML, PDF or DOCX document.

    Raises DocumentError for what cannot be read or is larger than the limits, MissingDependencyError without the
    extra ``documents``.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(f"more than {MAX_BYTES:,} bytes; split it")
    if format is Format.PDF:
        from kgqa.graph.documents.pdf import extract_pdf

        return extract_pdf(data)
    if format is Format.DOCX:
        from kgqa.graph.documents.docx import extract_docx

        return extract_docx(data)
    from kgqa.graph.documents.html import extract_html

    return extract_html(data, encoding=declared_encoding(data) or encoding)


def declared_encoding(data: bytes) -> str | None:
    """The encoding that an HTML page names for itself near its beginning, when Python knows it."""
    found = _CHARSET.search(data[:2048])
    if found is None:
        return None
    try:
        return codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None


def _stem(path: str) -> str | None:
    return None if path == STDIN else PurePath(path).stem
