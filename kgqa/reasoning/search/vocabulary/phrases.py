"""How relations and types are said: label, aliases, inverse label and the words of an identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kgqa.english.function_words import FUNCTION_WORDS
from kgqa.graph.words import as_words
from kgqa.languages.lexicon import ENGLISH, primary
from kgqa.languages.words import words_of
from kgqa.types import Relation


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The phrases for one relation in one direction, or for one type; ``terms`` are their content stems.

    ``own``: the stems of the first phrase alone; ``others``: those of each name in another language. ``turned`` marks a
    backward reading that is said in the words of the forward one.
    """

    phrases: tuple[str, ...]
    terms: frozenset[str]
    own: frozenset[str]
    turned: bool = False
    others: tuple[frozenset[str], ...] = ()


def content_stems(phrases: Sequence[str], language: str = ENGLISH) -> frozenset[str]:
    return frozenset(
        word.stem for phrase in phrases for word in words_of(phrase, language) if word.lower not in FUNCTION_WORDS
    )


def say_relation(relation: Relation) -> tuple[Phrasing, Phrasing]:
    """The phrasings of a relation walked forward and backward; what other languages call it counts for both."""
    label = relation.label if relation.label and relation.label != relation.id else as_words(relation.id)
    aliases = [(language, alias) for language, listed in relation.aliases.items() for alias in listed]
    own = [alias for language, alias in aliases if _untranslated(language)]
    others = _stems_of([*relation.labels.items(), *aliases])
    forward = _phrasing([label, *own, *relation.labels.values()], others)
    if relation.inverse_label:
        return forward, _phrasing([relation.inverse_label], others)
    return forward, replace(forward, turned=not relation.symmetric)


def say_type(label: str, names: Sequence[tuple[str, str]] = ()) -> Phrasing:
    """The phrasing of a type; ``names`` are (language, name), of which those in other languages give words only."""
    own = [name for language, name in names if _untranslated(language)]
    return _phrasing([as_words(label), *own], _stems_of(names))


def _untranslated(language: str) -> bool:
    return primary(language) in (ENGLISH, "und")


def _stems_of(names: Sequence[tuple[str, str]]) -> tuple[frozenset[str], ...]:
    """The stems of each name in another language than English, by the rules of its own."""
    stems = [content_stems([name], language) for language, name in names if not _untranslated(language)]
    return tuple(dict.fromkeys(found for found in stems if found))


def _phrasing(phrases: Sequence[str], others: tuple[frozenset[str], ...]) -> Phrasing:
    cleaned = tuple(dict.fromkeys(as_words(phrase).lower() for phrase in phrases if phrase.strip()))
    kept = tuple(phrase for phrase in cleaned if phrase) or ("related to",)
    return Phrasing(kept, content_stems(kept).union(*others), content_stems(kept[:1]), others=others)
