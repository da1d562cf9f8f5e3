"""Values that a question compares with: "before 1800", "between 5 and 10", "in the 1790s", "at most 10 million"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.english.degrees import MEASURES, SCALES, degree
from kgqa.english.numerals import read_numeral
from kgqa.reasoning.plan import Comparison
from kgqa.reasoning.search.question.moments import Moment, read_moment
from kgqa.types import Literal, LiteralType


@dataclass(frozen=True, slots=True)
class ValueCue:
    """A value that something must compare with: "before 1800", "more than 10 million".

    ``after``: the position behind its words, where a unit may stand.
    """

    tokens: frozenset[int]
    comparison: Comparison
    value: Literal
    temporal: bool
    after: int = -1


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?$")
_SCALES = frozenset(SCALES)
_LESS, _LESS_EQUAL = Comparison.LESS, Comparison.LESS_EQUAL
_GREATER, _GREATER_EQUAL = Comparison.GREATER, Comparison.GREATER_EQUAL
_EQUAL = Comparison.EQUAL
_TIMES: dict[tuple[str, ...], Comparison] = {
    ("before",): _LESS,
    ("prior", "to"): _LESS,
    ("earlier", "than"): _LESS,
    ("after",): _GREATER,
    ("later", "than"): _GREATER,
    ("since",): _GREATER_EQUAL,
    ("not", "before"): _GREATER_EQUAL,
    ("no", "earlier", "than"): _GREATER_EQUAL,
    ("not", "earlier", "than"): _GREATER_EQUAL,
    ("until",): _LESS_EQUAL,
    ("till",): _LESS_EQUAL,
    ("up", "to"): _LESS_EQUAL,
    ("by",): _LESS_EQUAL,
    ("not", "after"): _LESS_EQUAL,
    ("no", "later", "than"): _LESS_EQUAL,
    ("not", "later", "than"): _LESS_EQUAL,
    ("in",): _EQUAL,
    ("during",): _EQUAL,
    ("throughout",): _EQUAL,
    ("within",): _EQUAL,
    ("on",): _EQUAL,
    ("of",): _EQUAL,
}
_BOUNDS: dict[tuple[str, ...], Comparison] = {
    ("more", "than"): _GREATER,
    ("greater", "than"): _GREATER,
    ("less", "than"): _LESS,
    ("fewer", "than"): _LESS,
    ("no", "more", "than"): _LESS_EQUAL,
    ("not", "more", "than"): _LESS_EQUAL,
    ("no", "less", "than"): _GREATER_EQUAL,
    ("not", "less", "than"): _GREATER_EQUAL,
    ("no", "fewer", "than"): _GREATER_EQUAL,
    ("at", "least"): _GREATER_EQUAL,
    ("minimum", "of"): _GREATER_EQUAL,
    ("at", "most"): _LESS_EQUAL,
    ("maximum", "of"): _LESS_EQUAL,
    ("up", "to"): _LESS_EQUAL,
    ("upward", "of"): _GREATER,
    ("upwards", "of"): _GREATER,
    ("in", "excess", "of"): _GREATER,
    ("north", "of"): _GREATER,
    ("south", "of"): _LESS,
    ("over",): _GREATER,
    ("above",): _GREATER,
    ("exceeding",): _GREATER,
    ("exceeds",): _GREATER,
    ("exceed",): _GREATER,
    ("exceeded",): _GREATER,
    ("topping",): _GREATER,
    ("surpassing",): _GREATER,
    ("beyond",): _GREATER,
    ("under",): _LESS,
    ("below",): _LESS,
    ("exactly",): _EQUAL,
}
_TAILS = {"more": _GREATER_EQUAL, "less": _LESS_EQUAL, "fewer": _LESS_EQUAL}
_TAILS |= {"later": _GREATER_EQUAL, "after": _GREATER_EQUAL, "earlier": _LESS_EQUAL, "before": _LESS_EQUAL}
_LONGEST = 3
_ABOUT = ("the", "about", "roughly", "around", "approximately", "some", "nearly", "almost")


def read_bounds(words: Sequence[str], free: Sequence[str]) -> tuple[ValueCue, ...]:
    """The bounds that a question sets, without overlap, in order.

    Args:
        words: in lower case
        free: the same with the words of names blank: only these may open a bound
    """
    out: list[ValueCue] = []
    taken = -1
    for i, word in enumerate(free):
        if i <= taken or not word:
            continue
        found = _range(words, free, i) or _bound(words, free, i)
        out += found
        taken = max((max(cue.tokens) for cue in found), default=taken)
    return tuple(out)


def _range(words: Sequence[str], free: Sequence[str], i: int) -> list[ValueCue]:
    """ "Between 5 and 10", "from 1800 to 1850"."""
    joints = {"between": ("and",), "from": ("to", "until", "till", "through")}.get(free[i], ())
    low = _value(words, i + 1) if joints else None
    if low is None:
        return []
    joint = max(low.tokens) + 1
    high = _value(words, joint + 1) if joint < len(words) and words[joint] in joints else None
    if high is None:
        return []
    temporal = _is_time(low.first) and _is_time(high.last)
    return [
        ValueCue(frozenset((i, *low.tokens)), _GREATER_EQUAL, low.first, temporal, max(high.tokens) + 1),
        ValueCue(frozenset((joint, *high.tokens)), _LESS_EQUAL, high.last, temporal, max(high.tokens) + 1),
    ]


def _bound(words: Sequence[str], free: Sequence[str], i: int) -> list[ValueCue]:
    for length in range(_LONGEST, 0, -1):
        phrase = tuple(free[i : i + length])
        if len(phrase) < length:
            continue
        comparison = _TIMES.get(phrase)
        if comparison is not None and (moment := read_moment(words, i + length, scales=_SCALES)) is not None:
            later = _tail(words, max(moment.tokens) + 1)
            opener = (*range(i, i + length), *(later[1] if later else ()))
            return _of_moment(moment, later[0] if later else comparison, opener)
        comparison = _BOUNDS.get(phrase) or _graded(phrase)
        if comparison is not None and (value := _value(words, i + length)) is not None:
            tokens = (*range(i, i + length), *value.tokens)
            temporal = _is_time(value.first) and phrase not in (("over",), ("above",))
            return [ValueCue(frozenset(tokens), comparison, value.first, temporal, max(tokens) + 1)]
    return _or_more(words, i)


def _graded(phrase: tuple[str, ...]) -> Comparison | None:
    """ "Heavier than", "shorter than"."""
    if len(phrase) != 2 or phrase[1] != "than" or (graded := degree(phrase[0])) is None:
        return None
    return _GREATER if MEASURES[graded[0]][1] else _LESS


def _or_more(words: Sequence[str], i: int) -> list[ValueCue]:
    """ "10 or more", "1900 or later"."""
    if (value := _value(words, i)) is None:
        return []
    tail = _tail(words, max(value.tokens) + 1)
    if tail is None:
        return []
    tokens = frozenset((*value.tokens, *tail[1]))
    return [ValueCue(tokens, tail[0], value.first, _is_time(value.first), max(tokens) + 1)]


def _tail(words: Sequence[str], i: int) -> tuple[Comparison, tuple[int, int]] | None:
    """What follows a value: "or more", "or later", "and after"."""
    comparison = _TAILS.get(words[i + 1]) if i + 1 < len(words) and words[i] in ("or", "and") else None
    return None if comparison is None else (comparison, (i, i + 1))


def _of_moment(moment: Moment, comparison: Comparison, opener: tuple[int, ...]) -> list[ValueCue]:
    tokens = frozenset((*opener, *moment.tokens))
    end = max(tokens) + 1
    if comparison is _EQUAL and moment.long:
        return [
            ValueCue(tokens, _GREATER_EQUAL, moment.first, True, end),
            ValueCue(tokens, _LESS_EQUAL, moment.last, True, end),
        ]
    value = moment.last if comparison in (_GREATER, _LESS_EQUAL) else moment.first
    return [ValueCue(tokens, comparison, value, True, end)]


def _is_time(value: Literal) -> bool:
    return value.type in (LiteralType.YEAR, LiteralType.DATE)


def _value(words: Sequence[str], i: int) -> Moment | None:
    return read_moment(words, i, scales=_SCALES) or _number(words, i)


def _number(words: Sequence[str], i: int) -> Moment | None:
    """The number at position ``i`` with the positions of its words (scales too)."""
    first = i
    while i < len(words) and words[i] in _ABOUT:
        i += 1
    if i >= len(words):
        return None
    word = words[i]
    if _NUMBER.match(word):
        value = float(word.replace(",", ""))
    elif (numeral := read_numeral(words, i)) is not None:
        value, i = numeral[0], numeral[1] - 1
    else:
        return None
    end = i + 1
    while end < len(words) and words[end] in SCALES:
        value *= SCALES[words[end]]
        end += 1
    whole = value.is_integer()
    text = str(int(value)) if whole else repr(value)
    number = Literal(text, LiteralType.INTEGER if whole else LiteralType.DECIMAL)
    return Moment(tuple(range(first, end)), number, number)
