"""Single assertions about entities and relations, and how texts by language are told apart in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from kgqa.errors import InputError
from kgqa.graph.keys import checked_text, identifier


class EntityField(IntEnum):
    """What is said of an entity; PRESENT is the mere record."""

    PRESENT = 0
    LABEL = 1
    ALIAS = 2
    TYPE = 3
    DESCRIPTION = 4


class RelationField(IntEnum):
    """What is said of a relation; the names in lower case are the fields of ``Relation``."""

    PRESENT = 0
    LABEL = 1
    ALIAS = 2
    DESCRIPTION = 3
    INVERSE_LABEL = 4
    INVERSE_OF = 5
    SYMMETRIC = 6
    FUNCTIONAL = 7
    DOMAIN = 8
    RANGE = 9


SCALARS = (
    RelationField.INVERSE_LABEL,
    RelationField.INVERSE_OF,
    RelationField.SYMMETRIC,
    RelationField.FUNCTIONAL,
    RelationField.DOMAIN,
    RelationField.RANGE,
)
FLAGS = (RelationField.SYMMETRIC, RelationField.FUNCTIONAL)
INFERABLE = {field.name.lower() for field in (RelationField.LABEL, RelationField.DESCRIPTION, *SCALARS)}


class Said(NamedTuple):
    """One assertion about an entity or relation. ``language`` is "" for the store's default."""

    field: int
    language: str
    value: str
    source: str = ""
    inferred: bool = False


# --- texts by language

ByLanguage = dict[str, list[str]]


def text_facts(field: int, default: str | None, others: Mapping[str, str], language: str, what: str) -> Iterator[Said]:
    """A text in the default language and in others. Raises InputError, which names ``what``, for what is no text."""
    if default:
        yield Said(field, "", checked_text(default, what))
    for tag, value in others.items():
        if value:
            yield Said(field, checked_tag(tag, language, what), checked_text(value, what))


def alias_facts(field: int, aliases: Mapping[str, tuple[str, ...]], language: str, what: str) -> Iterator[Said]:
    """Further names by language. Raises InputError as ``text_facts``."""
    for tag, values in aliases.items():
        for value in listed(values, what):
            if value:
                yield Said(field, checked_tag(tag, language, what), checked_text(value, what))


def listed(values: Iterable[str], what: str) -> Iterable[str]:
    """The values as they are. Raises InputError for a text in the place of a list of texts."""
    if isinstance(values, str):
        raise InputError(f"{what}: a list is needed, not the text {values!r}")
    return values


def checked_tag(tag: str, language: str, what: str) -> str:
    """A language tag as it is kept: "" for the default."""
    return "" if tag == language else identifier(tag, f"the language of {what}")


def tagged(texts: Mapping[str, list[str]], language: str) -> dict[str, tuple[str, ...]]:
    """Language tags in full, in their order."""
    return dict(sorted((tag or language, tuple(values)) for tag, values in texts.items()))


def by_field(facts: Iterable[Said]) -> dict[int, ByLanguage]:
    """Values by field and language, the first source by name first, then by value."""
    groups: dict[int, ByLanguage] = defaultdict(dict)
    for fact in sorted(facts, key=lambda fact: (fact.field, fact.language, fact.source, fact.value)):
        groups[fact.field].setdefault(fact.language, []).append(fact.value)
    return groups


def first_of_each(texts: ByLanguage) -> tuple[dict[str, str], ByLanguage]:
    """What shows in each language, and what that hides."""
    shown = {tag: values[0] for tag, values in texts.items()}
    hidden = {tag: [value for value in values if value != shown[tag]] for tag, values in texts.items()}
    return shown, {tag: values for tag, values in hidden.items() if values}


def turns(*columns: ByLanguage) -> int:
    """How many records it takes to say every value: each says one of each field and language."""
    return max([1, *(len(values) for column in columns for values in column.values())])


def nth_of_each(texts: ByLanguage, turn: int) -> dict[str, str]:
    """What the record of this turn says in each language."""
    return {tag: values[turn] for tag, values in sorted(texts.items()) if turn < len(values)}


def scalar(field: RelationField, value: str | None) -> Any:
    """The value of a relation's field, flags as booleans."""
    return value == "true" if value is not None and field in FLAGS else value
