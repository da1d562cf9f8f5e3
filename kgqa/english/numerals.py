"""Numbers in words: "twenty-six", "two hundred and five", "fifty million", "nineteen eighty-four"."""

from __future__ import annotations

from collections.abc import Sequence

from kgqa.english.degrees import NUMBER_WORDS, SCALES

_TENS = {
    word: 10 * place
    for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_UNITS = {word: value for word, value in NUMBER_WORDS.items() if value < 20}
_DECADES = {word[:-1] + "ies": value for word, value in _TENS.items()}
_SMALL = _UNITS.keys() | _TENS.keys()
_HUNDRED, _DOZEN = "hundred", "dozen"


def read_numeral(words: Sequence[str], i: int) -> tuple[float, int] | None:
    """The number that words from position ``i`` on say, with the position behind them; None when they say none.

    "A" and "half a" count as openings: "a hundred", "half a million", "a dozen".
    """
    factor = 1.0
    if tuple(words[i : i + 2]) == ("half", "a"):
        factor, i = 0.5, i + 2
    elif tuple(words[i : i + 1]) == ("a",) and i + 1 < len(words) and words[i + 1] in (*SCALES, _DOZEN):
        i += 1
    total, part, room, said = 0.0, 0.0, 1000, False  # the next word must say less than ``room``
    while i < len(words):
        word = words[i]
        value = _TENS.get(word, _UNITS.get(word))
        if value is not None and value < room:
            part, room = part + value, 10 if word in _TENS else 1
        elif word in (_HUNDRED, _DOZEN) and part < 100:
            part, room = (part or 1.0) * (100 if word == _HUNDRED else 12), 100 if word == _HUNDRED else 1
        elif word in SCALES and word != _HUNDRED:
            total, part, room = total + (part or 1.0) * SCALES[word], 0.0, 1000
        elif not (said and word == "and" and room >= 100 and words[i + 1 : i + 2] and words[i + 1] in _SMALL):
            break
        said, i = True, i + 1
    return ((total + part) * factor, i) if said else None


def read_year(words: Sequence[str], i: int) -> tuple[int, int, int] | None:
    """The years (first, last) that words from ``i`` on say as people say years, with the position behind them.

    "Nineteen eighty-four", "eighteen twenties", "eighteen hundreds"; None when they say none.
    """
    century = NUMBER_WORDS.get(words[i], 0) if i < len(words) else 0
    if not 11 <= century <= 20:
        return None
    after = words[i + 1] if i + 1 < len(words) else ""
    if after == "hundreds":
        return 100 * century, 100 * century + 99, i + 2
    if after in _DECADES:
        return 100 * century + _DECADES[after], 100 * century + _DECADES[after] + 9, i + 2
    rest = read_numeral(words, i + 1) if after in _TENS or 10 <= NUMBER_WORDS.get(after, 0) < 20 else None
    if after in ("oh", "o") and 0 < NUMBER_WORDS.get(words[i + 2] if i + 2 < len(words) else "", 0) < 10:
        return (year := 100 * century + NUMBER_WORDS[words[i + 2]]), year, i + 3
    if rest is None or rest[0] > 99:
        return None
    return 100 * century + int(rest[0]), 100 * century + int(rest[0]), rest[1]
