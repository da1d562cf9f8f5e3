"""The text of a document with its sections, put together block by block, within bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from kgqa.errors import KgqaError

MAX_BYTES = 100_000_000
"""Of a file as it lies; larger ones are refused."""
MAX_TEXT = 50_000_000
"""Characters of text that one document may give."""
_JOIN = " > "


class DocumentError(KgqaError):
    """A document cannot be read: damaged, encrypted, or larger than the limits. The caller adds which file it is."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """``sections`` are (path of headings, start, end) over ``text``, in order; ``title`` is the document's own."""

    text: str
    sections: tuple[tuple[str, int, int], ...]
    title: str | None = None


@dataclass(slots=True)
class Builder:
    """Collects headings and blocks; a blank line parts blocks."""

    title: str | None = None
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _path: list[tuple[int, str]] = field(default_factory=list)
    _sections: list[tuple[str, int, int]] = field(default_factory=list)

    def heading(self, level: int, name: str) -> None:
        """Ends the section and goes on under this heading. Levels count from 1."""
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        if name := " ".join(name.split()):
            self._path.append((level, name))

    def block(self, text: str) -> None:
        """Adds a paragraph, a list item, a row of a table. Raises DocumentError past MAX_TEXT."""
        text = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()
        if not text:
            return
        start = self._length + (2 if self._parts else 0)
        if start + len(text) > MAX_TEXT:
            raise DocumentError(f"more than {MAX_TEXT:,} characters of text; split the document")
        self._parts.append(text)
        self._length = start + len(text)
        heading = _JOIN.join(name for _, name in self._path)
        if self._sections and self._sections[-1][0] == heading:
            start = self._sections.pop()[1]
        self._sections.append((heading, start, self._length))

    def done(self) -> Extracted:
        title = " ".join(self.title.split()) if self.title else None
        return Extracted("\n\n".join(self._parts), tuple(self._sections), title or None)
