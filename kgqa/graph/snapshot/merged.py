"""Nodes that are one thing (``same``): each class has a representative, its lowest number, in the snapshot only.

The statements of merged nodes are kept beside as they were said, so that evidence cites what a source wrote and
a removed statement leaves the edge in place while another member of the class still has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot.adjacency import IntArray
from kgqa.graph.store import Edges


def representatives(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The representative of every node in a pair (union-find with path halving, Tarjan 1975)."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in pairs:
        parent.setdefault(a, a)
        parent.setdefault(b, b)
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return {node: root(node) for node in parent}


def map_nodes(nodes: NDArray[Any], same: Mapping[int, int]) -> NDArray[Any]:
    """Every node by its representative."""
    if not same:
        return nodes
    members = np.array(sorted(same), dtype=np.int32)
    roots = np.array([same[member] for member in members.tolist()], dtype=np.int32)
    at = np.minimum(np.searchsorted(members, nodes), len(members) - 1)
    return np.where(members[at] == nodes, roots[at], nodes).astype(np.int32)


@dataclass(frozen=True)
class MergedStatements:
    """The classes, and the statements that touch them, as said.

    members, roots: shape: (merged nodes,), by member; rows: shape: (statements, 5) flattened, sorted:
    head and relation and tail by representative, then head and tail as said.
    """

    members: IntArray
    roots: IntArray
    rows: IntArray

    def representative_of(self) -> dict[int, int]:
        return dict(zip(self.members.tolist(), self.roots.tolist(), strict=True))

    def representative(self, node: int) -> int:
        at = int(np.searchsorted(self.members, node))
        return int(self.roots[at]) if at < len(self.members) and self.members[at] == node else node

    def class_of(self, node: int) -> list[int]:
        """All nodes that are one with this one, itself included."""
        if len(self.members) == 0:
            return [node]
        members: list[int] = self.members[self.roots == self.representative(node)].tolist()
        return members or [node]

    def as_said(self, head: int, relation: int, tail: int) -> tuple[int, int]:
        """Head and tail of a statement as a source wrote it; of several, the lowest numbers."""
        table = self.rows.reshape(-1, 5)
        low, high = 0, len(table)
        for column, key in enumerate((head, relation, tail)):
            part = table[low:high, column]
            low, high = low + int(np.searchsorted(part, key)), low + int(np.searchsorted(part, key, side="right"))
        return (int(table[low, 3]), int(table[low, 4])) if low < high else (head, tail)

    def after(self, added: Edges, removed: Edges) -> tuple[Self, Edges, Edges]:
        """The statements after a change, and the change with every node by its representative."""
        same = self.representative_of()
        if not same:
            return self, added, removed
        new = type(self).build(added.heads, added.relations, added.tails, same).rows.reshape(-1, 5)
        gone = type(self).build(removed.heads, removed.relations, removed.tails, same).rows.reshape(-1, 5)
        left = {tuple(row) for row in self.rows.reshape(-1, 5).tolist()} - {tuple(row) for row in gone.tolist()}
        left |= {tuple(row) for row in new.tolist()}
        merged = type(self)(self.members, self.roots, _flat(left))
        standing = {row[:3] for row in left}
        return (
            merged,
            Edges(map_nodes(added.heads, same), added.relations, map_nodes(added.tails, same)),
            _without(
                Edges(map_nodes(removed.heads, same), removed.relations, map_nodes(removed.tails, same)), standing
            ),
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {"same_members": self.members, "same_roots": self.roots, "same_rows": self.rows}

    @classmethod
    def from_arrays(cls, arrays: Any) -> Self:
        return cls(arrays["same_members"], arrays["same_roots"], arrays["same_rows"])

    @classmethod
    def build(cls, heads: NDArray[Any], relations: NDArray[Any], tails: NDArray[Any], same: Mapping[int, int]) -> Self:
        members = np.array(sorted(same), dtype=np.int32)
        roots = np.array([same[member] for member in members.tolist()], dtype=np.int32)
        touched = np.isin(heads, members) | np.isin(tails, members)
        rows = {
            (same.get(head, head), relation, same.get(tail, tail), head, tail)
            for head, relation, tail in zip(
                heads[touched].tolist(), relations[touched].tolist(), tails[touched].tolist(), strict=True
            )
        }
        return cls(members, roots, _flat(rows))


def _flat(rows: Iterable[tuple[int, ...]]) -> IntArray:
    return np.array(sorted(rows), dtype=np.int32).reshape(-1)


def _without(edges: Edges, standing: set[tuple[Any, ...]]) -> Edges:
    triples = zip(edges.heads.tolist(), edges.relations.tolist(), edges.tails.tolist(), strict=True)
    keep = np.array([triple not in standing for triple in triples], dtype=bool)
    return Edges(edges.heads[keep], edges.relations[keep], edges.tails[keep])
