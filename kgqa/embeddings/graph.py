"""The part of a graph that embeddings learn from, as dense numbers, and its split into learning and held-out facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgqa.errors import UsageError
from kgqa.graph.snapshot.merged import map_nodes, representatives
from kgqa.graph.store import GraphStore, NodeRow
from kgqa.types import Literal, LiteralType, Triple

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_CATEGORIES = 64
MIN_USES = 4.0
MAX_HELD_OUT = 10_000
MIRROR_SHARE = 0.8
_CATEGORY_TYPES = frozenset({LiteralType.STRING, LiteralType.INTEGER, LiteralType.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the dense numbers of a model stand for, by position."""

    refs: tuple[str | Literal, ...]
    labels: tuple[str, ...]
    types: tuple[tuple[str, ...], ...]
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LearningGraph:
    """Statements between entities (and categories) in dense numbers.

    ``triples``: (head, relation, tail), sorted, unique. shape: (n, 3), int64
    """

    vocabulary: Vocabulary
    triples: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """Disjoint triples; every entity and relation of ``valid`` and ``test`` is also in ``train``. shape: (n, 3) each"""

    train: NDArray[np.int64]
    valid: NDArray[np.int64]
    test: NDArray[np.int64]


def read_learning_graph(store: GraphStore, *, categories: bool = True) -> LearningGraph:
    """Reads the statements between entities from ``store``.

    Literals are left out, except, with ``categories``, those of relations that name a class: text, whole numbers
    or booleans with at most 64 distinct values, each used four times or more on average (a block of the periodic
    table, a status). Such values then are nodes like any other.
    """
    heads, relations, tails = _all_edges(store)
    literals = {row.number: row.literal for row in store.node_rows() if row.literal is not None}
    keep = _kept(heads, relations, tails, literals, categories=categories)
    same = representatives(store.same_pairs())
    heads, tails = map_nodes(heads[keep], same), map_nodes(tails[keep], same)
    numbers = np.unique(np.concatenate([heads, tails]))
    used = np.unique(relations[keep])
    names = store.relation_numbers()
    triples = np.stack(
        [np.searchsorted(numbers, heads), np.searchsorted(used, relations[keep]), np.searchsorted(numbers, tails)],
        axis=1,
    ).astype(np.int64)
    rows: list[NodeRow] = list(store.node_rows(numbers=numbers.tolist())) if len(numbers) else []
    vocabulary = Vocabulary(
        refs=tuple(_ref(row) for row in rows),
        labels=tuple(row.label for row in rows),
        types=tuple(row.types for row in rows),
        relations=tuple(names[int(number)] for number in used),
    )
    return LearningGraph(vocabulary=vocabulary, triples=np.unique(triples, axis=0))


def split_triples(
    triples: NDArray[np.int64], *, valid_share: float, test_share: float, seed: int, mirrors: Mapping[int, set[int]]
) -> Split:
    """Holds out random triples so that what remains still names every entity and relation.

    A triple goes together with its mirror images (see ``mirror_relations``): a fact that can be read off its own
    inverse would make the held-out figures and the calibration too good. At most 10,000 are held out for each part.
    Raises UsageError for shares that leave nothing to learn from.
    """
    if valid_share < 0 or test_share < 0 or valid_share + test_share > 0.5:
        raise UsageError(
            f"valid_share {valid_share} and test_share {test_share} must be 0 or more, together at most 0.5"
        )
    wanted = [min(int(len(triples) * share), MAX_HELD_OUT) for share in (valid_share, test_share)]
    position = {(int(h), int(r), int(t)): i for i, (h, r, t) in enumerate(triples)}
    entity_uses = Counter(triples[:, [0, 2]].ravel().tolist())
    relation_uses = Counter(triples[:, 1].tolist())
    part = np.zeros(len(triples), dtype=np.int8)
    counts = [0, 0]
    for index in np.random.default_rng(seed).permutation(len(triples)).tolist():
        target = 0 if counts[0] < wanted[0] else 1
        if counts[target] >= wanted[target]:
            break
        if part[index]:
            continue
        h, r, t = (int(value) for value in triples[index])
        group = {index} | {
            position[t, other, h] for other in mirrors.get(r, ()) if (t, other, h) in position and h != t
        }
        group = {member for member in group if not part[member]}
        entities = Counter(triples[sorted(group)][:, [0, 2]].ravel().tolist())
        taken = Counter(triples[sorted(group)][:, 1].tolist())
        if any(entity_uses[e] <= n for e, n in entities.items()) or any(
            relation_uses[s] <= n for s, n in taken.items()
        ):
            continue
        entity_uses -= entities
        relation_uses -= taken
        for member in group:
            part[member] = target + 1
        counts[target] += len(group)
    return Split(train=triples[part == 0], valid=triples[part == 1], test=triples[part == 2])


