"""Says walks over a graph in English, in many ways, from the labels of their relations and types."""

from __future__ import annotations

import random

from kgqa.english import inflection as w
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.lexis import Lexis, Paraphrases, last_verb
from kgqa.training.noun_phrases import MARK, NounPhrases
from kgqa.training.wording import Form

_REQUESTS = (
    "tell me",
    "give me",
    "can you name",
    "can you tell me",
    "show me",
    "find",
    "i want to know",
    "please list",
)


class Speaker:
    """Says walks over one graph.

    ``near`` gives words near in meaning; ``sorts``: parts whose few values sort things into kinds ("what kind of").
    """

    def __init__(
        self, schema: Schema, rng: random.Random, near: Paraphrases, sorts: frozenset[int] = frozenset()
    ) -> None:
        self._schema, self._rng, self._sorts = schema, rng, sorts
        self._lexis = Lexis(schema, rng, near)
        self._phrases = NounPhrases(schema, rng, self._lexis)

    def question(self, parts: tuple[int, ...]) -> str:
        """A question that asks for the end of a walk; the name is MARK."""
        self._phrases.restyle()
        inner = self._phrases.walk(parts[:-1]) if len(parts) > 1 else MARK
        return self._ask(parts[-1], inner) if self._rng.random() < 0.7 else self._ask_group(parts)

    def members(self, parts: tuple[int, ...]) -> str:
        """What a walk reaches, as a plural noun phrase without article."""
        return self._phrases.group(parts[-1], self._phrases.walk(parts[:-1]), bare=True)

    def kind(self, part: int) -> str:
        """A plural noun for the things that a part reaches."""
        return self._lexis.kind(part)

    def value(self, part: int) -> str:
        """A noun for the value that a part reaches."""
        return self._lexis.wording(part).noun or "value"

    def _ask_group(self, parts: tuple[int, ...]) -> str:
        group = self._phrases.walk(parts)
        bare = group.removeprefix("the ")
        reach = self._schema.reach[parts[-1]]
        openers = [f"what are {group}", f"what is {group}", f"list {group}", f"name {group}", f"which are {group}"]
        openers += [f"which {bare}", f"{bare}", f"what {bare}", f"what {bare} are there", f"{group}"]
        openers += [f"{self._rng.choice(_REQUESTS)} {group}"]
        if reach.who > 0.5:
            openers += [f"who is {group}", f"who are {group}", f"who are {group}"]
        if reach.where > 0.5:
            openers += [f"where is {group}"]
        return self._rng.choice(openers)

    def _ask(self, part: int, inner: str) -> str:
        pick = self._rng.choice
        form = self._lexis.wording(part)
        reach = self._schema.reach[part]
        kind = self._lexis.kind(part)
        which = pick(("which", "what"))
        were = pick(("is", "was", "are", "were"))
        if not self._lexis.backward(part):
            noun = form.noun
            match form.form:
                case Form.PASSIVE:
                    past = w.past(last_verb(form))
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
                        f"who {were} {w.ing(form.verb)} in {inner}",
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
                    elif max(reach.where, reach.time, reach.number) < 0.5:
                        options += [f"what {were} {inner} about"]
                    if part in self._sorts:
                        sort, of = pick(("kind", "type", "sort")), self._lexis.kind(int(self._schema.opposite[part]))
                        options += [f"what {sort} of {of} {were} {inner}", f"what {sort} of {noun} {were} {inner}"]
                    if reach.where > 0.5 or self._lexis.phrase_has(part, "place"):
                        options += [f"where is the {noun} of {inner}"]
                    if reach.time > 0.5:
                        options += [
                            f"when {were} {inner} {_date_verb(noun)}",
                            f"in which {noun} was {inner} made",
                        ]
            return pick(options)
        match form.form:
            case Form.PASSIVE:
                root, past = w.base(last_verb(form)), w.past(last_verb(form))
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


def _date_verb(noun: str) -> str:
    """ "release year" gives "released": what is asked of a date by its first word."""
    return w.past(noun.split()[0]) if noun else "made"
