"""What a snapshot knows of relations: ids, labels, and which of them say the same the other way round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from kgqa.graph.store import GraphStore
from kgqa.types import Relation

SUFFIX = "_inverse"
"""``x_inverse`` is taken for the inverse of ``x``, as graphs that store both directions name them."""


@dataclass(frozen=True, slots=True)
class RelationInfo:
    """What reasoning needs to know of a relation; ``inferred`` names the fields that the data told, not a source."""

    id: str
    label: str | None = None
    inverse_label: str | None = None
    inverse_of: str | None = None
    symmetric: bool = False
    functional: bool = False
    domain: str | None = None
    range: str | None = None
    inferred: tuple[str, ...] = ()


class Relations:
    """Relations by number, read from the manifest when first asked for."""

    def __init__(self, rows: Sequence[Mapping[str, Any] | None]) -> None:
        self._rows = rows

    @cached_property
    def infos(self) -> tuple[RelationInfo | None, ...]:
        return tuple(None if row is None else relation_from_dict(row) for row in self._rows)

    @cached_property
    def ids(self) -> tuple[str | None, ...]:
        return tuple(None if row is None else row["id"] for row in self._rows)

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.ids) if name is not None}

    @cached_property
    def symmetric(self) -> frozenset[int]:
        """Relations whose statements hold both ways."""
        return frozenset(number for number, info in enumerate(self.infos) if info is not None and info.symmetric)

    @cached_property
    def inverses(self) -> dict[int, frozenset[int]]:
        """For each relation those stored as its inverse; a symmetric one is its own."""
        found: dict[int, set[int]] = {}
        for number, info in enumerate(self.infos):
            if info is None:
                continue
            if info.symmetric:
                found.setdefault(number, set()).add(number)
            for name in (info.inverse_of, info.id + SUFFIX):
                other = None if name is None else self.numbers.get(name)
                if other is not None:
                    found.setdefault(number, set()).add(other)
                    found.setdefault(other, set()).add(number)
        return {number: frozenset(others) for number, others in found.items()}

    def goes_back(self, before: tuple[int, bool], after: tuple[int, bool]) -> bool:
        if before[1] != after[1]:
            return before[0] == after[0]
        return after[0] in self.inverses.get(before[0], ())


def said_relations(store: GraphStore) -> list[Relation | None]:
    """What sources say, by relation number; None where a number is no longer used."""
    numbers = store.relation_numbers()
    known = {relation.id: relation for relation in store.relations()}
    out: list[Relation | None] = [None] * (max(numbers, default=-1) + 1)
    for number, name in numbers.items():
        out[number] = known.get(name, Relation(name))
    return out


def relation_info(said: Relation, inferred: Mapping[str, Any] = MappingProxyType({})) -> RelationInfo:
    """A relation as reasoning knows it: what was said, and what was inferred beyond."""
    info = RelationInfo(
        said.id,
        said.label,
        said.inverse_label,
        said.inverse_of,
        bool(said.symmetric),
        bool(said.functional),
        said.domain,
        said.range,
    )
    return replace(info, **inferred, inferred=tuple(sorted(inferred)))


def relation_from_dict(row: Mapping[str, Any]) -> RelationInfo:
    """A relation as a snapshot's manifest has it."""
    return RelationInfo(**{**row, "inferred": tuple(row["inferred"])})
