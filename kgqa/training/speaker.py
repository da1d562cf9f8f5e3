"""Says walks over a graph in English, in many ways, from the labels of their relations and types."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from kgqa.english import inflection as w
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.wording import Form, Wording, wordings

MARK = "\u2062"
"""Stands for a name in a question until it is put in; never part of a name."""


class Speaker:
    """Says walks over one graph. ``similar(words)`` gives words near in meaning, for paraphrases."""

    def __init__(self, schema: Schema, rng: random.Random, similar: Callable[[str], Sequence[str]]) -> None:
        self._schema = schema
        self._rng = rng
        self._similar = similar

    def question(self, parts: tuple[int, ...]) -> str:
        """A question that asks for the end of a walk; the name is MARK."""
        inner = self.noun_phrase(parts[:-1]) if len(parts) > 1 else MARK
        return self._ask(parts[-1], inner) if self._rng.random() < 0.7 else self._ask_group(parts)

    def members(self, parts: tuple[int, ...]) -> str:
        """What a walk reaches, as a plural noun phrase without article."""
        return self._group(parts[-1], self.noun_phrase(parts[:-1]), bare=True)

    def kind(self, part: int) -> str:
        """A plural noun for the things that a part reaches."""
        return self._kind(part)

    def value(self, part: int) -> str:
        """A noun for the value that a part reaches."""
        return self._wording(part).noun or "value"

    # --- noun phrases

    def noun_phrase(self, parts: tuple[int, ...]) -> str:
        if not parts:
            return MARK
        if len(parts) > 1 and parts[-1] == self._schema.opposite[parts[-2]] and self._rng.random() < 0.7:
            return self._pick("the ") + self._sharing(parts[-2], self.noun_phrase(parts[:-2]))
        return self._pick("the ") + self._group(parts[-1], self.noun_phrase(parts[:-1]))

    def _group(self, part: int, inner: str, *, bare: bool = False) -> str:
        """A noun phrase for what ``part`` reaches from ``inner``, without article."""
        pick = self._rng.choice
        form = self._wording(part)
        noun = w.plural(form.noun) if pick((True, True, False)) or bare else form.noun
        kind = self._kind(part)
        if not self._backward(part):
            match form.form:
                case Form.PASSIVE:
                    who = pick(("people who", "persons that", "ones that"))
                    options = [f"{noun} of {inner}", f"{noun} of {inner}", f"{who} {w.past(self._tail(form))} {inner}"]
                    options += [] if bare else [f"{inner} {noun}", f"{inner}'s {noun}"]
                case Form.PLACED:
                    options = [
                        f"{kind} {inner} was {form.verb} {form.preposition}",
                        f"{kind} {form.preposition} which {inner} is {form.verb}",
                        f"{kind} where {inner} was {form.verb}",
                    ]
                case Form.OF:
                    options = [f"{kind} that {inner} is the {form.noun} {form.preposition or 'of'}"]
                case Form.VERB:
                    options = [f"{kind} that {inner} {form.verb}", f"{kind} {form.verb} by {inner}"]
                case Form.PAST_NOUN:
                    options = [f"{noun} of {inner}", f"{noun} in {inner}", f"people who {form.verb} in {inner}"]
                case _:
                    options = [f"{noun} of {inner}", f"{noun} of {inner}", f"{inner}'s {noun}"]
                    options += [] if bare else [f"{inner} {noun}"]
            return pick(options)
        match form.form:
            case Form.PASSIVE:
                past = w.past(self._tail(form))
                options = [
                    f"{kind} {form.verb} by {inner}",
                    f"{kind} {inner} {past}",
                    f"{kind} that {inner} {past}",
                    f"{kind} that were {form.verb} by {inner}",
                    f"{kind} whose {form.noun} is {inner}",
                    f"{kind} with {inner} as {form.noun}",
                ]
            case Form.PLACED:
                options = [
                    f"{kind} {form.verb} {form.preposition} {inner}",
                    f"{kind} that were {form.verb} {form.preposition} {inner}",
                ]
            case Form.OF:
                options = [f"{form.noun} {form.preposition or 'of'} {inner}", f"{inner}'s {form.noun}"]
            case Form.VERB:
                options = [f"{kind} that {w.base(form.verb)} {inner}", f"{kind} {w.ing(form.verb)} {inner}"]
            case Form.PAST_NOUN:
                options = [
                    f"{kind} {w.ing(form.verb)} {inner}",
                    f"{kind} {inner} {form.verb} in",
                    f"{kind} with {inner}",
                    f"{kind} {form.verb} by {inner}",
                    f"{kind} with {inner} as {w.singular(form.noun)}",
                ]
            case Form.IN:
                options = [f"{kind} {form.preposition} {inner}", f"{kind} whose {form.noun} is {inner}"]
            case _:
                options = [
                    f"{kind} with {form.noun} {inner}",
                    f"{kind} whose {form.noun} is {inner}",
                    f"{kind} that have {inner} as {form.noun}",
                    f"{inner} {kind}",
                    f"{kind} of {inner}",
                    f"{kind} with {inner}",
                ]
        return pick(options)

    def _sharing(self, part: int, inner: str) -> str:
        """What ``part`` and its inverse reach from ``inner``: things that share something with it."""
        pick = self._rng.choice
        form = self._wording(part)
        noun, kind = form.noun or "place", self._kind(int(self._schema.opposite[part]))
        many = w.plural(noun)
        if self._backward(part):
            verb = w.past(self._tail(form)) if form.verb else ""
            if verb:
                return pick(
                    (
                        f"people who co-{verb} {self._kind(part)} with {inner}",
                        f"people who {verb} {self._kind(part)} together with {inner}",
                        f"people who also {verb} {self._kind(part)} with {inner}",
                        f"co-{many} of {inner}",
                        f"{many} that {verb} the same {self._kind(part)} as {inner}",
                    )
                )
            return pick(
                (f"{many} in the same {self._kind(part)} as {inner}", f"other {many} of {inner}'s {self._kind(part)}")
            )
        options = [
            f"{kind} that share {many} with {inner}",
            f"{kind} that share a {noun} with {inner}",
            f"{kind} with the same {noun} as {inner}",
            f"{kind} that have the same {noun} as {inner}",
            f"other {kind} with the {noun} of {inner}",
        ]
        if form.form is Form.PASSIVE:
            past = w.past(self._tail(form))
            options += [
                f"{kind} {form.verb} by the {noun} of {inner}",
                f"{kind} whose {many} also {past} {inner}",
                f"{kind} the {noun} of {inner} also {past}",
            ]
        return pick(options)

    # --- questions

    def _ask_group(self, parts: tuple[int, ...]) -> str:
        group = self.noun_phrase(parts)
        bare = group.removeprefix("the ")
        reach = self._schema.reach[parts[-1]]
        openers = [f"what are {group}", f"what is {group}", f"list {group}", f"name {group}", f"which are {group}"]
        openers += [f"which {bare}", f"{bare}", f"what {bare}"]
        if reach.who > 0.5:
            openers += [f"who is {group}", f"who are {group}", f"who are {group}"]
        if reach.where > 0.5:
            openers += [f"where is {group}"]
        return self._rng.choice(openers)

    def _ask(self, part: int, inner: str) -> str:
        pick = self._rng.choice
        form = self._wording(part)
        reach = self._schema.reach[part]
        kind = self._kind(part)
        which = pick(("which", "what"))
        were = pick(("is", "was", "are", "were"))
        if not self._backward(part):
            noun = form.noun
            match form.form:
                case Form.PASSIVE:
                    past = w.past(self._tail(form))
                    options = [
                        f"who {past} {inner}",
                        f"who {past} {inner}",
                        f"who {were} {inner} {form.verb} by",
                        f"{inner} {were} {form.verb} by {pick(('who', 'whom', 'which person'))}",
                        f"who {were} the {noun} of {inner}",
                        f"which {kind} {past} {inner}",
                    ]
                case Form.PLACED:
                    options = [
                        f"{which} {kind} {were} {inner} {form.verb} {form.preposition}",
                        f"{form.preposition} {which} {kind} {were} {inner} {form.verb}",
                        f"{'when' if reach.time > 0.5 else 'where'} {were} {inner} {form.verb}",
                    ]
                case Form.OF:
                    options = [f"what is {inner} the {noun} {form.preposition or 'of'}"]
                    options += [f"{which} {kind} is {inner} the {noun} {form.preposition or 'of'}"]
                case Form.VERB:
                    options = [
                        f"what does {inner} {w.base(form.verb)}",
                        f"{which} {kind} does {inner} {w.base(form.verb)}",
                    ]
                case Form.PAST_NOUN:
                    options = [
                        f"who {form.verb} in {inner}",
                        f"who are the {noun} of {inner}",
                        f"{which} {noun} {form.verb} in {inner}",
                        f"who {were} {ing_or(form)} in {inner}",
                    ]
                case Form.IN:
                    options = [
                        f"{form.preposition} {which} {noun} {were} {inner}",
                        f"{which} {noun} {were} {inner} {form.preposition}",
                        f"what is the {noun} of {inner}",
                        f"what {w.plural(noun)} {were} {inner} {form.preposition}",
                    ]
                case _:
                    options = [
                        f"what {were} the {noun} of {inner}",
                        f"{which} {noun} does {inner} have",
                        f"what is {inner}'s {noun}",
                        f"{which} {noun} {were} {inner}",
                        f"{inner} has {which} {noun}",
                        f"what {were} {inner}'s {w.plural(noun)}",
                    ]
                    if reach.who > 0.5:
                        options += [f"who {were} the {noun} of {inner}", f"who is {inner}'s {noun}"] * 2
                    if reach.where > 0.5 or self._phrase_has(part, "place"):
                        options += [f"where is the {noun} of {inner}"]
                    if reach.time > 0.5:
                        options += [f"when {were} {inner} {participle_of(noun)}", f"in which {noun} was {inner} made"]
            return pick(options)
        match form.form:
            case Form.PASSIVE:
                root, past = w.base(self._tail(form)), w.past(self._tail(form))
                options = [
                    f"{which} {kind} did {inner} {root}",
                    f"{which} {kind} {were} {form.verb} by {inner}",
                    f"what did {inner} {root}",
                    f"what does {inner} {root}",
                    f"{inner} {past} {which} {kind}",
                    f"{inner} {were} the {form.noun} of {which} {kind}",
                ]
            case Form.PLACED:
                options = [
                    f"{'who' if reach.who > 0.5 else 'what'} {were} {form.verb} {form.preposition} {inner}",
                    f"{which} {kind} {were} {form.verb} {form.preposition} {inner}",
                ]
            case Form.OF:
                options = [
                    f"what is the {form.noun} {form.preposition or 'of'} {inner}",
                    f"what is {inner}'s {form.noun}",
                ]
                if reach.who > 0.5:
                    options += [f"who {were} the {form.noun} {form.preposition or 'of'} {inner}"] * 2
            case Form.VERB:
                who = "who" if reach.who > 0.5 else "what"
                options = [f"{who} {form.verb} {inner}", f"{which} {kind} {w.base(form.verb)} {inner}"]
            case Form.PAST_NOUN:
                root = w.base(form.verb)
                options = [
                    f"{which} {kind} did {inner} {root} in",
                    f"{which} {kind} {w.present(form.verb)} {inner}",
                    f"{inner} {form.verb} in {which} {kind}",
                    f"what does {inner} {root} in",
                    f"{which} {kind} have {inner} as {w.singular(form.noun)}",
                ]
            case Form.IN:
                options = [
                    f"{which} {kind} {were} {form.preposition} {inner}",
                    f"{which} {kind} have {inner} as {form.noun}",
                ]
            case _:
                options = [
                    f"{which} {kind} have {inner} as {form.noun}",
                    f"{which} {kind} have the {form.noun} {inner}",
                    f"what has {inner} as {form.noun}",
                    f"whose {form.noun} is {inner}",
                    f"{which} {kind} {were} of {inner} {form.noun}",
                    f"{inner} is the {form.noun} of {which} {kind}",
                ]
        return pick(options)

    # --- words

    def _backward(self, part: int) -> bool:
        """Whether the part is said in the words of the opposite direction."""
        return self._schema.phrasings[part].turned

    def _wording(self, part: int) -> Wording:
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
        near = [word for word in self._similar(verb) if w.participle(word)] if verb and " " not in verb else []
        return self._rng.choice(near) if near else verb

    def _tail(self, form: Wording) -> str:
        return form.verb.split()[-1] if form.verb else ""

    def _kind(self, part: int) -> str:
        """A plural noun for the things a part reaches."""
        reach = self._schema.reach[part]
        types = [number for number, share in reach.types.items() if share >= 0.4]
        if types and self._rng.random() < 0.85:
            phrase = self._rng.choice(self._schema.phrasings[self._schema.parts + self._rng.choice(types)].phrases)
            return w.plural(phrase)
        if reach.who > 0.6:
            return self._rng.choice(("people", "persons", "person"))
        near = self._similar(f"class:{part}")
        return w.plural(self._rng.choice(near)) if near and self._rng.random() < 0.85 else "things"

    def _phrase_has(self, part: int, word: str) -> bool:
        return any(word in phrase.split() for phrase in self._schema.phrasings[part].phrases)

    def _pick(self, article: str) -> str:
        return article if self._rng.random() < 0.8 else ""


def ing_or(form: Wording) -> str:
    return w.ing(form.verb)


def participle_of(noun: str) -> str:
    """ "release year" gives "released": what is asked of a date by its first word."""
    return w.past(noun.split()[0]) if noun else "made"
