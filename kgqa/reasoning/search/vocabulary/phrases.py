"""How relations and types are said: label, aliases, inverse label and the words of an identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.english.function_words import FUNCTION_WORDS
from kgqa.graph.words import as_words
from kgqa.reasoning.search.question.analysis import tokenize
from kgqa.types import Relation


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The phrases for one relation in one direction, or for one type; ``terms`` are their content stems.

    ``own``: the stems of the first phrase alone. ``turned`` marks a backward reading that is said in the words of the
    forward one.
    """

    phrases: tuple[str, ...]
    terms: frozenset[str]
    own: frozenset[str]
    turned: bool = False


def content_stems(phrases: Sequence[str]) -> frozenset[str]:
    return frozenset(
        token.stem for phrase in phrases for token in tokenize(phrase) if token.lower not in FUNCTION_WORDS
    )


def say_relation(relation: Relation) -> tuple[Phrasing, Phrasing]:
    """The phrasings of a relation walked forward and backward."""
    label = relation.label if relation.label and relation.label != relation.id else as_words(relation.id)
    aliases = [alias for values in relation.aliases.values() for alias in values] + list(relation.labels.values())
    forward = _phrasing([label, *aliases])
    if relation.inverse_label:
        return forward, _phrasing([relation.inverse_label])
    return forward, Phrasing(forward.phrases, forward.terms, forward.own, turned=not relation.symmetric)


def say_type(label: str, aliases: Sequence[str] = ()) -> Phrasing:
    return _phrasing([as_words(label), *aliases])


def _phrasing(phrases: Sequence[str]) -> Phrasing:
    cleaned = tuple(dict.fromkeys(as_words(phrase).lower() for phrase in phrases if phrase.strip()))
    kept = tuple(phrase for phrase in cleaned if phrase) or ("related to",)
    return Phrasing(kept, content_stems(kept), content_stems(kept[:1]))
