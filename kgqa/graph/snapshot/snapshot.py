"""The graph at one revision, read-only and memory-mapped: what all reasoning and graph retrieval run on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kgqa.graph.snapshot.adjacency import IntArray, ranges
from kgqa.graph.snapshot.arrays import ArrayFolder
from kgqa.graph.snapshot.build import RelationInfo, base_adjacency
from kgqa.graph.snapshot.merged import MergedStatements
from kgqa.graph.snapshot.names import ABSENT, ENTITY, FIRST_LITERAL
from kgqa.graph.snapshot.nodes import NodeTable
from kgqa.graph.snapshot.qualifiers import Qualifiers, QualifierTable
from kgqa.types import Literal

Slot = int
"""A relation with its direction: ``2 * relation + inverse``."""

SMALL = 24
"""Up to so many nodes are walked one by one: below it numpy's cost per call is larger than the work."""
LARGEST_EXPANSION = 1 << 25
"""Pairs held at once while following a path; a larger batch is followed in parts."""


class Snapshot:
    """Nodes and relations go by the store's numbers; merged nodes (``same``) by their representative.

    Safe to use from many threads. ``open_snapshot`` makes it.
    """

    def __init__(self, base: ArrayFolder, delta: ArrayFolder | None, *, revision: int) -> None:
        newest = base if delta is None else delta
        self.revision = revision
        self.size = int(newest.info["size"])
        self.type_ids: tuple[str, ...] = tuple(newest.info["types"])
        self.dimensions: tuple[str, ...] = tuple(newest.info["dimensions"])
        self._relation_rows = newest.info["relations"]
        self._base = NodeTable.from_arrays(base, base.info["tags"])
        self._rows = base_adjacency(base)
        self._delta = None if delta is None else NodeTable.from_arrays(delta, delta.info["tags"])
        self._delta_rows = None if delta is None else base_adjacency(delta)
        self._touched: IntArray = newest["touched"]
        self._touched_at = {} if delta is None else {node: i for i, node in enumerate(self._touched.tolist())}
        self._changed_at = (
            {} if self._delta is None else {node: i for i, node in enumerate(self._delta.numbers.tolist())}
        )
        self._qualifiers = QualifierTable.from_arrays(newest)
        self._merged = MergedStatements.from_arrays(newest)

    # --- relations

    @cached_property
    def relations(self) -> tuple[RelationInfo | None, ...]:
        """What is known of each relation, by number; None where a number is no longer used."""
        return tuple(None if row is None else RelationInfo(**row) for row in self._relation_rows)

    @cached_property
    def relation_ids(self) -> tuple[str | None, ...]:
        """Relation ids by number."""
        return tuple(None if row is None else row["id"] for row in self._relation_rows)

    @cached_property
    def _relation_numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.relation_ids) if name is not None}

    def relation_number(self, id: str) -> int | None:
        return self._relation_numbers.get(id)

    @cached_property
    def _stored_inverses(self) -> dict[int, set[int]]:
        """For each relation those that say the same the other way round; a symmetric one is its own."""
        out: dict[int, set[int]] = {}
        for number, info in enumerate(self.relations):
            if info is None:
                continue
            if info.symmetric:
                out.setdefault(number, set()).add(number)
            for other in (info.inverse_of, info.id + "_inverse"):
                if other is not None and (found := self.relation_number(other)) is not None:
                    out.setdefault(number, set()).add(found)
                    out.setdefault(found, set()).add(number)
        return out

    def inverses(self, relation: int) -> frozenset[int]:
        """Relations stored as this one's inverse (``inverse_of``, ``x`` and ``x_inverse``, itself when symmetric)."""
        return frozenset(self._stored_inverses.get(relation, ()))

    def goes_back(self, before: tuple[int, bool], after: tuple[int, bool]) -> bool:
        """Whether step ``after`` leads straight back over step ``before``, by a stored or an implied inverse."""
        if before[0] == after[0] and before[1] != after[1]:
            return True
        return before[1] == after[1] and after[0] in self._stored_inverses.get(before[0], ())

    # --- nodes

    def node(self, ref: str | Literal) -> int | None:
        """The number of an entity id or literal (of its representative, when merged); None when the graph lacks it."""
        if self._delta is not None:
            row = self._delta.names.find(ref)
            if row is not None:
                return self._merged.representative(int(self._delta.numbers[row]))
        row = self._base.names.find(ref)
        if row is None or row in self._changed_at:
            return None
        return self._merged.representative(row) if len(self._merged.members) else row

    def id(self, node: int) -> str | None:
        """The id of an entity; None for a literal and for a number that is not in use."""
        table, row = self._row(node)
        return table.names.id_text(row) if table.names.kinds[row] == ENTITY else None

    def label(self, node: int) -> str:
        """The label of an entity (its id when it has none), the value and unit of a literal."""
        table, row = self._row(node)
        if table.names.kinds[row] < FIRST_LITERAL:
            return table.names.label(row)
        literal = table.names.literal(row)
        return "" if literal is None else literal.label()

    def labels(self, nodes: Iterable[int] | NDArray[np.integer]) -> list[str]:
        """The labels of many nodes, in their order."""
        numbers = nodes.tolist() if isinstance(nodes, np.ndarray) else nodes
        label = self.label
        return [label(node) for node in numbers]

    def literal(self, node: int) -> Literal | None:
        """The literal of a node; None for an entity."""
        table, row = self._row(node)
        return table.names.literal(row)

    def is_literal(self, nodes: ArrayLike) -> NDArray[np.bool_]:
        """Which nodes are literals. shape: (n,)"""
        return self._kinds(nodes) >= FIRST_LITERAL

    def exists(self, nodes: ArrayLike) -> NDArray[np.bool_]:
        """Which numbers are nodes of this revision. shape: (n,)"""
        return self._kinds(nodes) != ABSENT

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
        number = self.type_ids.index(type)
        nodes = self._base.of_type(number)
        if self._delta is None:
            return nodes
        return np.union1d(nodes[~np.isin(nodes, self._delta.numbers)], self._delta.of_type(number)).astype(np.int32)

    def types_of(self, node: int) -> tuple[str, ...]:
        """The types of a node, by id."""
        table, _ = self._row(node)
        return tuple(sorted(self.type_ids[number] for number in table.types_of(node)))

    def comparable(self, nodes: ArrayLike) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]:
        """Dimension (a position in ``dimensions``; 0 is not comparable) and closed interval. shape: (n,) each

        Units: dates in days since 1970-01-01, durations in seconds, quantities in base units.
        """
        numbers = np.asarray(nodes, dtype=np.int64).reshape(-1)
        dimension, lo, hi = self._base.values(numbers)
        if self._delta is not None and len(self._delta.numbers):
            changed = np.isin(numbers, self._delta.numbers)
            new = self._delta.values(numbers)
            dimension = np.where(changed, new[0], dimension)
            lo, hi = np.where(changed, new[1], lo), np.where(changed, new[2], hi)
        return dimension, lo, hi

    # --- edges

    def neighbours(self, node: int, relation: int, inverse: bool = False) -> memoryview:
        """One node's neighbours, ascending, without copying them."""
        slot = 2 * relation + inverse
        if self._delta_rows is not None and (at := self._touched_at.get(node)) is not None:
            return self._delta_rows.row(at, slot)
        if 0 <= node < self._rows.nodes:
            return self._rows.row(node, slot)
        return self._touched.data[0:0]

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
        return np.unique(self.hop_edges(nodes, relation, inverse)[1])

    def hop_edges(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> tuple[NDArray[np.int64], IntArray]:
        """Every edge of one step: position into ``nodes`` and neighbour. shape: (edges,) each

        Ordered by position, then neighbour.
        """
        numbers = np.asarray(nodes, dtype=np.int64).reshape(-1)
        slot = 2 * relation + inverse
        if self._delta_rows is None and len(numbers) and int(numbers.max()) < self._rows.nodes and numbers.min() >= 0:
            start, length = self._rows.rows(numbers, slot)
            return np.repeat(np.arange(len(numbers)), length), self._rows.cols[ranges(start, length)]
        in_base, in_delta, at = self._split(numbers)
        start, length = self._rows.rows(numbers[in_base], slot)
        positions = np.repeat(np.flatnonzero(in_base), length)
        ends = self._rows.cols[ranges(start, length)]
        if self._delta_rows is not None and in_delta.any():
            start, length = self._delta_rows.rows(at[in_delta], slot)
            positions = np.concatenate([positions, np.repeat(np.flatnonzero(in_delta), length)])
            ends = np.concatenate([ends, self._delta_rows.cols[ranges(start, length)]])
            order = np.argsort(positions, kind="stable")
            positions, ends = positions[order], ends[order]
        return positions, ends

    def steps_from(
        self, nodes: Sequence[int] | NDArray[np.integer]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
        """The steps that leave a set: relations, whether inverse, and the number of edges. shape: (steps,) each"""
        numbers = np.unique(np.asarray(nodes, dtype=np.int64).reshape(-1))
        in_base, in_delta, at = self._split(numbers)
        slots, counts = self._rows.slot_counts(numbers[in_base])
        if self._delta_rows is not None and in_delta.any():
            more_slots, more_counts = self._delta_rows.slot_counts(at[in_delta])
            all_slots, place = np.unique(np.concatenate([slots, more_slots]), return_inverse=True)
            counts = np.bincount(place, weights=np.concatenate([counts, more_counts])).astype(np.int64)
            slots = all_slots
        return slots >> 1, (slots & 1).astype(bool), counts

    def follow(
        self, starts: Sequence[int] | NDArray[np.integer], steps: Sequence[tuple[int, bool]]
    ) -> tuple[NDArray[np.int64], IntArray]:
        """Follows a path of (relation, inverse) from many starts at once.

        Returns unique pairs: position into ``starts`` and end, ordered by both. shape: (pairs,) each.
        A start is dropped from its own set right after a step straight back over the step just taken.
        """
        numbers = np.asarray(starts, dtype=np.int64).reshape(-1)
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
                keys = positions * self.size + ends
                keys = np.unique(keys)
                positions, ends = keys // self.size, keys % self.size
                if self.goes_back(steps[i - 1], (relation, inverse)):
                    keep = ends != numbers[positions]
                    positions, ends = positions[keep], ends[keep]
        return positions, ends.astype(np.int32)

    # --- qualifiers

    def qualifiers(self, head: int, relation: int, tail: int) -> list[Qualifiers]:
        """The qualifiers of each statement (head, relation, tail) that has some."""
        return [self._qualifiers.qualifiers(row) for row in self._qualifiers.rows(head, relation, tail)]

    def qualified(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> list[tuple[int, int, Qualifiers]]:
        """(position into ``nodes``, neighbour, qualifiers) of each qualified statement one step away."""
        table = self._qualifiers
        span = table.of_relation(relation)
        near, far = (table.tails, table.heads) if inverse else (table.heads, table.tails)
        position = {int(node): i for i, node in reversed(list(enumerate(nodes)))}
        found = np.flatnonzero(np.isin(near[span.start : span.stop], list(position))) + span.start
        return [(position[int(near[row])], int(far[row]), table.qualifiers(row)) for row in found.tolist()]

    # --- private

    def _row(self, node: int) -> tuple[NodeTable, int]:
        if self._delta is not None and (row := self._changed_at.get(node)) is not None:
            return self._delta, row
        if 0 <= node < len(self._base.names.kinds):
            return self._base, node
        raise IndexError(f"node {node} is not in this snapshot of {self.size} numbers")

    def _kinds(self, nodes: ArrayLike) -> NDArray[np.uint8]:
        numbers = np.asarray(nodes, dtype=np.int64).reshape(-1)
        kinds = np.zeros(len(numbers), dtype=np.uint8)
        known = (numbers >= 0) & (numbers < len(self._base.names.kinds))
        kinds[known] = self._base.names.kinds[numbers[known]]
        if self._delta is not None and len(self._delta.numbers):
            at = np.minimum(np.searchsorted(self._delta.numbers, numbers), len(self._delta.numbers) - 1)
            changed = self._delta.numbers[at] == numbers
            kinds[changed] = self._delta.names.kinds[at[changed]]
        return kinds

    def _split(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
        """Which nodes' edges lie in the base, which in the delta, and where there."""
        at = np.zeros(len(numbers), dtype=np.int64)
        in_delta = np.zeros(len(numbers), dtype=bool)
        if self._delta_rows is not None and len(self._touched):
            at = np.minimum(np.searchsorted(self._touched, numbers), len(self._touched) - 1)
            in_delta = self._touched[at] == numbers
        in_base = ~in_delta & (numbers >= 0) & (numbers < self._rows.nodes)
        return in_base, in_delta, at
