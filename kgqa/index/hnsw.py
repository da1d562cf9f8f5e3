"""Approximate search of many vectors: a hierarchical navigable small-world graph (Malkov and Yashunin, 2018), by FAISS.

It holds the vectors as bytes (scalar quantisation), a quarter of their size, and is opened by memory map; what it finds
is ranked again by the exact vectors, so scores are exact and only what is found is approximate.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import MissingDependencyError, StoreError

LINKS, BUILD_WIDTH, SEARCH_WIDTH = 16, 128, 128
"""Links a node, nodes kept in sight while building and while searching."""
_SPARE = 4  # times as many as asked for are ranked again by the exact vectors
_SAMPLE, _K = 200, 10  # vectors whose nearest are compared with the exact ones
_TRAINED = 20_000  # vectors that the bounds of the bytes are taken from


@dataclass(frozen=True, slots=True)
class HnswReport:
    """What was built over how many vectors; ``recall_at_10`` is the share of the exact ten nearest that it finds."""

    vectors: int
    recall_at_10: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def available() -> bool:
    """Whether FAISS is installed (extra ``ann``); without it every search is exact."""
    return find_spec("faiss") is not None


def build(matrix: NDArray[np.float32], file: Path) -> HnswReport:
    """Writes the graph of unit vectors to ``file`` and says how well it finds. matrix: shape: (n, dim)

    One thread, so that equal vectors in equal order give an equal graph. Raises MissingDependencyError without FAISS.
    """
    faiss = _faiss()
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        made = faiss.IndexHNSWSQ(matrix.shape[1], faiss.ScalarQuantizer.QT_8bit, LINKS, faiss.METRIC_INNER_PRODUCT)
        made.hnsw.efConstruction = BUILD_WIDTH
        made.train(np.ascontiguousarray(matrix[:: max(1, len(matrix) // _TRAINED)]))
        for start in range(0, len(matrix), _TRAINED):
            made.add(np.ascontiguousarray(matrix[start : start + _TRAINED]))
        faiss.write_index(made, str(file))
    finally:
        faiss.omp_set_num_threads(threads)
    return HnswReport(len(matrix), _recall(Hnsw(file, matrix), matrix))


def _recall(graph: Hnsw, matrix: NDArray[np.float32]) -> float:
    """Over vectors of the index, each of which must find the nearest others."""
    k = min(_K + 1, len(matrix))
    shares = []
    for row in range(0, len(matrix), max(1, len(matrix) // _SAMPLE)):
        scores = matrix @ matrix[row]
        exact = set(np.argpartition(scores, len(scores) - k)[len(scores) - k :].tolist()) - {row}
        found = {other for _, other in graph.search(matrix[row], k, None)}
        shares.append(len(exact & found) / max(1, len(exact)))
    return round(float(np.mean(shares)), 4)


class Hnsw:
    """An opened graph beside the exact vectors of its rows. Safe to search from many threads."""

    def __init__(self, file: Path, matrix: NDArray[np.float32]) -> None:
        faiss = _faiss()
        self._matrix = matrix
        try:
            self._graph: Any = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise StoreError(f"{file}: cannot be read ({error}); delete the vectors folder and index again") from error
        if (self._graph.ntotal, self._graph.d) != matrix.shape:
            raise StoreError(f"{file}: is not of the vectors beside it; delete the vectors folder and index again")

    @property
    def size(self) -> int:
        return len(self._matrix)

    def search(self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None) -> list[tuple[float, int]]:
        """(cosine, row) of about the ``k`` nearest, best first. ``allowed``: rows that may be found. shape: (n,)"""
        faiss = _faiss()
        wanted = min(_SPARE * k, len(self._matrix))
        options = faiss.SearchParametersHNSW(efSearch=max(SEARCH_WIDTH, wanted))
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
            options.sel = selector
        _, found = self._graph.search(vector[None], wanted, params=options)
        rows = found[0][found[0] >= 0]
        scores = self._matrix[rows] @ vector
        order = np.lexsort((rows, -scores))[:k]
        return [(float(scores[at]), int(rows[at])) for at in order]


def _faiss() -> Any:
    try:
        import faiss
    except ImportError as error:
        raise MissingDependencyError(
            "faiss-cpu", purpose="Approximate search of many vectors", install="pip install 'kgqa[ann]'"
        ) from error
    return faiss
