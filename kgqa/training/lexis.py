"""The words for what a graph's parts reach and do: one of their wordings, at random, with near words for variety."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from kgqa.english.inflection import participle, plural
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.wording import Wording, wordings


class Lexis:
    """Words of one graph. ``similar(words)`` gives words near in meaning; "class:N", nouns of what part N reaches."""

    def __init__(self, schema: Schema, rng: random.Random, similar: Callable[[str], Sequence[str]]) -> None:
        self._schema, self._rng, self._similar = schema, rng, similar

    def backward(self, part: int) -> bool:
        """Whether the part is said in the words of the opposite direction."""
        return self._schema.phrasings[part].turned

    def wording(self, part: int) -> Wording:
        """One of the ways to say a part, its words replaced by near ones now and then."""
        phrase = self._rng.choice(self._schema.phrasings[part].phrases)
        form = self._rng.choice(wordings(phrase))
        if self._rng.random() < 0.45:
            form = Wording(form.form, self._vary(form.noun), self._vary_verb(form.verb), form.preposition)
        return form

    def _vary(self, noun: str) -> str:
        words = noun.split()
        if not words:
            return noun
        near = self._similar(words[-1])
        return " ".join([*words[:-1], self._rng.choice(near)]) if near else noun

    def _vary_verb(self, verb: str) -> str:
        near = [word for word in self._similar(verb) if participle(word)] if verb and " " not in verb else []
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
        near = self._similar(f"class:{part}")
        return plural(self._rng.choice(near)) if near and self._rng.random() < 0.85 else "things"

    def phrase_has(self, part: int, word: str) -> bool:
        """Whether a word stands in what the part is called."""
        return any(word in phrase.split() for phrase in self._schema.phrasings[part].phrases)


def last_verb(form: Wording) -> str:
    """The verb of a wording, without what stands before it."""
    return form.verb.split()[-1] if form.verb else ""
