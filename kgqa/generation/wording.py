"""Triples and answers in plain English: templates only, so that nothing can be invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kgqa.english.function_words import LABEL_PREPOSITIONS
from kgqa.generation.citations import without_marks
from kgqa.types import TripleEvidence


def reads_on(label: str) -> bool:
    """Whether "head LABEL tail" is a sentence as it stands: the label ends on a preposition ("discovered in")."""
    words = label.split()
    return len(words) > 1 and words[-1].lower() in LABEL_PREPOSITIONS


def triple_sentence(item: TripleEvidence, *, symmetric: bool = False) -> str:
    """One triple as a clause: "Polonium discovered in France", "France has capital Paris"."""
    label = item.relation_label
    verb = symmetric and " " not in label and label.endswith("s")
    link = label if verb or reads_on(label) else f"has {label}"
    text = f"{item.head_label} {link} {item.tail_label}"
    when = _validity(item.qualifiers)
    return without_marks(f"{text} ({when})" if when else text)


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
