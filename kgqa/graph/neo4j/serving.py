"""A graph on its server in the place of its snapshot: all that linking, plan search and wording ask, as queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kgqa.graph.neo4j.traversal import ServerGraph
from kgqa.types import Literal

_OURS = frozenset(("Entity", "Literal", "KgqaStale"))


class ServedGraph(ServerGraph):
    """Has every public method of ``Snapshot``, with its meaning; what a node is gets kept, edges are asked for anew."""

    # --- relations and types

    @property
    def relation_ids(self) -> tuple[str | None, ...]:
        return self._relations.ids

    def inverses(self, relation: int) -> frozenset[int]:
        return self._relations.inverses.get(relation, frozenset())

    @cached_property
    def type_ids(self) -> tuple[str, ...]:
        """The types by their labels in the database."""
        rows = self.rows("MATCH (n:Entity) UNWIND labels(n) AS label RETURN DISTINCT label ORDER BY label")
        return tuple(label for (label,) in rows if label.rpartition(".")[2] not in _OURS)

    def types_of(self, node: int) -> tuple[str, ...]:
        return tuple(sorted({type for row in self._nodes.rows(self._members(node)) for type in row.types}))

    # --- nodes

    @cached_property
    def size(self) -> int:
        """More than the highest number in use; some numbers below it were never given."""
        return int(self.rows("MATCH (c:KgqaCounter) RETURN c.next_node")[0][0])

    def nodes(self, ids: Sequence[str]) -> list[int | None]:
        return [self.node(id) for id in ids]

    def id(self, node: int) -> str | None:
        return self._row(node).id

    def labels(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[str]:
        return [row.label for row in self._nodes.rows([int(node) for node in nodes])]

    def is_literal(self, nodes: ArrayLike) -> NDArray[np.bool_]:
        rows = self._nodes.rows(np.asarray(nodes, dtype=np.int64).reshape(-1).tolist())
        return np.array([row.literal is not None for row in rows], dtype=bool)

    def exists(self, nodes: ArrayLike) -> NDArray[np.bool_]:
        rows = self._nodes.rows(np.asarray(nodes, dtype=np.int64).reshape(-1).tolist())
        return np.array([row.id is not None or row.literal is not None for row in rows], dtype=bool)

    def representative(self, node: int) -> int:
        return self.same.get(node, node)

    def same_as(self, node: int) -> tuple[int, ...]:
        return tuple(sorted(self._members(self.representative(node))))

    # --- edges

    def has_edge(self, head: int, relation: int, tail: int) -> bool:
        return tail in self.neighbours(head, relation)

    def as_said(self, head: int, relation: int, tail: int) -> tuple[int, int]:
        if not self.same:
            return head, tail
        found = [
            (near, far)
            for near, far in self._links(self._members(head), relation, inverse=False, both=False)
            if self.representative(far) == tail
        ]
        return min(found, default=(head, tail))

    def reach(self, start: int, steps: Sequence[tuple[int, bool]]) -> list[int]:
        ends: list[int] = np.unique(self.follow([start], steps)[1]).tolist()
        return ends

    def steps_from(
        self, nodes: Sequence[int] | NDArray[np.integer]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
        counts: Counter[tuple[int, bool]] = Counter()
        for _, relation, inverse, edges in self._leaving(nodes):
            counts[relation, inverse] += edges
        steps = sorted(counts)
        return (
            np.array([relation for relation, _ in steps], dtype=np.int64),
            np.array([inverse for _, inverse in steps], dtype=bool),
            np.array([counts[step] for step in steps], dtype=np.int64),
        )

    def steps_from_sets(self, sets: Sequence[NDArray[np.integer]]) -> list[list[tuple[int, bool, int]]]:
        found = (self.steps_from(nodes) for nodes in sets)
        return [list(zip(*(part.tolist() for part in steps), strict=True)) for steps in found]

    def steps_of(
        self, nodes: Sequence[int] | NDArray[np.integer]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        positions: dict[int, list[int]] = defaultdict(list)
        for position, node in enumerate(np.asarray(nodes, dtype=np.int64).reshape(-1).tolist()):
            positions[node].append(position)
        rows = sorted(
            {
                (position, relation, inverse)
                for node, relation, inverse, _ in self._leaving(nodes)
                for position in positions[node]
            }
        )
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(bool)

    def _leaving(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[tuple[int, int, bool, int]]:
        """(node, relation, inverse, edges) of each step that leaves a node; a symmetric relation is one, forward."""
        members = self._expanded(np.unique(np.asarray(nodes, dtype=np.int64)).tolist())
        of = {type: number for number, type in self.fragments.types.items()}
        shows = f"a.runs IS NOT NULL AND {self.fragments.view.several('a')}"
        parts = [
            f"WITH x, n MATCH (n){left}[a]{right}(m) WHERE {shows} WITH DISTINCT x, type(a) AS r, m "
            f"RETURN r, {inverse} AS inverse, count(*) AS edges"
            for left, right, inverse in (("-", "->", "false"), ("<-", "-", "true"))
        ]
        query = f"{self._from()} CALL (x, n) {{ {' UNION ALL '.join(parts)} }} RETURN x, r, inverse, edges"
        found: Counter[tuple[int, int, bool]] = Counter()
        for member, type, inverse, edges in self.rows(query, nodes=list(members)):
            if type in of:
                relation = of[type]
                found[members[member], relation, inverse and not self.is_symmetric(relation)] += edges
        return [(*step, edges) for step, edges in found.items()]

    # --- qualifiers

    def qualifiers(self, head: int, relation: int, tail: int) -> list[dict[str, Literal | str]]:
        return [said for _, end, said in self.qualified([head], relation) if end == tail]
