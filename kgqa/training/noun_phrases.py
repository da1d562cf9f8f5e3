"""What walks reach, as English noun phrases: "films directed by X", "people who share a language with X"."""

from __future__ import annotations

import random
from enum import StrEnum

from kgqa.english import inflection as w
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.lexis import Lexis, last_verb
from kgqa.training.wording import Form

MARK = "\u2062"
"""Stands for a name in a question until it is put in; never part of a name."""


class Style(StrEnum):
    """How attributes are said."""

    MIXED = "mixed"
    OWNED = "owned"
    OF = "of"


class NounPhrases:
    """Says what walks over one graph reach."""

    def __init__(self, schema: Schema, rng: random.Random, lexis: Lexis) -> None:
        self._schema, self._rng, self._lexis = schema, rng, lexis
        self._style = Style.MIXED

    def restyle(self) -> None:
        """Chooses anew how attributes are said until the next call: people keep to one way within a question."""
        self._style = self._rng.choice((Style.MIXED, Style.MIXED, Style.OWNED, Style.OF))

    def attribute(self, noun: str, inner: str, *, bare: bool = False) -> str:
        """An attribute of something: "the noun of it", "its noun"."""
        if self._style is Style.OWNED:
            return f"{inner}'s {noun}"
        if self._style is Style.OF:
            return f"{noun} of {inner}"
        return self._rng.choice(
            (f"{noun} of {inner}", f"{noun} of {inner}", f"{inner}'s {noun}", *(() if bare else (f"{inner} {noun}",)))
        )

    def walk(self, parts: tuple[int, ...]) -> str:
        """What a walk reaches; the name is MARK."""
        if not parts:
            return MARK
        if len(parts) > 1 and parts[-1] == self._schema.opposite[parts[-2]] and self._rng.random() < 0.7:
            return self._pick("the ") + self._sharing(parts[-2], self.walk(parts[:-2]))
        return self._pick("the ") + self.group(parts[-1], self.walk(parts[:-1]))

    def group(self, part: int, inner: str, *, bare: bool = False) -> str:
        """A noun phrase for what ``part`` reaches from ``inner``, without article."""
        pick = self._rng.choice
        form = self._lexis.wording(part)
        noun = w.plural(form.noun) if pick((True, True, False)) or bare else form.noun
        kind = self._lexis.kind(part)
        if not self._lexis.backward(part):
            match form.form:
                case Form.PASSIVE:
                    who = pick(("people who", "persons that", "ones that"))
                    options = [f"{noun} of {inner}", f"{noun} of {inner}", f"{who} {w.past(last_verb(form))} {inner}"]
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
                    options = [self.attribute(noun, inner, bare=bare)]
            return pick(options)
        match form.form:
            case Form.PASSIVE:
                past = w.past(last_verb(form))
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
                reach = self._schema.reach[int(self._schema.opposite[part])]
                if max(reach.who, reach.where, reach.time, reach.number) < 0.5:
                    options += [f"{kind} about {inner}"]
        return pick(options)

    def _sharing(self, part: int, inner: str) -> str:
        """What ``part`` and its inverse reach from ``inner``: things that share something with it."""
        pick = self._rng.choice
        form = self._lexis.wording(part)
        noun, kind = form.noun or "place", self._lexis.kind(int(self._schema.opposite[part]))
        many = w.plural(noun)
        if self._lexis.backward(part):
            verb = w.past(last_verb(form)) if form.verb else ""
            if verb:
                return pick(
                    (
                        f"people who co-{verb} {self._lexis.kind(part)} with {inner}",
                        f"people who {verb} {self._lexis.kind(part)} together with {inner}",
                        f"people who also {verb} {self._lexis.kind(part)} with {inner}",
                        f"co-{many} of {inner}",
                        f"{many} that {verb} the same {self._lexis.kind(part)} as {inner}",
                    )
                )
            return pick(
                (
                    f"{many} in the same {self._lexis.kind(part)} as {inner}",
                    f"other {many} of {inner}'s {self._lexis.kind(part)}",
                )
            )
        options = [
            f"{kind} that share {many} with {inner}",
            f"{kind} that share a {noun} with {inner}",
            f"{kind} with the same {noun} as {inner}",
            f"{kind} that have the same {noun} as {inner}",
            f"other {kind} with the {noun} of {inner}",
        ]
        if form.form is Form.PASSIVE:
            past = w.past(last_verb(form))
            options += [
                f"{kind} {form.verb} by the {noun} of {inner}",
                f"{kind} whose {many} also {past} {inner}",
                f"{kind} the {noun} of {inner} also {past}",
            ]
        return pick(options)

    def _pick(self, article: str) -> str:
        return article if self._rng.random() < 0.8 else ""
