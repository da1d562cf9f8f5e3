"""HTML as text: headings, paragraphs, list items and rows of tables; scripts, styles and navigation are left out.

Parsed by lxml's HTML parser (libxml2): in linear time, without network, entities or very deep trees.
"""

from __future__ import annotations

from kgqa.errors import MissingDependencyError
from kgqa.graph.documents.extracted import Builder, DocumentError, Extracted

_SKIPPED = frozenset(
    "script style noscript template svg math nav head iframe object embed select button form canvas".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "p div section article main header footer aside li ul ol dl dt dd table thead tbody tfoot tr caption blockquote pre"
    " figure figcaption address details summary hr body html".split()
)
_CELLS = frozenset(("td", "th"))


def extract_html(data: bytes, *, encoding: str | None = None) -> Extracted:
    """The text of a page. ``encoding``: None lets its own declaration decide.

    Raises DocumentError for bytes that are no HTML, MissingDependencyError without lxml.
    """
    try:
        from lxml import etree
        from lxml import html as lxml_html
    except ImportError as error:
        raise MissingDependencyError("lxml", purpose="Reading HTML", install="pip install 'kgqa[documents]'") from error
    parser = lxml_html.HTMLParser(
        encoding=encoding, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser) if data.strip() else None
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise DocumentError(f"no HTML that can be read: {error}") from error
    if root is None:
        return Extracted("", ())
    builder = Builder(title=root.findtext(".//title"))
    _walk(etree.iterwalk(root, events=("start", "end")), builder)
    return builder.done()


def _walk(events: object, builder: Builder) -> None:
    """Collects text between block elements. ``skipped`` counts how deep we are in what is left out."""
    pieces: list[str] = []
    skipped = 0
    preformatted = 0

    def flush(level: int | None = None) -> None:
        text = "".join(pieces)
        pieces.clear()
        if level is not None:
            builder.heading(level, text)
        else:
            builder.block(text)

    for event, element in events:  # type: ignore[attr-defined] # lxml has no types
        tag = element.tag if isinstance(element.tag, str) else ""
        text = element.text if event == "start" else element.tail
        if event == "start":
            if tag in _SKIPPED:
                skipped += 1
                flush()
            elif tag in _BLOCKS or tag in _HEADINGS:
                flush()
                preformatted += tag == "pre"
            elif tag == "br":
                pieces.append("\n")
            elif tag in _CELLS and "".join(pieces).strip():
                pieces.append(" | ")
        elif tag in _SKIPPED:
            skipped -= 1
        elif tag in _HEADINGS:
            flush(_HEADINGS[tag])
        elif tag in _BLOCKS:
            preformatted -= tag == "pre"
            flush()
        if text and not skipped:
            pieces.append(text if preformatted else _spaced(text))
    flush()


def _spaced(text: str) -> str:
    """White space as a browser shows it: a run is one space."""
    words = " ".join(text.split())
    before = " " if text[:1].isspace() else ""
    after = " " if words and text[-1:].isspace() else ""
    return f"{before}{words}{after}"
