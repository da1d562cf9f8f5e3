"""Entities that are alike, and entities that go together, by a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.domains import Domains
from kgqa.embeddings.ranking import score_values

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Related:
    """An entity that goes with another, by its number, and how: the relation and whether it is walked backwards."""

    value: int
    relation: int
    inverse: bool
    share: float


def entity_vectors(model: Any) -> NDArray[np.float32]:
    """The entities' embeddings, complex numbers as pairs of reals. shape: (entities, width)"""
    return _vectors(model.entity_representations[0])


def relation_vectors(model: Any) -> NDArray[np.float32]:
    """The relations' embeddings, likewise; with reciprocals 2r is a relation, 2r + 1 its inverse. shape: (n, width)"""
    return _vectors(model.relation_representations[0])


def _vectors(representation: Any) -> NDArray[np.float32]:
    import torch

    with torch.inference_mode():
        vectors = representation()
        vectors = (torch.view_as_real(vectors) if vectors.is_complex() else vectors).flatten(1).detach()
    return np.asarray(vectors.float().cpu().numpy())


def alike(vectors: NDArray[np.float32], entity: int, *, k: int) -> list[tuple[int, float]]:
    """The ``k`` entities nearest by cosine, itself left out, best first; the smaller number first among equals.

    vectors: shape: (entities, width), of length 1
    """
    cosine = np.einsum("ij,j->i", vectors, vectors[entity])  # for one vector several times faster than a product
    cosine[entity] = -np.inf
    chosen = np.argpartition(-cosine, min(k, len(cosine) - 1))[: min(k, len(cosine) - 1)]
    order = np.lexsort((chosen, -cosine[chosen]))
    return [(int(chosen[i]), float(cosine[chosen[i]])) for i in order]


def related(model: Any, domains: Domains, entity: int, *, relations: int, k: int) -> list[Related]:
    """The ``k`` entities that the model links most surely with one, whether the graph says so or not.

    Over the relations that the entity, or some of its like, has: the softmax share of a value among those that the
    relation may have. An entity is listed once, with its surest relation.
    """
    best: dict[int, Related] = {}
    for relation in range(relations):
        for inverse in (False, True):
            if domains.coverage(relation, inverse, entity) == 0.0:
                continue
            values = domains.side(relation, inverse).values
            values = values[values != entity]
            if not len(values):
                continue
            scores = score_values(model, relation, inverse, [entity])[0][values].astype(np.float64)
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            for place in np.argsort(-shares, kind="stable")[:k].tolist():
                found = Related(int(values[place]), relation, inverse, float(shares[place]))
                if found.value not in best or found.share > best[found.value].share:
                    best[found.value] = found
    return sorted(best.values(), key=lambda item: (-item.share, item.value))[:k]
