"""Stems by language: Snowball (Porter, 2001) where it has the language, our own for English."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from kgqa.english.stemming import stem as english_stem
from kgqa.english.stemming import trim_ending
from kgqa.languages.lexicon import ENGLISH, primary

_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "es": "spanish", "et": "estonian",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


@lru_cache(maxsize=100_000)
def stem_in(word: str, language: str) -> str:
    """The stem of a lower-case word of a language; the word itself where nothing is known of the language.

    Without the extra ``languages`` (snowballstemmer) only the usual last endings are taken off.
    """
    code = primary(language)
    if code == ENGLISH:
        return english_stem(word)
    name = _SNOWBALL.get(code)
    if name is None:
        return word
    stemmer = _stemmer(name)
    return trim_ending(word) if stemmer is None else str(stemmer.stemWord(word))


@cache
def _stemmer(name: str) -> Any:
    try:
        import snowballstemmer
    except ImportError:
        return None
    return snowballstemmer.stemmer(name)
