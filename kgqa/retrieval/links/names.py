"""The names that a passage bears, writes and mentions, by spelling alone: titles, capitalised runs, quotations."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kgqa.english.function_words import NAME_FUNCTION_WORDS
from kgqa.index.normalise import Token, name_keys
from kgqa.linking.spans import Look, capitalised_spans, quoted_spans

LONGEST = 8
"""Tokens of the longest name that a passage is taken to write; titles may be longer."""
_QUALIFIER = re.compile(r"\s*\([^()]*\)\s*$")


def title_keys(title: str) -> list[str]:
    """The keys under which a title is mentioned: as it is, and without a qualifier in brackets ("Mercury (planet)")."""
    keys = list(name_keys(title))
    bare = _QUALIFIER.sub("", title)
    if bare != title:
        keys += name_keys(bare)
    return [key for key in dict.fromkeys(keys) if is_name(key)]


def is_name(key: str) -> bool:
    """Whether a key can name something: some word of it is no function word."""
    return any(word not in NAME_FUNCTION_WORDS for word in key.split(" "))


def written_names(text: str, tokens: Sequence[Token]) -> set[str]:
    """The keys of what the text writes as a name: capitalised runs and quotations of up to eight tokens."""
    out = set()
    for span in (*capitalised_spans(text, tokens, frozenset(), NAME_FUNCTION_WORDS), *quoted_spans(text, tokens)):
        if span.look is Look.OPENING or span.last - span.first >= LONGEST:
            continue
        key = " ".join(token.key for token in tokens[span.first : span.last + 1])
        if is_name(key):
            out.add(key)
    return out


def spelt_as_name(text: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether tokens [first, last] begin like a name: with a capital, a letter without case, or a digit before more."""
    start = text[tokens[first].start]
    return start.isupper() or (start.isdigit() and last > first) or (start.isalpha() and not start.islower())


def runs(tokens: Sequence[Token], longest: int) -> list[tuple[int, int, str]]:
    """(first, last, key) of every run of up to ``longest`` tokens, longest first at each place."""
    out: list[tuple[int, int, str]] = []
    for first, token in enumerate(tokens):
        if not token.starts:
            continue
        key = ""
        found = []
        for last in range(first, min(first + longest, len(tokens))):
            key = f"{key} {tokens[last].key}" if key else tokens[last].key
            found.append((first, last, key))
        out += reversed(found)
    return out


def leftmost_longest(found: Sequence[tuple[int, int]], taken: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    """Runs without overlap, the longest from the left; those that ``taken`` says are left out."""
    out: list[tuple[int, int]] = []
    free = 0
    for first, last in sorted(found, key=lambda run: (run[0], -run[1])):
        if first >= free and not taken(first, last):
            out.append((first, last))
            free = last + 1
    return out
