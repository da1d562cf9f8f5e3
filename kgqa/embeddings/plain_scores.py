"""Plain scores of triples by ComplEx (Trouillon et al. 2016) and DistMult (Yang et al. 2015) in numpy.

A search scores some statements and nothing else: so it need not spend seconds on importing torch and PyKEEN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgqa.embeddings.artefact import Artefact
from kgqa.embeddings.scoring import LINEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ENTITIES, _RELATIONS = (f"{kind}_representations.0._embeddings.weight" for kind in ("entity", "relation"))
_KNOWN = {"embedding_dim", "regularizer"}  # arguments that scores do not depend on


@dataclass(frozen=True, slots=True)
class PlainScores:
    """Embeddings as reals, complex ones as pairs. entities, relations: shape: (n, width), (relations, width)"""

    entities: NDArray[np.float32]
    relations: NDArray[np.float32]
    complex: bool
    inverses: bool

    def __call__(self, triples: NDArray[np.int64]) -> NDArray[np.float32]:
        """The model's scores. triples: shape: (n, 3), by the model's numbers; gives shape: (n,)"""
        places = 2 * triples[:, 1] if self.inverses else triples[:, 1]
        head, relation, tail = self.entities[triples[:, 0]], self.relations[places], self.entities[triples[:, 2]]
        if not self.complex:
            return np.asarray((head * relation * tail).sum(axis=1), dtype=np.float32)
        pairs = head.view(np.complex64) * relation.view(np.complex64) * tail.view(np.complex64).conj()
        return np.asarray(pairs.sum(axis=1).real, dtype=np.float32)


def plain_scores(artefact: Artefact) -> PlainScores | None:
    """What scores as the artefact's model does; None where that is another model, or one with arguments of its own."""
    from safetensors.numpy import load

    said = artefact.manifest["model"]
    if said["name"] not in LINEAR or not set(said["arguments"]) <= _KNOWN:
        return None
    weights = load(artefact.weights)
    entities, relations = weights.get(_ENTITIES), weights.get(_RELATIONS)
    if entities is None or relations is None:
        return None
    return PlainScores(entities, relations, said["name"] == "complex", bool(said["inverses"]))
