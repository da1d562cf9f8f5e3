"""Values that a question compares with: "before 1800", "between 5 and 10", "more than 10 million"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.english.degrees import MEASURES, NUMBER_WORDS, SCALES, degree
from kgqa.reasoning.plan import Comparison
from kgqa.types import Literal, LiteralType


@dataclass(frozen=True, slots=True)
class ValueCue:
    """A value that something must compare with: "before 1800", "more than 10 million"."""

    tokens: frozenset[int]
    comparison: Comparison
    value: Literal
    temporal: bool


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


def read_bounds(words: Sequence[str], free: Sequence[str]) -> tuple[ValueCue, ...]:
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
                graded = phrase == ("more", "than") and degree(word) is not None
                matches = tuple(free[i:end]) == phrase or (graded and free[i + 1 : end] == ["than"])
                if not matches or (found := _number(words, end)) is None:
                    continue
                if graded and not MEASURES[degree(word)[0]][1]:  # type: ignore[index] # graded: not None
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
    if _YEAR.match(word) and (i + 1 >= len(words) or words[i + 1] not in SCALES):
        return tuple(range(first, i + 1)), Literal(word, LiteralType.YEAR)
    if _NUMBER.match(word):
        value = float(word.replace(",", ""))
    elif word in NUMBER_WORDS:
        value = float(NUMBER_WORDS[word])
    else:
        return None
    end = i + 1
    while end < len(words) and words[end] in SCALES:
        value *= SCALES[words[end]]
        end += 1
    whole = value.is_integer()
    text = str(int(value)) if whole else repr(value)
    return tuple(range(first, end)), Literal(text, LiteralType.INTEGER if whole else LiteralType.DECIMAL)
