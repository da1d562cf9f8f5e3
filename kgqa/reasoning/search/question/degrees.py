"""Superlatives and comparatives of a question: "largest", "second most", "more"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.english.degrees import MEASURES, ORDINALS, TEMPORAL, degree
from kgqa.english.function_words import ARTICLES, QUANTITIES
from kgqa.english.inflection import participle


@dataclass(frozen=True, slots=True)
class DegreeCue:
    """A superlative or comparative. ``measures`` are nouns that name the measured value; ``tokens`` its words.

    ``counted``: "most" or "more" before a noun, which may count that noun; ``temporal``: the measure is a date.
    """

    index: int
    tokens: frozenset[int]
    measures: tuple[str, ...]
    largest: bool
    rank: int = 1
    counted: bool = False
    temporal: bool = False


def read_degrees(words: Sequence[str]) -> tuple[tuple[DegreeCue, ...], tuple[DegreeCue, ...]]:
    superlatives: list[DegreeCue] = []
    comparatives: list[DegreeCue] = []
    for i, word in enumerate(words):
        rank = ORDINALS.get(words[i - 1], 1) if i else 1
        tokens = frozenset((i - 1, i)) if rank > 1 else frozenset((i,))
        following = words[i + 1] if i + 1 < len(words) else ""
        if word in ("most", "least", "fewest", "more", "less", "fewer"):
            if word in ("most", "least") and words[i - 1 : i] == ["at"]:
                continue
            largest = word in ("most", "more")
            if following == "than" and word in ("more", "less", "fewer"):
                continue  # a bound on a value, read by read_bounds
            measures, up = MEASURES.get(following, ((), True))
            cue = DegreeCue(
                i,
                tokens | ({i + 1} if measures else frozenset()),
                measures,
                largest == up,
                rank,
                counted=not measures,
                temporal=following in TEMPORAL,
            )
            (superlatives if word in ("most", "least", "fewest") else comparatives).append(cue)
            continue
        if word == "first":
            if _asks_for_the_first(words, i):
                superlatives.append(DegreeCue(i, frozenset((i,)), MEASURES["early"][0], False, temporal=True))
            continue
        if word in ("before", "after", "earlier", "later") and following not in ("the", "year") and i > 1:
            measures, _ = MEASURES["late"]
            comparatives.append(DegreeCue(i, tokens, measures, word in ("after", "later"), temporal=True))
            continue
        if word and (graded := degree(word)) is not None:
            adjective, kind = graded
            measures, up = MEASURES[adjective]
            if following in QUANTITIES and words[i + 2 : i + 3] == ["of"]:  # "the greatest number of"
                cue = DegreeCue(i, tokens | {i + 1}, (), up, rank, counted=True)
            else:
                cue = DegreeCue(i, tokens, measures, up, rank, temporal=adjective in TEMPORAL)
            (superlatives if kind == "superlative" else comparatives).append(cue)
    beyond_all = [cue for cue in comparatives if _than_any_other(words, cue.index)]
    superlatives += beyond_all
    return tuple(superlatives), tuple(cue for cue in comparatives if cue not in beyond_all)


def how_measured(words: Sequence[str], wh: int | None) -> tuple[DegreeCue, ...]:
    """ "How big is it": an adjective behind "how" measures as its superlative does. It is no cue that a plan needs."""
    at = 0 if wh is None or words[wh] != "how" else wh + 1
    known = MEASURES.get(words[at]) if 0 < at < len(words) else None
    return () if known is None else (DegreeCue(at, frozenset(), *known),)


def _than_any_other(words: Sequence[str], i: int) -> bool:
    """ "More ... than any other", "larger than all others": a comparative that is a superlative."""
    return any(
        words[at] == "than" and words[at + 1] in ("any", "all", "every", "anyone", "anybody", "anything")
        for at in range(i + 1, min(i + 6, len(words) - 1))
    )


def _asks_for_the_first(words: Sequence[str], i: int) -> bool:
    """ "The first to lead it", "the first element", "found first": a superlative; "was first found" is none."""
    before = words[i - 1] if i else ""
    following = words[i + 1] if i + 1 < len(words) else ""
    if degree(following) is not None or following in ("most", "least"):
        return False  # an ordinal: "the first largest"
    if following == "century":
        return False
    return before in ARTICLES or following in ("", "to") or before.endswith("'s") or participle(before)
