"""Spans that look like names although no name in the graph is spelt so: quoted, capitalised, or merely unexplained."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from kgqa.english.inflection import plural, singular
from kgqa.english.stemming import trim_ending
from kgqa.index.normalise import Token
from kgqa.languages.lexicon import ENGLISH, GERMAN, name_function_words

_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|「([^」]+)」|『([^』]+)』|(?<!\w)'([^']+)'(?!\w)")
_BEFORE_SENTENCE = frozenset(" \t\n\"'“«「『([")
_SENTENCE_END = frozenset(".?!。？！:")
_JOINS = frozenset(
    ("of", "the", "de", "la", "du", "van", "von", "der", "den", "di", "da", "del", "bin", "ibn", "al", "s")
)
_LINKS = _JOINS | {"and", "in", "on", "to", "for", "at"}
_PARTING = frozenset(',;?!"“”')
_LONGEST_RUN = 4  # words of a misspelt name among others that nothing explains
_SHORTEST_PLAIN = 5  # letters of a lower-case word that may be a misspelt name


class Look(Enum):
    """How a span comes to look like a name."""

    QUOTED = "quoted"
    CAPITALISED = "capitalised"
    OPENING = "opening"  # capitalised as the first word of a sentence: no evidence by itself
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class NameLike:
    """Tokens [first, last] look like a name."""

    first: int
    last: int
    look: Look


def has_case(text: str, tokens: Sequence[Token]) -> bool:
    """Whether capitals mean something here: some word but the first is capitalised, and some is not."""
    later = [text[token.start] for token in tokens[1:]]
    return any(character.isupper() for character in later) and any(character.islower() for character in later)


def plural_nouns(text: str, tokens: Sequence[Token], language: str) -> frozenset[int]:
    """Words in lower case that may be an English plural: names of kinds are asked for so ("comedies")."""
    if language != ENGLISH:
        return frozenset()
    closed = name_function_words(language)
    return frozenset(
        i
        for i, token in enumerate(tokens)
        if text[token.start].islower() and token.key not in closed and singular(token.key) != token.key
    )


def singular_nouns(text: str, tokens: Sequence[Token], language: str) -> frozenset[int]:
    """Words in lower case that may be an English noun in the singular: a kind may be named in the plural only."""
    if language != ENGLISH:
        return frozenset()
    closed = name_function_words(language)
    return frozenset(
        i
        for i, token in enumerate(tokens)
        if text[token.start].islower() and token.key.isalpha() and token.key not in closed
        if plural(token.key) != token.key
    )


def opens_sentence(text: str, token: Token) -> bool:
    """Whether only space, quotes or brackets stand between the token and the start of its sentence."""
    at = token.start - 1
    while at >= 0 and text[at] in _BEFORE_SENTENCE:
        at -= 1
    return at < 0 or text[at] in _SENTENCE_END


def capitals_name(
    text: str, tokens: Sequence[Token], explained: set[int], known: frozenset[str], *, language: str
) -> bool:
    """Whether a capital marks a name here: the text is in a language known to write only names so.

    That is one of which more than a third of the plain words are function words or words of the schema (``known``).
    German is none: it writes every noun with a capital.
    """
    if language == GERMAN:
        return False
    closed = name_function_words(language)
    plain = [
        token
        for i, token in enumerate(tokens)
        if i not in explained and (text[token.start].islower() or opens_sentence(text, token))
    ]
    ours = sum(token.key in closed or trim_ending(token.key) in known for token in plain)
    return 3 * ours > len(plain) or not plain


def quoted_spans(text: str, tokens: Sequence[Token]) -> list[NameLike]:
    """What stands in quotation marks."""
    out = []
    for match in _QUOTED.finditer(text):
        inside = [i for i, token in enumerate(tokens) if match.start() <= token.start and token.end <= match.end()]
        if inside:
            out.append(NameLike(inside[0], inside[-1], Look.QUOTED))
    return out


def capitalised_spans(
    text: str, tokens: Sequence[Token], known: frozenset[str], closed: frozenset[str]
) -> list[NameLike]:
    """Runs of capitalised words, joined over one or two function words in lower case ("Ludwig II of Bavaria").

    A word that opens a sentence counts when it is neither a function word nor one of ``known`` (stems).
    """
    out: list[NameLike] = []
    run: list[int] = []
    opening = False

    def close() -> None:
        if run:
            look = Look.OPENING if opening and len(run) == 1 else Look.CAPITALISED
            out.append(NameLike(run[0], run[-1], look))
            run.clear()

    for i, token in enumerate(tokens):
        number = bool(run) and text[token.start].isdigit() and _joined(text, tokens, run[-1], i)
        if not (text[token.start].isupper() or number):
            continue
        first = opens_sentence(text, token)
        if first and (token.key in closed or trim_ending(token.key) in known):
            close()
            continue
        if not run or not _joined(text, tokens, run[-1], i):
            close()
            opening = first
        run.append(i)
    close()
    return out


def opening_word(span: NameLike, text: str, tokens: Sequence[Token], explained: set[int]) -> bool:
    """Whether a run is a known name behind a word that only opens the sentence: "Besides Marie Curie"."""
    behind = range(span.first + 1, span.last + 1)
    known = len(behind) > 0 and explained.issuperset(behind) and span.first not in explained
    return known and span.look is Look.CAPITALISED and opens_sentence(text, tokens[span.first])


def runs_within(span: NameLike) -> Iterator[NameLike]:
    """A span and the short runs of its words, longest first, from left to right."""
    whole = span.last - span.first + 1
    for length in (whole, *range(min(whole - 1, _LONGEST_RUN), 0, -1)):
        for first in range(span.first, span.last - length + 2):
            yield NameLike(first, first + length - 1, span.look)


def unexplained_parts(span: NameLike, tokens: Sequence[Token], explained: set[int]) -> list[NameLike]:
    """A run that was joined over small words is parted again where one side is a name by itself.

    "Hauptstadt von Frankreich" leaves "Hauptstadt" when "Frankreich" is known.
    """
    if span.look is not Look.CAPITALISED:
        return [span]
    parts: list[list[int]] = [[]]
    for i in range(span.first, span.last + 1):
        if tokens[i].key in _JOINS:
            parts.append([])
        else:
            parts[-1].append(i)
    parts = [part for part in parts if part]
    if not any(explained.issuperset(part) for part in parts):
        return [span]
    return [NameLike(part[0], part[-1], span.look) for part in parts if not explained.issuperset(part)]


def _joined(text: str, tokens: Sequence[Token], before: int, after: int) -> bool:
    if after - before > 3:
        return False
    gap = text[tokens[before].end : tokens[after].start]
    if gap != " " and not _PARTING.isdisjoint(gap):
        return False
    return all(token.key in _JOINS for token in tokens[before + 1 : after])


def plain_spans(
    tokens: Sequence[Token], explained: set[int], known: frozenset[str], closed: frozenset[str]
) -> list[NameLike]:
    """Runs of words that are neither explained nor function words nor words of the schema (``known``: stems).

    Two runs with one small word between may be one name ("salt and smoke"): they come first, as one.
    """
    out: list[NameLike] = []
    run: list[int] = []
    for i, token in enumerate([*tokens, None]):
        free = (
            token is not None
            and i not in explained
            and token.key not in closed
            and trim_ending(token.key) not in known
            and not token.key.isdigit()
        )
        if free:
            run.append(i)
        elif run:
            if max(len(tokens[j].key) for j in run) >= _SHORTEST_PLAIN:
                out.append(NameLike(run[0], run[-1], Look.PLAIN))
            run = []
    pairs = [
        NameLike(before.first, after.last, Look.PLAIN)
        for before, after in pairwise(out)
        if after.first - before.last == 2 and tokens[before.last + 1].key in _LINKS
    ]
    return [*pairs, *out]
