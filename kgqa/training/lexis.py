"""The words for what a graph's parts reach and do: one of their wordings, at random, with near words for variety."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from kgqa.english.inflection import agent_noun, past, plural, singular
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.choice import Chooser
from kgqa.training.wording import Form, Wording, wordings

THINGS = frozenset(("thing", "person", "people", "place"))
"""What anything may be called."""
ALIKE = 0.85
"""How much the relations of two sets of things agree (cosine) from which they are taken as things of one kind."""
VARIED = 0.4
"""Share of the words for which a near one is put, where there is one."""


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

    def happened(self, event: str) -> Sequence[str]:
        """What happened to a thing at an event, as participles: "born" at a birth."""
        ...

    def kinds(self, part: int) -> Sequence[str]:
        """Nouns for what a part of the schema reaches."""
        ...

    def speaks_of(self, wording: str, part: int, rivals: Sequence[int]) -> bool:
        """Whether a general wording ("what kind of book") may mean a part, or much rather another of some."""
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

    def happened(self, event: str) -> Sequence[str]:
        return ()

    def kinds(self, part: int) -> Sequence[str]:
        return ()

    def speaks_of(self, wording: str, part: int, rivals: Sequence[int]) -> bool:
        return True


class Lexis:
    """Words of one graph, and words near them."""

    def __init__(self, schema: Schema, choose: Chooser, near: Paraphrases) -> None:
        self._schema, self._choose, self._near = schema, choose, near

    def backward(self, part: int) -> bool:
        """Whether the part is said in the words of the opposite direction."""
        return self._schema.phrasings[part].turned

    def wording(self, part: int) -> Wording:
        """One of the ways to say a part, its words replaced by near ones now and then."""
        phrase = self._choose.rng.choice(self._schema.phrasings[part].phrases)
        form = self._choose.rng.choice(wordings(phrase))
        if form.form is Form.VERB and form.verb.endswith("s") and not self._near.conjugated(form.verb):
            form = Wording(Form.NOUN, singular(form.verb))
        acts = form.form is Form.PAST_NOUN or (form.form is Form.NOUN and self._person(part))
        if acts and self._choose.chance(0.5) and (done := self._near.done_by(form.noun)):
            kind = Form.PASSIVE if form.form is Form.NOUN else form.form
            form = Wording(kind, form.noun, self._choose.rng.choice(done), form.preposition)
        happens = form.form is Form.NOUN and self._place(part)
        if happens and self._choose.chance(0.5) and (done := self._near.happened(_event(form.noun))):
            return Wording(Form.PLACED, "", self._choose.rng.choice(done), "in")
        if self._mirrored(part):
            return form
        return Wording(form.form, self._vary(form.noun), self._vary_verb(form.verb), form.preposition)

    def _person(self, part: int) -> bool:
        """Whether the part leads from things to people, or is the way back."""
        onward = int(self._schema.opposite[part]) if self.backward(part) else part
        return self._schema.reach[onward].who > 0.5

    def _place(self, part: int) -> bool:
        """Whether the part leads from things to places, or is the way back."""
        onward = int(self._schema.opposite[part]) if self.backward(part) else part
        return self._schema.reach[onward].where > 0.5

    def date_verb(self, noun: str) -> str:
        """What is asked of a date: "release year" gives "released", "date of birth" "born"."""
        event = _event(noun)
        done = self._near.happened(event)
        return self._choose.rng.choice(done) if done else past(event) if event else "made"

    def _mirrored(self, part: int) -> bool:
        """Whether a part leads to things like those that it starts from: there words near may mean the way back.

        "parent" is as near to "child" as "daughter" is.
        """
        follows, back = self._schema.follows, int(self._schema.opposite[part])
        scale = float(np.linalg.norm(follows[part]) * np.linalg.norm(follows[back]))
        return scale > 0 and float(follows[part] @ follows[back]) > ALIKE * scale

    def _vary(self, noun: str) -> str:
        words = noun.split()
        near = self._near.nouns(singular(words[-1])) if words and self._choose.chance(VARIED) else ()
        return " ".join([*words[:-1], self._choose.near(near)]) if near else noun

    def _vary_verb(self, verb: str) -> str:
        near = self._near.verbs(verb) if verb and " " not in verb and self._choose.chance(VARIED) else ()
        return self._choose.near(near) if near else verb

    def kind(self, part: int) -> str:
        """A plural noun for the things a part reaches."""
        reach = self._schema.reach[part]
        types = [number for number, share in reach.types.items() if share >= 0.4]
        if types and self._choose.chance(0.85):
            return plural(self.type_name(self._choose.rng.choice(types)))
        if reach.who > 0.6:
            return self._choose.rng.choice(("people", "persons", "people"))
        near = [noun for noun in self._near.kinds(part) if not agent_noun(noun)]
        if near and self._choose.chance(0.85):
            # The first nouns are the nearest to the things, others are near to these in meaning.
            wider = dict.fromkeys(near)
            wider |= dict.fromkeys(other for noun in near[:2] for other in self._near.nouns(noun)[:3])
            return plural(self._choose.near([noun for noun in wider if not agent_noun(noun)]))
        return "things"

    def type_name(self, number: int) -> str:
        """A noun for a type, by number; in some cases a near one."""
        return self._vary(self._choose.rng.choice(self._schema.phrasings[self._schema.parts + number].phrases))

    def role(self, part: int) -> str:
        """A noun for one thing that a part reaches, as it stands before its name: "the film X", "the director Y"."""
        reach = self._schema.reach[part]
        if max(reach.literal, reach.time, reach.number) > 0.5:
            return ""
        kind = singular(self.kind(part))
        if self.backward(part):
            return kind
        noun = singular(self.wording(part).noun)
        return self._choose.rng.choice((noun, kind)) if noun else kind

    def may_mean(self, wording: str, part: int, rivals: Sequence[int]) -> bool:
        """Whether a general wording may mean a part as well as any of its rivals."""
        return self._near.speaks_of(wording, part, rivals)

    def phrase_has(self, part: int, word: str) -> bool:
        """Whether a word stands in what the part is called."""
        return any(word in phrase.split() for phrase in self._schema.phrasings[part].phrases)


def _event(noun: str) -> str:
    """What happened at a place or time: the release of "release year", the birth of "place of birth"."""
    words = noun.split()
    if "of" in words[1:-1]:
        return words[-1]
    return words[0] if words else ""


def last_verb(form: Wording) -> str:
    """The verb of a wording, without what stands before it."""
    return form.verb.split()[-1] if form.verb else ""
