"""The graph at one revision, read-only and memory-mapped: what all reasoning and graph retrieval run on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kgqa.graph.snapshot.adjacency import IntArray, sorted_unique
from kgqa.graph.snapshot.arrays import ArrayFolder
from kgqa.graph.snapshot.build import base_adjacency
from kgqa.graph.snapshot.layered_nodes import LayeredNodes
from kgqa.graph.snapshot.layers import LayeredRows
from kgqa.graph.snapshot.merged import MergedStatements
from kgqa.graph.snapshot.names import ABSENT, ENTITY, FIRST_LITERAL
from kgqa.graph.snapshot.nodes import NodeTable
from kgqa.graph.snapshot.qualifiers import LayeredQualifiers, Qualifiers, QualifierTable
from kgqa.graph.snapshot.relations import RelationInfo, Relations
from kgqa.types import Literal

SMALL = 24
"""Up to so many nodes are walked one by one: below it numpy's cost per call is larger than the work."""
MANY = 256
"""From so many nodes on, following a path for one start is handed to numpy."""
KEPT_HOLDERS = 1 << 22
"""Nodes that have a relation, remembered for all relations together (16 MB)."""
REMEMBERED = 4096
"""Ids looked up last whose numbers are kept: the plans of one question ask for the same few many times."""
LARGEST_EXPANSION = 1 << 25
"""Pairs held at once while following a path; a larger batch is followed in parts."""


