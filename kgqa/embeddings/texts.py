"""What the texts of entities say of their vectors, and how much of that is believed.

A ridge regression leads from the encoding of an entity's name, types and description to the vector that it learnt. What
it says of an entity without having seen that entity's own vector is taken as the prior, which counts as much as so many
statements: where few were learnt from, the text has the greater say (shrinkage towards a regression, Efron and Morris
1973). The number is chosen on the validation part, 0 among the choices. Only vectors change, so that the model stays
what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.graph import Split, Vocabulary
from kgqa.embeddings.scoring import entity_weights
from kgqa.embeddings.towers.features import MOST_TEXT
from kgqa.embeddings.watch import MAX_VALIDATION, MRR
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words
from kgqa.index.vector_refresh import Encoder
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
STRENGTHS = (0.01, 0.1, 1.0, 10.0)
MAX_FITTED = 20_000


@dataclass(frozen=True, slots=True)
class TextMap:
    """From encodings of texts to vectors; the constant is in the last row. matrix: shape: (dim + 1, width)"""

    matrix: NDArray[np.float32]

    def vectors(self, encodings: NDArray[np.float32]) -> NDArray[np.float32]:
        """encodings: shape: (n, dim); gives (n, width)"""
        return np.asarray(encodings @ self.matrix[:-1] + self.matrix[-1], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TextReport:
    """The weight of the texts that was chosen, in statements, and the validation MRR under each that was tried."""

    weight: float
    tried: tuple[tuple[float, float], ...]
    map: TextMap

    def to_dict(self, encoder: Encoder) -> dict[str, Any]:
        """What a manifest keeps of it."""
        return {
            "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint},
            "weight": self.weight,
            "tried": [list(pair) for pair in self.tried],
        }


def texts_of(store: GraphStore, vocabulary: Vocabulary) -> list[str]:
    """Each entity in words, "Polonium (element): a rare metal", by number; a literal is its value."""
    return [
        text_of(store, ref if isinstance(ref, str) else None, label, types)
        for ref, label, types in zip(vocabulary.refs, vocabulary.labels, vocabulary.types, strict=True)
    ]


def text_of(store: GraphStore, id: str | None, label: str, types: Sequence[str]) -> str:
    """One entity in words."""
    entity = None if id is None else store.entity(id)
    description = "" if entity is None or not entity.description else f": {entity.description[:MOST_TEXT]}"
    kinds = ", ".join(as_words(name) for name in types)
    return f"{label}{f' ({kinds})' if kinds else ''}{description}"


def join_texts(
    network: Any,
    texts: Sequence[str],
    encoder: Encoder,
    split: Split,
    evaluator: RankEvaluator,
    *,
    seed: int,
    progress: Progress | None = None,
) -> TextReport:
    """Moves the entities' vectors of a linear model towards what their texts say, in place.

    As far as helps the ranks of the validation part, of which at most 2,000 statements are looked at; not at all where
    there is none.
    """
    import torch

    weights = entity_weights(network)
    own = weights.detach().cpu().numpy().astype(np.float32)
    said, fitted = fit_texts(encoder.encode(list(texts), progress=progress), own, seed=seed)
    statements = np.bincount(split.train[:, [0, 2]].ravel(), minlength=len(own)).astype(np.float32)
    chosen = np.random.default_rng(seed).permutation(len(split.valid))[:MAX_VALIDATION]
    valid = split.valid[np.sort(chosen)]
    tried: list[tuple[float, float]] = []

    def put(weight: float) -> None:
        with torch.no_grad():
            weights.copy_(torch.from_numpy(blended(own, said, statements, weight)))

    for weight in WEIGHTS if len(valid) else ():
        put(weight)
        tried.append((weight, evaluator.figures(network, valid)[MRR]))
    best = max(tried, key=lambda pair: pair[1])[0] if tried else 0.0
    put(best)
    return TextReport(best, tuple(tried), fitted)


def blended(
    own: NDArray[np.float32], said: NDArray[np.float32], statements: NDArray[np.float32], weight: float
) -> NDArray[np.float32]:
    """The mean of what was learnt, as often as there are statements, and of what the text says, ``weight`` times.

    own, said: shape: (n, width); statements: shape: (n,)
    """
    share = np.where(weight > 0, weight / np.maximum(weight + statements, 1e-9), 0.0).astype(np.float32)[:, None]
    return np.asarray((1.0 - share) * own + share * said, dtype=np.float32)


def fit_texts(
    encodings: NDArray[np.float32], own: NDArray[np.float32], *, seed: int
) -> tuple[NDArray[np.float32], TextMap]:
    """What the texts say of each vector, itself left out, and the map fitted on all (at most 20,000, by the seed).

    The strength of the ridge is the one whose predictions of what was left out err least (Allen's PRESS, 1974).
    encodings: shape: (n, dim); own: shape: (n, width)
    """
    rows = np.sort(np.random.default_rng(seed).permutation(len(own))[:MAX_FITTED])
    inputs, outputs = encodings[rows].astype(np.float64), own[rows].astype(np.float64)
    middle, mean = inputs.mean(axis=0), outputs.mean(axis=0)
    left, values, right = np.linalg.svd(inputs - middle, full_matrices=False)
    projected = left.T @ (outputs - mean)

    def errors(strength: float) -> NDArray[np.float64]:
        """Of the prediction of each row by all others. shape: (rows, width)"""
        kept = values**2 / (values**2 + strength)
        influence = (left**2) @ kept + 1.0 / len(rows)
        return np.asarray((outputs - mean - left @ (kept[:, None] * projected)) / (1.0 - influence)[:, None])

    best = min(STRENGTHS, key=lambda strength: float(np.square(errors(strength)).sum()))
    slope = right.T @ ((values / (values**2 + best))[:, None] * projected)
    fitted = TextMap(np.vstack([slope, mean - middle @ slope]).astype(np.float32))
    said = fitted.vectors(encodings)
    said[rows] = outputs - errors(best)
    return said, fitted
