"""How relations and types are said: label, aliases, inverse label and the words of an identifier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.reasoning.search import english
from kgqa.reasoning.search.analysis import tokenize
from kgqa.types import Relation

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The phrases for one relation in one direction, or for one type; ``terms`` are their content stems.

    ``own``: the stems of the first phrase alone. ``turned`` marks a backward reading that is said in the words of the forward one.
    """

    phrases: tuple[str, ...]
    terms: frozenset[str]
    own: frozenset[str]
    turned: bool = False


def words_of(identifier: str) -> str:
    """An identifier as words: ``placeOfBirth``, ``/people/person/place_of_birth`` and ``place_of_birth`` alike."""
    last = re.split(r"[/#]", identifier.rstrip("/#"))[-1]
    text = _CAMEL.sub(" ", last.replace("_", " ").replace("-", " ").replace(".", " "))
    return " ".join(text.lower().split())


def content_stems(phrases: Sequence[str]) -> frozenset[str]:
    return frozenset(
        token.stem for phrase in phrases for token in tokenize(phrase) if token.lower not in english.FUNCTION_WORDS
    )


def say_relation(relation: Relation) -> tuple[Phrasing, Phrasing]:
    """The phrasings of a relation walked forward and backward."""
    label = relation.label if relation.label and relation.label != relation.id else words_of(relation.id)
    aliases = [alias for values in relation.aliases.values() for alias in values]
    forward = _phrasing([label, *aliases])
    if relation.inverse_label:
        return forward, _phrasing([relation.inverse_label])
    return forward, Phrasing(forward.phrases, forward.terms, forward.own, turned=not relation.symmetric)


def say_type(label: str, aliases: Sequence[str] = ()) -> Phrasing:
    return _phrasing([words_of(label), *aliases])


def _phrasing(phrases: Sequence[str]) -> Phrasing:
    cleaned = tuple(dict.fromkeys(" ".join(words_of(phrase).split()) for phrase in phrases if phrase.strip()))
    kept = tuple(phrase for phrase in cleaned if phrase) or ("related to",)
    return Phrasing(kept, content_stems(kept), content_stems(kept[:1]))
