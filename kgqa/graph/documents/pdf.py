"""PDF as text, by pypdf: a section a page, under the document's own outline."""

from __future__ import annotations

import io
import logging
from typing import Any

from kgqa.errors import MissingDependencyError
from kgqa.graph.documents.extracted import Builder, DocumentError, Extracted

MAX_PAGES = 10_000
_DEEPEST = 6  # levels of the outline that make headings


def extract_pdf(data: bytes) -> Extracted:
    """The text of a PDF, page by page; the last heading of each section is ``page N``.

    Streams that unpack to more than pypdf's bounds, files of more than MAX_PAGES pages and files that need a password
    raise DocumentError. Raises MissingDependencyError without pypdf.
    """
    try:
        import pypdf
    except ImportError as error:
        raise MissingDependencyError("pypdf", purpose="Reading PDF", install="pip install 'kgqa[documents]'") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every flaw that it mends
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("it is encrypted; save it without a password")
        if len(reader.pages) > MAX_PAGES:
            raise DocumentError(f"{len(reader.pages):,} pages, of which {MAX_PAGES:,} are read at most; split it")
        builder = Builder(title=_title(reader))
        headings = _outline(reader)
        for number, page in enumerate(reader.pages):
            for level, name in headings.get(number, ()):
                builder.heading(level, name)
            builder.heading(_DEEPEST + 1, f"page {number + 1}")
            for paragraph in (page.extract_text() or "").split("\n\n"):
                builder.block(paragraph)
        return builder.done()
    except DocumentError:
        raise
    except Exception as error:  # a damaged file makes the parser raise anything
        raise DocumentError(f"no PDF that can be read: {type(error).__name__}: {error}") from error


def _title(reader: Any) -> str | None:
    title = reader.metadata.title if reader.metadata else None
    return title if isinstance(title, str) and title.strip() else None


def _outline(reader: Any) -> dict[int, list[tuple[int, str]]]:
    """(level, heading) by the page on which it begins; what leads nowhere is left out."""
    found: dict[int, list[tuple[int, str]]] = {}
    waiting = [(1, item) for item in reversed(reader.outline)]
    while waiting:
        level, item = waiting.pop()
        if isinstance(item, list):
            waiting += [(min(level + 1, _DEEPEST), inner) for inner in reversed(item)]
            continue
        page = reader.get_destination_page_number(item)
        if page is not None and page >= 0 and item.title:
            found.setdefault(page, []).append((level, str(item.title)))
    return found
