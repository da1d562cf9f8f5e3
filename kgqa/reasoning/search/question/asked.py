"""What a question asks for: its question word, and the noun that names the answer."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kgqa.english.degrees import degree
from kgqa.english.function_words import ARTICLES, BOOLEAN_OPENERS, FILLERS, FUNCTION_WORDS


class Asked(StrEnum):
    """What kind of answer the question word asks for."""

    THING = "thing"
    WHO = "who"
    WHERE = "where"
    WHEN = "when"
    QUANTITY = "quantity"
    COUNT = "count"
    BOOLEAN = "boolean"


def read_asked(words: Sequence[str]) -> tuple[Asked, int | None, tuple[int, ...], frozenset[int]]:
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        if word == "how" and following == "many":
            return Asked.COUNT, i, _noun_after(words, i + 2), frozenset((i, i + 1))
        if word == "number" and following == "of":
            return Asked.COUNT, i, _noun_after(words, i + 2), frozenset((i,))
        if word == "count" and i <= 1:
            return Asked.COUNT, i, _noun_after(words, i + 1), frozenset((i,))
    if words and words[0] in BOOLEAN_OPENERS:
        return Asked.BOOLEAN, 0, (), frozenset((0,))
    for i, word in enumerate(words):
        if word in ("who", "whom"):
            return Asked.WHO, i, (), frozenset((i,))
        if word in ("whose", "that") and word != "whose":
            continue
        if word == "where":
            return Asked.WHERE, i, (), frozenset((i,))
        if word == "when":
            return Asked.WHEN, i, (), frozenset((i,))
        if word == "how":
            return Asked.QUANTITY, i, _noun_after(words, i + 1), frozenset((i,))
        if word in ("which", "what") and not _relative(words, i):
            noun = _noun_after(words, i + 1)
            if not noun:
                noun = _noun_after_copula(words, i + 1)
            return Asked.THING, i, noun, frozenset((i,))
    return Asked.THING, None, _noun_after(words, 0), frozenset()


def _relative(words: Sequence[str], i: int) -> bool:
    """A "which" after a noun opens a relative clause; after nothing, a preposition or "and" it asks."""
    if i == 0 or words[i] != "which":
        return False
    before = words[i - 1]
    return before not in FUNCTION_WORDS


def _noun_after(words: Sequence[str], i: int) -> tuple[int, ...]:
    """The content words that follow directly, articles and fillers skipped."""
    skip = ARTICLES | FILLERS | {"me", "us", "of", "the", "different"}
    while i < len(words) and (words[i] in skip):
        i += 1
    out = []
    while i < len(words) and words[i] and words[i] not in FUNCTION_WORDS and not degree(words[i]):
        out.append(i)
        i += 1
    return tuple(out[:3])


def _noun_after_copula(words: Sequence[str], i: int) -> tuple[int, ...]:
    """ "What is the capital of", "what are the countries that": the noun behind the copula and its article."""
    if i < len(words) and words[i] in ("is", "are", "was", "were"):
        return _noun_after(words, i + 1)
    return ()
