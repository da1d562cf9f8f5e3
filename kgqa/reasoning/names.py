"""How plans are worded: labels of nodes, and relations as phrases that can be read in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kgqa.english.function_words import BE, HAVE, LABEL_PREPOSITIONS
from kgqa.graph.snapshot import RelationInfo, Snapshot
from kgqa.graph.words import as_words
from kgqa.reasoning.plan import Step
from kgqa.types import Literal


class Names(Protocol):
    """Whatever can name the parts of a plan."""

    def node(self, ref: str | Literal) -> str:
        """The label of an entity, the value and unit of a literal."""
        ...

    def relation(self, id: str) -> RelationInfo | None:
        """What is known of a relation."""
        ...

    def type(self, id: str) -> str:
        """A type as words."""
        ...


class SnapshotNames:
    """Names from a snapshot; ids stand in where it knows no label."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def node(self, ref: str | Literal) -> str:
        if isinstance(ref, Literal):
            return ref.label()
        number = self._snapshot.node(ref)
        return ref if number is None else self._snapshot.label(number)

    def relation(self, id: str) -> RelationInfo | None:
        number = self._snapshot.relation_number(id)
        return None if number is None else self._snapshot.relations[number]

    def type(self, id: str) -> str:
        number = self._snapshot.node(id)
        return as_words(id) if number is None else self._snapshot.label(number)


@dataclass(frozen=True, slots=True)
class Wording:
    """A step read from its near end: a noun ("the capital of X"), or a clause about what is reached.

    Exactly one of ``noun`` and ``clause`` is set; the clause has "{}" where the near end stands. ``possessive`` is
    the step as the property that a member has ("whose capital ..."), for a noun the noun itself.
    """

    noun: str | None
    clause: str | None
    possessive: str | None


def word_step(step: Step, names: Names) -> Wording:
    """Reads a step as English, from the relation's labels or its id."""
    info = names.relation(step.relation)
    label = _plain(info.label if info is not None and info.label else as_words(step.relation))
    inverse = _plain(info.inverse_label) if info is not None and info.inverse_label else None
    symmetric = info is not None and info.symmetric
    if step.inverse and inverse is not None and not symmetric:
        return _forward(inverse, back=label, symmetric=False)
    if step.inverse and not symmetric:
        return _backward(label)
    return _forward(label, back=inverse, symmetric=symmetric)


def _forward(label: str, *, back: str | None, symmetric: bool) -> Wording:
    words = label.split()
    if symmetric and words[-1].endswith("s") and len(words) == 1:
        return Wording(None, f"that {_plural_verb(label)} {{}}", None)
    if words[0] in HAVE and len(words) > 1:
        return _noun(" ".join(words[1:]))
    if words[0] in BE and len(words) > 1:
        return Wording(None, f"that {{}} {label}", None)
    if words[-1] in LABEL_PREPOSITIONS and len(words) > 1:
        verb = words[0].endswith("s") and not words[0].endswith("ss")
        return Wording(None, f"that {{}} {label}" if verb else f"that {{}} is {label}", None)
    if back is not None and back.split()[-1] == "by" and len(words) == 1:
        return Wording(None, f"that {{}} {label}", None)
    if words[0] in LABEL_PREPOSITIONS and len(words) > 1:
        return _noun(" ".join(words[1:]))
    return _noun(label)


def _backward(label: str) -> Wording:
    """What has the near end as its ``label``, where the relation has no inverse label."""
    words = label.split()
    if words[-1] in LABEL_PREPOSITIONS and len(words) > 1:
        if words[0] in BE or (words[0].endswith("s") and not words[0].endswith("ss")):
            return Wording(None, f"that {label} {{}}", None)
        return Wording(None, f"that are {label} {{}}", None)
    if words[0] in HAVE | LABEL_PREPOSITIONS and len(words) > 1:
        label = " ".join(words[1:])
    return Wording(None, f"whose {label} {is_or_include(label)} {{}}", None)


def _noun(label: str) -> Wording:
    return Wording(label, None, label)


def _plural_verb(verb: str) -> str:
    """ "borders" as it follows "that" of many: "border"."""
    return verb[:-2] if verb.endswith(("sses", "shes", "ches", "xes")) else verb[:-1]


def is_or_include(noun: str) -> str:
    """The verb between a property and one of its values."""
    return "include" if noun.endswith("s") and not noun.endswith("ss") else "is"


def _plain(label: str) -> str:
    return " ".join(label.split()) or label
