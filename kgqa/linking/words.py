"""English function words: a name made only of these is doubted, and never taken for a misspelt name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from kgqa.index.normalise import tokenise

_WORDS = """
    a an the this that these those i me my we us our you your he him his she her hers it its they them their theirs
    who whom whose what which when where why how one ones same other others another such each every all any both some
    no not none only own and or nor but if than as so yet while although because whether of in on at by for from to
    with without within about into onto over under between among through during before after since until against per
    via up down out off near along across around behind beyond upon toward towards except despite is are was were be
    been being am do does did done has have had having can could may might must shall should will would there here
    also too very just more most less least much many few several first last next then now ever never always again
    please tell give list name show find get say know want let many number amount total count sort kind type s t d ll
    re ve m
    """
FUNCTION_WORDS = frozenset(_WORDS.split())
_ENDINGS = ("ings", "ing", "ers", "ors", "ies", "ied", "er", "or", "ed", "es", "s", "e", "y")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A crude stem, enough to see that "directors", "directed" and "director" are about one thing."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of the content words in these labels."""
    return frozenset(stem(token.key) for word in words for token in tokenise(word) if token.key not in FUNCTION_WORDS)
