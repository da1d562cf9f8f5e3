"""Optional reranking of the passages found first, by a model that reads query and passage side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import ModelError, UsageError
from kgqa.index.vector_refresh import Encoder
from kgqa.retrieval.channels import Hit
from kgqa.retrieval.fusion import Fused

LATE = "late"
RERANKED = 20
"""Passages that are ranked again; those after them keep their places."""
_BATCH = 8


class Reranker(Protocol):
    """Scores texts for a query, higher is better."""

    @property
    def name(self) -> str: ...

    def scores(self, query: str, texts: Sequence[str]) -> list[float]: ...


TokenVectors = Callable[[Sequence[str]], list[NDArray[np.float32]]]
"""A unit vector for each token of each text. shape: (tokens, dim) each"""


class LateInteraction:
    """Each token of the query meets its most similar token of the text; the score is their mean cosine (MaxSim).

    Khattab and Zaharia, 2020; with the vectors of the encoder that there is, which was not trained for it.
    """

    name = LATE

    def __init__(self, vectors: TokenVectors) -> None:
        self._vectors = vectors

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        own, *others = self._vectors([query, *texts])
        return [float((own @ other.T).max(axis=1).mean()) for other in others]


class CrossEncoder:
    """A transformers model with one output that reads query and text together; safetensors in a local folder.

    Raises ModelError where the folder holds no such model.
    """

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        self.name = folder.name
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            model: Any = AutoModelForSequenceClassification.from_pretrained(
                str(folder), local_files_only=True, use_safetensors=True
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"the cross-encoder in {folder} cannot be opened: {error}") from error
        if model.config.num_labels != 1:
            raise ModelError(f"the model in {folder} has {model.config.num_labels} outputs; a cross-encoder has one")
        self._model = model.eval().to(self._device)

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        import torch

        out: list[float] = []
        with torch.inference_mode():
            for start in range(0, len(texts), _BATCH):
                batch = list(texts[start : start + _BATCH])
                inputs = self._tokenizer(
                    [query] * len(batch), batch, truncation="only_second", padding=True, return_tensors="pt"
                ).to(self._device)
                out += self._model(**inputs).logits[:, 0].float().tolist()
        return out


def open_reranker(name: str, encoder: Encoder | None) -> Reranker:
    """ "late" for late interaction over the encoder's token vectors, or the folder of a cross-encoder.

    Raises UsageError where there is neither, ModelError where the folder holds no such model.
    """
    if name == LATE:
        vectors: TokenVectors | None = getattr(encoder, "token_vectors", None)
        if vectors is None:
            raise UsageError("late interaction needs an encoder that gives each token its vector")
        return LateInteraction(vectors)
    folder = Path(name)
    if not folder.is_dir():
        raise UsageError(f"no reranker {name!r}: give {LATE!r} or the folder of a cross-encoder")
    return CrossEncoder(folder)


def rerank_first(
    fused: Sequence[Fused[str]], texts: Sequence[str], query: str, reranker: Reranker
) -> tuple[list[Fused[str]], list[Hit[str]]]:
    """All in a new order, and what the reranker scored, best first. ``texts``: of the first, which alone are moved.

    Ties stay as they are. The score of a place stays with the place, so that scores still fall; the rank under "rerank"
    is the new one.
    """
    first, rest = list(fused[: len(texts)]), list(fused[len(texts) :])
    scores = reranker.scores(query, texts) if texts else []
    order = sorted(range(len(first)), key=lambda i: -round(scores[i], 6))
    moved = [
        Fused(first[i].key, first[place].score, {**first[i].ranks, "rerank": place + 1})
        for place, i in enumerate(order)
    ]
    return moved + rest, [Hit(first[i].key, scores[i]) for i in order]
