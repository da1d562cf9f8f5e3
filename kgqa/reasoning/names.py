"""How plans are worded: labels of nodes, and relations as phrases that can be read in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kgqa.english.function_words import BE, HAVE, LABEL_PREPOSITIONS, PRONOUNS, WH_WORDS
from kgqa.english.inflection import base, participle, past, plural_phrase
from kgqa.graph.snapshot import RelationInfo, Snapshot
from kgqa.graph.words import as_words
from kgqa.reasoning.plan import Step
from kgqa.types import Literal

THINGS = "things"
_POINTING = PRONOUNS | WH_WORDS


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

    Exactly one of ``noun`` and ``clause`` is set; "{}" in the clause stands for the near end. ``kind`` is a plural
    noun for what is reached, "things" where the relation does not say.
    """

    noun: str | None
    clause: str | None
    kind: str = THINGS

    def relating(self, near: str, *, many: bool = False) -> str:
        """The clause about the near end, which may be ``many``; empty where there is none."""
        clause = self.clause or ""
        if many:
            clause = clause.replace("{} is ", "{} are ").replace("{} was ", "{} were ")
        return clause.replace("{}", near)


def word_step(step: Step, names: Names) -> Wording:
    """Reads a step as English, from the relation's labels or its id."""
    info = names.relation(step.relation)
    label = _plain(info.label if info is not None and info.label else as_words(step.relation))
    inverse = _plain(info.inverse_label) if info is not None and info.inverse_label else None
    if inverse is not None and not _POINTING.isdisjoint(inverse.split()):
        inverse = None  # "country where it was discovered" speaks of both ends: it neither names nor reads on
    symmetric = info is not None and info.symmetric
    reached = None if info is None else info.domain if step.inverse and not symmetric else info.range
    kind = plural_phrase(names.type(reached)) if reached else THINGS
    if step.inverse and inverse is not None and not symmetric:
        noun, clause = _forward(inverse, back=label, symmetric=False)
    elif step.inverse and not symmetric:
        noun, clause = _backward(label)
    else:
        noun, clause = _forward(label, back=inverse, symmetric=symmetric)
    return Wording(noun, clause, kind)


def _forward(label: str, *, back: str | None, symmetric: bool) -> tuple[str | None, str | None]:
    words = label.split()
    said = words[1:] if words[0] in BE and len(words) > 1 else words
    if symmetric and words[-1].endswith("s") and len(words) == 1:
        return None, f"that {base(label)} {{}}"
    if len(said) == 2 and said[1] == "by" and participle(said[0]):
        return None, f"that {past(said[0])} {{}}"
    if len(said) > 2 and participle(said[0]) and said[1] in LABEL_PREPOSITIONS and said[-1] not in LABEL_PREPOSITIONS:
        return None, f"that are the {' '.join(said[2:]).removeprefix('the ')} that {{}} was {' '.join(said[:2])}"
    if words[0] in HAVE and len(words) > 1:
        return " ".join(words[1:]), None
    if words[0] in BE and len(words) > 1:
        return None, f"that {{}} {label}"
    if words[-1] in LABEL_PREPOSITIONS and len(words) > 1:
        if _third_person(words[0]):
            return None, f"that {{}} {label}"
        # What happened was; what another reading calls by a noun ("official language") still is.
        happened = participle(words[0]) and (back is None or any(participle(word) for word in back.split()))
        return None, f"that {{}} {'was' if happened else 'is'} {label}"
    if back is not None and back.split()[-1] == "by" and len(words) == 1:
        return None, f"that {{}} {label}"
    if words[0] in LABEL_PREPOSITIONS and len(words) > 1:
        return " ".join(words[1:]), None
    return label, None


def _backward(label: str) -> tuple[str | None, str | None]:
    """What has the near end as its ``label``, where the relation has no inverse label."""
    words = label.split()
    said = words[1:] if words[0] in BE and len(words) > 1 else words
    if len(said) > 1 and participle(said[0]) and said[1] in LABEL_PREPOSITIONS:
        return None, f"{' '.join(said)} {{}}"
    if words[-1] in LABEL_PREPOSITIONS and len(words) > 1:
        if _third_person(words[0]):
            return None, f"that {' '.join([base(words[0]), *words[1:]])} {{}}"
        return None, f"that are {' '.join(said)} {{}}"
    if words[0] in HAVE | LABEL_PREPOSITIONS and len(words) > 1:
        label = " ".join(words[1:])
    return None, f"whose {label} {is_or_include(label)} {{}}"


def _third_person(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss") and word not in BE | HAVE


def is_or_include(noun: str) -> str:
    """The verb between a property and one of its values."""
    return "include" if noun.endswith("s") and not noun.endswith("ss") else "is"


def _plain(label: str) -> str:
    return " ".join(label.split()) or label
