"""A noun phrase of a synthesised question, and the mark that stands for a name in it."""

from __future__ import annotations

from dataclasses import dataclass

MARK = "\u2062"
"""Stands for a name in a question until it is put in; never part of a name."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase; ``name``: it is a name alone, which can own things and stand before them."""

    text: str
    many: bool = False
    name: bool = False

    @property
    def be(self) -> str:
        return "are" if self.many else "is"

    @property
    def do(self) -> str:
        return "do" if self.many else "does"

    @property
    def have(self) -> str:
        return "have" if self.many else "has"
