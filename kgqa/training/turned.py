"""Relations said from their other end: what "directed by" leads back to, as questions and as noun phrases."""

from __future__ import annotations

from kgqa.english import inflection as w
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.choice import Chooser
from kgqa.training.lexis import last_verb
from kgqa.training.phrase import Phrase
from kgqa.training.wording import Form, Wording


def questions(part: int, form: Wording, inner: Phrase, schema: Schema, choose: Chooser, kind: str) -> list[str]:
    """The ways to ask for what ``part`` reaches from ``inner``; ``kind``: a plural noun for it."""
    pick = choose.rng.choice
    person, x, noun = schema.reach[part].who, inner.text, form.noun
    which, who = pick(("which", "what")), "who" if person > 0.5 else "what"
    one = w.singular(kind)
    did = pick(("did", inner.do))
    be, have = "are" if inner.many else "is", inner.have
    match form.form:
        case Form.PASSIVE:
            verb = last_verb(form)
            root, past = w.base(verb), w.past(verb)
            return [
                f"{which} {kind} {did} {x} {root}",
                f"{which} {kind} {pick(('are', 'were', 'have been'))} {form.verb} by {x}",
                f"what {did} {x} {root}",
                f"what {have} {x} {form.verb}",
                f"{x} {past} {which} {kind}",
                f"what {kind} {have} {x} {form.verb}",
                f"{x} {be} the {noun} of {which} {kind}",
                f"{which} {kind} {be} {x} the {noun} of",
                f"{which} {kind} {did} {x} {root}",
                f"what was {form.verb} by {x}",
                f"for {which} {kind} {be} {x} the {noun}",
                f"what {kind} are by {x}",
                f"{which} {kind} have {x} as {noun}",
                f"{x} {have} {form.verb} {which} {kind}",
                f"{which} {one} {did} {x} {root}",
                f"what are some {kind} {form.verb} by {x}",
            ]
        case Form.PLACED:
            return [
                f"{who} {pick(('is', 'are', 'was', 'were'))} {form.verb} {form.preposition} {x}",
                f"{which} {kind} {pick(('are', 'were'))} {form.verb} {form.preposition} {x}",
                f"{which} {kind} are {form.preposition} {x}",
                f"{which} {one} was {form.verb} {form.preposition} {x}",
                f"{who} comes from {x}"
                if form.preposition in ("in", "at") and person > 0.5
                else f"what is {form.preposition} {x}",
            ]
        case Form.OF:
            of = form.preposition or "of"
            options = [
                f"what is the {noun} {of} {x}",
                f"what are the {w.plural_phrase(noun)} {of} {x}",
                f"{which} {one} is the {noun} {of} {x}",
                f"what {noun} {did} {x} have",
                f"{x} {have} {which} {noun}",
                f"the {noun} {of} {x} is what",
                f"{which} {one} is {noun} {of} {x}",
                f"name of the {noun} {of} {x}",
            ]
            options += [f"what is {x}'s {noun}", f"{x} {noun}"] if inner.name else []
            if person > 0.5:
                options += [f"who {pick(('is', 'was', 'were'))} the {noun} {of} {x}", f"who is {noun} {of} {x}"] * 2
            return options
        case Form.VERB:
            return [
                f"{who} {form.verb} {x}",
                f"{which} {kind} {w.base(form.verb)} {x}",
                f"{which} {one} {form.verb} {x}",
                f"{who} {pick(('is', 'are'))} {w.ing(form.verb)} {x}",
            ]
        case Form.PAST_NOUN:
            root, single = w.base(form.verb), w.singular(noun)
            return [
                f"{which} {kind} {did} {x} {root} in",
                f"{which} {kind} {w.base(form.verb)} {x}",
                f"{x} {form.verb} in {which} {kind}",
                f"what {did} {x} {root} in",
                f"{which} {kind} have {x} as {single}",
                f"{which} {kind} {be} {x} in",
                f"{which} {one} {w.present(form.verb)} {x}",
                f"in {which} {kind} {did} {x} {root}",
                f"what {have} {x} {form.verb} in",
                f"{x} {be} in {which} {kind}",
                f"{which} {kind} {have} {x} {form.verb} in",
                f"{which} {kind} have {x} in the {noun}",
                f"{x} {be} {single} in {which} {kind}",
                f"{x} {did} {root} in what",
            ]
        case Form.IN:
            return [
                f"{which} {kind} are {form.preposition} {x}",
                f"{which} {kind} have {x} as {noun}",
                f"what is {form.preposition} {x}",
                f"{which} {kind} use {x}",
                f"what {kind} are there {form.preposition} {x}",
                f"{x} {be} the {noun} of {which} {kind}",
                f"which are the {kind} {form.preposition} {x}",
                f"what {x} {kind} are there" if inner.name else f"{which} {kind} were {form.preposition} {x}",
            ]
    return [
        f"{which} {kind} have {x} as {noun}",
        f"{which} {kind} have the {noun} {x}",
        f"what has {x} as {noun}",
        f"whose {noun} {be} {x}",
        f"{which} {kind} are of {noun} {x}",
        f"{x} {be} the {noun} of {which} {kind}",
        f"{which} {kind} are {x}",
        f"which {kind} go with {x}",
        f"{which} {one} has {x} for {noun}",
        f"what {kind} belong to {x}",
        f"what are some {kind} with {noun} {x}",
        f"for {which} {kind} {be} {x} the {noun}",
        f"{which} {kind} are from {x}",
        f"which {kind} come with {x}",
        f"what {kind} are there with {x}",
        f"{which} {kind} are under {x}",
        f"what {kind} are in {x}",
        f"which {kind} are associated with {x}",
        f"{which} {kind} are about {x}",
    ]


