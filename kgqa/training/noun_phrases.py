"""What walks reach, as English noun phrases: "films directed by X", "people who share a language with X"."""

from __future__ import annotations

from collections.abc import Sequence

from kgqa.english import inflection as w
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.choice import Chooser
from kgqa.training.lexis import THINGS, Lexis, last_verb
from kgqa.training.phrase import MARK, Phrase
from kgqa.training.turned import groups
from kgqa.training.wording import Form, Wording

INTRODUCED = 0.25
"""Share of the names that come with what they are: "the film X"."""


class NounPhrases:
    """Says what walks over one graph reach."""

    def __init__(self, schema: Schema, choose: Chooser, lexis: Lexis) -> None:
        self._schema, self._choose, self._lexis = schema, choose, lexis

    def start(self, roles: Sequence[int] = ()) -> Phrase:
        """A name, in some cases with what it is: ``roles`` are parts that reach it."""
        if roles and self._choose.chance(INTRODUCED):
            role = self._lexis.role(self._choose.rng.choice(roles))
            if role and role not in THINGS:
                return Phrase(self._choose.way((f"the {role} {MARK}", f"{role} {MARK}", f"the {role} {MARK}")))
        return Phrase(MARK, name=True)

    def walk(self, parts: tuple[int, ...], roles: Sequence[int] = ()) -> Phrase:
        """What a walk reaches, with an article; the name is MARK."""
        if not parts:
            return self.start(roles)
        if len(parts) > 1 and parts[-1] == self._schema.opposite[parts[-2]] and self._choose.chance(0.7):
            return Phrase("the " + self._sharing(parts[-2], self.walk(parts[:-2], roles)), many=True)
        inner = self.walk(parts[:-1], roles)
        form, many = self._lexis.wording(parts[-1]), self._choose.chance(0.6)
        if inner.name and not self._lexis.backward(parts[-1]) and form.noun and self._choose.chance(0.2):
            return Phrase(f"{inner.text}'s {w.plural_phrase(form.noun) if many else form.noun}", many)
        text = self._choose.way(self.groups(parts[-1], form, inner, many=many))
        return Phrase(f"the {text}" if self._choose.chance(0.8) else text, many)

    def group(self, part: int, inner: Phrase, *, many: bool = True) -> str:
        """A noun phrase for what ``part`` reaches from ``inner``, without article."""
        return self._choose.way(self.groups(part, self._lexis.wording(part), inner, many=many))

    def groups(self, part: int, form: Wording, inner: Phrase, *, many: bool) -> list[str]:
        """The ways to name what ``part`` reaches from ``inner``, without article."""
        kind = self._lexis.kind(part)
        kind = kind if many else w.singular(kind)
        noun = w.plural_phrase(form.noun) if many and form.noun else form.noun
        if self._lexis.backward(part):
            return groups(part, form, inner, self._schema, kind, many=many)
        x, were = inner.text, "were" if inner.many else "was"
        who = self._choose.rng.choice(
            ("people who", "ones that", "those who", "persons that") if many else ("person who", "one who", "one that")
        )
        match form.form:
            case Form.PASSIVE:
                past = w.past(last_verb(form))
                options = [
                    f"{noun} of {x}",
                    f"{who} {past} {x}",
                    f"{noun} behind {x}",
                    f"{noun} who {past} {x}",
                    f"{noun} by whom {x} {were} {form.verb}",
                    f"{noun} of {x}",
                    f"{kind} who {past} {x}",
                    f"{noun} for {x}",
                ]
                options += [f"{x} {noun}"] if inner.name else []
            case Form.PLACED:
                options = [
                    f"{kind} {x} {were} {form.verb} {form.preposition}",
                    f"{kind} {form.preposition} which {x} {inner.be} {form.verb}",
                    f"{kind} where {x} {were} {form.verb}",
                    f"{kind} that {x} {were} {form.verb} {form.preposition}",
                ]
            case Form.OF:
                of = form.preposition or "of"
                options = [
                    f"{kind} that {x} {inner.be} the {form.noun} {of}",
                    f"{kind} of which {x} {inner.be} the {form.noun}",
                    f"{kind} whose {form.noun} {inner.be} {x}",
                    f"{kind} with {x} as {form.noun}",
                ]
            case Form.VERB:
                verb = w.base(form.verb) if inner.many else form.verb
                options = [
                    f"{kind} that {x} {verb}",
                    f"{kind} {verb_past(form.verb)} by {x}",
                    f"{kind} {x} {verb}",
                    f"{kind} which {x} {verb}",
                ]
            case Form.PAST_NOUN:
                options = [
                    f"{noun} of {x}",
                    f"{noun} in {x}",
                    f"{who} {form.verb} in {x}",
                    f"{noun} who {form.verb} in {x}",
                    f"{noun} from {x}",
                    f"{noun} that {form.verb} in {x}",
                    f"{kind} in {x}",
                    f"{noun} who are in {x}",
                ]
                options += [f"{x} {noun}"] if inner.name else []
            case Form.IN:
                options = [
                    f"{noun} of {x}",
                    f"{noun} {x} {inner.be} {form.preposition}",
                    f"{noun} used in {x}",
                    f"{noun} {form.preposition} which {x} {inner.be}",
                ]
            case _:
                options = [
                    f"{noun} of {x}",
                    f"{noun} that {x} {inner.have}",
                    f"{noun} for {x}",
                    f"{noun} belonging to {x}",
                    f"{noun} of {x}",
                    f"{noun} {x} {inner.have}",
                    f"{noun} given for {x}",
                    f"{noun} which {x} {inner.have}",
                ]
                options += [f"{x} {noun}"] if inner.name else []
        return options

    def _sharing(self, part: int, inner: Phrase) -> str:
        """What ``part`` and its inverse reach from ``inner``: things that share something with it."""
        form, x = self._lexis.wording(part), inner.text
        noun, kind = form.noun or "place", self._lexis.kind(int(self._schema.opposite[part]))
        many, between = w.plural_phrase(noun), self._lexis.kind(part)
        if self._lexis.backward(part):
            options = [
                f"{many} of the same {between} as {x}",
                f"other {many} of {between} of {x}",
                f"{many} who share {between} with {x}",
                f"{many} that have {between} in common with {x}",
            ]
            if form.verb:
                verb = w.past(last_verb(form))
                options += [
                    f"people who {verb} {between} together with {x}",
                    f"{many} that {verb} the same {between} as {x}",
                    f"people who also {verb} {between} with {x}",
                    f"people who {verb} the same {between} {x} {verb}",
                    f"co-{many} of {x}",
                    f"people who {verb} {between} with {x}",
                ]
            return self._choose.way(options)
        options = [
            f"{kind} that share {many} with {x}",
            f"{kind} that share a {noun} with {x}",
            f"{kind} with the same {noun} as {x}",
            f"{kind} that have the same {noun} as {x}",
            f"other {kind} with the {noun} of {x}",
            f"{kind} whose {noun} {inner.be} also that of {x}",
            f"{kind} having the same {many} as {x}",
            f"other {kind} of the same {noun} as {x}",
        ]
        if form.form is Form.PASSIVE:
            past = w.past(last_verb(form))
            options += [
                f"{kind} {form.verb} by the {noun} of {x}",
                f"{kind} whose {many} also {past} {x}",
                f"{kind} the {noun} of {x} also {past}",
                f"{kind} {form.verb} by the same person as {x}",
                f"{kind} also {form.verb} by the {noun} of {x}",
                f"other {kind} by the {noun} of {x}",
            ]
        if form.form is Form.PAST_NOUN:
            options += [
                f"{kind} that {x} shares {many} with",
                f"{kind} {form.verb} in by the {many} of {x}",
                f"other {kind} with the {many} of {x}",
            ]
        return self._choose.way(options)


def verb_past(verb: str) -> str:
    """The participle of a third person: "borders" gives "bordered"."""
    return w.past(verb)
