"""Names and texts as comparable tokens: Unicode NFKC, case folded, accents folded, punctuation dropped.

One function serves names, questions and passages, so that equal names meet. Each token keeps where it stood.
Scripts written without spaces (Han, kana, Thai and their like) and Hangul give one token a character.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache, partial
from typing import NamedTuple

_ASCII_TOKEN = re.compile(r"[0-9a-z$+<=>|~]+")
_CHUNK = re.compile(r"\S+")
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_HANGUL = (0xAC00, 0xD7A3)
# Letters that no decomposition takes apart.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
# The characters first, then what stands before and after them: so most names are passed over at once.
_JOINING = re.compile(r"['’ʼ.\-‐‑,](?:(?<=\w['’ʼ.])|(?<=\w[\-‐‑])(?=\w)|(?<=\d,)(?=\d))")


class Token(NamedTuple):
    """A normalised token and the code points [start, end) that it came from.

    ``starts`` says whether a word begins here: False inside a run of Hangul, where endings follow a name at once, and
    inside a run of katakana, in which foreign names are written. ``ends``: False where the run of katakana goes on.
    """

    key: str
    start: int
    end: int
    starts: bool = True
    ends: bool = True


_token = partial(tuple.__new__, Token)  # without the checks of Token(...): texts have very many


def tokenise(text: str) -> list[Token]:
    """The tokens of ``text`` in order; offsets count its code points."""
    if text.isascii():
        return [_token((m.group(), m.start(), m.end(), True, True)) for m in _ASCII_TOKEN.finditer(text.lower())]
    tokens: list[Token] = []
    for chunk in _CHUNK.finditer(text):
        word, base = chunk.group(), chunk.start()
        if word.isascii():
            for match in _ASCII_TOKEN.finditer(word.lower()):
                tokens.append(Token(match.group(), base + match.start(), base + match.end()))
        else:
            tokens += [
                Token(key, base + start, base + end, starts, ends)
                for key, start, end, starts, ends in _word_tokens(word)
            ]
    return tokens


def name_key(text: str) -> str:
    """The key under which a name is found: its tokens, joined by one space; empty for a name of mere punctuation."""
    if text.isascii():
        return " ".join(_ASCII_TOKEN.findall(text.lower()))
    keys: list[str] = []
    for word in text.split():
        if word.isascii():
            keys += _ASCII_TOKEN.findall(word.lower())
        else:
            keys += [token[0] for token in _word_tokens(word)]
    return " ".join(keys)


def name_keys(name: str) -> tuple[str, ...]:
    """The keys of a name: as written, and joined over apostrophes, full stops and hyphens ("schindlers", "jrr")."""
    key = name_key(name)
    if not key:
        return ()
    if _JOINING.search(name):
        joined = name_key(_JOINING.sub("", name))
        if joined and joined != key:
            return key, joined
    return (key,)


def surface(text: str) -> str:
    """Case and width folded, accents and punctuation kept: tells "Peña" from "Pena" where both are names."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def is_unspaced(character: str) -> bool:
    """Whether the character's script is written without spaces between words."""
    code = ord(character)
    return code >= 0x0E00 and any(low <= code <= high for low, high in _UNSPACED)


def is_katakana(character: str) -> bool:
    """Whether this is one character of katakana, half-width included; the middle dot parts words."""
    return len(character) == 1 and (
        "\u30a1" <= character <= "\u30fa" or character in "ーヽヾ" or "ｦ" <= character <= "ﾟ"
    )


@lru_cache(maxsize=1 << 15)  # words come again and again in names
def _word_tokens(word: str) -> tuple[tuple[str, int, int, bool, bool], ...]:
    """(key, start, end, starts, ends) of each token of a chunk without white space."""
    tokens: list[tuple[str, int, int, bool, bool]] = []
    key, start, end = "", 0, 0
    in_hangul = False
    position = 0
    while position < len(word):
        stop = position + 1
        while stop < len(word) and _continues(word[stop]):
            stop += 1
        for character, joins, apart, hangul in _folded(word[position:stop]):
            if joins:
                if not key:
                    start = position
                key += character
                end = stop
            else:
                if key:
                    tokens.append((key, start, end, True, True))
                    key = ""
                if apart:
                    run = is_katakana(word[position])
                    starts = not ((hangul and in_hangul) or (run and is_katakana(word[position - 1 : position])))
                    ends = not (run and is_katakana(word[stop : stop + 1]))
                    tokens.append((character, position, stop, starts, ends))
            in_hangul = hangul
        position = stop
    if key:
        tokens.append((key, start, end, True, True))
    return tuple(tokens)


@lru_cache(maxsize=1 << 14)
def _folded(cluster: str) -> tuple[tuple[str, bool, bool, bool], ...]:
    """The characters of a folded cluster (one character with the marks that follow it).

    Each with whether it joins the token under way, whether it is one of its own, and whether it is Hangul.
    """
    out = []
    for character in _fold(cluster):
        hangul = _HANGUL[0] <= ord(character) <= _HANGUL[1]
        apart = hangul or is_unspaced(character)
        word = hangul or _is_word(character)
        out.append((character, word and not apart, word and apart, hangul))
    return tuple(out)


def _fold(cluster: str) -> str:
    """One cluster, folded. Marks are dropped where they are accents, kept where they change the letter (kana)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
    if folded.isascii():
        return folded
    parts = unicodedata.normalize("NFD", folded)
    kept = "".join(_LETTERS.get(character, character) for character in parts if not _is_accent(character))
    return unicodedata.normalize("NFC", kept)


def _continues(character: str) -> bool:
    """Whether the character joins the one before it: a mark, a conjoining Hangul letter, a voiced-sound mark."""
    code = ord(character)
    if code < 0x300:
        return False
    return (
        unicodedata.category(character)[0] == "M"
        or 0x1160 <= code <= 0x11FF
        or 0xD7B0 <= code <= 0xD7FF
        or code in (0xFF9E, 0xFF9F)
        or 0xFFA0 <= code <= 0xFFDC
    )


def _is_accent(character: str) -> bool:
    """Marks that a reader leaves out: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs."""
    code = ord(character)
    return (
        0x0300 <= code <= 0x036F
        or 0x0591 <= code <= 0x05BD
        or 0x064B <= code <= 0x0652
        or 0x1AB0 <= code <= 0x1AFF
        or 0x1DC0 <= code <= 0x1DFF
        or 0x20D0 <= code <= 0x20FF
        or code == 0x0670
    )


def _is_word(character: str) -> bool:
    """Letters, marks, numbers and symbols make tokens; punctuation, separators and controls part them."""
    category = unicodedata.category(character)
    return category[0] in "LMN" or category in ("Sm", "Sc", "So", "Co")
