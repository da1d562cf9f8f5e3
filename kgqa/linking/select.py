"""The best mentions that do not overlap: weighted interval scheduling."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from kgqa.english.function_words import NAME_FUNCTION_WORDS
from kgqa.index.normalise import tokenise
from kgqa.types import Mention

_LENGTH = 1.3  # above 1, so that one long name beats the short names that it is made of


def weight(mention: Mention) -> float:
    """How much a mention explains: its score by its length in words, longer names favoured, function words for less."""
    length = sum(0.75 if token.key in NAME_FUNCTION_WORDS else 1.0 for token in tokenise(mention.text))
    return mention.score * max(1.0, length) ** _LENGTH


def select_mentions(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """The set without overlap that weighs most, in order of the text. Ties go to the earlier mention."""
    rows = sorted(mentions, key=lambda mention: (mention.end, mention.start))
    ends = [mention.end for mention in rows]
    best: list[tuple[float, int | None, int]] = [(0.0, None, 0)]  # weight, mention taken, state before it
    for i, mention in enumerate(rows):
        before = bisect_right(ends, mention.start, hi=i)
        taken = best[before][0] + weight(mention)
        best.append((taken, i, before) if taken > best[i][0] + 1e-12 else (best[i][0], None, i))
    chosen: list[Mention] = []
    state = len(rows)
    while state:
        _, place, before = best[state]
        if place is not None:
            chosen.append(rows[place])
        state = before
    return tuple(reversed(chosen))
