"""Which property names the nodes of a property graph, by how people name properties and what values look like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kgqa.graph.attached.values import iso_text
from kgqa.graph.values import date_interval
from kgqa.graph.words import as_words

NAMES = ("name", "title", "label", "caption", "heading", "term")
DESCRIPTIONS = (
    "description", "summary", "abstract", "about", "bio", "biography", "overview", "plot", "definition", "comment",
    "tagline",
)  # fmt: skip
LONG = 80
"""Characters on average: prose, not a name."""
_ALIASES = frozenset({"alias", "aliases", "aka", "synonym", "synonyms", "nickname", "nicknames", "alternative"})
_FIRST = frozenset({"first name", "firstname", "given name", "givenname", "forename", "fname"})
_LAST = frozenset({"last name", "lastname", "surname", "family name", "familyname", "lname"})
_WHOLE = frozenset({"name", "full name", "fullname", "display name"})
_KEYS = frozenset(("id", "code", "number", "no", "nr", "key", "ref", "reference", "symbol", "sku", "isbn", "iata"))
# What is said of a thing and is the name of another one.
_OTHERS = frozenset(
    ("city", "country", "address", "street", "state", "region", "zip", "postal", "phone", "fax", "email", "url", "date",
     "time", "status", "type", "kind", "category", "gender", "language", "currency", "notes", "role", "password")
)  # fmt: skip
_CODE = re.compile(r"\S*\d\S*|\S+://\S+|[0-9a-fA-F-]{16,}")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def name_of(label: str, properties: Mapping[str, Sequence[Any]], sampled: int) -> str | list[str] | None:
    """The property that most reads like the name of a ``label``; a first and a last name where there is no whole one.

    By its own name, by how many have it, by what its values look like. A key that nobody shares stands in for a name.
    """
    said = {" ".join(words_of(prop)): prop for prop, values in properties.items() if is_text(values)}
    first, last = (next((said[way] for way in sorted(said) if way in ways), None) for ways in (_FIRST, _LAST))
    if first and last and _WHOLE.isdisjoint(said):
        return [first, last]
    kind = set(words_of(label))
    scores = {prop: _score(prop, values, sampled, kind) for prop, values in properties.items()}
    best = max(scores, key=lambda prop: scores[prop], default=None)
    return best if best is not None and scores[best] > 0 else None


def _score(prop: str, values: Sequence[Any], sampled: int, kind: set[str]) -> float:
    words = words_of(prop)
    key = not _KEYS.isdisjoint(words)
    said = next((1 - rank / 10 for rank, word in enumerate(NAMES) if word in words), 0.0)
    distinct = len(set(values)) / len(values)
    if not is_text(values):
        whole_numbers = all(isinstance(value, int) and not isinstance(value, bool) for value in values)
        return 1.0 if key and whole_numbers and distinct == 1 and len(values) >= sampled else 0.0
    if not (key or said) and all(map(_is_measured, values)):
        return 0.0
    whole = 0.5 if said and len(words) == 1 else 0.0
    share = min(len(values) / sampled, 1.0)
    own = 0.0 if kind.isdisjoint(words) else 1.0
    looks = sum(not _CODE.fullmatch(value.strip()) for value in values) / len(values)
    score = 4 * said + whole + 2 * share + distinct + looks + (0.8 if key and distinct == 1 else 0.0) + own
    if is_prose(values) or is_alias(prop, values) or any(word in words for word in DESCRIPTIONS):
        return 0.1 * score
    return 0.3 * score if not said and not _OTHERS.isdisjoint(words) and kind.isdisjoint(words) else score


def words_of(prop: str) -> list[str]:
    """The words of a property's name, in lower case."""
    return as_words(prop).lower().split()


def is_key(prop: str) -> bool:
    """Whether a property's name says that it tells one from another; its digits are no number then."""
    return not (_KEYS | {"phone", "fax", "zip", "postal", "ssn"}).isdisjoint(words_of(prop))


def is_text(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values) and any(value.strip() for value in values)


def is_prose(values: Sequence[str]) -> bool:
    return sum(map(len, values)) / len(values) > LONG


def is_alias(prop: str, values: Sequence[Any]) -> bool:
    """Whether a property holds other names."""
    words = words_of(prop)
    said = any(_stands_for(word, alias) for word in words for alias in _ALIASES) or words[:2] == ["also", "known"]
    return is_text(values) and (said or (words[:1] == ["original"] and words[-1] in NAMES))


def by_words(properties: Mapping[str, Sequence[Any]], wanted: Sequence[str]) -> list[str]:
    """The properties whose name holds one of the words, in the order of the words."""
    return [prop for word in wanted for prop in properties if word in words_of(prop)]


def _stands_for(word: str, whole: str) -> bool:
    """Whether a word is ``whole`` or a beginning of it of three letters or more, as "syns" and "alt" are."""
    return word == whole or (len(word) > 2 and whole.startswith(word.removesuffix("s")) and len(word) < 5)


def _is_measured(value: str) -> bool:
    """Whether a text is a number or a date."""
    return _NUMBER.fullmatch(value.strip()) is not None or date_interval(iso_text(value)) is not None