def groups(part: int, form: Wording, inner: Phrase, schema: Schema, kind: str, *, many: bool) -> list[str]:
    """The ways to name what ``part`` reaches from ``inner``, without article; ``kind``: a noun for it."""
    x, noun = inner.text, form.noun
    be, have = ("are", "have") if many else ("is", "has")
    match form.form:
        case Form.PASSIVE:
            past = w.past(last_verb(form))
            options = [
                f"{kind} {form.verb} by {x}",
                f"{kind} that {x} {past}",
                f"{kind} {x} {past}",
                f"{kind} that {be} {form.verb} by {x}",
                f"{kind} whose {noun} {inner.be} {x}",
                f"{kind} with {x} as {noun}",
                f"{kind} by {x}",
                f"{kind} of {noun} {x}",
                f"{kind} {x} has {form.verb}",
                f"{kind} that were {form.verb} by {x}",
                f"{kind} of which {x} {inner.be} the {noun}",
                f"{kind} which {x} {past}",
            ]
            options += [f"{x} {kind}", f"{x}'s {kind}"] if inner.name else []
        case Form.PLACED:
            options = [
                f"{kind} {form.verb} {form.preposition} {x}",
                f"{kind} that were {form.verb} {form.preposition} {x}",
                f"{kind} that {be} {form.preposition} {x}",
                f"{kind} that {be} {form.verb} {form.preposition} {x}",
                f"{kind} {form.preposition} {x}",
            ]
        case Form.OF:
            of = form.preposition or "of"
            said = w.plural_phrase(noun) if many else noun
            options = [
                f"{said} {of} {x}",
                f"{kind} that {be} {noun} {of} {x}",
                f"{said} {x} {inner.have}",
                f"{said} for {x}",
            ]
        case Form.VERB:
            verb = w.base(form.verb) if many else form.verb
            options = [
                f"{kind} that {verb} {x}",
                f"{kind} {w.ing(form.verb)} {x}",
                f"{kind} which {verb} {x}",
                f"{kind} that {be} {w.ing(form.verb)} {x}",
            ]
        case Form.PAST_NOUN:
            one = w.singular(noun)
            options = [
                f"{kind} {w.ing(form.verb)} {x}",
                f"{kind} {x} {form.verb} in",
                f"{kind} with {x}",
                f"{kind} that {x} {form.verb} in",
                f"{kind} {form.verb} by {x}",
                f"{kind} with {x} as {one}",
                f"{kind} in which {x} {form.verb}",
                f"{kind} that {w.base(form.verb) if many else w.present(form.verb)} {x}",
                f"{kind} where {x} {form.verb}",
                f"{kind} with {one} {x}",
                f"{kind} {x} {inner.be} in",
                f"{kind} that have {x} among the {w.plural_phrase(noun)}",
            ]
            options += [f"{x} {kind}", f"{x}'s {kind}"] if inner.name else []
        case Form.IN:
            options = [
                f"{kind} {form.preposition} {x}",
                f"{kind} whose {noun} {inner.be} {x}",
                f"{kind} with {noun} {x}",
                f"{kind} that {be} {form.preposition} {x}",
                f"{kind} that use {x}",
                f"{kind} {form.preposition} the {noun} {x}",
            ]
            options += [f"{x} {kind}", f"{x} {noun} {kind}"] if inner.name else []
        case _:
            options = [
                f"{kind} with {noun} {x}",
                f"{kind} whose {noun} {inner.be} {x}",
                f"{kind} that {have} {x} as {noun}",
                f"{kind} with {x} as {noun}",
                f"{kind} of {noun} {x}",
                f"{kind} that {be} {x}",
                f"{kind} of {x}",
                f"{kind} with the {noun} {x}",
                f"{kind} with {x}",
                f"{kind} from {x}",
                f"{kind} having {x} as {noun}",
                f"{kind} for which the {noun} {inner.be} {x}",
            ]
            options += [f"{x} {kind}"] if inner.name else []
            reach = schema.reach[int(schema.opposite[part])]
            if max(reach.who, reach.where, reach.time, reach.number) < 0.5:
                options += [f"{kind} about {x}"]
    return options
