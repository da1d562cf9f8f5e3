"""How well towers rank what is right for held-out queries; and what they wrongly rank high, for training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgqa.embeddings.towers.features import neighbourhood
from kgqa.embeddings.towers.fusion import Fusion, unit
from kgqa.embeddings.towers.tasks import OF_ENTITIES, Task
from kgqa.training.retriever.batches import Batches, known_right
from kgqa.training.retriever.data import Example, Part, RetrieverData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Encode = Callable[[Sequence[str]], "Floats"]
"""Texts to unit vectors. shape: (texts, dim)"""
CUTS = (1, 5, 10)
MINED = 24
"""Hard negatives kept of each example: the highest-ranked things that are not right."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Figures of each query of one task: reciprocal rank of the best right thing, and recall at 1, 5 and 10.

    rr: shape: (queries,); recall: shape: (queries, 3)
    """

    rr: NDArray[np.float64]
    recall: NDArray[np.float64]

    def means(self) -> dict[str, float]:
        """``queries``, ``mrr``, ``recall_at_1`` and so on."""
        recall = {f"recall_at_{cut}": float(self.recall[:, k].mean()) for k, cut in enumerate(CUTS)}
        return {"queries": float(len(self.rr)), "mrr": float(self.rr.mean()), **recall}


class Judge:
    """Ranks by the towers as they stand: texts are encoded once, the rest is matrix products.

    ``encode`` is the text tower, ``fusion`` the rest; ``width``: only so many first dimensions are compared.
    """

    def __init__(self, data: RetrieverData, encode: Encode, fusion: Fusion, *, width: int | None = None) -> None:
        self._data, self._encode, self._fusion, self._width = data, encode, fusion, width
        self._known = known_right(data)
        self._entity_texts: Floats | None = None
        self._ranked: dict[Task, Floats] = {}

    def judge(self, examples: Sequence[Example]) -> Judged:
        """The figures of one task's examples, of which there is at least one.

        Of a related pair neither end sees the statements with the other: the link must be told without being read.
        Other things known to be right are taken out of the ranking of each.
        """
        task = examples[0].task
        queries = self.queries(examples)
        ranked = self.ranked(task)
        taken = self._encode([item.text for item in examples]) if any(item.text for item in examples) else None
        rr = np.zeros(len(examples))
        recall = np.zeros((len(examples), len(CUTS)))
        for row, example in enumerate(examples):
            if task is Task.RELATED:
                ranks = self._pair_ranks(example, ranked)
            else:
                scores = ranked @ queries[row]
                if task is Task.SIMILAR:
                    scores[example.entity] = -np.inf
                if taken is not None and example.text:
                    scores[example.right[0]] = self._cut(taken[row : row + 1])[0] @ queries[row]
                ranks = _ranks(scores, sorted(self._right(example)))
            rr[row] = (1.0 / ranks).max() if task is not Task.RELATED else (1.0 / ranks).mean()
            recall[row] = [(ranks <= cut).mean() for cut in CUTS]
        return Judged(rr, recall)

    def mine(self, batches: Batches, task: Task) -> NDArray[np.int64]:
        """For each training example of a task the things ranked highest that are not right. shape: (examples, 24)

        Filled with -1 where there are fewer.
        """
        examples, allowed = batches.examples[task], batches.allowed[task]
        ranked = self.ranked(task)[allowed]
        out = np.full((len(examples), MINED), -1, dtype=np.int64)
        queries = self.queries(examples)
        for row, example in enumerate(examples):
            right = batches.right(example)
            most = min(len(allowed), MINED + len(right))
            scores = ranked @ queries[row]
            best = np.argpartition(-scores, most - 1)[:most]
            best = best[np.lexsort((best, -scores[best]))]
            keys = [int(key) for key in allowed[best] if int(key) not in right][:MINED]
            out[row, : len(keys)] = keys
        return out

    def queries(self, examples: Sequence[Example]) -> Floats:
        """The queries of examples of one task. shape: (examples, dim)"""
        task = examples[0].task
        if task in OF_ENTITIES:
            entities = [example.entity for example in examples]
            vectors = self._entities(entities, [-1] * len(entities))
        else:
            vectors = self._encode([example.query for example in examples])
        return self._cut(self._fusion.query(task, vectors))

    def ranked(self, task: Task) -> Floats:
        """What a task ranks. shape: (things, dim)"""
        key = task if task in (Task.PASSAGE, Task.PLAN) else Task.ENTITY  # all others rank entities
        if key not in self._ranked:
            if key is Task.ENTITY:
                found = self.entities()
            else:
                found = self._encode(self._data.passages if key is Task.PASSAGE else self._data.plans)
            self._ranked[key] = self._cut(found)
        return self._ranked[key]

    def entities(self) -> Floats:
        """Every entity, whole. shape: (entities, dim)"""
        everything = list(range(len(self._data.features)))
        return self._entities(everything, [-1] * len(everything))

    def _pair_ranks(self, example: Example, ranked: Floats) -> NDArray[np.float64]:
        right = sorted(self._right(example))
        asked = list(example.right)
        heads = self._cut(self._fusion.query(Task.RELATED, self._entities([example.entity] * len(asked), asked)))
        tails = self._cut(self._entities(asked, [example.entity] * len(asked)))
        ranks = []
        for k, other in enumerate(asked):
            scores = ranked @ heads[k]
            scores[[place for place in (*right, example.entity) if place != other]] = -np.inf
            scores[other] = tails[k] @ heads[k]
            ranks.append(_ranks(scores, [other])[0])
        return np.asarray(ranks)

    def _entities(self, entities: Sequence[int], without: Sequence[int]) -> Floats:
        features = self._data.features
        if self._entity_texts is None:
            self._entity_texts = self._encode(features.texts)
        hood = neighbourhood(features, entities, without=without)
        return self._fusion.entities(self._entity_texts[list(entities)], hood, features.graph[list(entities)])

    def _right(self, example: Example) -> frozenset[int]:
        return self._known[example.task, example.query, example.entity]

    def _cut(self, vectors: Floats) -> Floats:
        return vectors if self._width is None else unit(vectors[:, : self._width])


def judge_all(judge: Judge, data: RetrieverData, part: Part, *, most: int | None = None) -> dict[Task, Judged]:
    """Every task that has examples in a part; of each at most ``most``, evenly spread."""
    out = {}
    for task in Task:
        examples = data.of(task, part)
        if most is not None and len(examples) > most:
            examples = [examples[k * len(examples) // most] for k in range(most)]
        if examples:
            out[task] = judge.judge(examples)
    return out


def mean_mrr(judged: Mapping[Task, Judged]) -> float:
    """The mean over the tasks, each counting the same."""
    return float(np.mean([item.rr.mean() for item in judged.values()]))


def _ranks(scores: Floats, right: Sequence[int]) -> NDArray[np.float64]:
    """Rank of each right thing among those that are not right; ties count half. shape: (right,)"""
    own = scores[list(right)]
    others = np.delete(scores, list(right))
    others = others[np.isfinite(others)]
    above = (others[None, :] > own[:, None]).sum(axis=1)
    equal = (others[None, :] == own[:, None]).sum(axis=1)
    return np.asarray(1 + above + equal / 2, dtype=np.float64)
