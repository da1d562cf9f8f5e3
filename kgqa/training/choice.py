"""Draws ways of saying things, with some ways kept back: what is learnt is judged on questions worded otherwise."""

from __future__ import annotations

import random
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

EVERY = 4
"""Of the ways to say a thing, every so-many-th is kept back."""


class Ways(StrEnum):
    """Which ways of saying things are drawn."""

    ALL = "all"
    LEARNT = "learnt"
    KEPT_BACK = "kept back"


class Chooser:
    """Draws from lists; ``ways`` says from which part of each."""

    def __init__(self, rng: random.Random, ways: Ways = Ways.ALL) -> None:
        self.rng, self.ways = rng, ways

    def way(self, options: Sequence[T]) -> T:
        """One of the ways to say something; lists too short to be parted are drawn from whole."""
        if self.ways is not Ways.ALL and len(options) >= EVERY:
            options = [
                option
                for place, option in enumerate(options)
                if (place % EVERY == EVERY - 1) == (self.ways is Ways.KEPT_BACK)
            ]
        return self.rng.choice(options)

    def near(self, words: Sequence[T]) -> T:
        """One of some words, the first ones likelier."""
        return self.way(words) if self.rng.random() < 0.3 else self.way(words[:EVERY])

    def chance(self, share: float) -> bool:
        return self.rng.random() < share
