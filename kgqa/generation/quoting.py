"""Answers from passages: the best supporting sentence, quoted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kgqa.generation.draft import Draft


@dataclass(frozen=True, slots=True)
class Quoted:
    """A draft that quotes a passage, with the chance that it answers the question."""

    draft: Draft
    confidence: float


def quote(question: str, search: Any, rooms: Any, *, above: float) -> Quoted | None:
    return None
