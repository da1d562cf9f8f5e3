"""Sentences of a passage with exact offsets, and the one that supports an answer to a question best."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kgqa.english.function_words import NAME_FUNCTION_WORDS
from kgqa.english.stemming import trim_ending
from kgqa.index.normalise import name_key
from kgqa.types import TextEncoder

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”’]*|\n\s*\n|\n(?=\s*(?:[-*•#]|\d+[.)])\s)")
_LAST_WORD = re.compile(r"[^\s(\[\"“‘«]+$")
_LONGEST = 40  # characters before a full stop that are looked at: no short form is longer
_DOTTED = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]", re.UNICODE)
# General English short forms: titles and Latin ones end no sentence, the others none when a number follows.
_SHORT = "mr mrs ms dr prof st rev gen col capt lt sgt hon gov sen rep pres messrs mt ft cf vs viz ca approx al"
_SHORT_BEFORE_NUMBERS = """
    no nos vol vols p pp fig figs eq sec ch art jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri
    sat sun
    """
_ABBREVIATIONS = frozenset(_SHORT.split())
_BEFORE_NUMBERS = frozenset(_SHORT_BEFORE_NUMBERS.split())
_NEXT = re.compile(r"\s*(\S?)")
_ENCODED = 64
_CONTEXT = 0.75


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """Code points [start, end) of a passage; ``score`` in [0, 1] ranks the sentences of one passage."""

    start: int
    end: int
    score: float


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences, white space around them left out; empty for blank text.

    A full stop ends no sentence inside a number, after an initial or a usual abbreviation, or before a small letter.
    """
    spans, start = [], 0
    for match in _END.finditer(text):
        if _ends(text, start, match):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, *span)) is not None]


def best_sentence(
    question: str, text: str, *, title: str | None = None, encoder: TextEncoder | None = None
) -> SentenceSpan | None:
    """The sentence of ``text`` nearest to the question; None for blank text.

    Its score is the weighted share of the question's content words that it has: words that few of the sentences have
    weigh more, and words of the title, the first sentence and the one before count for three quarters, since a
    sentence goes on about them ("She was born ..."). Averaged with the cosine where an encoder is given, of the 64
    best by words. Ties go to the earlier sentence.
    """
    spans = split_sentences(text)
    if not spans:
        return None
    wanted = _wanted(question)
    scores = _overlap(wanted, [text[start:end] for start, end in spans], title or "")
    order = sorted(range(len(spans)), key=lambda i: (-scores[i], i))
    if encoder is not None and len(spans) > 1:
        near = order[:_ENCODED]
        about = f"{title}: " if title else ""
        vectors = encoder.encode([question, *(about + text[slice(*spans[i])] for i in near)])
        cosine = vectors[1:] @ vectors[0]
        combined = {i: (scores[i] + max(0.0, float(c))) / 2 for i, c in zip(near, cosine, strict=True)}
        order = sorted(near, key=lambda i: (-round(combined[i], 6), i))
        scores = [combined.get(i, 0.0) for i in range(len(spans))]
    best = order[0]
    return SentenceSpan(*spans[best], score=scores[best])


def content_stems(text: str) -> list[str]:
    """Stems of the words that are no function words, in order; all of them when there are no others."""
    words = name_key(text).split()
    content = [word for word in words if word not in NAME_FUNCTION_WORDS]
    return [trim_ending(word) for word in content or words]


@lru_cache(maxsize=64)
def _wanted(question: str) -> frozenset[str]:
    """The question's stems, which are asked for with every passage that is shown."""
    return frozenset(content_stems(question))


def _overlap(wanted: frozenset[str], sentences: list[str], title: str) -> list[float]:
    found = [_shared(wanted, sentence) for sentence in sentences]
    uses = Counter(word for words in found for word in words)
    weight = {word: math.log1p(len(sentences) / (1 + uses[word])) for word in sorted(wanted)}
    whole = sum(weight.values()) or 1.0
    named = _shared(wanted, title)
    scores = []
    for place, own in enumerate(found):
        context = (named | found[0] | found[max(0, place - 1)]) - own
        scores.append((_total(weight, own) + _CONTEXT * _total(weight, context)) / whole)
    return scores


def _shared(wanted: frozenset[str], sentence: str) -> frozenset[str]:
    """The wanted stems that the sentence has; a stem is how its words begin, so most sentences are soon passed over."""
    if sentence.isascii():
        lowered = sentence.lower()
        if not any(stem in lowered for stem in wanted):
            return frozenset()
    return wanted & frozenset(content_stems(sentence))


def _total(weight: Mapping[str, float], words: frozenset[str]) -> float:
    return sum(weight[word] for word in sorted(words))


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark[0] != ".":
        return True
    after = _NEXT.match(text, match.end())
    following = after.group(1) if after else ""
    if following.islower():
        return False
    word = _LAST_WORD.search(text[max(start, match.start() - _LONGEST) : match.start()])
    if word is None or len(mark.rstrip("\"'”’»)]")) > 1:
        return True
    last = word.group()
    # "J. Smith", "e.g. iron", "U.S. Army": letters with dots; but "vitamin C." ends when nothing is left to name.
    if _DOTTED.fullmatch(last):
        return not following
    short = last.casefold()
    return short not in _ABBREVIATIONS and not (short in _BEFORE_NUMBERS and following.isdigit())


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    inner = piece.strip()
    if not inner:
        return None
    first = start + len(piece) - len(piece.lstrip())
    return first, first + len(inner)
