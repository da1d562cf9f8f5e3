"""A text in any language as words: closed-class ones in English, the others with the stem of their language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kgqa.english.function_words import WH_WORDS
from kgqa.english.stemming import stem
from kgqa.languages.lexicon import ENGLISH, JAPANESE, WORD, Lexicon, lexicon, primary
from kgqa.languages.stemming import stem_in

_ENGLISH_WORD = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|[^\W_]+(?:['’][^\W_]+)*")
_CONTRACTED = re.compile(r"(\w+?)['’]?(?:s|re|d|ll)")
# Runs of one script: figures, Latin letters, Han, katakana; hiragana is grammar.
_RUN = re.compile(
    r"(?P<number>\d[\d,]*(?:\.\d+)?)|(?P<latin>[A-Za-zÀ-ɏ]+)|(?P<han>[\u3005\u3400-\u4dbf\u4e00-\u9fff]+)"
    r"|(?P<katakana>[\u30a1-\u30fa\u30fc]+)|(?P<hiragana>[\u3041-\u309f]+)"
)
_GRAMMAR = "the"


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place (code points). ``lower`` is the English counterpart of a closed-class word."""

    text: str
    lower: str
    stem: str
    start: int
    end: int


def words_of(text: str, language: str = ENGLISH, *, names: Iterable[tuple[int, int]] = ()) -> tuple[Word, ...]:
    """The words of ``text``. ``names``: spans that are kept whole where a script has no spaces."""
    if primary(language) == JAPANESE:
        return tuple(_japanese(text, sorted(names, key=lambda span: (span[0], -span[1]))))
    known = lexicon(language)
    if known is None:
        return tuple(
            Word(match.group(), lower := _asking(match.group().lower()), _stem(lower, language), *match.span())
            for match in _ENGLISH_WORD.finditer(text)
        )
    return tuple(_spaced(text, language, known))


def _asking(word: str) -> str:
    """A question word without what is contracted with it ("what's", "whos")."""
    contracted = _CONTRACTED.fullmatch(word)
    return contracted[1] if contracted is not None and contracted[1] in WH_WORDS else word


def _stem(word: str, language: str) -> str:
    return stem(word) if primary(language) == ENGLISH else stem_in(word, language)


def _spaced(text: str, language: str, known: Lexicon) -> Iterator[Word]:
    found = [(match.group(), *match.span()) for match in WORD.finditer(text)]
    lowers = [word.lower() for word, _, _ in found]
    place = 0
    while place < len(found):
        for length in range(min(known.longest, len(found) - place), 0, -1):
            meaning = known.match(tuple(lowers[place : place + length]))
            if meaning is not None:
                yield from _read_as(text, meaning, found[place][1], found[place + length - 1][2])
                place += length
                break
        else:
            word, start, end = found[place]
            yield Word(word, lowers[place], stem_in(lowers[place], language), start, end)
            place += 1


def _japanese(text: str, names: list[tuple[int, int]]) -> Iterator[Word]:
    """Longest match of names and listed phrases; what is left, by runs of one script."""
    known = lexicon(JAPANESE)
    starts = dict(reversed(names))  # the longest name at each place
    place = 0
    while place < len(text):
        if place in starts:
            end = starts[place]
            yield Word(text[place:end], text[place:end].lower(), text[place:end].lower(), place, end)
            place = end
            continue
        phrase = _phrase(text, place, known) if known is not None else None
        if phrase is not None:
            meaning, end = phrase
            yield from _read_as(text, meaning, place, end)
            place = end
            continue
        run = _RUN.match(text, place)
        if run is None:
            place += 1
            continue
        end = _run_end(text, place, run.end(), starts, known)
        word = text[place:end]
        lower = _GRAMMAR if run.lastgroup == "hiragana" else word.lower()
        yield Word(word, lower, stem(lower) if word.isascii() else lower, place, end)
        place = end


def _run_end(text: str, start: int, end: int, names: dict[int, int], known: Lexicon | None) -> int:
    """Where a run stops: before a name, or before a listed phrase in hiragana."""
    for place in range(start + 1, end):
        if place in names:
            return place
        if known is not None and "\u3041" <= text[place] <= "\u309f":
            found = _phrase(text, place, known)
            if found is not None and found[1] - place > 1:
                return place
    return end


def _phrase(text: str, place: int, known: Lexicon) -> tuple[tuple[str, ...], int] | None:
    for length in range(min(known.longest, len(text) - place), 0, -1):
        characters = tuple(text[place : place + length])
        meaning = known.phrases.get(characters)
        if meaning is not None and not _inside_han(text, place, length):
            return meaning, place + length
    return None


def _inside_han(text: str, place: int, length: int) -> bool:
    """A single Han character or particle counts only by itself: 用 in 公用語 is no word."""
    if length > 1:
        return False

    def han(character: str) -> bool:
        return "\u4e00" <= character <= "\u9fff" or character in "々〆"

    own = text[place]
    after, before = text[place + 1 : place + 2], text[place - 1 : place] if place else ""
    if han(own):
        return bool(before and han(before)) or bool(after and han(after))
    return "\u3041" <= own <= "\u309f" and bool(
        (before and "\u3041" <= before <= "\u309f") or (after and "\u3041" <= after <= "\u309f")
    )


def _read_as(text: str, meaning: tuple[str, ...], start: int, end: int) -> Iterator[Word]:
    """The words of the English counterpart, each standing for the whole phrase."""
    for word in meaning:
        yield Word(text[start:end], word, stem(word), start, end)
