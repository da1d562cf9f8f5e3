"""Wordings of a relation for synthesised questions, made from its label's form by general English grammar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kgqa.english.function_words import ARTICLES, FUNCTION_WORDS
from kgqa.english.inflection import agent, participle, singular


class Form(StrEnum):
    """What kind of phrase a relation's label is."""

    NOUN = "noun"  # capital, release year
    PASSIVE = "passive"  # directed by
    PLACED = "placed"  # located in, born at
    OF = "of"  # capital of
    IN = "in"  # in language
    PAST_NOUN = "past noun"  # starred actors
    VERB = "verb"  # borders


@dataclass(frozen=True, slots=True)
class Wording:
    """A label taken apart: its form, a noun for what it reaches, a verb, a preposition."""

    form: Form
    noun: str
    verb: str = ""
    preposition: str = ""


# "by" and "of" have forms of their own.
_PREPOSITIONS = frozenset(("in", "at", "from", "on", "for", "with", "to", "into", "as", "about"))


def wordings(label: str) -> tuple[Wording, ...]:
    """The ways to read a label; at least one."""
    words = [word for word in label.lower().split() if word not in ARTICLES]
    while len(words) > 1 and words[0] in ("has", "have", "had", "is", "are", "was", "were", "be"):
        words = words[1:]
    if not words:
        return (Wording(Form.NOUN, "relation"),)
    last = words[-1]
    head = " ".join(words[:-1])
    if len(words) > 1 and last == "by":
        return (Wording(Form.PASSIVE, agent(words[-2]), verb=head),)
    if len(words) > 1 and last == "of":
        return (Wording(Form.OF, head),)
    if len(words) > 1 and last in _PREPOSITIONS:
        if participle(words[-2]):
            return (Wording(Form.PLACED, "", verb=head, preposition=last),)
        return (Wording(Form.OF, head, preposition=last),)
    if len(words) > 1 and words[0] in _PREPOSITIONS:
        return (Wording(Form.IN, " ".join(words[1:]), preposition=words[0]), Wording(Form.NOUN, " ".join(words[1:])))
    if len(words) > 1 and participle(words[0]) and words[1] not in FUNCTION_WORDS:
        rest = " ".join(words[1:])
        return (Wording(Form.PAST_NOUN, rest, verb=words[0]), Wording(Form.NOUN, rest))
    if len(words) == 1 and participle(last):
        return (Wording(Form.VERB, agent(last), verb=last),)
    if len(words) == 1 and last.endswith("s") and not last.endswith(("ss", "us", "is")):
        return (Wording(Form.VERB, singular(last), verb=last), Wording(Form.NOUN, singular(last)))
    return (Wording(Form.NOUN, " ".join([*words[:-1], singular(last)]) if len(words) == 1 else " ".join(words)),)
