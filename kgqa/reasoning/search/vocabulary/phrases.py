"""How relations and types are said: label, aliases, inverse label and the words of an identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kgqa.english.function_words import FUNCTION_WORDS
from kgqa.english.inflection import base, participle, present
from kgqa.english.stemming import stem
from kgqa.graph.words import as_words, path_parts
from kgqa.languages.lexicon import ENGLISH, primary
from kgqa.languages.words import words_of
from kgqa.types import Relation

_KEYS = frozenset(("id", "ids", "fk"))
"""Words that end the head of a column which refers to something."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The phrases for one relation in one direction, or for one type; ``terms`` are their content stems.

    ``own``: the stems of the first phrase alone; ``others``: those of each name in another language. ``native``: the
    stems of the names in the graph's language, ``foreign``: the words of the others as they are written. ``turned``
    marks a backward reading that is said in the words of the forward one.
    """

    phrases: tuple[str, ...]
    terms: frozenset[str]
    own: frozenset[str]
    turned: bool = False
    others: tuple[frozenset[str], ...] = ()
    native: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()


def content_stems(phrases: Sequence[str], language: str = ENGLISH) -> frozenset[str]:
    return frozenset(
        word.stem for phrase in phrases for word in words_of(phrase, language) if word.lower not in FUNCTION_WORDS
    )


def say_relation(relation: Relation, *, refers: bool = False) -> tuple[Phrasing, Phrasing]:
    """The phrasings of a relation walked forward and backward; what other languages call it counts for both.

    ``refers``: it leads to things, so that one called "borrower_id" is said "borrower".
    """
    label = relation.label if relation.label and relation.label != relation.id else as_words(relation.id)
    aliases = [(language, alias) for language, listed in relation.aliases.items() for alias in listed]
    own = [alias for language, alias in aliases if _untranslated(language)]
    names = [*relation.labels.items(), *aliases]
    translated = [name for language, name in relation.labels.items() if not _untranslated(language)]
    own += [name for language, name in relation.labels.items() if _untranslated(language)]
    if label == as_words(relation.id) and len(path := path_parts(relation.id)) > 1:
        own.insert(0, label)
        label = as_words(path[-1])  # what stands before it tells the kind of the head
    named = [_without_id(name) for name in (label, *own)] if refers else [label, *own]
    forward = _phrasing(named, translated, names)
    if relation.inverse_label:
        return forward, _phrasing([relation.inverse_label], (), names)
    return forward, replace(forward, turned=not relation.symmetric)


def say_type(label: str, names: Sequence[tuple[str, str]] = ()) -> Phrasing:
    """The phrasing of a type; ``names`` are (language, name), of which those in other languages give words only."""
    own = [name for language, name in names if _untranslated(language)]
    return _phrasing([as_words(label), *own], (), names)


def _untranslated(language: str) -> bool:
    return primary(language) in (ENGLISH, "und")


def _stems_of(names: Sequence[tuple[str, str]]) -> tuple[frozenset[str], ...]:
    """The stems of each name in another language than English, by the rules of its own."""
    stems = [content_stems([name], language) for language, name in names if not _untranslated(language)]
    return tuple(dict.fromkeys(found for found in stems if found))


def _phrasing(own: Sequence[str], translated: Sequence[str], names: Sequence[tuple[str, str]]) -> Phrasing:
    """``own``: names in the graph's language; ``translated``: others that are phrases; ``names``: all by language."""
    native = _cleaned(own)
    kept = tuple(dict.fromkeys((*native, *_cleaned(translated)))) or ("related to",)
    others = _stems_of(names)
    words = (word for language, name in names if not _untranslated(language) for word in words_of(name, language))
    foreign = frozenset(word.text.lower() for word in words) - FUNCTION_WORDS
    return Phrasing(
        kept,
        content_stems(kept).union(*others),
        content_stems(kept[:1]),
        others=others,
        native=content_stems(native or kept),
        foreign=foreign,
    )


def _cleaned(phrases: Sequence[str]) -> tuple[str, ...]:
    """The phrases as words in lower case, without what is empty or there twice."""
    found = (as_words(phrase).lower() for phrase in phrases if phrase.strip())
    return tuple(dict.fromkeys(phrase for phrase in found if phrase))


def _without_id(phrase: str) -> str:
    """ "borrower" for a column "borrower_id"."""
    *ahead, last = as_words(phrase).split() or [""]
    return " ".join(ahead) if ahead and last.lower() in _KEYS else phrase


def spellings(phrasings: Sequence[Phrasing], least: int) -> dict[str, str]:
    """The words of all phrases with at least so many letters, of verbs their other forms too, with their stems."""
    found: dict[str, str] = {}
    for phrasing in phrasings:
        for token in (word for phrase in phrasing.phrases for word in words_of(phrase)):
            if len(token.lower) < least or token.lower in FUNCTION_WORDS:
                continue
            forms = [token.lower]
            if participle(token.lower):
                forms += [form for form in (base(token.lower), present(token.lower)) if stem(form) == token.stem]
            found.update({form: token.stem for form in forms if form not in found})
    return found
