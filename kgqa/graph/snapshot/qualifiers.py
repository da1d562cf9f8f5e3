"""The side table of statements that carry qualifiers: sorted keys beside one block of JSON.

A delta names the triples that it replaces; what the base says of those no longer counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot.adjacency import IntArray
from kgqa.types import Literal, LiteralType

Qualifiers = dict[str, Literal | str]


@dataclass(frozen=True)
class QualifierTable:
    """Statements by relation, head, tail; two that differ only in qualifiers are two rows.

    relations, heads, tails: shape: (statements,); json_offsets: shape: (statements + 1,); json: shape: (bytes,)
    """

    relations: IntArray
    heads: IntArray
    tails: IntArray
    json_offsets: NDArray[np.int64]
    json: NDArray[np.uint8]

    def of_relation(self, relation: int) -> range:
        """The rows of a relation."""
        low, high = np.searchsorted(self.relations, np.array([relation, relation + 1], dtype=np.int32))
        return range(int(low), int(high))

    def rows(self, head: int, relation: int, tail: int) -> Iterator[int]:
        """The rows of one statement."""
        span = self.of_relation(relation)
        low, high = np.searchsorted(self.heads[span.start : span.stop], np.array([head, head + 1], dtype=np.int32))
        for row in range(span.start + int(low), span.start + int(high)):
            if self.tails[row] == tail:
                yield row

    def qualifiers(self, row: int) -> Qualifiers:
        data = json.loads(bytes(self.json[self.json_offsets[row] : self.json_offsets[row + 1]]))
        return {name: _value(value) for name, value in data.items()}

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {f"q_{name}": getattr(self, name) for name in _ARRAYS}

    @classmethod
    def from_arrays(cls, arrays: Any) -> Self:
        return cls(*(arrays[f"q_{name}"] for name in _ARRAYS))

    @classmethod
    def build(cls, statements: Iterable[tuple[int, int, int, Qualifiers]], same: Mapping[int, int]) -> Self:
        """``same`` gives the representative of merged nodes."""
        rows = sorted(
            (relation, same.get(head, head), same.get(tail, tail), _dump(qualifiers))
            for head, relation, tail, qualifiers in statements
        )
        keys = np.array([row[:3] for row in rows], dtype=np.int32).reshape(-1, 3)
        ends = np.cumsum(np.array([len(row[3]) for row in rows], dtype=np.int64))
        return cls(
            keys[:, 0].copy(),
            keys[:, 1].copy(),
            keys[:, 2].copy(),
            np.concatenate([np.zeros(1, dtype=np.int64), ends]),
            np.frombuffer(b"".join(row[3] for row in rows), dtype=np.uint8),
        )


class LayeredQualifiers:
    """A base and, over it, a delta: what the delta replaces is not looked up in the base."""

    def __init__(self, base: QualifierTable | None, delta: QualifierTable | None, replaced: IntArray) -> None:
        self._base = base
        self._delta = delta
        self._replaced = {tuple(row) for row in replaced.reshape(-1, 3).tolist()}

    def of_statement(self, head: int, relation: int, tail: int) -> list[Qualifiers]:
        return [
            table.qualifiers(row)
            for table in self._tables()
            for row in table.rows(head, relation, tail)
            if self._counts(table, head, relation, tail)
        ]

    def of_step(
        self, nodes: Sequence[int], relation: int, inverse: bool, *, both_ways: bool
    ) -> list[tuple[int, int, Qualifiers]]:
        """(position into ``nodes``, neighbour, qualifiers) of each statement one step away."""
        position = {node: at for at, node in reversed(list(enumerate(nodes)))}
        out = []
        for table in self._tables():
            span = table.of_relation(relation)
            for turned in {inverse, not inverse} if both_ways else {inverse}:
                near, far = (table.tails, table.heads) if turned else (table.heads, table.tails)
                found = np.flatnonzero(np.isin(near[span.start : span.stop], list(position))) + span.start
                for row in found.tolist():
                    if self._counts(table, int(table.heads[row]), relation, int(table.tails[row])):
                        out.append((position[int(near[row])], int(far[row]), table.qualifiers(row)))
        return out

    def _tables(self) -> list[QualifierTable]:
        return [table for table in (self._base, self._delta) if table is not None]

    def _counts(self, table: QualifierTable, *triple: int) -> bool:
        return table is self._delta or triple not in self._replaced


_ARRAYS = ("relations", "heads", "tails", "json_offsets", "json")


def _dump(qualifiers: Qualifiers) -> bytes:
    plain = {
        name: value if isinstance(value, str) else [value.value, str(value.type), value.unit, value.lang]
        for name, value in qualifiers.items()
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()


def _value(value: Any) -> Literal | str:
    if isinstance(value, str):
        return value
    text, kind, unit, lang = value
    return Literal(text, LiteralType(kind), unit, lang)
