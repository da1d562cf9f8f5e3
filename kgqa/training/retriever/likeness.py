"""Entities that are alike by what is said of them: the rarer what they share, the more."""

from __future__ import annotations

import numpy as np

from kgqa.embeddings.towers.features import EntityFeatures

LEAST, MOST = 0.25, 8
"""Cosine from which two entities of a common type are alike, and how many such are kept."""
_BLOCK = 2_000


def alike(features: EntityFeatures) -> list[list[int]]:
    """For each entity those most like it, best first, by the cosine of their statements weighed by rarity (idf).

    What only one entity says weighs nothing; entities with types need one in common.
    """
    from scipy.sparse import csr_matrix

    count = len(features)
    out: list[list[int]] = [[] for _ in range(count)]
    if not count or not len(features.said):
        return out
    ones = np.ones(len(features.said), dtype=np.float64)
    table = csr_matrix((ones, features.said, features.offsets), shape=(count, len(features.statements)))
    table.data[:] = 1.0
    held = np.asarray(table.sum(axis=0)).ravel()
    weights = np.where(held > 1, np.log(count / np.maximum(held, 1)), 0.0)
    table = table.multiply(weights[None, :]).tocsr()
    norms = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    table = csr_matrix(table.multiply(1.0 / np.maximum(norms, 1e-9)[:, None]))
    for start in range(0, count, _BLOCK):
        near = (table[start : start + _BLOCK] @ table.T).tocsr()
        for row in range(near.shape[0]):
            entity = start + row
            places = near.indices[near.indptr[row] : near.indptr[row + 1]]
            cosines = near.data[near.indptr[row] : near.indptr[row + 1]]
            order = np.lexsort((places, -np.round(cosines, 9)))
            types = features.types[entity]
            chosen = (
                int(places[k])
                for k in order
                if cosines[k] >= LEAST
                and places[k] != entity
                and (not types or not types.isdisjoint(features.types[int(places[k])]))
            )
            out[entity] = [place for place, _ in zip(chosen, range(MOST))]
    return out
