"""Triples that a chat model reads off a passage, taken as what they are: the words of somebody who may invent.

A line counts only when it has the form asked for and both its names stand in the passage as whole words; so a passage
that tries to give the model orders can gain no more than triples between names that it writes itself. Whether the
relation holds is not checked: such triples are a source of their own, and each names its passage.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kgqa.generation.chat import ChatModel
from kgqa.generation.prompts import load_prompt
from kgqa.index.normalise import name_key
from kgqa.types import Passage

PROMPT = "extract_triples"
LONGEST_PASSAGE = 6_000
"""Code points of a passage that are shown to the model."""
_MOST = 40  # lines read of one reply
_LONGEST_NAME, _LONGEST_RELATION = 100, 60
_RELATION_WORDS = 6


class Refusal(StrEnum):
    """Why a line of the model's is not taken."""

    FORM = "form"
    RELATION = "relation"
    NOT_IN_PASSAGE = "not_in_passage"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class NamedTriple:
    """Subject and object as the model spells them, and the words of the relation, folded."""

    head: str
    relation: str
    tail: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one reply gave, each triple once, and why its other lines were not taken."""

    triples: tuple[NamedTriple, ...]
    refused: tuple[Refusal, ...]


def extract_triples(passage: Passage, model: ChatModel) -> Extraction:
    """Asks the model once, and reads its reply against the passage."""
    shown = passage.text[:LONGEST_PASSAGE]
    prompt = load_prompt(PROMPT).render(title=" ".join((passage.title or "").split()), passage=shown)
    return read_triples(model(prompt), f"{passage.title or ''}\n{shown}")


def read_triples(reply: str, passage: str) -> Extraction:
    """The triples in a reply whose names stand in the passage. Blank lines count for nothing, at most 40 are read."""
    words = f" {name_key(passage)} "
    triples: dict[NamedTriple, None] = {}
    refused: list[Refusal] = []
    for line in [line for line in reply.splitlines() if line.strip()][:_MOST]:
        read = _read(line, words)
        if isinstance(read, Refusal):
            refused.append(read)
        else:
            triples[read] = None
    return Extraction(tuple(triples), tuple(refused))


def _read(line: str, words: str) -> NamedTriple | Refusal:
    parts = [" ".join(part.split()) for part in line.split("|")]
    if len(parts) != 3 or not all(parts) or not line.isprintable():
        return Refusal.FORM
    head, relation, tail = parts
    if max(len(head), len(tail)) > _LONGEST_NAME or name_key(head) == name_key(tail):
        return Refusal.FORM
    said = name_key(relation)
    if not 1 <= len(said.split()) <= _RELATION_WORDS or len(relation) > _LONGEST_RELATION:
        return Refusal.RELATION
    if not all(key and f" {key} " in words for key in map(name_key, (head, tail))):
        return Refusal.NOT_IN_PASSAGE
    return NamedTriple(head, said, tail)
