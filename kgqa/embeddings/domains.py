"""What the data say of each relation: who may stand at its ends, how many at once, and how often it is there at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FUNCTIONAL_SHARE = 0.95
MIN_FUNCTIONAL = 5
RANGE_TYPE_SHARE = 0.05
MISSING_SHARE = 0.2
ASKED_FOR = 20.0
"""How many times as often people ask for a value that exists as for one that does not: an assumption."""


@dataclass(frozen=True, slots=True)
class Side:
    """One relation walked one way, from the nodes that have it to their values.

    ``owners``: nodes with a value, sorted. ``degrees``: how many each has. ``values``: who may be one, sorted.
    ``single``: a node has one value at most. ``exclusive``: a value belongs to one node at most. ``taken``: values in
    use. ``loops``: a node may be its own value.
    """

    owners: NDArray[np.int64]
    degrees: NDArray[np.int64]
    values: NDArray[np.int64]
    single: bool
    exclusive: bool
    taken: NDArray[np.int64]
    loops: bool

    @property
    def mean_degree(self) -> float:
        return float(self.degrees.mean()) if len(self.degrees) else 1.0

    def chance_all_lost(self, missing_share: float) -> float:
        """How likely a node has lost every value when each is missing with ``missing_share``, independently."""
        return float(np.mean(missing_share**self.degrees)) if len(self.degrees) else missing_share


class Domains:
    """Ends, multiplicity and coverage of relations, observed in triples and types; computed when first asked.

    ``functional`` overrides, by relation number, what the data say. Not for writing from several threads at once:
    a side is computed twice at worst.
    """

    def __init__(
        self,
        triples: NDArray[np.int64],
        types: Sequence[Sequence[str]],
        *,
        functional: Mapping[int, bool] | None = None,
    ) -> None:
        """triples: shape: (n, 3); types: by entity number, for every entity."""
        order = np.argsort(triples[:, 1], kind="stable")
        self._triples = triples[order]
        self._declared = dict(functional or {})
        self._types = type_matrix(types)
        self._traits = _traits(triples, self._types)
        self._trait_sizes = np.asarray(self._traits.sum(axis=0)).ravel()
        self._sides: dict[tuple[int, bool], Side] = {}
        self._coverage: dict[tuple[int, bool], NDArray[np.float64]] = {}

    @property
    def types(self) -> Any:
        """Entities by types. CSR"""
        return self._types

    @property
    def entities(self) -> int:
        return int(self._traits.shape[0])

    def side(self, relation: int, inverse: bool) -> Side:
        """The relation from head to tail, or, when ``inverse``, from tail to head."""
        key = relation, inverse
        if key not in self._sides:
            self._sides[key] = self._observe(relation, inverse)
        return self._sides[key]

    def coverage(self, relation: int, inverse: bool, node: int) -> float:
        """The share of nodes like this one that have a value, the node itself counted as one without.

        Likeness is a shared type, or, for a node without types, another relation that both have; of several such
        groups the one where the relation is most usual counts.
        """
        start, end = self._traits.indptr[node : node + 2]
        groups = self._traits.indices[start:end]
        return float(self._group_coverage(relation, inverse)[groups].max()) if len(groups) else 0.0

    def coverage_of_all(self, relation: int, inverse: bool) -> NDArray[np.float64]:
        """``coverage`` for every entity. shape: (entities,)"""
        from scipy.sparse import diags

        shares = self._traits @ diags(self._group_coverage(relation, inverse))
        return np.asarray(shares.max(axis=1).todense(), dtype=np.float64).ravel()

    def _group_coverage(self, relation: int, inverse: bool) -> NDArray[np.float64]:
        key = relation, inverse
        if key not in self._coverage:
            has = np.zeros(self.entities)
            has[self.side(relation, inverse).owners] = 1.0
            self._coverage[key] = np.asarray(self._traits.T @ has) / np.maximum(self._trait_sizes, 1)
        return self._coverage[key]

    def chance_missing(
        self, relation: int, inverse: bool, node: int, known: int, *, missing_share: float = MISSING_SHARE
    ) -> float:
        """The prior that the graph lacks a value which the node has in truth.

        ``missing_share`` is the share of true statements taken to be missing, each by chance. Without a known value: a
        node loses all its values with chance l (from how many values nodes have), so the coverage c among like nodes is
        c / (1 - l) in truth, and Bayes' rule gives the chance that this node is one of those that lost theirs rather
        than one that never had any. With ``known`` values: none for a relation that takes one value, otherwise a
        Poisson number of lost ones with mean known * share / (1 - share).
        """
        if known:
            if self.side(relation, inverse).single:
                return 0.0
            return float(1.0 - np.exp(-known * missing_share / (1.0 - missing_share)))
        all_lost = self.side(relation, inverse).chance_all_lost(missing_share)
        true_share = min(1.0, self.coverage(relation, inverse, node) / (1.0 - all_lost))
        lost = true_share * all_lost
        return lost / (lost + 1.0 - true_share) if lost else 0.0

    @staticmethod
    def presumed(chances: Sequence[float]) -> list[float]:
        """``chance_missing`` of several nodes once somebody asks as if one of them at least had a value.

        Bayes' rule: the chance q that any lacks one becomes 20 q / (20 q + 1 - q), and each node's rises alike.
        """
        any_ = 1.0 - float(np.prod([1.0 - chance for chance in chances]))
        if not any_:
            return list(chances)
        times = ASKED_FOR / (ASKED_FOR * any_ + 1.0 - any_)
        return [min(1.0, chance * times) for chance in chances]

    def _observe(self, relation: int, inverse: bool) -> Side:
        low, high = np.searchsorted(self._triples[:, 1], [relation, relation + 1])
        rows = self._triples[low:high]
        owner, value = (rows[:, 2], rows[:, 0]) if inverse else (rows[:, 0], rows[:, 2])
        owners, degrees = np.unique(owner, return_counts=True)
        values, uses = np.unique(value, return_counts=True)
        declared = self._declared.get(relation)
        single, exclusive = _mostly_one(degrees), _mostly_one(uses)
        if declared is not None:
            single, exclusive = (single, declared) if inverse else (declared, exclusive)
        return Side(owners, degrees, self._with_like(values), single, exclusive, values, bool((owner == value).any()))

    def _with_like(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """The observed values and every entity of a type that at least 5 % (and two) of them have."""
        if not self._types.shape[1] or not len(values):
            return values
        counts = np.asarray(self._types[values].sum(axis=0)).ravel()
        usual = np.flatnonzero(counts >= max(2.0, RANGE_TYPE_SHARE * len(values)))
        if not len(usual):
            return values
        like = np.flatnonzero(np.asarray(self._types[:, usual].sum(axis=1)).ravel())
        return np.union1d(values, like)


def _mostly_one(counts: NDArray[np.int64]) -> bool:
    return len(counts) >= MIN_FUNCTIONAL and float((counts == 1).mean()) >= FUNCTIONAL_SHARE


def type_matrix(types: Sequence[Sequence[str]]) -> Any:
    """Entities by types, 1 where the entity has the type. shape: (entities, types), CSR"""
    names = {name: i for i, name in enumerate(sorted({name for row in types for name in row}))}
    rows = [entity for entity, row in enumerate(types) for _ in set(row)]
    columns = [names[name] for row in types for name in sorted(set(row))]
    return _ones(rows, columns, (len(types), len(names)))


def _traits(triples: NDArray[np.int64], types: Any) -> Any:
    """Entities by what likens them: their types, or without any, the relations they have. CSR"""
    from scipy.sparse import csr_matrix, diags, hstack

    entities = types.shape[0]
    relations = int(triples[:, 1].max()) + 1 if len(triples) else 0
    forward = np.unique(triples[:, [0, 1]], axis=0)
    backward = np.unique(triples[:, [2, 1]], axis=0)
    rows = np.concatenate([forward[:, 0], backward[:, 0]])
    columns = np.concatenate([forward[:, 1], backward[:, 1] + relations])
    untyped = (np.asarray(types.sum(axis=1)).ravel() == 0).astype(np.float64)
    used = diags(untyped) @ _ones(rows, columns, (entities, 2 * relations))
    traits = csr_matrix(hstack([types, used]))
    traits.eliminate_zeros()
    return traits


def _ones(rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix(
        (np.ones(len(rows)), (np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64))), shape
    )