class Snapshot:
    """Nodes and relations go by the store's numbers; merged nodes (``same``) by their representative.

    Safe to use from many threads. ``open_snapshot`` makes it.
    """

    on_server: ClassVar[bool] = False

    def __init__(self, base: ArrayFolder, delta: ArrayFolder | None, *, revision: int) -> None:
        newest = base if delta is None else delta
        self.revision = revision
        self.size = int(newest.info["size"])
        self.type_ids: tuple[str, ...] = tuple(newest.info["types"])
        self.dimensions: tuple[str, ...] = tuple(newest.info["dimensions"])
        self._relations = Relations(newest.info["relations"])
        self._nodes = LayeredNodes(
            NodeTable.from_arrays(base, base.info["tags"]),
            None if delta is None else NodeTable.from_arrays(delta, delta.info["tags"]),
        )
        self._rows = LayeredRows(
            base_adjacency(base),
            None if delta is None else base_adjacency(delta),
            newest["touched"],
            size=self.size,
            symmetric=self._relations.symmetric,
        )
        self._qualifiers = LayeredQualifiers(
            None if newest.info["all_qualifiers"] and delta is not None else QualifierTable.from_arrays(base),
            None if delta is None else QualifierTable.from_arrays(delta),
            newest["requalified"],
        )
        self._merged = MergedStatements.from_arrays(newest)
        self._held: dict[tuple[int, bool], IntArray] = {}
        self._merges = len(self._merged.members) > 0
        self._found: dict[str | Literal, int | None] = {}

    # --- relations

    @property
    def relations(self) -> tuple[RelationInfo | None, ...]:
        """What is known of each relation, by number; None where a number is no longer used."""
        return self._relations.infos

    @property
    def relation_ids(self) -> tuple[str | None, ...]:
        """Relation ids by number."""
        return self._relations.ids

    def relation_number(self, id: str) -> int | None:
        return self._relations.numbers.get(id)

    def inverses(self, relation: int) -> frozenset[int]:
        """Relations stored as this one's inverse (``inverse_of``, ``x`` and ``x_inverse``, itself when symmetric)."""
        return self._relations.inverses.get(relation, frozenset())

    def goes_back(self, before: tuple[int, bool], after: tuple[int, bool]) -> bool:
        """Whether step ``after`` leads straight back over step ``before``, by a stored or an implied inverse."""
        return self._relations.goes_back(before, after)

    # --- nodes

    def node(self, ref: str | Literal) -> int | None:
        """The number of an entity id or literal (of its representative, when merged); None when the graph lacks it."""
        if ref in self._found:
            return self._found[ref]
        found = self._nodes.find(ref)
        if self._merges and found is not None:
            found = self._merged.representative(found)
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        self._found[ref] = found
        return found

    def nodes(self, ids: Sequence[str]) -> list[int | None]:
        """The numbers of many entity ids, as ``node`` gives them."""
        found = self._nodes.find_all(ids)
        if not self._merges:
            return found
        return [None if node is None else self._merged.representative(node) for node in found]

    def id(self, node: int) -> str | None:
        """The id of an entity; None for a literal and for a number that is not in use."""
        table, row = self._nodes.row(node)
        return table.names.id_text(row) if table.names.kinds[row] == ENTITY else None

    def label(self, node: int) -> str:
        """The label of an entity (its id when it has none), the value and unit of a literal."""
        return self._nodes.label(node)

    def labels(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[str]:
        """The labels of many nodes, in their order."""
        return self._nodes.labels(nodes)

    def refs(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[str]:
        """What results are ordered and told by: the ids of entities, the value and unit of literals."""
        return self._nodes.refs(_numbers(nodes))

    def literal(self, node: int) -> Literal | None:
        """The literal of a node; None for an entity."""
        table, row = self._nodes.row(node)
        return table.names.literal(row)

    def is_literal(self, nodes: ArrayLike) -> NDArray[np.bool_]:
        """Which nodes are literals. shape: (n,)"""
        return self._nodes.kinds(_numbers(nodes)) >= FIRST_LITERAL

    def exists(self, nodes: ArrayLike) -> NDArray[np.bool_]:
        """Which numbers are nodes of this revision. shape: (n,)"""
        return self._nodes.kinds(_numbers(nodes)) != ABSENT

    def representative(self, node: int) -> int:
        """The node that stands for this one and all that are the same."""
        return self._merged.representative(node)

    def same_as(self, node: int) -> tuple[int, ...]:
        """All nodes that are one with this one, itself included."""
        return tuple(self._merged.class_of(node))

    def as_said(self, head: int, relation: int, tail: int) -> tuple[int, int]:
        """Head and tail of a statement as a source wrote it, where merging made them representatives."""
        return self._merged.as_said(head, relation, tail) if len(self._merged.members) else (head, tail)

    # --- types and values

    def of_type(self, type: str) -> IntArray:
        """The nodes of a type, ascending."""
        if type not in self.type_ids:
            return np.zeros(0, dtype=np.int32)
        return self._nodes.of_type(self.type_ids.index(type))

    def types_of(self, node: int) -> tuple[str, ...]:
        """The types of a node, by id."""
        return tuple(sorted(self.type_ids[number] for number in self._nodes.types_of(node)))

    def comparable(self, nodes: ArrayLike) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]:
        """Dimension (a position in ``dimensions``; 0 is not comparable) and closed interval. shape: (n,) each

        Units: dates in days since 1970-01-01, durations in seconds, quantities in base units.
        """
        return self._nodes.values(_numbers(nodes))

    # --- edges

    def neighbours(self, node: int, relation: int, inverse: bool = False) -> memoryview:
        """One node's neighbours, ascending. The statements of a symmetric relation are walked both ways."""
        return self._rows.row(node, 2 * relation + inverse)

    def stands_as(self, head: int, relation: int, tail: int) -> tuple[int, int]:
        """Head and tail of a statement the way round that it was said, which only a symmetric relation leaves open."""
        if relation in self._relations.symmetric and tail not in self._rows.said(head, 2 * relation):
            return tail, head
        return head, tail

    def has_edge(self, head: int, relation: int, tail: int) -> bool:
        """Whether the statement stands."""
        positions, ends = self.hop_edges([head], relation)
        at = int(np.searchsorted(ends, tail))
        return at < len(positions) and int(ends[at]) == tail

    def hop(self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False) -> IntArray:
        """Everything one step away from the set. shape: (m,), ascending, without repeats"""
        if len(nodes) == 1:
            return np.array(self.neighbours(int(nodes[0]), relation, inverse), dtype=np.int32)
        if len(nodes) <= SMALL:
            found: set[int] = set()
            for node in nodes.tolist() if isinstance(nodes, np.ndarray) else nodes:
                found.update(self.neighbours(node, relation, inverse))
            return np.array(sorted(found), dtype=np.int32)
        return sorted_unique(self.hop_edges(nodes, relation, inverse)[1])

    def hop_edges(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> tuple[NDArray[np.int64], IntArray]:
        """Every edge of one step: position into ``nodes`` and neighbour. shape: (edges,) each

        Ordered by position, then neighbour.
        """
        return self._rows.edges(_numbers(nodes), 2 * relation + inverse)

    def steps_from(
        self, nodes: Sequence[int] | NDArray[np.integer]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
        """The steps that leave a set: relations, whether inverse, and the number of edges. shape: (steps,) each

        A symmetric relation is one step, forward.
        """
        slots, counts = self._rows.slot_counts(sorted_unique(_numbers(nodes)))
        return slots >> 1, (slots & 1).astype(bool), counts

    def steps_from_sets(self, sets: Sequence[NDArray[np.integer]]) -> list[list[tuple[int, bool, int]]]:
        """What ``steps_from`` gives for each of many sets of distinct nodes: (relation, inverse, edges)."""
        if not sets:
            return []
        owners, slots, counts = self._rows.slot_counts_of_sets(sets)
        out: list[list[tuple[int, bool, int]]] = [[] for _ in sets]
        for owner, slot, count in zip(owners.tolist(), slots.tolist(), counts.tolist(), strict=True):
            out[owner].append((slot >> 1, bool(slot & 1), count))
        return out

    def steps_of(
        self, nodes: Sequence[int] | NDArray[np.integer]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """The steps that leave each node: position into ``nodes``, relation, whether inverse. shape: (rows,) each

        In any order; a symmetric relation is one step, forward.
        """
        positions, slots = self._rows.slots_of(_numbers(nodes))
        return positions, slots >> 1, (slots & 1).astype(bool)

    def holders(self, steps: Sequence[tuple[int, bool]]) -> list[IntArray]:
        """For each (relation, inverse) all nodes that it leaves, ascending; looks at the whole graph once.

        What one step leaves is remembered, up to ``KEPT_HOLDERS`` nodes: a plan and its execution ask for it again.
        """
        if len(steps) != 1:
            return self._find_holders(steps)
        known = self._held.get(steps[0])
        if known is None:
            known = self._find_holders(steps)[0]
            if sum(map(len, self._held.values())) + len(known) > KEPT_HOLDERS:
                self._held = {}
            known.setflags(write=False)
            if len(known) <= KEPT_HOLDERS:
                self._held = {**self._held, steps[0]: known}
        return [known]

    def _find_holders(self, steps: Sequence[tuple[int, bool]]) -> list[IntArray]:
        slots = np.array([2 * relation + inverse for relation, inverse in steps], dtype=np.int64)
        slots = np.where(np.isin(slots >> 1, list(self._relations.symmetric)), slots & ~1, slots)
        nodes, found = self._rows.holders(slots)
        return [np.sort(nodes[found == slot]).astype(np.int32) for slot in slots.tolist()]

    def reach(self, start: int, steps: Sequence[tuple[int, bool]]) -> list[int]:
        """The ends of a path of (relation, inverse) from one start, ascending; the fast way for few nodes.

        The start is dropped right after a step straight back over the step just taken, as in ``follow``.
        """
        found = {start}
        row, before = self._rows.row, None
        for step in steps:
            if len(found) > MANY:
                ends: list[int] = self.follow([start], steps)[1].tolist()
                return ends
            reached: set[int] = set()
            slot = 2 * step[0] + step[1]
            for node in found:
                reached.update(row(node, slot))
            if before is not None and self.goes_back(before, step):
                reached.discard(start)
            found, before = reached, step
        return sorted(found)

    def follow(
        self, starts: Sequence[int] | NDArray[np.integer], steps: Sequence[tuple[int, bool]]
    ) -> tuple[NDArray[np.int64], IntArray]:
        """Follows a path of (relation, inverse) from many starts at once.

        Returns unique pairs: position into ``starts`` and end, ordered by both. shape: (pairs,) each.
        A start is dropped from its own set right after a step straight back over the step just taken.
        """
        numbers = _numbers(starts)
        positions: NDArray[np.int64] = np.arange(len(numbers))
        ends: NDArray[np.integer] = numbers
        for i, (relation, inverse) in enumerate(steps):
            rows, found = self.hop_edges(ends, relation, inverse)
            if len(found) > LARGEST_EXPANSION and len(numbers) > 1:
                half = len(numbers) // 2
                first, second = self.follow(numbers[:half], steps), self.follow(numbers[half:], steps)
                return np.concatenate([first[0], second[0] + half]), np.concatenate([first[1], second[1]])
            positions = positions[rows]
            ends = found
            if i > 0:
                keys = sorted_unique(_small_if_possible(positions * self.size + ends, len(numbers) * self.size))
                positions = keys // self.size
                ends = keys - positions * self.size
                if self.goes_back(steps[i - 1], (relation, inverse)):
                    keep = ends != numbers[positions]
                    positions, ends = positions[keep], ends[keep]
        return positions, ends.astype(np.int32)

    # --- qualifiers

    def qualifiers(self, head: int, relation: int, tail: int) -> list[Qualifiers]:
        """The qualifiers of each statement (head, relation, tail) that has some."""
        found = self._qualifiers.of_statement(head, relation, tail)
        if relation in self._relations.symmetric and head != tail:
            found += self._qualifiers.of_statement(tail, relation, head)
        return found

    def qualified(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> list[tuple[int, int, Qualifiers]]:
        """(position into ``nodes``, neighbour, qualifiers) of each qualified statement one step away."""
        both_ways = relation in self._relations.symmetric
        return self._qualifiers.of_step(_numbers(nodes).tolist(), relation, inverse, both_ways=both_ways)


def _small_if_possible(keys: NDArray[np.int64], bound: int) -> NDArray[np.integer]:
    return keys.astype(np.int32) if bound < 2**31 else keys


def _numbers(nodes: ArrayLike) -> NDArray[np.int64]:
    return np.asarray(nodes, dtype=np.int64).reshape(-1)
