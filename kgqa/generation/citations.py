"""Citations in text: finding them, and telling which sentences cite what."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CITATION = re.compile(r"\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\s\[])")


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence without its marks, and the evidence numbers that it cites, in order of appearance."""

    text: str
    citations: tuple[int, ...]


def parse_citations(text: str) -> tuple[int, ...]:
    """The numbers cited as [1], [1][2] or [1, 2], each once, in order of appearance."""
    numbers = [int(part) for match in _CITATION.finditer(text) for part in re.split(r"\s*[,;]\s*", match[1])]
    return tuple(dict.fromkeys(numbers))


def without_marks(text: str) -> str:
    """Text of a graph or passage that cannot be read as a citation: "[1]" becomes "(1)"."""
    return _CITATION.sub(r"(\1)", text)


def strip_citations(text: str) -> str:
    """The text without its citation marks."""
    return re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s{2,}", " ", _CITATION.sub("", text))).strip()


def cited_sentences(text: str) -> tuple[CitedSentence, ...]:
    """The sentences of a text with what each cites."""
    return tuple(
        CitedSentence(strip_citations(sentence), parse_citations(sentence))
        for sentence in _SENTENCE_END.split(text.strip())
        if strip_citations(sentence)
    )
