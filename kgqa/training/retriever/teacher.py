"""Distillation: a model that reads query and candidate side by side tells how right each candidate is.

The towers learn its distribution over each query's own candidates, the right one and the mined negatives, beside the
labels (Hinton et al., 2015; for retrievers Qu et al., 2021): a negative that is nearly right is pushed away less.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kgqa.embeddings.encoder import Encoder
from kgqa.embeddings.towers.tasks import OF_ENTITIES
from kgqa.retrieval.channels import SCALE
from kgqa.retrieval.reranking import LATE, LateInteraction, Reranker, open_reranker
from kgqa.training.retriever.batches import StepBatch, TaskBatch

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOKENS = 200_000  # whose vectors are kept in memory, about 300 MB


class Teacher:
    """Scores of candidates as log-odds, each pair asked once. Not for several threads at once."""

    def __init__(self, reranker: Reranker) -> None:
        # Mean cosines of late interaction are on the scale of cosines; a cross-encoder gives log-odds itself.
        self._reranker, self._scale = reranker, SCALE if reranker.name == LATE else 1.0
        self._known: dict[tuple[str, str], float] = {}

    def taught(self, batch: StepBatch) -> StepBatch:
        """The same with the teacher's distributions, for the tasks that are asked in words."""
        return replace(batch, tasks=tuple(self._task(batch, task) for task in batch.tasks))

    def _task(self, batch: StepBatch, task: TaskBatch) -> TaskBatch:
        own = task.own
        if task.task in OF_ENTITIES or own.shape[1] < 2:
            return task
        texts = [row.text for row in batch.rows]
        scores = np.array(
            [
                self._scores(texts[query], [texts[task.candidates[place]] for place in places])
                for query, places in zip(task.queries.tolist(), own.tolist(), strict=True)
            ],
            dtype=np.float32,
        )
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return replace(task, taught=shares / shares.sum(axis=1, keepdims=True))

    def _scores(self, query: str, texts: Sequence[str]) -> list[float]:
        new = [text for text in dict.fromkeys(texts) if (query, text) not in self._known]
        if new:
            found = self._reranker.scores(query, new)
            self._known.update(((query, text), self._scale * score) for text, score in zip(new, found, strict=True))
        return [self._known[query, text] for text in texts]


def open_teacher(name: str, base: Path, device: str) -> Teacher:
    """ "late": late interaction by the encoder in ``base`` as it came; else the folder of a cross-encoder.

    Raises UsageError where there is neither, ModelError where the folder holds no such model.
    """
    if name != LATE:
        return Teacher(open_reranker(name, None))
    encoder = Encoder("teacher", base, fingerprint="", device=device, threads=None)
    return Teacher(LateInteraction(_Remembering(encoder.token_vectors).token_vectors))


class _Remembering:
    """The token vectors of texts, of which the last used are kept."""

    def __init__(self, vectors: Callable[[Sequence[str]], list[NDArray[np.float32]]]) -> None:
        self._vectors = vectors
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._held = 0

    def token_vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for text, found in zip(new, self._vectors(new) if new else (), strict=True):
            self._known[text] = found
            self._held += len(found)
        out = []
        for text in texts:
            self._known.move_to_end(text)
            out.append(self._known[text])
        while self._held > _TOKENS and len(self._known) > len(texts):
            self._held -= len(self._known.popitem(last=False)[1])
        return out
