"""Approximate search of the values with the highest scores: 4-bit product codes, scanned by FAISS.

Product quantisation (Jégou et al. 2011) with the scan of André et al. 2015: each pair of numbers becomes one of 16
codes, so that a query reads a sixteenth of the matrix. Unlike a graph of neighbours it needs no structure in the
vectors and is built in seconds. What it finds is scored again by the vectors themselves: scores are exact, only what is
found is approximate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.scoring import entity_weights, is_linear, query_vectors
from kgqa.errors import MissingDependencyError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPARE = 64
"""So many times as many as wanted are scored again."""
_TRAINED = 20_000  # vectors that the codes are learnt from
_ADDED = 50_000  # coded at once
_ROUNDS = 10  # of k-means; more change little
_BITS = 4
_K, _JUDGED = 10, 50


class CodedScan:
    """The codes of a matrix of vectors beside it. Searches with the same result from many threads."""

    def __init__(self, vectors: NDArray[np.float32], queries: NDArray[np.float32]) -> None:
        """Codes the vectors, and asks some queries both ways. Raises MissingDependencyError without FAISS.

        vectors: shape: (n, width), not copied; queries: shape: (m, width)
        """
        faiss = _faiss()
        count, width = vectors.shape
        self._vectors = vectors
        codes = width // 2 if width % 2 == 0 else width
        self._scan: Any = faiss.IndexPQFastScan(width, codes, _BITS, faiss.METRIC_INNER_PRODUCT)
        self._scan.pq.cp.niter = _ROUNDS
        self._scan.train(np.ascontiguousarray(vectors[:: max(1, count // _TRAINED)]))
        for start in range(0, count, _ADDED):
            self._scan.add(np.ascontiguousarray(vectors[start : start + _ADDED]))
        self.recall_at_10 = self._recall(queries)
        """The share of the exact ten best that the queries found."""

    def search(self, query: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """The ``count`` rows with the highest scores by their codes. query: shape: (width,); gives (count,) at most"""
        _, found = self._scan.search(query[None], min(count, len(self._vectors)))
        return np.asarray(found[0][found[0] >= 0], dtype=np.int64)

    def _recall(self, queries: NDArray[np.float32]) -> float:
        k = min(_K, len(self._vectors))
        shares = []
        for query in queries:
            scores = self._vectors @ query
            exact = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
            rows = self.search(query, SPARE * k)
            best = rows[np.argsort(-scores[rows], kind="stable")[:k]]
            shares.append(float(np.isin(exact, best).mean()))
        return round(float(np.mean(shares)), 4)


def scan_of(model: Any, triples: NDArray[np.int64]) -> CodedScan:
    """The scan of a trained model's entities, judged by questions that the graph's statements answer.

    triples: shape: (n, 3). Raises UsageError for a model whose scores are no products with vectors, or not on the CPU;
    MissingDependencyError without FAISS.
    """
    import torch

    if not is_linear(model) or model.device.type != "cpu":
        raise UsageError("only ComplEx and DistMult on the CPU predict approximately; leave approximate out")
    asked = torch.from_numpy(np.ascontiguousarray(triples[:: max(1, len(triples) // _JUDGED)]))
    with torch.inference_mode():
        queries = query_vectors(model, asked[:, 0], asked[:, 1], inverse=False).numpy()
        return CodedScan(entity_weights(model).numpy(), queries)


def _faiss() -> Any:
    try:
        import faiss
    except ImportError as error:
        raise MissingDependencyError(
            "faiss-cpu", purpose="Approximate link prediction", install="pip install 'kgqa[ann]'"
        ) from error
    return faiss
