"""Embeddings for entities that came after the training, from the statements that link them to trained ones.

In a bilinear model each statement says, by the relation's operator on the neighbour, which vector would suit the
entity best. A ridge regression from the mean of these to the entity's own vector is fitted on the trained entities, and
gives the newcomers theirs (an inductive mapping as in Albooyeh et al. 2020). Nothing is trained again, and nothing else
of the model changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.artefact import Artefact
from kgqa.embeddings.scoring import LINEAR
from kgqa.embeddings.texts import TextMap, blended, text_of
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.vector_refresh import Encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENTITIES = "entity_representations.0._embeddings.weight"
RELATIONS = "relation_representations.0._embeddings.weight"
MAX_FITTED = MAX_READ = 5_000
_RIDGE = 0.01


def with_newcomers(
    artefact: Artefact, snapshot: Snapshot, store: GraphStore, encoder: Callable[[], Encoder] | None = None
) -> Artefact:
    """The artefact with the entities that the graph has now and a trained relation links to trained ones.

    Their statements come after all others. Where texts took part in the training and ``encoder`` is the one that read
    them, what the text of an entity says counts as a statement at least, and new entities that nothing links to trained
    ones (5,000 at most) are there by their texts alone. The artefact itself where there are none, or where the model is
    none of those whose scores are products (ComplEx, DistMult).
    """
    if artefact.manifest["model"]["name"] not in LINEAR:
        return artefact
    numbers = [snapshot.node(ref) for ref in artefact.vocabulary.refs]
    dense = np.full(snapshot.size, -1, dtype=np.int64)
    for place, number in enumerate(numbers):
        if number is not None:
            dense[number] = place
    new = np.flatnonzero((dense < 0) & np.asarray(snapshot.exists(np.arange(snapshot.size))))
    new = new[~np.asarray(snapshot.is_literal(new), dtype=bool)]
    triples = _statements(artefact, snapshot, new, dense)
    linked = np.unique(triples[triples >= snapshot.size]) - snapshot.size  # that sets their numbers apart
    reader = _reader(artefact, encoder) if len(new) else None
    if reader is not None:
        linked = np.concatenate([linked, np.setdiff1d(new, linked)[:MAX_READ]])
    if not len(linked):
        return artefact
    count = len(artefact.vocabulary.refs)
    places = {int(number): count + position for position, number in enumerate(linked.tolist())}
    for column in (0, 2):
        triples[:, column] = [
            places[v - snapshot.size] if v >= snapshot.size else v for v in triples[:, column].tolist()
        ]
    nodes = [node for node in places if snapshot.id(node) is not None]
    vocabulary = replace(
        artefact.vocabulary,
        refs=(*artefact.vocabulary.refs, *(str(snapshot.id(node)) for node in nodes)),
        labels=(*artefact.vocabulary.labels, *(snapshot.label(node) for node in nodes)),
        types=(*artefact.vocabulary.types, *(snapshot.types_of(node) for node in nodes)),
    )
    said = None
    if reader is not None:
        names = zip(vocabulary.refs[count:], vocabulary.labels[count:], vocabulary.types[count:], strict=True)
        said = reader([text_of(store, str(id), label, types) for id, label, types in names])
    every = np.concatenate([artefact.triples, triples])
    return replace(
        artefact, vocabulary=vocabulary, triples=every, weights=_weights(artefact, triples, len(nodes), said)
    )


def _reader(
    artefact: Artefact, encoder: Callable[[], Encoder] | None
) -> Callable[[list[str]], NDArray[np.float32]] | None:
    """From texts to vectors; None where they took no part, or another encoder read them."""
    if artefact.text is None or encoder is None:
        return None
    opened, matrix = encoder(), artefact.text
    if opened.fingerprint != artefact.manifest["text"]["encoder"]["fingerprint"]:
        return None
    return lambda texts: TextMap(matrix).vectors(opened.encode(texts))


def _statements(
    artefact: Artefact, snapshot: Snapshot, new: NDArray[np.int64], dense: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Between a new entity (its number plus the snapshot's size) and a trained one (its place). shape: (n, 3)"""
    rows = [np.empty((0, 3), dtype=np.int64)]
    for relation, name in enumerate(artefact.vocabulary.relations):
        number = snapshot.relation_number(name)
        if number is None or not len(new):
            continue
        for inverse in (False, True):
            positions, ends = snapshot.hop_edges(new, number, inverse)
            known = dense[ends] >= 0
            mine, other = new[positions[known]] + snapshot.size, dense[ends[known]]
            kind = np.full(len(mine), relation, dtype=np.int64)
            rows.append(np.stack([other, kind, mine] if inverse else [mine, kind, other], axis=1))
    return np.concatenate(rows)


