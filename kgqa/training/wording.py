"""Wordings of a relation for synthesised questions, made from its label's form by general English grammar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kgqa.reasoning.search.english import ARTICLES, FUNCTION_WORDS


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


_PREPOSITIONS = frozenset(("in", "at", "from", "on", "for", "with", "to", "into", "as", "about"))
_IRREGULAR = {
    "written": ("write", "wrote"), "sung": ("sing", "sang"), "spoken": ("speak", "spoke"), "made": ("make", "made"),
    "found": ("find", "found"), "won": ("win", "won"), "led": ("lead", "led"), "held": ("hold", "held"),
    "built": ("build", "built"), "drawn": ("draw", "drew"), "grown": ("grow", "grew"), "given": ("give", "gave"),
    "taught": ("teach", "taught"), "bought": ("buy", "bought"), "sold": ("sell", "sold"), "known": ("know", "knew"),
    "chosen": ("choose", "chose"), "born": ("bear", "bore"), "shot": ("shoot", "shot"), "run": ("run", "ran"),
    "seen": ("see", "saw"), "told": ("tell", "told"), "taken": ("take", "took"), "shown": ("show", "showed"),
}  # fmt: skip


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


def participle(word: str) -> bool:
    return word in _IRREGULAR or (len(word) > 4 and word.endswith("ed"))


def base(verb: str) -> str:
    """The bare form of a participle or third person: "directed" and "directs" give "direct"."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][0]
    if verb.endswith("ied"):
        return verb[:-3] + "y"
    if verb.endswith("ed"):
        root = verb[:-2]
        if root[-1:] == root[-2:-1] and root[-1:] not in "sl":
            return root[:-1]
        return (
            root + "e" if root.endswith(("at", "s", "c", "v", "u", "g", "ir", "in", "as", "iz", "ys", "os")) else root
        )
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def past(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][1]
    if verb.endswith("ed"):
        return verb
    root = base(verb)
    return root + ("d" if root.endswith("e") else "ed")


def agent(verb: str) -> str:
    """Who does it: "directed" gives "director", "written" "writer"."""
    root = base(verb).removesuffix("e")
    return root + ("or" if root.endswith(("ct", "at", "it", "ess")) and root not in ("writ",) else "er")


def present(verb: str) -> str:
    root = base(verb)
    return root + ("es" if root.endswith(("s", "x", "ch", "sh")) else "s")


def ing(verb: str) -> str:
    return base(verb).removesuffix("e") + "ing"


def singular(noun: str) -> str:
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "ches", "shes", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and len(noun) > 3 else noun


def plural(noun: str) -> str:
    if noun.endswith("s") and singular(noun) != noun:
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
