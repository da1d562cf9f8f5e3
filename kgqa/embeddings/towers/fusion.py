"""The entity tower's fusion and the tasks' heads in numpy: what training learns in torch is used without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from kgqa.embeddings.towers.tasks import Task
from kgqa.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class Fusion:
    """Text, PyKEEN embedding and neighbourhood of an entity to one unit vector; the heads of queries.

    entity = unit(text + g * neighbourhood + W2 silu(W1 [text, neighbourhood, graph] + b1) + b2)
    head of a task: unit(v + H v)
    """

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self._weights = weights
        names = {"gate", "inner.weight", "inner.bias", "outer.weight", "outer.bias"}
        if missing := sorted(names - set(weights)):
            raise ModelError(f"the retriever's weights lack {missing[0]!r}; train again: `kgqa train retriever`")
        self.dim = int(weights["outer.bias"].shape[0])
        self.graph_width = int(weights["inner.weight"].shape[1]) - 2 * self.dim

    def entities(self, text: Floats, hood: Floats, graph: Floats) -> Floats:
        """Unit vectors. text, hood: shape: (n, dim); graph: shape: (n, width) -> (n, dim)"""
        own = self._weights
        inner = np.concatenate([text, hood, graph], axis=1) @ own["inner.weight"].T + own["inner.bias"]
        inner = inner / (np.float32(1) + np.exp(-inner))
        return unit(text + own["gate"] * hood + inner @ own["outer.weight"].T + own["outer.bias"])

    def query(self, task: Task, vectors: Floats) -> Floats:
        """Vectors as queries of a task. shape: (n, dim) -> same"""
        head = self._weights.get(f"heads.{task}")
        return vectors if head is None else unit(vectors + vectors @ head.T)


def unit(vectors: Floats) -> Floats:
    """Rows of length 1. shape: (n, dim) -> same"""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)
