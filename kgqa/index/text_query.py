"""Plain words to an FTS5 expression: every word quoted, so that nothing a user types is syntax."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise

from kgqa.index.normalise import is_unspaced

Frequencies = Callable[[list[str], int | None], Mapping[str, int]]
"""In how many passages each term stands, where it stands in any; counted no further than a limit, if one is given."""
_MAX_WORDS = 64
_POSTINGS = 2_000  # passages scored for one query: measured to find what 5,000 find


def searchable(text: str) -> str:
    """Text as the passage index takes it: NFKC, no NUL, a space around each character of unspaced scripts."""
    if text.isascii():
        return text.replace("\0", " ")
    text = unicodedata.normalize("NFKC", text).replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return "".join(f" {character} " if is_unspaced(character) else character for character in text)


def passage_query(query: str, frequencies: Frequencies, *, deeper: int | None = 1) -> str | None:
    """Any of the query's words, rarest first, until their postings pass a budget; None when no passage has any.

    Words that very many passages have weigh little in BM25, and reading their postings is what costs. Unspaced
    scripts are sought by pairs of neighbouring characters. ``deeper``: times the budget; None takes every word.
    Frequent words are counted only as far as the budget goes, so that the time does not grow with the passages.
    """
    words = list(dict.fromkeys(_words(query)))[:_MAX_WORDS]
    terms = {word: word.split(" ")[0] if " " in word else _term(word) for word in words}
    budget = _POSTINGS * (deeper or 0)
    sought = sorted(set(terms.values()))
    counts = frequencies(sought, budget + 1)
    if deeper is not None and counts and min(counts.values()) > budget:  # the rarest of them has to be known
        counts = frequencies(sought, None)
    known = sorted((counts[term], word) for word, term in terms.items() if counts.get(term))
    taken: list[str] = []
    for count, word in known:
        if taken and deeper is not None and count > budget:
            break
        budget -= count
        taken.append(word)
    return " OR ".join(f'"{word}"' for word in sorted(taken)) or None


def _words(query: str) -> list[str]:
    words: list[str] = []
    marked = "".join(
        character if character.isalnum() or unicodedata.category(character)[0] == "M" else " "
        for character in unicodedata.normalize("NFKC", query).encode("utf-8", "replace").decode("utf-8")
    )
    for chunk in marked.split():
        run: list[str] = []
        for character in chunk + " ":
            if character != " " and is_unspaced(character):
                if run and not is_unspaced(run[-1]):
                    words.append("".join(run))
                    run.clear()
                run.append(character)
                continue
            if run and is_unspaced(run[-1]):
                words += [f"{a} {b}" for a, b in pairwise(run)] or run
                run.clear()
            if character != " ":
                run.append(character)
            elif run:
                words.append("".join(run))
    return words


def _term(word: str) -> str:
    """The word as the tokenizer stores it, near enough to ask how frequent it is."""
    parts = unicodedata.normalize("NFD", word.lower())
    return unicodedata.normalize("NFC", "".join(part for part in parts if unicodedata.category(part) != "Mn"))
