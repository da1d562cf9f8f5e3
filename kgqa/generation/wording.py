"""Triples and answers in plain English: templates only, so that nothing can be invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kgqa.english.function_words import LABEL_PREPOSITIONS
from kgqa.english.inflection import participle, past, past_tense
from kgqa.generation.citations import without_marks
from kgqa.types import TripleEvidence

_FINITE = frozenset("is are was were has have had does did can".split())


def reads_on(label: str) -> bool:
    """Whether "head LABEL tail" is a sentence as it stands: the label ends on a preposition ("discovered in")."""
    words = label.split()
    return len(words) > 1 and words[-1].lower() in LABEL_PREPOSITIONS


def triple_sentence(item: TripleEvidence, *, symmetric: bool = False) -> str:
    """One triple as a clause: "Polonium discovered in France", "France has capital Paris"."""
    text = f"{item.head_label} {_link(item.relation_label, symmetric)} {item.tail_label}"
    when = _validity(item.qualifiers)
    return without_marks(f"{text} ({when})" if when else text)


def _link(label: str, symmetric: bool) -> str:
    """What stands between head and tail: "has capital", "is capital of", "was written by", "wrote", "borders"."""
    words = label.lower().split() or [""]
    first, last = words[0], words[-1]
    if first in _FINITE:
        return label
    if len(words) == 1:
        verb = past_tense(first) or participle(first) or (symmetric and first.endswith("s"))
        return label if verb else f"has {label}"
    if participle(first):  # "starred in" is as likely as "located in": only what must be a passive gets its verb
        passive = last == "by" or (reads_on(label) and not past_tense(first) and past(first) != first)
        return f"was {label}" if passive else label if reads_on(label) else f"has {label}"
    if last == "of" and not first.endswith("s"):
        return f"is {label}"
    return label if reads_on(label) else f"has {label}"


def _validity(qualifiers: Mapping[str, object]) -> str:
    """The time qualifiers of a statement in words, empty when there are none."""
    parts = []
    for name, word in (("valid_from", "from"), ("valid_to", "until"), ("at", "at")):
        if (value := qualifiers.get(name)) is not None:
            parts.append(f"{word} {value.get('value') if isinstance(value, Mapping) else value}")
    return " ".join(parts)


def cite(numbers: Sequence[int]) -> str:
    """Citation marks as they stand in text: " [1][3]"."""
    return (" " + "".join(f"[{n}]" for n in numbers)) if numbers else ""


def enumerate_words(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]
