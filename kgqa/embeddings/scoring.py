"""Scores of every entity for many queries: by one matrix product where the model allows it, otherwise as PyKEEN does.

ComplEx (Trouillon et al. 2016) and DistMult (Yang et al. 2015) are linear in the value: the score is the dot product of
a vector made of node and relation with the value's embedding. Complex numbers are taken as pairs of reals, as PyKEEN
keeps them, so that no weight is copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

LINEAR = frozenset({"complex", "distmult"})


def is_linear(model: Any) -> bool:
    """Whether the scores are products of query vectors with the entities' weights: plain ComplEx or DistMult."""
    from pykeen.models import ComplEx, DistMult
    from pykeen.nn import Embedding

    if type(model) not in (ComplEx, DistMult):
        return False
    entity, relation = model.entity_representations[0], model.relation_representations[0]
    return all(
        type(part) is Embedding and part.normalizer is None and part.dropout is None for part in (entity, relation)
    )


def entity_weights(model: Any) -> Tensor:
    """The entities' embeddings of a linear model as reals, not copied. shape: (entities, width)"""
    return _reals(model.entity_representations[0])


def relation_weights(model: Any) -> Tensor:
    """The relations' embeddings as reals; with reciprocals 2r is a relation, 2r + 1 its inverse. shape: (n, width)"""
    return _reals(model.relation_representations[0])


def query_vectors(model: Any, nodes: Tensor, relations: Tensor, *, inverse: bool) -> Tensor:
    """Vectors whose products with ``entity_weights`` are the scores. nodes, relations: shape: (n,); gives (n, width).

    ``inverse``: the nodes are tails; a model with reciprocals is asked with its inverse relation.
    """
    node, relation = entity_weights(model)[nodes], relation_weights(model)
    if model.use_inverse_triples:
        return product(model, node, relation[2 * relations + int(inverse)])
    return product(model, node, relation[relations], conjugate=inverse)


def product(model: Any, node: Tensor, relation: Tensor, *, conjugate: bool = False) -> Tensor:
    """Node times relation (or its conjugate), elementwise, complex for ComplEx. shape: (n, width) each"""
    import torch

    if not is_complex(model):
        return node * relation
    left = torch.view_as_complex(node.unflatten(-1, (-1, 2)))
    right = torch.view_as_complex(relation.unflatten(-1, (-1, 2)))
    return torch.view_as_real(left * (right.conj() if conjugate else right)).flatten(-2)


def is_complex(model: Any) -> bool:
    """Whether a linear model's numbers are pairs (real, imaginary)."""
    return bool(model.entity_representations[0].is_complex)


def all_scores(model: Any, nodes: Tensor, relations: Tensor, *, inverse: bool) -> Tensor:
    """Scores of every entity as the value of each query. nodes, relations: shape: (n,); gives (n, entities)."""
    import torch

    with torch.inference_mode():
        if is_linear(model):
            vectors, weights = query_vectors(model, nodes, relations, inverse=inverse), entity_weights(model)
            if len(vectors) == 1 and weights.device.type == "cpu":
                # Bound by memory: einsum reads the matrix nearly as fast as a sum does, BLAS at a third of that.
                read = np.einsum("ij,j->i", weights.detach().numpy(), vectors.detach().numpy()[0])
                return torch.from_numpy(read)[None]
            return vectors @ weights.T
        pair = torch.stack([relations, nodes] if inverse else [nodes, relations], dim=1)
        scores: Tensor = model.predict_h(pair) if inverse else model.predict_t(pair)
        return scores


def _reals(representation: Any) -> Tensor:
    weights: Tensor = representation._embeddings.weight
    return weights
