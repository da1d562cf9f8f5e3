"""The examples of each step: drawn by seed and step alone, so that a resumed or distributed training sees the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgqa.embeddings.towers.tasks import OF_ENTITIES, Task
from kgqa.errors import ModelError
from kgqa.training.retriever.data import Example, Part, RetrieverData, part_of
from kgqa.training.retriever.rows import Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ORDER, _PAIR, _HOOD = 1, 2, 3  # what a draw is for: streams of one seed
LEAST = 8
"""Examples below which a task is not trained."""


@dataclass(frozen=True, slots=True)
class TaskBatch:
    """One process's part of a task's batch, as positions among the step's rows.

    queries: shape: (b,); candidates: the right one of each query, then the negatives. shape: (c,)
    keys: which of the task's things each candidate is. shape: (c,); right: for each query all keys right for it
    taught: a teacher's shares of each query's own candidates. shape: (b, 1 + negatives)
    """

    task: Task
    queries: NDArray[np.int64]
    candidates: NDArray[np.int64]
    keys: NDArray[np.int64]
    right: tuple[frozenset[int], ...]
    taught: NDArray[np.float32] | None = None

    @property
    def own(self) -> NDArray[np.int64]:
        """Where each query's right candidate and its negatives stand. shape: (b, 1 + negatives)"""
        count = len(self.queries)
        negatives = np.arange(count, len(self.candidates)).reshape(count, -1)
        return np.concatenate([np.arange(count)[:, None], negatives], axis=1)


@dataclass(frozen=True, slots=True)
class StepBatch:
    """What one process encodes in one step, and how the tasks read it."""

    rows: tuple[Row, ...]
    tasks: tuple[TaskBatch, ...]


class Batches:
    """Draws the steps of one training.

    ``mined`` holds, for each task, the hard negatives of its training examples; what is held out is never drawn.
    """

    def __init__(self, data: RetrieverData, tasks: Sequence[Task], *, batch_size: int, negatives: int, seed: int):
        self.data, self._size, self._negatives, self._seed = data, batch_size, negatives, seed
        learnt = {task: data.of(task, Part.TRAIN) for task in tasks}
        self.examples = {task: found for task, found in learnt.items() if len(found) >= LEAST}
        if not self.examples:
            raise ModelError(
                f"the graph gives fewer than {LEAST} examples of each task ({', '.join(tasks)}): "
                f"too small to learn from"
            )
        self._known = known_right(data)
        self.allowed = {task: _allowed(data, task) for task in self.examples}
        self.mined: dict[Task, NDArray[np.int64]] = {}

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is trained, in order."""
        return tuple(self.examples)

    def right(self, example: Example) -> frozenset[int]:
        """All that is no negative for an example: what is known to be right, learnt or held out, and itself."""
        known = self._known[example.task, example.query, example.entity]
        return known | {example.entity} if example.task in OF_ENTITIES else known

    def step(self, number: int, *, rank: int = 0, world: int = 1) -> StepBatch:
        """The part of one of ``world`` equal processes; together they have what a single one would have."""
        rows: dict[Row, int] = {}
        tasks = []
        for task, examples in self.examples.items():
            chosen = [(place, examples[place]) for place in self._places(task, len(examples), number)]
            share = slice(rank * self._size // world, (rank + 1) * self._size // world)
            tasks.append(self._task(task, chosen, share, number, rows))
        return StepBatch(tuple(rows), tuple(tasks))

    def rng(self, number: int, *, rank: int = 0) -> np.random.Generator:
        """For what is sampled while a step is encoded."""
        return np.random.default_rng((self._seed, _HOOD, number, rank))

    def _places(self, task: Task, count: int, number: int) -> list[int]:
        """Which examples: each once before any is seen again."""
        places = range(number * self._size, (number + 1) * self._size)
        stream = list(Task).index(task)
        orders = {
            epoch: np.random.default_rng((self._seed, _ORDER, stream, epoch)).permutation(count)
            for epoch in {place // count for place in places}
        }
        return [int(orders[place // count][place % count]) for place in places]

    def _task(
        self, task: Task, chosen: Sequence[tuple[int, Example]], share: slice, number: int, rows: dict[Row, int]
    ) -> TaskBatch:
        rng = np.random.default_rng((self._seed, _PAIR, list(Task).index(task), number))
        queries: list[int] = []
        positives: list[int] = []
        negatives: list[int] = []
        keys: list[int] = []
        others: list[int] = []
        right: list[frozenset[int]] = []
        drawn = [(item, int(rng.choice(item.right)), self._hard(place, item, rng)) for place, item in chosen]
        for example, target, hard in drawn[share]:
            partner = target if task is Task.RELATED else -1
            text = self.data.features.texts[example.entity] if task in OF_ENTITIES else example.query
            queries.append(rows.setdefault(Row(text, example.entity, partner, task), len(rows)))
            positives.append(rows.setdefault(self._candidate(task, target, example), len(rows)))
            keys.append(target)
            right.append(self.right(example))
            for other in hard:
                negatives.append(rows.setdefault(self._candidate(task, other), len(rows)))
                others.append(other)
        return TaskBatch(
            task,
            np.asarray(queries, dtype=np.int64),
            np.asarray(positives + negatives, dtype=np.int64),
            np.asarray(keys + others, dtype=np.int64),
            tuple(right),
        )

    def _candidate(self, task: Task, key: int, example: Example | None = None) -> Row:
        if task is Task.PASSAGE:
            return Row(example.text if example is not None and example.text else self.data.passages[key])
        if task is Task.PLAN:
            return Row(self.data.plans[key])
        partner = example.entity if example is not None and task is Task.RELATED else -1
        return Row(self.data.features.texts[key], key, partner)

    def _hard(self, place: int, example: Example, rng: np.random.Generator) -> list[int]:
        """Mined negatives of an example where there are such, else any that are not right."""
        if not self._negatives:
            return []
        mined = self.mined.get(example.task)
        pool = self.allowed[example.task]
        if mined is not None:
            row = mined[place]
            pool = row[row >= 0] if (row >= 0).sum() >= self._negatives else pool
        found: list[int] = []
        known = self.right(example)
        for key in rng.permutation(pool)[: len(known) + self._negatives].tolist():
            if key not in known and len(found) < self._negatives:
                found.append(int(key))
        # Where nearly all is right there are none: what is right is masked anyway.
        return found + [int(pool[0])] * (self._negatives - len(found))


def known_right(data: RetrieverData) -> dict[tuple[Task, str, int], frozenset[int]]:
    """What is known to be right for each query, by (task, query, entity), from all examples."""
    found: dict[tuple[Task, str, int], set[int]] = {}
    for example in data.examples:
        found.setdefault((example.task, example.query, example.entity), set()).update(example.right)
    return {key: frozenset(right) for key, right in found.items()}


def _allowed(data: RetrieverData, task: Task) -> NDArray[np.int64]:
    """What may be a negative: nothing held out, since not all that is right for training is known of it."""
    if task in OF_ENTITIES or task is Task.ENTITY:
        ids = data.features.ids
        return np.asarray([place for place, id in enumerate(ids) if part_of(id) is Part.TRAIN], dtype=np.int64)
    if task is Task.PLAN:
        return np.arange(len(data.plans))
    held = {
        key
        for example in data.examples
        if example.part is not Part.TRAIN
        for key in example.right
        if example.task is Task.PASSAGE
    }
    return np.asarray([place for place in range(len(data.passages)) if place not in held], dtype=np.int64)
