"""Text as passages with stable ids and exact offsets.

A passage is a run of paragraphs of about 60 to 200 words, or a part of a longer paragraph. Where a section is longer,
it is cut before the paragraph whose first words hash lowest, and its parts are cut again in the same way. So a cut
depends on the text around it and not on how much text stands before, and an edit changes the passages around it alone
(content-defined chunking: Muthitacharoen, Chen and Mazieres, "A Low-bandwidth Network File System", SOSP 2001).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kgqa.graph.formats.literals import identifier
from kgqa.types import Passage

MAX_WORDS = 200
MIN_WORDS = 60

_BREAK = re.compile(r"\n[^\S\n]*\r?\n\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])(?=\S)")
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_IDEOGRAPH}]{{1,2}}|[^\W{_IDEOGRAPH}]+")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece that is not cut: document[start:end]. ``level`` is 0 before a paragraph, 1 a sentence, 2 a word."""

    start: int
    end: int
    words: int
    level: int


def split_document(
    text: str,
    *,
    document: str,
    title: str | None = None,
    markdown: bool = False,
    sections: Iterable[tuple[str, int, int]] | None = None,
    overlap: int = 0,
) -> Iterator[Passage]:
    """Passages in order; ``text[p.offset : p.offset + len(p.text)] == p.text`` for each.

    An id is made of the document, the content and, where the same text comes again, its number. The title is the
    path of headings above the passage (of ``sections``, or Markdown's), or ``title`` where there is none. A passage
    repeats up to ``overlap`` words of the text before it in its section.
    """
    seen: Counter[str] = Counter()
    document = identifier(document, "document")
    if sections is None:
        sections = _sections(text) if markdown else [("", 0, len(text))]
    for heading, start, end in sections:
        for first, last in _cut(_units(text, start, end), text):
            first = _further_back(text, start, first, overlap) if overlap else first
            piece = text[first:last]
            digest = hashlib.sha256(piece.encode("utf-8")).hexdigest()[:16]
            seen[digest] += 1
            number = "" if seen[digest] == 1 else f"-{seen[digest]}"
            yield Passage(f"{document}#{digest}{number}", piece, heading or title, None, document, first)


def _further_back(text: str, start: int, first: int, words: int) -> int:
    """Where the last ``words`` words before ``first`` begin, not before ``start``."""
    window = max(start, first - 40 * words)
    before = [match.start() for match in _WORD.finditer(text, window, first)]
    return before[-words:][0] if before else first


def _cut(units: list[_Unit], text: str) -> list[tuple[int, int]]:
    """Cuts a section into passages, in order."""
    totals = [0]
    for unit in units:
        totals.append(totals[-1] + unit.words)
    keys = [_key(unit, text) for unit in units]
    passages = []
    waiting = [(0, len(units))] if units else []
    while waiting:
        first, last = waiting.pop()
        if last - first == 1 or totals[last] - totals[first] <= MAX_WORDS:
            passages.append((units[first].start, units[last - 1].end))
        else:
            place = _place(keys, totals, first, last)
            waiting += [(place, last), (first, place)]
    return passages


def _place(keys: list[tuple[int, bytes]], totals: list[int], first: int, last: int) -> int:
    """Where to cut units[first:last]: the lowest key that leaves MIN_WORDS on both sides, if any does."""
    good = [
        place
        for place in range(first + 1, last)
        if totals[place] - totals[first] >= MIN_WORDS and totals[last] - totals[place] >= MIN_WORDS
    ]
    middle = (first + last) / 2
    return min(good or range(first + 1, last), key=lambda place: (*keys[place], abs(place - middle)))


def _key(unit: _Unit, text: str) -> tuple[int, bytes]:
    """What decides between cuts: a paragraph before a sentence, then the hash of the words that follow."""
    start = " ".join(_WORD.findall(text[unit.start : min(unit.end, unit.start + 40)])[:3])
    return unit.level, hashlib.blake2b(start.encode("utf-8"), digest_size=8).digest()


def _units(text: str, start: int, end: int) -> list[_Unit]:
    """Paragraphs; those of more than MAX_WORDS words as sentences, such sentences as runs of words."""
    units = []
    for first, last in _pieces(text, start, end, _BREAK):
        words = _count(text, first, last)
        if words <= MAX_WORDS:
            units.append(_Unit(first, last, words, 0))
            continue
        level = 0
        for low, high in _pieces(text, first, last, _SENTENCE_END):
            words = _count(text, low, high)
            runs = [(low, high)] if words <= MAX_WORDS else _runs(text, low, high)
            for begin, stop in runs:
                units.append(_Unit(begin, stop, _count(text, begin, stop), level))
                level = 2
            level = 1
    return units


def _pieces(text: str, start: int, end: int, separator: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The parts between separators, without the blanks around them; empty ones are left out."""
    position = start
    for match in separator.finditer(text, start, end):
        closing = match.start() + len(match[0].rstrip()) if match[0].strip() else match.start()
        yield from _stripped(text, position, closing)
        position = match.end()
    yield from _stripped(text, position, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if left < right:
        yield start + left, start + right


def _runs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence without end, in runs of MAX_WORDS words at most."""
    starts = [match.start() for match in _WORD.finditer(text, start, end)][::MAX_WORDS]
    bounds = [start, *starts[1:], end]
    return [part for low, high in pairwise(bounds) for part in _stripped(text, low, high)]


def _count(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _WORD.finditer(text, start, end))


def _sections(text: str) -> Iterator[tuple[str, int, int]]:
    """(path of headings, start, end) of the text between headings; code fences hide what looks like a heading."""
    path: list[tuple[int, str]] = []
    start = position = _front_matter(text)
    fence = ""
    previous = (position, "")
    for line in text[position:].splitlines(keepends=True) if position < len(text) else []:
        bare = line.rstrip("\r\n")
        mark = _FENCE.match(bare)
        if mark and (not fence or (mark[1].startswith(fence) and bare.strip() == mark[1])):
            fence = "" if fence else mark[1]
        heading = None if fence else _ATX.match(bare)
        under = None if fence or heading else _SETEXT.match(bare)
        if heading:
            yield " > ".join(name for _, name in path), start, position
            _push(path, len(heading[1]), heading[2] or "")
            start = position + len(line)
        elif under and previous[1].strip() and previous[0] >= start:
            yield " > ".join(name for _, name in path), start, previous[0]
            _push(path, 1 if under[1][0] == "=" else 2, previous[1].strip())
            start = position + len(line)
        previous = (position, bare)
        position += len(line)
    yield " > ".join(name for _, name in path), start, len(text)


def _push(path: list[tuple[int, str]], level: int, name: str) -> None:
    while path and path[-1][0] >= level:
        path.pop()
    if name.strip():
        path.append((level, name.strip()))


def _front_matter(text: str) -> int:
    """Where the text begins after a YAML block between ``---`` lines."""
    match = re.match(r"---[ \t]*\r?\n.*?\n---[ \t]*(?:\r?\n|$)", text, re.DOTALL)
    return match.end() if match else 0
