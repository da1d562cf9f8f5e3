"""What a node's like have: the share of those that are like it in something and have a value of the relation.

Rules of two kinds, as AnyBURL learns them (Meilicke et al. 2019), counted instead of searched: "what has (s, v) has
(r, y)" with constants v and y, and "what s leads to, r leads to". Each is as sure as it is often right among the nodes
that have the relation at all; what several say adds up as if they were independent (noisy or).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOUBT = 3.0
"""Cases without the value that each rule is taken to have beside those seen."""
MAX_HOLDERS = 20_000
"""What more nodes than this have likens nobody."""
_SUREST = 0.99


@dataclass(frozen=True, slots=True)
class _Relation:
    """One relation and direction: values by node (CSR), its owners, and how sure each step's own values are."""

    values: Any
    owns: NDArray[np.float64]
    steps: NDArray[np.float64]


class Precedents:
    """Rules of one graph, counted when they are first asked for.

    Memory is linear in the triples. Not for writing from several threads at once: a relation is counted twice at worst.
    """

    def __init__(self, triples: NDArray[np.int64], types: Any, *, entities: int) -> None:
        """triples: shape: (n, 3); types: entities by types, CSR."""
        from scipy.sparse import csr_matrix, hstack

        self._entities = entities
        relations = int(triples[:, 1].max(initial=-1)) + 1
        # A step is 2r, or 2r + 1 from tail to head.
        self._nodes = np.concatenate([triples[:, 0], triples[:, 2]])
        self._steps = np.concatenate([2 * triples[:, 1], 2 * triples[:, 1] + 1])
        self._values = np.concatenate([triples[:, 2], triples[:, 0]])
        self._number_of_steps = 2 * relations
        traits, column = np.unique(self._steps * entities + self._values, return_inverse=True)
        has = csr_matrix((np.ones(len(column)), (self._nodes, column)), (entities, len(traits)))
        has.data[:] = 1.0
        has = csr_matrix(hstack([has, types]))
        usual = np.asarray(has.sum(axis=0)).ravel() <= MAX_HOLDERS
        self._has = csr_matrix(has[:, np.flatnonzero(usual)])
        self._holders = csr_matrix(self._has.T)
        order = np.lexsort((self._steps, self._nodes))
        self._order, self._starts = order, np.searchsorted(self._nodes[order], np.arange(entities + 1))
        self._relations: dict[tuple[int, bool], _Relation] = {}

    def chances(self, relation: int, inverse: bool, node: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The entities that any rule gives the node as a value, ascending, and how sure the rules are of each.

        shape: (found,) each; all others have no chance
        """
        known = self._counted(relation, inverse)
        holders = self._holders[self._has.indices[self._has.indptr[node] : self._has.indptr[node + 1]]]
        cases = (holders @ known.values).tocoo()
        share = np.minimum(cases.data / ((holders @ known.owns)[cases.row] + DOUBT), _SUREST)
        mine = self._order[self._starts[node] : self._starts[node + 1]]
        values, place = np.unique(np.concatenate([cases.col, self._values[mine]]), return_inverse=True)
        doubts = np.log1p(-np.concatenate([share, known.steps[self._steps[mine]]]))
        return values.astype(np.int64), -np.expm1(np.bincount(place, weights=doubts, minlength=len(values)))

    def _counted(self, relation: int, inverse: bool) -> _Relation:
        key = relation, inverse
        if key not in self._relations:
            self._relations[key] = self._count(2 * relation + int(inverse))
        return self._relations[key]

    def _count(self, step: int) -> _Relation:
        from scipy.sparse import csr_matrix

        mine = self._steps == step
        node, value = self._nodes[mine], self._values[mine]
        values = csr_matrix((np.ones(len(node)), (node, value)), (self._entities, self._entities))
        values.data[:] = 1.0
        owns = np.zeros(self._entities)
        owns[node] = 1.0
        rows = (owns[self._nodes] > 0) & ~mine
        pairs = self._nodes * self._entities + self._values
        right = np.isin(pairs[rows], pairs[mine])
        asked = np.bincount(self._steps[rows], minlength=self._number_of_steps)
        held = np.bincount(self._steps[rows][right], minlength=self._number_of_steps)
        return _Relation(values, owns, np.minimum(held / (asked + DOUBT), _SUREST))
