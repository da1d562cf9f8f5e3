"""Plain statements column by column: what a reader of large tables gives and a store takes without an object a line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kgqa.types import EMPTY, Record, Triple


@dataclass(frozen=True, slots=True)
class TripleBlock:
    """Statements without qualifiers and without a source of their own; the columns are equally long.

    Ids are sound: in NFC, not empty, valid Unicode.
    """

    heads: list[str]
    relations: list[str]
    tails: list[str]

    def __len__(self) -> int:
        return len(self.heads)

    def __iter__(self) -> Iterator[Triple]:
        for head, relation, tail in zip(self.heads, self.relations, self.tails, strict=True):
            yield Triple(head, relation, tail, EMPTY)


Item = Record | TripleBlock


class BlockSource(ABC):
    """Records that can also be had in blocks: the same records, in the same order."""

    @abstractmethod
    def items(self) -> Iterator[Item]:
        """Records, and blocks of them."""


def as_items(records: Iterable[Record]) -> Iterable[Item]:
    """Blocks where the source has them, otherwise the records themselves."""
    return records.items() if isinstance(records, BlockSource) else records


def as_records(items: Iterable[Item]) -> Iterator[Record]:
    """Every record, blocks taken apart."""
    for item in items:
        if isinstance(item, TripleBlock):
            yield from item
        else:
            yield item
