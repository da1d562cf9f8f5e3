"""Closed-class words of a language by their English counterparts, and which language a text is in.

What reads a question knows English function words, degrees and question words. A word of another language that has an
English counterpart among those is read as that; every other word stays and is compared by its stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kgqa.english.function_words import FUNCTION_WORDS, NAME_FUNCTION_WORDS, WH_WORDS
from kgqa.languages import french, german, japanese, spanish

ENGLISH, GERMAN, JAPANESE = "en", "de", "ja"
_TABLES = {GERMAN: german.PHRASES, "es": spanish.PHRASES, "fr": french.PHRASES, JAPANESE: japanese.PHRASES}
LANGUAGES = (ENGLISH, *_TABLES)
WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W_]+")
_KANA = re.compile(r"[\u3040-\u309f\u30a0-\u30fa]")
_QUESTION_WORDS = frozenset(("who", "whom", "whose", "what", "which", "when", "where", "how", "by"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``phrases``: runs of lower-case words and their English counterparts; ``bare``: the same without accents.

    ``own``: single words that are no English function words, by which a text in this language is known.
    """

    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    bare: Mapping[tuple[str, ...], tuple[str, ...]]
    own: frozenset[str]
    longest: int

    def match(self, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """The English counterpart of exactly these words, accents aside where nobody wrote any."""
        found = self.phrases.get(words)
        return self.bare.get(words) if found is None else found


@cache
def lexicon(language: str) -> Lexicon | None:
    """The lexicon of a language by its tag ("de", "de-AT"); None for English and for what is not known."""
    table = _TABLES.get(primary(language))
    if table is None:
        return None
    phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in table.strip().splitlines():
        left, right = line.split(" = ")
        keys, meanings = left.split(" | "), right.split(" | ")
        for place, key in enumerate(keys):
            words = tuple(key) if language == JAPANESE else tuple(key.split())
            phrases[words] = tuple((meanings[place] if len(meanings) > 1 else meanings[0]).split())
    bare = {tuple(map(without_accents, words)): meaning for words, meaning in phrases.items()}
    own = frozenset(words[0] for words in phrases if len(words) == 1) - FUNCTION_WORDS - NAME_FUNCTION_WORDS
    return Lexicon(phrases, bare, own, max(map(len, phrases)))


def primary(language: str) -> str:
    """The language of a tag: "de" of "de-AT"."""
    return language.replace("_", "-").split("-")[0].lower()


def without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(part for part in parts if not 0x300 <= ord(part) <= 0x36F))


def language_of(text: str) -> str:
    """The language that a question is in, by its closed-class words; English unless another is plain.

    An English question word keeps it English, so that a foreign title does not turn a question. Otherwise kana make it
    Japanese; any other language must have two words that English lacks, or one question word, and more of them than
    English has words that it lacks.
    """
    words = [match.group().lower() for match in WORD.finditer(text)]
    if any(word in WH_WORDS for word in words):
        return ENGLISH
    if _KANA.search(text) is not None and not any(word.isascii() and word in FUNCTION_WORDS for word in words):
        return JAPANESE
    best, most = ENGLISH, 0
    for language in _TABLES:
        if language == JAPANESE or (known := lexicon(language)) is None:
            continue
        own = [word for word in words if word in known.own]
        english = sum(word in FUNCTION_WORDS and (word,) not in known.phrases for word in words)
        asks = any((known.phrases[(word,)][0] in _QUESTION_WORDS) for word in own)
        if len(own) > max(english, most) and (len(own) > 1 or asks):
            best, most = language, len(own)
    return best


@cache
def name_function_words(language: str) -> frozenset[str]:
    """Words of which a name hardly consists, without accents, for a text in this language: English's or its own."""
    known = lexicon(language)
    if known is None or primary(language) == JAPANESE:
        return NAME_FUNCTION_WORDS
    return frozenset(without_accents(word).replace("ß", "ss") for words in known.phrases for word in words)
