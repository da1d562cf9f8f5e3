"""One folder of vectors: keys in order, the hash of what was encoded, and the matrix, all memory-mapped."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot.arrays import open_arrays, write_arrays
from kgqa.index.hnsw import Hnsw, available, build
from kgqa.index.vector_items import VectorKey, VectorKind

_CHUNK = 65_536  # rows multiplied at once: what is held beside the mapped matrix stays small
_SHARE = 10  # a tenth of the rows is found well by the graph of all; of fewer each is looked at
_SEEK = 20  # looking an id up takes about as long as reading so many
KINDS = tuple(VectorKind)


class VectorPart:
    """Vectors by key, ascending. matrix: shape: (n, dim); digests: shape: (n, 16)"""

    def __init__(self, folder: Path) -> None:
        arrays = open_arrays(folder)
        self.dim = int(arrays.info["dim"])
        self.digests = arrays["digests"].reshape(-1, 16)
        self.matrix = arrays["matrix"].reshape(-1, self.dim)
        self._offsets, self._text = arrays["offsets"], arrays["text"]
        self._bounds = [int(bound) for bound in arrays["bounds"]]
        self.dead = arrays["dead"]
        """Rows of the base that this part, a delta, replaces or removes."""
        self.graphs: Mapping[str, Any] = arrays.info.get("graphs", {})
        """By kind, what was built to search it approximately: vectors, recall_at_10."""
        self._folder = folder
        self._opened: dict[VectorKind, Hnsw] = {}

    def __len__(self) -> int:
        return len(self.matrix)

    def key(self, row: int) -> VectorKey:
        kind = KINDS[next(i for i in range(len(KINDS)) if row < self._bounds[i + 1])]
        return VectorKey(kind, self._id(row))

    def keys(self, rows: Sequence[int], kind: VectorKind | None) -> list[VectorKey]:
        """The keys of rows, all of the kind where one is given."""
        return [self.key(row) if kind is None else VectorKey(kind, self._id(row)) for row in rows]

    def rows(self, kind: VectorKind | None) -> tuple[int, int]:
        """The rows [low, high) of a kind, or all."""
        if kind is None:
            return 0, len(self)
        place = KINDS.index(kind)
        return self._bounds[place], self._bounds[place + 1]

    def find(self, key: VectorKey) -> int | None:
        """The row of a key."""
        low, high = self.rows(key.kind)
        row = low + bisect_left(range(low, high), key.id, key=self._id)
        return row if row < high and self._id(row) == key.id else None

    def items(self) -> Iterator[tuple[VectorKey, bytes]]:
        """(key, digest) of every row."""
        for row in range(len(self)):
            yield self.key(row), self.digests[row].tobytes()

    def digest(self, row: int) -> bytes:
        return self.digests[row].tobytes()

    def rows_with(self, digests: Collection[bytes]) -> dict[bytes, int]:
        """A row for each of these digests that there is one for."""
        if not digests or not len(self):
            return {}
        heads = np.ascontiguousarray(self.digests[:, :8]).view("<u8")[:, 0]
        wanted = np.frombuffer(b"".join(digest[:8] for digest in digests), dtype="<u8")
        rows = np.flatnonzero(np.isin(heads, wanted)).tolist()
        return {digest: row for row in reversed(rows) if (digest := self.digest(row)) in digests}

    def rows_of(self, kind: VectorKind, ids: frozenset[str]) -> NDArray[np.int64]:
        """The rows of these ids, ascending; ids that are not there are passed over. shape: (found,)"""
        low, high = self.rows(kind)
        if len(ids) * _SEEK < high - low:
            found = [row for id in ids if (row := self.find(VectorKey(kind, id))) is not None]
        else:
            found = [row for row in range(low, high) if self._id(row) in ids]
        return np.array(sorted(found), dtype=np.int64)

    def best(
        self,
        vector: NDArray[np.float32],
        k: int,
        kind: VectorKind | None,
        dead: NDArray[np.int32] | None,
        rows: NDArray[np.int64] | None = None,
    ) -> list[tuple[float, int]]:
        """(cosine, row) of the rows that score at least as the k-th best does; ``dead`` rows are passed over.

        ``rows``: only these, ascending. shape: (n,). Where a graph was built for the kind, a tenth of its rows or more
        are searched by it, and about the ``k`` best are found.
        """
        graph = self._graph(kind)
        if graph is not None and kind is not None and (rows is None or _SHARE * len(rows) >= graph.size):
            first, _ = self.rows(kind)
            return [(score, row + first) for score, row in graph.search(vector, k, self._allowed(kind, dead, rows))]
        low, high = self.rows(kind) if rows is None else (0, len(rows))
        scores = np.empty(high - low, dtype=np.float32)
        for start in range(low, high, _CHUNK):
            stop = min(start + _CHUNK, high)
            block = self.matrix[start:stop] if rows is None else self.matrix[rows[start:stop]]
            np.matmul(block, vector, out=scores[start - low : stop - low])
        if dead is not None and len(dead):
            gone = dead[(dead >= low) & (dead < high)] - low if rows is None else np.flatnonzero(np.isin(rows, dead))
            scores[gone] = -np.inf
        if k < len(scores):
            best = np.flatnonzero(scores >= np.partition(scores, len(scores) - k)[len(scores) - k])
        else:
            best = np.arange(len(scores))
        best = best[np.isfinite(scores[best])]
        numbers = best + low if rows is None else rows[best]
        return [(float(score), int(row)) for score, row in zip(scores[best].tolist(), numbers.tolist(), strict=True)]

    def _graph(self, kind: VectorKind | None) -> Hnsw | None:
        """The graph of a kind, opened when first asked for; None where there is none or FAISS is not installed."""
        if kind is None or kind not in self.graphs or not available():
            return None
        if kind not in self._opened:
            low, high = self.rows(kind)
            self._opened[kind] = Hnsw(self._folder / _graph_file(kind), self.matrix[low:high])
        return self._opened[kind]

    def _allowed(
        self, kind: VectorKind, dead: NDArray[np.int32] | None, rows: NDArray[np.int64] | None
    ) -> NDArray[np.bool_] | None:
        """Which rows of a kind may be found. shape: (rows of the kind,)"""
        if rows is None and (dead is None or not len(dead)):
            return None
        low, high = self.rows(kind)
        allowed = np.full(high - low, rows is None)
        if rows is not None:
            allowed[rows - low] = True
        if dead is not None:
            allowed[dead[(dead >= low) & (dead < high)] - low] = False
        return allowed

    def _id(self, row: int) -> str:
        return str(self._text[self._offsets[row] : self._offsets[row + 1]].tobytes(), "utf-8")


def write_part(
    folder: Path,
    keys: Sequence[VectorKey],
    digests: Sequence[bytes],
    matrix: NDArray[np.float32],
    dead: Sequence[int] = (),
    *,
    approximate_above: int | None = None,
) -> None:
    """Writes vectors whose keys are in ascending order.

    Kinds of which there are more than ``approximate_above`` also get a graph for approximate search, where FAISS is.
    """
    ids = [key.id.encode("utf-8") for key in keys]
    counts = [sum(1 for key in keys if key.kind is kind) for kind in KINDS]
    bounds = np.cumsum([0, *counts]).astype(np.int64)
    graphs = {}
    for kind, low, high in zip(KINDS, bounds, bounds[1:]):
        if approximate_above is not None and high - low > approximate_above and available():
            graphs[str(kind)] = build(matrix[low:high], folder / _graph_file(kind)).to_dict()
    write_arrays(
        folder,
        {
            "bounds": bounds,
            "offsets": np.cumsum([0, *map(len, ids)]).astype(np.int64),
            "text": np.frombuffer(b"".join(ids), dtype=np.uint8),
            "digests": np.frombuffer(b"".join(digests), dtype=np.uint8),
            "matrix": np.ascontiguousarray(matrix, dtype=np.float32).reshape(-1),
            "dead": np.asarray(sorted(dead), dtype=np.int32),
        },
        {"dim": int(matrix.shape[1]), "graphs": graphs},
    )


def _graph_file(kind: str) -> str:
    return f"{kind}.faiss"
