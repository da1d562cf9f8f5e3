"""Operators that a question's closed-class words ask for: count, yes/no, superlative, comparison, values, negation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.english.function_words import EXCLUSIONS, NEGATIONS, SHARING
from kgqa.reasoning.search.question.asked import Asked, read_asked
from kgqa.reasoning.search.question.bounds import ValueCue, read_bounds
from kgqa.reasoning.search.question.degrees import DegreeCue, read_degrees
from kgqa.reasoning.search.question.frame import Frame


@dataclass(frozen=True, slots=True)
class Cues:
    """All operator cues of one question; numbers are token positions.

    ``exclusion``: the negation takes a name out ("besides", "other than") rather than denying what follows.
    """

    asked: Asked
    wh: int | None
    noun: tuple[int, ...]
    superlatives: tuple[DegreeCue, ...] = ()
    comparatives: tuple[DegreeCue, ...] = ()
    values: tuple[ValueCue, ...] = ()
    negation: int | None = None
    exclusion: bool = False
    sharing: tuple[int, ...] = ()
    alternatives: tuple[int, ...] = ()


def find_cues(
    words: Sequence[str], named: Sequence[bool], pauses: frozenset[int] = frozenset(), *, frame: Frame | None = None
) -> Cues:
    """Reads the cues of a question.

    Args:
        words: its words in lower case
        named: for each word, whether it stands inside a certain name and so is no cue. shape: (len(words),)
        pauses: words before which a comma or the like stands
        frame: which of the words are the question itself; None: all
    """
    frame = frame or Frame(0, len(words))
    free = [word if not inside and frame.holds(i) else "" for i, (word, inside) in enumerate(zip(words, named))]
    asked, wh, noun = _read_asked(words, named, pauses, frame)
    superlatives, comparatives = read_degrees(free)
    values = read_bounds(words, free)
    taken = frozenset().union(*(cue.tokens for cue in values))
    # What opens a question negates nothing: "Isn't Paris the capital?" asks whether it is.
    negation = next((i for i, word in enumerate(free) if i not in taken and _negates(free, i)), None)
    return Cues(
        asked=asked,
        wh=wh,
        noun=noun,
        superlatives=tuple(cue for cue in superlatives if cue.index not in taken),
        comparatives=tuple(cue for cue in comparatives if cue.index not in taken),
        values=values,
        negation=negation,
        exclusion=negation is not None and _excludes(free, negation),
        sharing=tuple(i for i, word in enumerate(free) if word in SHARING),
        alternatives=tuple(i for i, word in enumerate(free) if word == "or" and i not in taken),
    )


def _read_asked(
    words: Sequence[str], named: Sequence[bool], pauses: frozenset[int], frame: Frame
) -> tuple[Asked, int | None, tuple[int, ...]]:
    """What the words inside the frame ask for."""
    start = frame.verb[-1] + 1 if frame.verb else frame.first
    own = ["" if named[i] else words[i] for i in range(start, frame.last)]
    inside = frozenset(i - start for i in pauses if start < i < frame.last)
    asked, wh, noun = read_asked(own, inside, requested=start > 0)
    if frame.truth:
        return Asked.BOOLEAN, frame.first, ()
    if frame.verb and words[frame.verb[0]] == "count":
        return Asked.COUNT, frame.verb[0], tuple(i + start for i in noun)
    return asked, None if wh is None else wh + start, tuple(i + start for i in noun)


def _negates(words: Sequence[str], i: int) -> bool:
    return _excludes(words, i) or (i > 0 and words[i] in NEGATIONS)


def _excludes(words: Sequence[str], i: int) -> bool:
    """ "Except", "other than", "apart from", "aside from"."""
    pair = (words[i], words[i + 1] if i + 1 < len(words) else "")
    return words[i] in EXCLUSIONS or pair in (("other", "than"), ("apart", "from"), ("aside", "from"))
