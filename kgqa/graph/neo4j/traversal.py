"""Traversal on the server, for a graph whose snapshot would not fit: what executing a plan needs, as reading queries.

Answers are those of the snapshot at the same revision. Every query has a time limit and a limit of rows; values and
ids are parameters. What is learnt of nodes is kept, up to a bound.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kgqa.errors import PlanError
from kgqa.graph.keys import unpack_qualifiers
from kgqa.graph.neo4j.fragments import REF, Fragments, told
from kgqa.graph.neo4j.inference import infer_relations
from kgqa.graph.neo4j.known import KEPT, KnownNodes
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import current_view
from kgqa.graph.snapshot.merged import representatives
from kgqa.graph.snapshot.relations import RelationInfo, Relations, relation_info, said_relations
from kgqa.graph.store import GraphStore, NodeRow
from kgqa.types import Literal

TIMEOUT = 30.0
ROWS = 1_000_000

IntArray = NDArray[np.int32]


class ServerGraph:
    """The graph of a store on a server at its present revision. Safe to use from many threads.

    ``timeout``: seconds a query may take; ``rows``: members a step may give. Both raise: DeadlineError, PlanError.
    """

    on_server: ClassVar[bool] = True

    def __init__(self, store: GraphStore, server: Server, *, timeout: float = TIMEOUT, rows: int = ROWS) -> None:
        self._store, self._server = store, server
        self._timeout, self._limit = timeout, rows
        view = current_view(server, store.location)
        self.revision = view.revision
        types = {row[0]: row[1] for row in server.read("MATCH (r:Relation) RETURN r.number, r.type")}
        self.fragments = Fragments(view, types)
        self._nodes = KnownNodes(store)
        self._numbers: dict[str | Literal, int | None] = {}
        self._lock = threading.Lock()

    # --- relations

    @cached_property
    def _relations(self) -> Relations:
        said = said_relations(self._store)
        inferred = infer_relations(said, self.fragments, self.rows)
        return Relations(
            [
                None if relation is None else asdict(relation_info(relation, inferred.get(number, {})))
                for number, relation in enumerate(said)
            ]
        )

    @property
    def relations(self) -> tuple[RelationInfo | None, ...]:
        return self._relations.infos

    def relation_number(self, id: str) -> int | None:
        return self._relations.numbers.get(id)

    def is_symmetric(self, relation: int) -> bool:
        """Whether the relation's statements are walked both ways."""
        return relation in self._relations.symmetric

    def goes_back(self, before: tuple[int, bool], after: tuple[int, bool]) -> bool:
        return self._relations.goes_back(before, after)

    # --- nodes

    @cached_property
    def same(self) -> dict[int, int]:
        """The representative of every node that is one with another."""
        return representatives(self._store.same_pairs())

    @cached_property
    def _classes(self) -> dict[int, list[int]]:
        classes: dict[int, list[int]] = defaultdict(list)
        for member, root in self.same.items():
            classes[root].append(member)
        return classes

    def node(self, ref: str | Literal) -> int | None:
        if ref not in self._numbers:
            found = self._store.node(ref)
            self._remember_number(ref, None if found is None else self.same.get(found, found))
        return self._numbers[ref]

    def _remember_number(self, ref: str | Literal, number: int | None) -> None:
        with self._lock:
            if len(self._numbers) > KEPT:
                self._numbers.clear()
            self._numbers[ref] = number

    def label(self, node: int) -> str:
        return self._row(node).label

    def refs(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[str]:
        return self._nodes.refs([int(node) for node in nodes])

    def literal(self, node: int) -> Literal | None:
        return self._row(node).literal

    def of_type(self, type: str) -> IntArray:
        rows = self.rows(f"{self.fragments.of_type(type)} RETURN n.number")
        return self._representatives([row[0] for row in rows])

    @property
    def dimensions(self) -> tuple[str, ...]:
        return self._nodes.dimensions

    def comparable(self, nodes: ArrayLike) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]:
        return self._nodes.comparable(np.asarray(nodes, dtype=np.int64).reshape(-1).tolist())

    def _row(self, node: int) -> NodeRow:
        return self._nodes.rows([node])[0]

    # --- edges

    def neighbours(self, node: int, relation: int, inverse: bool = False) -> Sequence[int]:
        ends: list[int] = self.hop([node], relation, inverse).tolist()
        return ends

    def having(self, step: tuple[int, bool]) -> str:
        """Clauses that give every node ``n`` from which the step leads somewhere."""
        return f"{self.step('n', 'm', step)} AND (n:Entity OR n:Literal) WITH DISTINCT n"

    def holders(self, steps: Sequence[tuple[int, bool]]) -> list[IntArray]:
        return [
            self._representatives([row[0] for row in self.rows(f"{self.having(step)} RETURN n.number")])
            for step in steps
        ]

    def stands_as(self, head: int, relation: int, tail: int) -> tuple[int, int]:
        if not self.is_symmetric(relation):
            return head, tail
        heads, tails = self._members(head), set(self._members(tail))
        said = {end for _, end in self._links(heads, relation, inverse=False, both=False)}
        return (head, tail) if said & tails else (tail, head)

    def hop(self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False) -> IntArray:
        return np.unique(self.hop_edges(nodes, relation, inverse)[1])

    def hop_edges(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> tuple[NDArray[np.int64], IntArray]:
        return self._by_position(nodes, [(relation, inverse)])

    def follow(
        self, starts: Sequence[int] | NDArray[np.integer], steps: Sequence[tuple[int, bool]]
    ) -> tuple[NDArray[np.int64], IntArray]:
        if not steps:
            numbers = np.asarray(starts, dtype=np.int32)
            return np.arange(len(numbers), dtype=np.int64), numbers
        return self._by_position(starts, steps)

    def qualified(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> list[tuple[int, int, dict[str, Literal | str]]]:
        positions = _positions(nodes)
        members = self._expanded(positions)
        query = (
            f"{self._from()} {self.step('n', 'm', (relation, inverse))} "
            "AND a.qualifiers IS NOT NULL RETURN DISTINCT x, m.number, a.qualifiers"
        )
        rows = self.rows(query, nodes=list(members))
        out = []
        for near, far, packed in rows:
            end = self.same.get(far, far)
            out += [(position, end, unpack_qualifiers(packed)) for position in positions[members[near]]]
        return sorted(out, key=lambda row: row[:2])

    def _by_position(
        self, nodes: Sequence[int] | NDArray[np.integer], steps: Sequence[tuple[int, bool]]
    ) -> tuple[NDArray[np.int64], IntArray]:
        """Unique (position, end) of a path, ordered; a start is dropped after a step straight back."""
        positions = _positions(nodes)
        pairs = {(node, node) for node in positions} if self.same else None
        if pairs is None:
            pairs = {(row[0], row[1]) for row in self._walk(list(positions), steps)}
        else:
            for i, (relation, inverse) in enumerate(steps):
                members = self._expanded({end: [] for _, end in pairs})
                reached: dict[int, set[int]] = defaultdict(set)
                for near, far in self._links(list(members), relation, inverse=inverse, both=None):
                    reached[members[near]].add(self.same.get(far, far))
                back = i > 0 and self.goes_back(steps[i - 1], (relation, inverse))
                pairs = {(x, end) for x, near in pairs for end in reached[near] if not (back and end == x)}
        rows = sorted((position, end) for node, end in pairs for position in positions[node])
        table = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return table[:, 0].copy(), table[:, 1].astype(np.int32)

    def _walk(self, nodes: list[int], steps: Sequence[tuple[int, bool]]) -> list[tuple[int, int]]:
        """(start, end) of a path, in one query."""
        query = self._from()
        for i, step in enumerate(steps):
            query += f" {self.step('n', 'm', step)}"
            if i > 0 and self.goes_back(steps[i - 1], step):
                query += " AND m.number <> x"
            query += " WITH DISTINCT x, m AS n"
        return self.rows(f"{query} RETURN x, n.number", nodes=nodes)

    def _links(self, nodes: list[int], relation: int, *, inverse: bool, both: bool | None) -> list[tuple[int, int]]:
        clause = self.step("n", "m", (relation, inverse), both=both)
        return self.rows(f"{self._from()} {clause} RETURN DISTINCT x, m.number", nodes=nodes)

    def _from(self) -> str:
        """Clauses that give each of ``$nodes`` as ``x`` and its node as ``n``."""
        return f"UNWIND $nodes AS x {self.fragments.numbered('x', 'x')}"

    def step(self, near: str, far: str, step: tuple[int, bool], *, both: bool | None = None) -> str:
        """The clause of one step; ``both`` None walks a symmetric relation either way."""
        relation, inverse = step
        ways = self.is_symmetric(relation) if both is None else both
        return self.fragments.step(near, far, relation, inverse=inverse, both=ways)

    def _members(self, node: int) -> list[int]:
        return self._classes.get(node, [node]) if self.same else [node]

    def _expanded(self, nodes: Any) -> dict[int, int]:
        """Every node that is one with one of these, with its representative."""
        return {member: node for node in nodes for member in self._members(node)}

    def _representatives(self, numbers: list[int]) -> IntArray:
        return np.unique(np.array([self.same.get(number, number) for number in numbers], dtype=np.int32))

    # --- queries

    def fetch(self, members: str, values: Mapping[str, Any], *, timeout: float | None = None) -> list[int]:
        """The numbers of the nodes ``n`` that compiled clauses give; what is told of them is kept."""
        query = f"{members} LIMIT $most WITH collect({REF}) AS found RETURN found"
        ((found,),) = self.rows(query, timeout=timeout, most=self._limit + 1, **values)
        self._check_limit(len(found))
        told_of = dict(map(told, found))
        self._nodes.remember(told_of)
        return list(told_of)

    def rows(self, query: str, *, timeout: float | None = None, **values: Any) -> list[Any]:
        """The rows of a reading query of parts from ``fragments``. Raises DeadlineError and PlanError at its limits."""
        allowed = self._timeout if timeout is None else min(timeout, self._timeout)
        return list(self._limited(query, allowed, values))

    def _limited(self, query: str, timeout: float, values: dict[str, Any]) -> Iterator[Any]:
        rows = self._server.answer(query, {**values, **self.fragments.view.parameters}, timeout=timeout)
        for number, row in enumerate(rows):
            self._check_limit(number + 1)
            yield row

    def _check_limit(self, rows: int) -> None:
        if rows > self._limit:
            raise PlanError(f"this plan reaches more than {self._limit} nodes on the server; ask more narrowly")


def _positions(nodes: Sequence[int] | NDArray[np.integer]) -> dict[int, list[int]]:
    """The positions of each node."""
    positions: dict[int, list[int]] = defaultdict(list)
    for position, node in enumerate(np.asarray(nodes, dtype=np.int64).reshape(-1).tolist()):
        positions[node].append(position)
    return positions
