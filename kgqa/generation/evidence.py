"""Numbers the evidence of an answer: each triple and each passage span once, in order of first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kgqa.types import Evidence, PassageEvidence, TripleEvidence


class EvidenceBook:
    """Collects evidence under running numbers, at most ``limit`` items; ``total`` counts the rest too."""

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        self._numbers: dict[object, int] = {}
        self._items: list[Evidence] = []

    def add(self, key: object, make: Callable[[int], Evidence]) -> int | None:
        """The number of this evidence, made on first use; None when the book is full."""
        if key in self._numbers:
            return self._numbers[key] or None
        if len(self._items) >= self.limit:
            self._numbers[key] = 0
            return None
        number = len(self._items) + 1
        self._numbers[key] = number
        self._items.append(make(number))
        return number

    @property
    def items(self) -> tuple[Evidence, ...]:
        return tuple(self._items)

    @property
    def total(self) -> int:
        return len(self._numbers)

    def number(self, key: object) -> int | None:
        """The number of evidence that is in the book, else None."""
        return self._numbers.get(key) or None

    def get(self, number: int) -> Evidence:
        return self._items[number - 1]


def triples_of(evidence: Iterable[Evidence]) -> list[TripleEvidence]:
    return [item for item in evidence if isinstance(item, TripleEvidence)]


def passages_of(evidence: Iterable[Evidence]) -> list[PassageEvidence]:
    return [item for item in evidence if isinstance(item, PassageEvidence)]
