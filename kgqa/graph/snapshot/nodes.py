"""What is known of nodes beside their edges and names: types and comparable values, in sorted sparse arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot.adjacency import IntArray
from kgqa.graph.snapshot.names import NameTable, NameTableBuilder
from kgqa.graph.store import NodeRow
from kgqa.graph.values import DIMENSIONS, comparable_label, comparable_literal


@dataclass(frozen=True)
class NodeTable:
    """Names, types and values of nodes. In a base, row and node number are one; in a delta ``numbers`` gives them.

    typed_nodes, typed_types: shape: (pairs,), by node; type_starts: shape: (types + 1,); type_nodes: shape: (pairs,);
    value_nodes, value_dimensions, value_lo, value_hi: shape: (values,), by node.
    """

    numbers: IntArray
    names: NameTable
    typed_nodes: IntArray
    typed_types: IntArray
    type_starts: IntArray
    type_nodes: IntArray
    value_nodes: IntArray
    value_dimensions: NDArray[np.int16]
    value_lo: NDArray[np.float64]
    value_hi: NDArray[np.float64]

    def of_type(self, type: int) -> IntArray:
        if type + 1 >= len(self.type_starts):
            return self.type_nodes[:0]
        return self.type_nodes[self.type_starts[type] : self.type_starts[type + 1]]

    def types_of(self, node: int) -> list[int]:
        # Numbers of another width would make numpy widen the whole table first.
        low, high = np.searchsorted(self.typed_nodes, np.array([node, node + 1], dtype=np.int32))
        types: list[int] = self.typed_types[low:high].tolist()
        return types

    def values(self, nodes: NDArray[Any]) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]:
        """Dimension (0 where there is none) and interval of each node. shape: (n,) each"""
        count = len(self.value_nodes)
        if count == 0:
            zeros = np.zeros(len(nodes))
            return np.zeros(len(nodes), dtype=np.int16), zeros, zeros
        at = np.minimum(np.searchsorted(self.value_nodes, nodes.astype(np.int32)), count - 1)
        found = self.value_nodes[at] == nodes
        return (
            np.where(found, self.value_dimensions[at], 0).astype(np.int16),
            np.where(found, self.value_lo[at], 0.0),
            np.where(found, self.value_hi[at], 0.0),
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {name: getattr(self, name) for name in _ARRAYS} | self.names.to_arrays()

    @classmethod
    def from_arrays(cls, arrays: Any, tags: Any) -> Self:
        return cls(names=NameTable.from_arrays(arrays, tags), **{name: arrays[name] for name in _ARRAYS})


_ARRAYS = (
    "numbers",
    "typed_nodes",
    "typed_types",
    "type_starts",
    "type_nodes",
    "value_nodes",
    "value_dimensions",
    "value_lo",
    "value_hi",
)


class Vocabulary:
    """Numbers for strings in the order in which they come."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._numbers = {text: number for number, text in enumerate(known)}

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def __iter__(self) -> Any:
        return iter(self._numbers)


def build_nodes(
    rows: Iterable[NodeRow],
    *,
    types: Vocabulary,
    dimensions: Vocabulary,
    same: Mapping[int, int],
    numbers: Sequence[int] | None = None,
) -> NodeTable:
    """The table of ``rows``, which come in order of number.

    ``numbers`` makes a delta: exactly these nodes, those without a row being absent. ``same`` gives the
    representative of merged nodes, which carries the types of all.
    """
    names = NameTableBuilder()
    typed: list[tuple[int, int]] = []
    values: list[tuple[int, int, float, float]] = []
    positions = None if numbers is None else {number: row for row, number in enumerate(numbers)}
    for row in rows:
        names.skip_to(row.number if positions is None else positions[row.number])
        if row.literal is not None:
            names.add_literal(row.literal)
            value = comparable_literal(row.literal)
        else:
            names.add_entity(row.id or "", row.label)
            value = comparable_label(row.label)
        if row.types:
            node = same.get(row.number, row.number)
            typed.extend((node, types.number(name)) for name in row.types)
        if value is not None:
            values.append((row.number, dimensions.number(value.dimension), value.lo, value.hi))
    if numbers is not None:
        names.skip_to(len(numbers))
    pairs = np.array(sorted(set(typed)), dtype=np.int32).reshape(-1, 2)
    by_type = np.lexsort((pairs[:, 0], pairs[:, 1]))
    counts = np.bincount(pairs[:, 1])
    return NodeTable(
        np.array(numbers if numbers is not None else (), dtype=np.int32),
        names.finish(),
        pairs[:, 0].copy(),
        pairs[:, 1].copy(),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        pairs[by_type, 0].copy(),
        np.array([value[0] for value in values], dtype=np.int32),
        np.array([value[1] for value in values], dtype=np.int16),
        np.array([value[2] for value in values], dtype=np.float64),
        np.array([value[3] for value in values], dtype=np.float64),
    )


def empty_dimensions() -> Vocabulary:
    return Vocabulary(DIMENSIONS)
