"""Questions for what a part reaches: the clauses that English has for a relation's label."""

from __future__ import annotations

from collections.abc import Iterable

from kgqa.english import inflection as w
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.choice import Chooser
from kgqa.training.lexis import Lexis, last_verb
from kgqa.training.phrase import Phrase
from kgqa.training.turned import questions
from kgqa.training.wording import Form, Wording

SELDOM = 0.05
"""Share of the things with one relation that have another, from which on these are rivals for a wording."""


class Clauses:
    """Asks for the last hop of a walk; ``sorts``: parts whose few values sort things into kinds ("what kind of")."""

    def __init__(self, schema: Schema, choose: Chooser, lexis: Lexis, sorts: frozenset[int]) -> None:
        self._schema, self._choose, self._lexis, self._sorts = schema, choose, lexis, sorts
        self._topics = [
            part
            for part, reach in enumerate(schema.reach)
            if not schema.inverse[part] and max(reach.who, reach.where, reach.time, reach.number) < 0.5
        ]

    def ask(self, part: int, inner: Phrase) -> str:
        """A question for what ``part`` reaches from ``inner``."""
        form = self._lexis.wording(part)
        options = (
            questions(part, form, inner, self._schema, self._choose, self._lexis.kind(part))
            if self._lexis.backward(part)
            else self._forward(part, form, inner)
        )
        return self._choose.way(options)

    def _beside(self, part: int, parts: Iterable[int]) -> list[int]:
        """Those of some parts that things with this part have too."""
        have = self._schema.follows[int(self._schema.opposite[part])]
        return [other for other in parts if have[other] > SELDOM]

    def _forward(self, part: int, form: Wording, inner: Phrase) -> list[str]:
        pick = self._choose.rng.choice
        reach, kind, x, noun = self._schema.reach[part], self._lexis.kind(part), inner.text, form.noun
        which, person = pick(("which", "what")), pick(("who", "who", "which person"))
        be = pick(("are", "were")) if inner.many else pick(("is", "was", "was"))
        it = pick((("is", noun), ("was", noun), ("are", w.plural_phrase(noun)), ("were", w.plural_phrase(noun))))
        the = f"{it[0]} the {it[1]}"
        did = pick(("did", inner.do))
        match form.form:
            case Form.PASSIVE:
                past, verb = w.past(last_verb(form)), last_verb(form)
                return [
                    f"{person} {past} {x}",
                    f"who {be} {x} {form.verb} by",
                    f"who {the} of {x}",
                    f"{x} {be} {form.verb} by {pick(('who', 'whom', 'which person'))}",
                    f"who {past} {x}",
                    f"{which} {noun} {past} {x}",
                    f"by whom {be} {x} {form.verb}",
                    f"who are the people who {past} {x}",
                    f"who {past} {x}",
                    f"{which} {kind} {past} {x}",
                    f"who did the {w.ing(verb)} of {x}",
                    f"{x} had who as {noun}",
                    f"who {the} for {x}",
                    f"who {be} the {noun} behind {x}",
                    f"the {it[1]} of {x} {it[0]} who",
                    f"what is the name of the {noun} of {x}",
                    f"which people {past} {x}",
                    f"who has {form.verb} {x}",
                ]
            case Form.PLACED:
                word = "when" if reach.time > 0.5 else "where"
                return [
                    f"{which} {kind} {be} {x} {form.verb} {form.preposition}",
                    f"{form.preposition} {which} {w.singular(kind)} {be} {x} {form.verb}",
                    f"{word} {be} {x} {form.verb}",
                    f"{x} {be} {form.verb} {form.preposition} {which} {w.singular(kind)}",
                    f"{word} {be} {x}",
                    f"{word} exactly {be} {x} {form.verb}",
                    f"what {be} {x} {form.verb} {form.preposition}",
                    f"{which} {w.singular(kind)} {be} {x} {form.preposition}",
                ]
            case Form.OF:
                of = form.preposition or "of"
                return [
                    f"what {be} {x} the {noun} {of}",
                    f"{which} {w.singular(kind)} {be} {x} the {noun} {of}",
                    f"{of} what {be} {x} the {noun}",
                    f"{x} {be} the {noun} {of} {which} {w.singular(kind)}",
                    f"{which} {kind} have {x} as {noun}",
                    f"{x} {be} {noun} {of} what",
                    f"whose {noun} {be} {x}",
                    f"{which} {w.singular(kind)} has {x} as its {noun}",
                ]
            case Form.VERB:
                return [
                    f"what {did} {x} {w.base(form.verb)}",
                    f"{which} {kind} {did} {x} {w.base(form.verb)}",
                    f"{x} {w.base(form.verb) if inner.many else form.verb} {which} {kind}",
                    f"what {be} {x} {w.ing(form.verb)}",
                    f"what things {did} {x} {w.base(form.verb)}",
                ]
            case Form.PAST_NOUN:
                return [
                    f"who {form.verb} in {x}",
                    f"who {the} of {x}",
                    f"{which} {w.plural_phrase(noun)} {form.verb} in {x}",
                    f"who {be} {w.ing(form.verb)} in {x}",
                    f"who {the} in {x}",
                    f"who is in {x}",
                    f"which people {form.verb} in {x}",
                    f"{x} {inner.have} which {w.plural_phrase(noun)}",
                    f"who {form.verb} in {x}",
                    f"{which} {w.plural_phrase(noun)} {be} in {x}",
                    f"who are the {w.plural_phrase(noun)} that {form.verb} in {x}",
                    f"{x} {w.present(form.verb) if not inner.many else w.base(form.verb)} who",
                    f"whom {did} {x} {w.base(form.verb)}",
                ]
            case Form.IN:
                return [
                    f"{form.preposition} {which} {noun} {be} {x}",
                    f"{which} {noun} {be} {x} {form.preposition}",
                    f"what {the} of {x}",
                    f"what {w.plural_phrase(noun)} {be} {x} {form.preposition}",
                    f"{x} {be} {form.preposition} {which} {noun}",
                    f"{which} {noun} {did} {x} use",
                    f"what {noun} {did} {x} have",
                    f"{which} {w.plural_phrase(noun)} are used in {x}",
                    f"what {the} used in {x}",
                ]
        options = [
            f"what {the} of {x}",
            f"{which} {noun} {did} {x} have",
            f"what {the} for {x}",
            f"{which} {noun} {be} {x}",
            f"{x} {inner.have} {which} {noun}",
            f"what {w.plural_phrase(noun)} {did} {x} have",
            f"under {which} {noun} {be} {x}",
            f"what {noun} {be} {x}",
            f"what {noun} {did} {x} belong to",
            f"how is the {noun} of {x} called",
            f"what is given as the {noun} of {x}",
            f"{which} {w.plural_phrase(noun)} {be} {x} known for",
            f"what {noun} {be} {x} in",
            f"what {the} that {x} {inner.have}",
            f"the {noun} of {x} is what",
        ]
        if inner.name:
            options += [
                f"what is {x}'s {noun}",
                f"what are {x}'s {w.plural_phrase(noun)}",
                f"{x} {noun}",
                f"what is the {x} {noun}",
            ]
        if reach.who > 0.5:
            options += [
                f"who {the} of {x}",
                f"who {the} of {x}",
                f"who {be} {x}'s {noun}",
                f"who {did} {x} have as {noun}",
            ]
        elif part in self._topics and self._lexis.may_mean(
            "topic, subject or theme", part, self._beside(part, self._topics)
        ):
            options += [f"what {be} {x} about"]
        of = w.singular(self._lexis.kind(int(self._schema.opposite[part])))
        if part in self._sorts and self._lexis.may_mean(f"what kind of {of}", part, self._beside(part, self._sorts)):
            sort = pick(("kind", "type", "sort"))
            options += [
                f"what {sort} of {of} {be} {x}",
                f"what {sort} of {noun} {be} {x}",
                f"{x} {be} what {sort} of {of}",
                f"which {sort} of {of} {be} {x}",
                f"what {sort} of {of} would {x} be",
                f"what {sort}s of {noun} {did} {x} have",
            ]
        if reach.where > 0.5 or self._lexis.phrase_has(part, "place"):
            options += [f"where {be} the {noun} of {x}"]
        if reach.time > 0.5:
            verb = self._lexis.date_verb(noun)
            options += [
                f"when {be} {x} {verb}",
                f"in which {noun} {be} {x} made",
                f"when did {x} {w.base(verb)}",
                f"when {be} the {noun} of {x}",
                f"what year {be} {x} {verb}" if reach.number > 0.5 else f"what date {be} {x} {verb}",
                f"when {be} {x} {verb}",
                f"{x} {be} {verb} when",
                f"how old {be} {x}",
            ]
        return options
