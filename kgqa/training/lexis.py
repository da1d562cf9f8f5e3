"""The words for what a graph's parts reach and do: one of their wordings, at random, with near words for variety."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol

from kgqa.english.inflection import plural, singular
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.wording import Form, Wording, wordings


class Paraphrases(Protocol):
    """Words near in meaning, for variety; best first."""

    def nouns(self, noun: str) -> Sequence[str]:
        """Nouns like this one."""
        ...

    def verbs(self, verb: str) -> Sequence[str]:
        """Participles like this one."""
        ...

    def conjugated(self, verb: str) -> bool:
        """Whether a word that ends like a third person is one ("borders"), not only a plural ("parents")."""
        ...

    def done_by(self, noun: str) -> Sequence[str]:
        """What one who does something does, as participles."""
        ...

    def kinds(self, part: int) -> Sequence[str]:
        """Nouns for what a part of the schema reaches."""
        ...


class Plain:
    """No paraphrases: everything is said in the words of its label."""

    def nouns(self, noun: str) -> Sequence[str]:
        return ()

    def verbs(self, verb: str) -> Sequence[str]:
        return ()

    def conjugated(self, verb: str) -> bool:
        return True

    def done_by(self, noun: str) -> Sequence[str]:
        return ()

    def kinds(self, part: int) -> Sequence[str]:
        return ()


class Lexis:
    """Words of one graph, and words near them."""

    def __init__(self, schema: Schema, rng: random.Random, near: Paraphrases) -> None:
        self._schema, self._rng, self._near = schema, rng, near

    def backward(self, part: int) -> bool:
        """Whether the part is said in the words of the opposite direction."""
        return self._schema.phrasings[part].turned

    def wording(self, part: int) -> Wording:
        """One of the ways to say a part, its words replaced by near ones now and then."""
        phrase = self._rng.choice(self._schema.phrasings[part].phrases)
        form = self._rng.choice(wordings(phrase))
        if form.form is Form.VERB and form.verb.endswith("s") and not self._near.conjugated(form.verb):
            form = Wording(Form.NOUN, singular(form.verb))
        if form.form is Form.PAST_NOUN and self._rng.random() < 0.5 and (done := self._near.done_by(form.noun)):
            form = Wording(form.form, form.noun, self._rng.choice(done), form.preposition)
        if self._rng.random() < 0.5:
            form = Wording(form.form, self._vary(form.noun), self._vary_verb(form.verb), form.preposition)
        return form

    def _vary(self, noun: str) -> str:
        words = noun.split()
        if not words:
            return noun
        near = self._near.nouns(singular(words[-1]))
        return " ".join([*words[:-1], self._rng.choice(near)]) if near else noun

    def _vary_verb(self, verb: str) -> str:
        near = self._near.verbs(verb) if verb and " " not in verb else ()
        return self._rng.choice(near) if near else verb

    def kind(self, part: int) -> str:
        """A plural noun for the things a part reaches."""
        reach = self._schema.reach[part]
        types = [number for number, share in reach.types.items() if share >= 0.4]
        if types and self._rng.random() < 0.85:
            phrase = self._rng.choice(self._schema.phrasings[self._schema.parts + self._rng.choice(types)].phrases)
            return plural(phrase)
        if reach.who > 0.6:
            return self._rng.choice(("people", "persons", "person"))
        near = self._near.kinds(part)
        return plural(self._rng.choice(near)) if near and self._rng.random() < 0.7 else "things"

    def phrase_has(self, part: int, word: str) -> bool:
        """Whether a word stands in what the part is called."""
        return any(word in phrase.split() for phrase in self._schema.phrasings[part].phrases)


def last_verb(form: Wording) -> str:
    """The verb of a wording, without what stands before it."""
    return form.verb.split()[-1] if form.verb else ""
