"""Identifiers read as words: ``place_of_birth``, ``placeOfBirth``, ``__film__cinematographer__film``, an IRI's end."""

from __future__ import annotations

import re
from functools import lru_cache

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://?\S+|urn:\S+")
_IRI_END = re.compile(r"[#/:]")
_PATH_BREAKS = re.compile(r"[/.]|__+")
_BREAKS = re.compile(r"[_\s./\\:]+")
# Between a small letter or digit and a capital, and before the last capital of a run: "placeOfBirth", "isDVDOf".
_CAMEL = re.compile(r"(?<=[^\W\d_])(?<![A-ZÀ-Þ])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zß-ÿ])")


@lru_cache(maxsize=65536)
def as_words(identifier: str) -> str:
    """The identifier as lower-case words with single spaces; acronyms keep their capitals.

    Repeated parts of a path are said once, so ``__film__cinematographer__film`` reads "film cinematographer".
    Text without letters or digits is returned as it is.
    """
    text = identifier.strip()
    if _IRI.fullmatch(text):
        parts = [part for part in _IRI_END.split(text) if part]
        text = parts[-1] if parts else text
    words = []
    for piece in _BREAKS.split(text.replace("-", " ") if "_" not in text else text):
        for word in _CAMEL.split(piece):
            if word:
                words.append(word if len(word) > 1 and word.isupper() else word.lower())
    if _is_path(identifier):
        words = list(dict.fromkeys(words))
    return " ".join(words) or identifier


def path_parts(identifier: str) -> tuple[str, ...]:
    """The parts of an identifier written as a path: ``/film/film/directed_by``; empty for others.

    Of a path joined from two (``/a/b/c./d/e``) the first without its last part, and the last part of the second.
    """
    if not _is_path(identifier) or _IRI.fullmatch(identifier):
        return ()
    paths = [[part for part in _PATH_BREAKS.split(path) if part] for path in identifier.split("./")]
    paths = [parts for parts in paths if parts]
    if not paths:
        return ()
    return tuple(paths[0] if len(paths) == 1 else [*paths[0][:-1], paths[-1][-1]])


def _is_path(identifier: str) -> bool:
    """Whether parts are joined as in a Freebase path, where the last part names again what the first did."""
    return identifier.startswith(("__", "/")) or "." in identifier.strip(".") or "__" in identifier.strip("_")