def split_by_source(store: GraphStore, graph: LearningGraph, *, valid: str | None, test: str | None) -> Split:
    """Holds out what the named sources say; the rest is learnt from. Raises NotFoundError for an unknown source."""
    part = np.zeros(len(graph.triples), dtype=np.int8)
    relation_of = {name: number for number, name in enumerate(graph.vocabulary.relations)}
    entity_of = {ref: number for number, ref in enumerate(graph.vocabulary.refs)}
    position = {row: i for i, row in enumerate(map(tuple, graph.triples.tolist()))}
    for number, source in ((1, valid), (2, test)):
        for record in store.export(source=source) if source is not None else ():
            if isinstance(record, Triple):
                key = entity_of.get(record.head), relation_of.get(record.relation), entity_of.get(record.tail)
                if (place := position.get(key)) is not None:
                    part[place] = number
    return Split(train=graph.triples[part == 0], valid=graph.triples[part == 1], test=graph.triples[part == 2])


def mirror_relations(triples: NDArray[np.int64]) -> dict[int, set[int]]:
    """Relations whose statements mostly stand the other way round too, by relation: its inverses, itself if symmetric.

    s mirrors r when at least 80 % of the pairs (h, t) of r are pairs (t, h) of s.
    """
    by_pair: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for h, r, t in triples.tolist():
        by_pair[h, t].append(r)
    uses = Counter(triples[:, 1].tolist())
    shared: Counter[tuple[int, int]] = Counter()
    for (h, t), forward in by_pair.items():
        backward = by_pair.get((t, h)) if h != t else None
        if backward:
            shared.update((r, s) for r in forward for s in backward)
    mirrors: defaultdict[int, set[int]] = defaultdict(set)
    for (r, s), count in shared.items():
        if count >= MIRROR_SHARE * uses[r]:
            mirrors[r].add(s)
            mirrors[s].add(r)
    return dict(mirrors)


def _all_edges(store: GraphStore) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    chunks = list(store.edges())
    empty = np.empty(0, dtype=np.int32)
    return (
        np.concatenate([empty, *(chunk.heads for chunk in chunks)]),
        np.concatenate([empty, *(chunk.relations for chunk in chunks)]),
        np.concatenate([empty, *(chunk.tails for chunk in chunks)]),
    )


def _kept(
    heads: NDArray[np.int32],
    relations: NDArray[np.int32],
    tails: NDArray[np.int32],
    literals: Mapping[int, Literal],
    *,
    categories: bool,
) -> NDArray[np.bool_]:
    """Which edges are between entities or lead to a category. shape: (n,)"""
    numbers = np.fromiter(literals, dtype=np.int32, count=len(literals))
    to_literal = np.isin(tails, numbers)
    keep = ~to_literal & ~np.isin(heads, numbers)
    if not categories:
        return keep
    for relation in np.unique(relations[to_literal]):
        edges = np.flatnonzero(to_literal & (relations == relation))
        values = np.unique(tails[edges])
        plain = all(
            literals[int(value)].type in _CATEGORY_TYPES and literals[int(value)].unit is None for value in values
        )
        if plain and 1 < len(values) <= MAX_CATEGORIES and len(edges) >= MIN_USES * len(values):
            keep[edges] = True
    return keep


def _ref(row: NodeRow) -> str | Literal:
    if row.id is not None:
        return row.id
    if row.literal is not None:
        return row.literal
    raise UsageError(f"node {row.number} is neither an entity nor a literal; check the store with `kgqa verify`")
