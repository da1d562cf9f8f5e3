"""What a generator hands on: an answer in words with its claims, items and numbered evidence, not yet judged."""

from __future__ import annotations

from dataclasses import dataclass

from kgqa.types import AnswerItem, Claim, Evidence


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed answer. ``answers_total`` and ``evidence_total`` count what the limits left out too."""

    text: str
    answers: tuple[AnswerItem, ...]
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    answers_total: int
    evidence_total: int