def _weights(artefact: Artefact, triples: NDArray[np.int64], newcomers: int, said: NDArray[np.float32] | None) -> bytes:
    """The safetensors of the model with rows for the newcomers, whose statements ``triples`` are.

    ``said``: what their texts say of them. shape: (newcomers, width)
    """
    from safetensors.numpy import load, save

    state: dict[str, NDArray[Any]] = load(artefact.weights)
    entities, relations = state[ENTITIES], state[RELATIONS]
    is_complex = artefact.manifest["model"]["name"] == "complex"
    inverses = bool(artefact.manifest["model"]["inverses"])
    operators = _Operators(entities, relations, is_complex=is_complex, inverses=inverses)
    count = len(entities)
    # Of those that have statements; no more than say enough, since this is done whenever a stale model is opened.
    chosen = np.random.default_rng(0).permutation(np.unique(artefact.triples[:, [0, 2]]))[:MAX_FITTED]
    fitted = _ridge(operators.means(artefact.triples, count, chosen), entities[chosen])
    new = operators.means(triples, count + newcomers, np.arange(count, count + newcomers))
    rows = (np.hstack([new, np.ones((len(new), 1))]) @ fitted).astype(np.float32)
    if said is not None:
        uses = np.bincount(triples[:, [0, 2]].ravel(), minlength=count + newcomers)[count:].astype(np.float32)
        rows = blended(rows, said, uses, max(1.0, float(artefact.manifest["text"]["weight"])))
    return bytes(save({**state, ENTITIES: np.concatenate([entities, rows.astype(entities.dtype)])}))


class _Operators:
    """What each statement says of the vector of one of its ends, by the other end and the relation."""

    def __init__(self, entities: NDArray[Any], relations: NDArray[Any], *, is_complex: bool, inverses: bool) -> None:
        self._complex, self._inverses = is_complex, inverses
        self._entities, self._relations = self._numbers(entities), self._numbers(relations)

    def means(self, triples: NDArray[np.int64], count: int, wanted: NDArray[np.int64]) -> NDArray[np.float64]:
        """The mean over the statements of each ``wanted`` entity, of ``count`` in all. shape: (len(wanted), width)"""
        place = np.full(count, -1, dtype=np.int64)
        place[wanted] = np.arange(len(wanted))
        width = self._entities.shape[1] * (2 if self._complex else 1)
        total, uses = np.zeros((len(wanted), width)), np.zeros(len(wanted))
        for end, other, inverse in ((2, 0, False), (0, 2, True)):
            for start in range(0, len(triples), 10_000):
                rows = triples[start : start + 10_000]
                rows = rows[(place[rows[:, end]] >= 0) & (rows[:, other] < len(self._entities))]
                vectors = self._entities[rows[:, other]] * self._operator(rows[:, 1], inverse)
                np.add.at(total, place[rows[:, end]], vectors.view(np.float32) if self._complex else vectors)
                np.add.at(uses, place[rows[:, end]], 1.0)
        return np.asarray(total / np.maximum(uses, 1.0)[:, None])

    def _operator(self, relations: NDArray[np.int64], inverse: bool) -> NDArray[Any]:
        if self._inverses:
            return np.asarray(self._relations[2 * relations + int(inverse)])
        found = self._relations[relations]
        return np.conj(found) if inverse and self._complex else np.asarray(found)

    def _numbers(self, weights: NDArray[Any]) -> NDArray[Any]:
        plain = np.ascontiguousarray(weights, dtype=np.float32)
        return plain.view(np.complex64) if self._complex else plain


def _ridge(said: NDArray[np.float64], own: NDArray[Any]) -> NDArray[np.float64]:
    """The map with its constant in the last row. said, own: shape: (n, width); gives (width + 1, width)"""
    inputs = np.hstack([said, np.ones((len(said), 1))])
    squares = inputs.T @ inputs
    strength = _RIDGE * float(np.trace(squares[:-1, :-1])) / max(1, said.shape[1]) + 1e-9
    penalty = np.full(len(squares), strength)
    penalty[-1] = 1e-9
    return np.asarray(np.linalg.solve(squares + np.diag(penalty), inputs.T @ own.astype(np.float64)))
