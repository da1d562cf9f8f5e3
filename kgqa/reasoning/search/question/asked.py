"""What a question asks for: its question word, and the noun that names the answer."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kgqa.english.degrees import ORDINALS, degree
from kgqa.english.function_words import (
    ARTICLES,
    ASKING,
    AUXILIARIES,
    BOOLEAN_OPENERS,
    FILLERS,
    FUNCTION_WORDS,
    PREPOSITIONS,
    QUANTITIES,
    REQUESTS,
    TIME_PREPOSITIONS,
)
from kgqa.english.inflection import participle, past_tense, plural, singular


class Asked(StrEnum):
    """What kind of answer the question word asks for."""

    THING = "thing"
    WHO = "who"
    WHERE = "where"
    WHEN = "when"
    QUANTITY = "quantity"
    COUNT = "count"
    BOOLEAN = "boolean"


def read_asked(
    words: Sequence[str], pauses: frozenset[int] = frozenset(), *, requested: bool = False
) -> tuple[Asked, int | None, tuple[int, ...]]:
    """What is asked for, the position of the question word, and those of the noun that it asks for.

    Args:
        words: in lower case, those of names blank
        pauses: words before which a comma or the like stands
        requested: whether something before these words has asked already ("tell me")
    """
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        if word == "how" and following == "many":
            return Asked.COUNT, i, _noun_after(words, i + 2)
        if word in QUANTITIES and following == "of" and _opens(words, i):
            return Asked.COUNT, i, _noun_after(words, i + 2)
        if word in ("count", "total") and i <= 1:
            return Asked.COUNT, i, _noun_after(words, i + 1)
    if words and words[0] in BOOLEAN_OPENERS and not (_alternative(words) or _polite(words)):
        return Asked.BOOLEAN, 0, ()
    asking = [
        i for i, word in enumerate(words) if word in ASKING and (i in pauses or not _relative(words, i, requested))
    ]
    if not asking and words and words[0] in PREPOSITIONS:  # "In the city where he was born, who rules?"
        asking = [i for i, word in enumerate(words) if word in ASKING][-1:]
    # "Who lives next to it, which countries?": the question word that has a noun says more.
    for i in sorted(asking, key=lambda i: (words[i] not in ("which", "what") or not _noun_after(words, i + 1), i)):
        word = words[i]
        if word in ("who", "whom"):
            return Asked.WHO, i, ()
        if word == "where":
            return Asked.WHERE, i, ()
        if word == "when":
            return Asked.WHEN, i, ()
        if word == "how":
            return Asked.QUANTITY, i, _noun_after(words, i + 1)
        noun = _noun_after(words, i + 1) or _noun_after_name(words, i + 1)
        return Asked.THING, i, noun or _noun_after_copula(words, i + 1)
    return Asked.THING, None, _noun_after(words, 0)


def _opens(words: Sequence[str], i: int) -> bool:
    """Whether nothing but function words stands before: "What is the number of", not "the atomic number of"."""
    return all(word in FUNCTION_WORDS for word in words[:i] if word)


def _alternative(words: Sequence[str]) -> bool:
    """ "Do more people live in A or in B?" asks which of the two."""
    return "or" in words and any(word in ("more", "fewer", "less") for word in words)


def _polite(words: Sequence[str]) -> bool:
    """ "Could you tell me", "do you know": a request, no question of yes or no; nor is German "was ist", "what is"."""
    asks = words[1:2] == ["you"] and any(word in REQUESTS for word in words[2:4])
    return asks or tuple(words[:2]) == ("was", "ist")


def _relative(words: Sequence[str], i: int, requested: bool) -> bool:
    """Whether a question word opens a relative clause: "the country in which", "people who", "the place where".

    It does after a noun (and a preposition) when something else has asked: an earlier question word, or a request.
    """
    if i == 0:
        return False
    before = words[i - 1]
    if words[i] == "which" and before not in FUNCTION_WORDS:
        return True
    behind = i - 2 if before in PREPOSITIONS | TIME_PREPOSITIONS else i - 1
    noun = behind >= 0 and words[behind] not in FUNCTION_WORDS
    asked = requested or any(word in ASKING or word in REQUESTS for word in words[:i])
    return noun and (asked or words[i] != "which") and (asked or _opens_with_noun(words, i))


def _opens_with_noun(words: Sequence[str], i: int) -> bool:
    """Whether the question is a bare noun phrase: "the country where it was found"."""
    return not any(word in AUXILIARIES for word in words[:i])


def _noun_after(words: Sequence[str], i: int) -> tuple[int, ...]:
    """The content words that follow directly, articles and fillers skipped; a plural or a verb ends them."""
    skip = ARTICLES | FILLERS | {"me", "us", "of", "different"}
    while i < len(words) and not noun_use(words, i) and (words[i] in skip or degree(words[i]) or _rank(words, i)):
        i += 1
    out: list[int] = []
    while (
        i < len(words) and words[i] and (words[i] not in FUNCTION_WORDS or noun_use(words, i)) and not degree(words[i])
    ):
        if out and (participle(words[i]) or past_tense(words[i])):
            break
        out.append(i)
        if plural(words[i]) == words[i] and singular(words[i]) != words[i]:
            break
        i += 1
    return tuple(out[:3])


def _noun_after_name(words: Sequence[str], i: int) -> tuple[int, ...]:
    """ "Which Paris museums are": the plural behind a name that only tells it apart."""
    while 0 < i < len(words) and words[i] == "":
        i += 1
    if i >= len(words) or words[i - 1] != "" or words[i] in FUNCTION_WORDS:
        return ()
    ends = i + 1 == len(words) or words[i + 1] not in ARTICLES | {""}
    return (i,) if ends and plural(words[i]) == words[i] != singular(words[i]) else ()


def noun_use(words: Sequence[str], i: int) -> bool:
    """Whether a word that also asks for an answer is a noun here: "the first show", not "show the first"."""
    if words[i] != "show" or i == 0:
        return False
    before = words[i - 1]
    return before in ARTICLES | {"which", "what"} or before in ORDINALS or degree(before) is not None


def _rank(words: Sequence[str], i: int) -> bool:
    """Whether a word ranks the superlative behind it: "the second largest"."""
    return words[i] in ORDINALS and i + 1 < len(words) and bool(degree(words[i + 1]) or words[i + 1] == "most")


def _noun_after_copula(words: Sequence[str], i: int) -> tuple[int, ...]:
    """ "What is the capital of", "what are the countries that": the noun behind the copula and its article."""
    if i < len(words) and words[i] in ("is", "are", "was", "were"):
        return _noun_after(words, i + 1)
    return ()
