"""Operators that a question's closed-class words ask for: count, yes/no, superlative, comparison, values, negation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kgqa.reasoning.plan import Comparison
from kgqa.reasoning.search import english
from kgqa.types import Literal, LiteralType


class Asked(StrEnum):
    """What kind of answer the question word asks for."""

    THING = "thing"
    WHO = "who"
    WHERE = "where"
    WHEN = "when"
    QUANTITY = "quantity"
    COUNT = "count"
    BOOLEAN = "boolean"


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


@dataclass(frozen=True, slots=True)
class ValueCue:
    """A value that something must compare with: "before 1800", "more than 10 million"."""

    tokens: frozenset[int]
    comparison: Comparison
    value: Literal
    temporal: bool


@dataclass(frozen=True, slots=True)
class Cues:
    """All operator cues of one question; numbers are token positions."""

    asked: Asked
    wh: int | None
    noun: tuple[int, ...]
    superlatives: tuple[DegreeCue, ...] = ()
    comparatives: tuple[DegreeCue, ...] = ()
    values: tuple[ValueCue, ...] = ()
    negation: int | None = None
    sharing: tuple[int, ...] = ()
    conjunctions: tuple[int, ...] = ()
    alternatives: tuple[int, ...] = ()
    opener: frozenset[int] = field(default_factory=frozenset)


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?$")
_YEAR = re.compile(r"[12]\d{3}$")
_BEFORE = {"before": Comparison.LESS, "after": Comparison.GREATER, "since": Comparison.GREATER_EQUAL}
_BEFORE |= {"until": Comparison.LESS_EQUAL, "till": Comparison.LESS_EQUAL}
_BOUNDS = {
    ("more", "than"): Comparison.GREATER,
    ("less", "than"): Comparison.LESS,
    ("fewer", "than"): Comparison.LESS,
    ("at", "least"): Comparison.GREATER_EQUAL,
    ("at", "most"): Comparison.LESS_EQUAL,
    ("over",): Comparison.GREATER,
    ("above",): Comparison.GREATER,
    ("exceeding",): Comparison.GREATER,
    ("exceeds",): Comparison.GREATER,
    ("under",): Comparison.LESS,
    ("below",): Comparison.LESS,
    ("exactly",): Comparison.EQUAL,
}


def find_cues(words: Sequence[str], named: Sequence[bool]) -> Cues:
    """Reads the cues of a question.

    Args:
        words: its words in lower case
        named: for each word, whether it stands inside a certain name and so is no cue. shape: (len(words),)
    """
    free = [word if not inside else "" for word, inside in zip(words, named)]
    asked, wh, noun, opener = _asked(free)
    superlatives, comparatives = _degrees(free)
    values = _values(words, free)
    taken = frozenset().union(*(cue.tokens for cue in values))
    return Cues(
        asked=asked,
        wh=wh,
        noun=noun,
        superlatives=superlatives,
        comparatives=tuple(cue for cue in comparatives if cue.index not in taken),
        values=values,
        negation=next((i for i, word in enumerate(free) if word in english.NEGATIONS or _other_than(free, i)), None),
        sharing=tuple(i for i, word in enumerate(free) if word in english.SHARING),
        conjunctions=tuple(i for i, word in enumerate(free) if word in ("and", "both") or word == "well"),
        alternatives=tuple(i for i, word in enumerate(free) if word == "or"),
        opener=opener,
    )


def _other_than(words: Sequence[str], i: int) -> bool:
    return words[i] == "other" and words[i + 1 : i + 2] == ["than"]


def _asked(words: Sequence[str]) -> tuple[Asked, int | None, tuple[int, ...], frozenset[int]]:
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        if word == "how" and following == "many":
            return Asked.COUNT, i, _noun_after(words, i + 2), frozenset((i, i + 1))
        if word == "number" and following == "of":
            return Asked.COUNT, i, _noun_after(words, i + 2), frozenset((i,))
        if word == "count" and i <= 1:
            return Asked.COUNT, i, _noun_after(words, i + 1), frozenset((i,))
    if words and words[0] in english.BOOLEAN_OPENERS:
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
    return before not in english.FUNCTION_WORDS


def _noun_after(words: Sequence[str], i: int) -> tuple[int, ...]:
    """The content words that follow directly, articles and fillers skipped."""
    skip = english.ARTICLES | english.FILLERS | {"me", "us", "of", "the", "different"}
    while i < len(words) and (words[i] in skip):
        i += 1
    out = []
    while i < len(words) and words[i] and words[i] not in english.FUNCTION_WORDS and not english.degree(words[i]):
        out.append(i)
        i += 1
    return tuple(out[:3])


def _noun_after_copula(words: Sequence[str], i: int) -> tuple[int, ...]:
    """ "What is the capital of", "what are the countries that": the noun behind the copula and its article."""
    if i < len(words) and words[i] in ("is", "are", "was", "were"):
        return _noun_after(words, i + 1)
    return ()


def _degrees(words: Sequence[str]) -> tuple[tuple[DegreeCue, ...], tuple[DegreeCue, ...]]:
    superlatives: list[DegreeCue] = []
    comparatives: list[DegreeCue] = []
    for i, word in enumerate(words):
        rank = english.ORDINALS.get(words[i - 1], 1) if i else 1
        tokens = frozenset((i - 1, i)) if rank > 1 else frozenset((i,))
        following = words[i + 1] if i + 1 < len(words) else ""
        if word in ("most", "least", "fewest", "more", "less", "fewer"):
            if word in ("most", "least") and words[i - 1 : i] == ["at"]:
                continue
            largest = word in ("most", "more")
            if following == "than" and word in ("more", "less", "fewer"):
                continue  # a bound on a value, read by _values
            measures, up = english.MEASURES.get(following, ((), True))
            cue = DegreeCue(
                i,
                tokens | ({i + 1} if measures else frozenset()),
                measures,
                largest == up,
                rank,
                counted=not measures,
                temporal=following in english.TEMPORAL,
            )
            (superlatives if word in ("most", "least", "fewest") else comparatives).append(cue)
            continue
        if word in ("before", "after", "earlier", "later") and following not in ("the", "year") and i > 1:
            measures, _ = english.MEASURES["late"]
            comparatives.append(DegreeCue(i, tokens, measures, word in ("after", "later"), temporal=True))
            continue
        if word and (graded := english.degree(word)) is not None:
            adjective, kind = graded
            measures, up = english.MEASURES[adjective]
            cue = DegreeCue(i, tokens, measures, up, rank, temporal=adjective in english.TEMPORAL)
            (superlatives if kind == "superlative" else comparatives).append(cue)
    return tuple(superlatives), tuple(comparatives)


def _values(words: Sequence[str], free: Sequence[str]) -> tuple[ValueCue, ...]:
    out: list[ValueCue] = []
    for i, word in enumerate(free):
        if word in _BEFORE and (found := _number(words, i + 1)) is not None:
            tokens, value = found
            out.append(ValueCue(frozenset((i, *tokens)), _BEFORE[word], value, True))
        elif word == "between" and (low := _number(words, i + 1)) is not None:
            joint = max(low[0]) + 1
            if words[joint : joint + 1] == ["and"] and (high := _number(words, joint + 1)) is not None:
                temporal = low[1].type is LiteralType.YEAR and high[1].type is LiteralType.YEAR
                out.append(ValueCue(frozenset((i, *low[0])), Comparison.GREATER_EQUAL, low[1], temporal))
                out.append(ValueCue(frozenset((joint, *high[0])), Comparison.LESS_EQUAL, high[1], temporal))
        elif word in ("in", "during") and (found := _number(words, i + 1)) is not None:
            tokens, value = found
            if value.type is LiteralType.YEAR:
                out.append(ValueCue(frozenset((i, *tokens)), Comparison.EQUAL, value, True))
        else:
            for phrase, comparison in _BOUNDS.items():
                end = i + len(phrase)
                graded = phrase == ("more", "than") and english.degree(word) is not None
                matches = tuple(free[i:end]) == phrase or (graded and free[i + 1 : end] == ["than"])
                if not matches or (found := _number(words, end)) is None:
                    continue
                if graded and not english.MEASURES[english.degree(word)[0]][1]:  # type: ignore[index] # graded: not None
                    comparison = Comparison.LESS
                value = found[1]
                temporal = value.type is LiteralType.YEAR and phrase not in (("over",), ("above",))
                out.append(ValueCue(frozenset((*range(i, end), *found[0])), comparison, value, temporal))
                break
    return tuple(out)


def _number(words: Sequence[str], i: int) -> tuple[tuple[int, ...], Literal] | None:
    """The number or year at position ``i`` with the positions of its words ("the year", scales and a unit)."""
    first = i
    while i < len(words) and words[i] in ("the", "year", "about", "roughly"):
        i += 1
    if i >= len(words):
        return None
    word = words[i]
    if _YEAR.match(word) and (i + 1 >= len(words) or words[i + 1] not in english.SCALES):
        return tuple(range(first, i + 1)), Literal(word, LiteralType.YEAR)
    if _NUMBER.match(word):
        value = float(word.replace(",", ""))
    elif word in english.NUMBER_WORDS:
        value = float(english.NUMBER_WORDS[word])
    else:
        return None
    end = i + 1
    while end < len(words) and words[end] in english.SCALES:
        value *= english.SCALES[words[end]]
        end += 1
    whole = value.is_integer()
    text = str(int(value)) if whole else repr(value)
    return tuple(range(first, end)), Literal(text, LiteralType.INTEGER if whole else LiteralType.DECIMAL)
