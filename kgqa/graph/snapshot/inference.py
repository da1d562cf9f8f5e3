"""What a graph's own statements tell of its relations: symmetric, functional, inverse of another, domain and range.

Only what holds without exception over enough statements is inferred, and only where no source says otherwise. The
adjacency has the edges sorted already, so a million of them are looked through in a fraction of a second.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot.adjacency import Adjacency, IntArray, ranges
from kgqa.graph.snapshot.nodes import NodeTable
from kgqa.graph.snapshot.relations import SUFFIX
from kgqa.types import Relation

ENOUGH = 20
"""Statements (for a functional relation: heads) from which a rule without exception is taken for one."""
_SAMPLE = 16  # ends looked at one by one before all are: most relations share no type

Inferred = dict[int, dict[str, Any]]
"""By relation number: values by the name of the field of ``Relation``."""


class SlotEdges:
    """The rows of an adjacency, slot by slot; ``numbers`` are the nodes of its rows where these are not 0, 1, 2, ..."""

    def __init__(self, adjacency: Adjacency, numbers: IntArray | None = None) -> None:
        order = np.argsort(adjacency.slots, kind="stable")
        nodes = np.arange(adjacency.nodes, dtype=np.int64) if numbers is None else numbers.astype(np.int64)
        self._owners = np.repeat(nodes, np.diff(adjacency.node_rows))[order]
        self._starts = adjacency.starts[:-1][order].astype(np.int64)
        self._lengths = np.diff(adjacency.starts)[order].astype(np.int64)
        self._cols = adjacency.cols
        slots = adjacency.slots[order]
        first = np.flatnonzero(np.concatenate([[True], slots[1:] != slots[:-1]])) if len(slots) else order
        bounds = [*first.tolist(), len(order)]
        self._bounds = {slot: (bounds[i], bounds[i + 1]) for i, slot in enumerate(slots[first].tolist())}
        self._digests: dict[int, bytes] = {}

    def owners(self, slot: int) -> NDArray[np.int64]:
        """The distinct nodes that the slot leaves, ascending."""
        return self._owners[self._rows(slot)]

    def count(self, slot: int) -> int:
        """The edges of a slot."""
        return int(self._lengths[self._rows(slot)].sum())

    def single(self, slot: int) -> bool:
        """Whether no node has two neighbours by this slot."""
        return int(self._lengths[self._rows(slot)].max(initial=0)) <= 1

    def only_loops(self, slot: int) -> bool:
        """Whether every edge leads back to where it starts."""
        near, far = self._pairs(slot)
        return bool((near == far).all())

    def shape(self, slot: int) -> tuple[int, ...]:
        """Equal for two slots that join the same nodes, and cheap: what differs here need not be compared whole."""
        owners = self.owners(slot)
        return (len(owners), self.count(slot), *owners[:1].tolist(), *owners[-1:].tolist())

    def digest(self, slot: int) -> bytes:
        """Equal for two slots exactly when they join the same nodes."""
        if slot not in self._digests:
            near, far = self._pairs(slot)
            self._digests[slot] = hashlib.blake2b((near << 32 | far).tobytes(), digest_size=16).digest()
        return self._digests[slot]

    def alike(self, slot: int, other: int) -> bool:
        """Whether two slots join the same nodes."""
        return self.shape(slot) == self.shape(other) and self.digest(slot) == self.digest(other)

    def _rows(self, slot: int) -> slice:
        return slice(*self._bounds.get(slot, (0, 0)))

    def _pairs(self, slot: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        rows = self._rows(slot)
        near = np.repeat(self._owners[rows], self._lengths[rows])
        return near, self._cols[ranges(self._starts[rows], self._lengths[rows])].astype(np.int64)


def infer(
    said: Sequence[Relation | None],
    edges: SlotEdges,
    nodes: NodeTable,
    types: Sequence[str],
    *,
    qualified: Collection[int],
) -> Inferred:
    """What the edges of a base tell beyond what was ``said``, by relation number.

    A relation with qualifiers (``qualified``) is not taken for symmetric: the two directions may say different things.
    """
    found: Inferred = {}
    enough = [n for n, known in enumerate(said) if known is not None and edges.count(2 * n) >= ENOUGH]
    mirrored = {n for n in enough if edges.alike(2 * n, 2 * n + 1)}
    turned = _by_turned_edges([n for n in enough if n not in mirrored], edges)
    by_id = {relation.id: n for n, relation in enumerate(said) if relation is not None}
    shared = _SharedTypes(nodes, types)
    for n, relation in enumerate(said):
        if relation is None:
            continue
        new: dict[str, Any] = {}
        if n in mirrored and relation.symmetric is None and n not in qualified and not edges.only_loops(2 * n):
            new["symmetric"] = True
        if relation.functional is None and len(edges.owners(2 * n)) >= ENOUGH and edges.single(2 * n):
            new["functional"] = True
        if relation.inverse_of is None and not relation.symmetric:
            other = named_inverse(relation.id, by_id)
            other = turned.get(n) if other is None else other
            inverse = None if other is None else said[other]
            if inverse is not None:
                new["inverse_of"] = inverse.id
        for name, slot in (("domain", 2 * n), ("range", 2 * n + 1)):
            if edges.count(slot) >= ENOUGH and getattr(relation, name) is None:
                type = shared.of(edges.owners(slot))
                new |= {} if type is None else {name: type}
        if new:
            found[n] = new
    return found


def _by_turned_edges(relations: Sequence[int], edges: SlotEdges) -> dict[int, int]:
    """For each relation the first that has its edges turned round."""
    shapes = {edges.shape(2 * n) for n in relations} & {edges.shape(2 * n + 1) for n in relations}
    turned: dict[bytes, int] = {}
    for n in relations:
        if edges.shape(2 * n + 1) in shapes:
            turned.setdefault(edges.digest(2 * n + 1), n)
    alike = [n for n in relations if edges.shape(2 * n) in shapes]
    return {n: turned[edges.digest(2 * n)] for n in alike if edges.digest(2 * n) in turned}


def still_inferred(
    base: Inferred,
    said: Sequence[Relation | None],
    edges: SlotEdges,
    *,
    added: Collection[int],
    retyped: Collection[int],
    qualified: Collection[int],
) -> Inferred:
    """What was inferred from a base and is not contradicted by a delta, whose ``edges`` are all of each touched node.

    ``added``: relations that got edges; ``retyped``: relations of nodes that changed. Domain and range of these are
    dropped rather than looked into: the next base infers them again.
    """
    by_id = {relation.id: n for n, relation in enumerate(said) if relation is not None}
    kept: Inferred = {}
    for n, fields in base.items():
        relation = said[n] if n < len(said) else None
        if relation is None:
            continue
        left = {name: value for name, value in fields.items() if getattr(relation, name) is None}
        if "symmetric" in left and (n in qualified or not edges.alike(2 * n, 2 * n + 1)):
            del left["symmetric"]
        if "functional" in left and not edges.single(2 * n):
            del left["functional"]
        if "inverse_of" in left:
            other = by_id.get(left["inverse_of"])
            named = other is not None and other == named_inverse(relation.id, by_id)
            if other is None or not (named or _turned(edges, n, other)):
                del left["inverse_of"]
        if n in added or n in retyped:
            left.pop("domain", None)
            left.pop("range", None)
        if left:
            kept[n] = left
    return kept


def _turned(edges: SlotEdges, n: int, other: int) -> bool:
    return edges.alike(2 * n, 2 * other + 1) and edges.alike(2 * n + 1, 2 * other)


def named_inverse(id: str, by_id: Mapping[str, int]) -> int | None:
    """The relation that is this one's inverse by name: ``x`` and ``x_inverse``."""
    return by_id.get(id.removesuffix(SUFFIX) if id.endswith(SUFFIX) else id + SUFFIX)


class _SharedTypes:
    """Finds the type that all of a set of nodes have; of several the one with the fewest nodes."""

    def __init__(self, nodes: NodeTable, types: Sequence[str]) -> None:
        self._nodes, self._types = nodes, types

    def of(self, nodes: NDArray[np.int64]) -> str | None:
        """nodes: shape: (n,), ascending"""
        if len(nodes) == 0 or not self._types:
            return None
        shared: set[int] | None = None
        for node in nodes[:: max(1, len(nodes) // _SAMPLE)].tolist():
            here = self._nodes.types_of(node)
            shared = set(here) if shared is None else shared & set(here)
            if not shared:
                return None
        candidates = sorted(shared or (), key=lambda number: (len(self._nodes.of_type(number)), self._types[number]))
        return next((self._types[number] for number in candidates if self._have(nodes, number)), None)

    def _have(self, nodes: NDArray[np.int64], number: int) -> bool:
        members = self._nodes.of_type(number)
        at = np.searchsorted(members, nodes.astype(members.dtype))
        return bool(at[-1] < len(members) and (members[at] == nodes).all())
