"""Operators that a question's closed-class words ask for: count, yes/no, superlative, comparison, values, negation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kgqa.english.function_words import NEGATIONS, SHARING
from kgqa.reasoning.search.question.asked import Asked, read_asked
from kgqa.reasoning.search.question.bounds import ValueCue, read_bounds
from kgqa.reasoning.search.question.degrees import DegreeCue, read_degrees


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


def find_cues(words: Sequence[str], named: Sequence[bool]) -> Cues:
    """Reads the cues of a question.

    Args:
        words: its words in lower case
        named: for each word, whether it stands inside a certain name and so is no cue. shape: (len(words),)
    """
    free = [word if not inside else "" for word, inside in zip(words, named)]
    asked, wh, noun, opener = read_asked(free)
    superlatives, comparatives = read_degrees(free)
    values = read_bounds(words, free)
    taken = frozenset().union(*(cue.tokens for cue in values))
    return Cues(
        asked=asked,
        wh=wh,
        noun=noun,
        superlatives=superlatives,
        comparatives=tuple(cue for cue in comparatives if cue.index not in taken),
        values=values,
        # What opens a question negates nothing: "Isn't Paris the capital?" asks whether it is.
        negation=next((i for i, word in enumerate(free) if i and (word in NEGATIONS or _other_than(free, i))), None),
        sharing=tuple(i for i, word in enumerate(free) if word in SHARING),
        conjunctions=tuple(i for i, word in enumerate(free) if word in ("and", "both") or word == "well"),
        alternatives=tuple(i for i, word in enumerate(free) if word == "or"),
        opener=opener,
    )


def _other_than(words: Sequence[str], i: int) -> bool:
    return words[i] == "other" and words[i + 1 : i + 2] == ["than"]
