"""Near-duplicate texts by MinHash (Broder, 1997) with banding (Leskovec, Rajaraman and Ullman, chapter 3)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from kgqa.index.normalise import tokenise

SHINGLE = 5
"""Words of a shingle."""
BANDS, ROWS = 16, 8
"""Texts that agree on the eight values of one of sixteen bands are compared: half of those at a similarity of 0.65."""
_SEED = 20_200_101


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """``id`` says nearly what ``of``, which came first, says; ``similarity`` is the estimated Jaccard index."""

    id: str
    of: str
    similarity: float


class NearDuplicates:
    """Finds texts that share at least ``above`` of their runs of five words with one that came before.

    Each is compared with the first of every band it falls into, so that the work grows with the number of texts; 512
    bytes are kept of each. The estimate's standard error is at most 0.045.
    """

    def __init__(self, *, above: float = 0.8) -> None:
        self._above = above
        chosen = np.random.default_rng(_SEED)
        self._odd = chosen.integers(0, 2**63, BANDS * ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        self._shift = chosen.integers(0, 2**63, BANDS * ROWS, dtype=np.uint64)
        self._first: dict[tuple[int, bytes], int] = {}
        self._kept: list[tuple[str, NDArray[np.uint32]]] = []

    def add(self, id: str, text: str) -> NearDuplicate | None:
        """What the text nearly repeats; None when nothing: then it is kept, unless blank, to be compared with."""
        shingles = _shingles(text)
        if not len(shingles):
            return None
        signature = _signature(shingles, self._odd, self._shift)
        bands = [(band, signature[band * ROWS : (band + 1) * ROWS].tobytes()) for band in range(BANDS)]
        others = sorted({self._first[band] for band in bands if band in self._first})
        shared = [(float((self._kept[other][1] == signature).mean()), -other) for other in others]
        if shared and max(shared)[0] >= self._above:
            similarity, other = max(shared)
            return NearDuplicate(id, self._kept[-other][0], round(similarity, 3))
        for band in bands:
            self._first.setdefault(band, len(self._kept))
        self._kept.append((id, signature))
        return None


def _shingles(text: str) -> NDArray[np.uint64]:
    words = [token.key for token in tokenise(text)]
    runs = {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))} - {""}
    digests = b"".join(blake2b(run.encode("utf-8", "replace"), digest_size=8).digest() for run in sorted(runs))
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _signature(shingles: NDArray[np.uint64], odd: NDArray[np.uint64], shift: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The least of 32 bits of each multiply-shift hash. shapes: (shingles,), (hashes,), (hashes,) -> (hashes,)"""
    hashes = (shingles[:, None] * odd[None, :] + shift[None, :]) >> np.uint64(32)
    lowest: NDArray[np.uint32] = hashes.min(axis=0).astype(np.uint32)
    return lowest
