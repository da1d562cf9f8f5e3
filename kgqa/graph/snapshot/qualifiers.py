"""The side table of statements that carry qualifiers: sorted keys beside one block of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
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
        low, high = np.searchsorted(self.relations, [relation, relation + 1])
        return range(int(low), int(high))

    def rows(self, head: int, relation: int, tail: int) -> Iterator[int]:
        """The rows of one statement."""
        span = self.of_relation(relation)
        low, high = np.searchsorted(self.heads[span.start : span.stop], [head, head + 1])
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
