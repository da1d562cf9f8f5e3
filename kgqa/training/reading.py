"""Trains the reader of questions: listwise, against every other executable plan of the same question."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.ranking.outline import MAX_NAMES, OPERATORS, layout, masked, names_of
from kgqa.reasoning.search.ranking.reader import column_vectors, distances, fits, fresh, padded, plan_scores
from kgqa.reasoning.search.ranking.reading import PlanReader, groups
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.examples import Example, Reading
from kgqa.types import Progress

if TYPE_CHECKING:
    from torch import Tensor

    from kgqa.embeddings.token_states import TokenStates

TUNED = 2
"""Layers of the encoder that are tuned."""
BATCH = 24
WARM_UP = 30
HEAD_RATE, LAYER_RATE = 1e-3, 1e-4
DROPPED = 0.1
OTHERS = 0.5
"""How often a question is also read with wrong names masked."""
UNKNOWN = 0.1
"""Share of word pieces that are hidden in training, so that no single word decides."""
SORTED = 8
"""Batches whose questions are sorted by length among themselves."""


def readings(
    analysis: Analysis,
    candidates: Sequence[Candidate],
    scores: NDArray[np.float64],
    right: Sequence[int],
    schema: Schema,
    mask: str,
) -> tuple[Reading, ...]:
    """The question as the reader will see it: once for each likely choice of names, the right one among them."""
    chosen = groups(candidates, scores)
    for place in right:
        names = names_of(candidates[place])
        chosen.setdefault(names, [k for k, item in enumerate(candidates) if names_of(item) == names])
    return tuple(
        Reading(
            masked(analysis, names, mask),
            np.asarray(places, dtype=np.int64),
            layout([candidates[place] for place in places], schema),
        )
        for names, places in chosen.items()
    )


def train_reader(
    states: TokenStates,
    schema: Schema,
    examples: Sequence[tuple[tuple[Reading, ...], NDArray[np.int64]]],
    *,
    steps: int,
    seed: int,
    progress: Progress | None = None,
) -> dict[str, Tensor]:
    """Weights of a reader, trained by softmax over each question's plans (Luce 1959; AdamW, linear decay).

    Args:
        examples: readings of each question, and the numbers of its right plans
        steps, seed: how long, and what the new head and the order come from; the layers start as the encoder's
    """
    import torch

    rng = random.Random(seed)
    columns = torch.from_numpy(column_vectors(schema))
    weights = {**fresh(states.dim, len(columns), seed), **states.upper(TUNED)}
    for tensor in weights.values():
        tensor.requires_grad_()
    head = [tensor for name, tensor in weights.items() if name.startswith("head.")]
    layers = [tensor for name, tensor in weights.items() if not name.startswith("head.")]
    optimiser = torch.optim.AdamW(
        [{"params": head, "lr": HEAD_RATE}, {"params": layers, "lr": LAYER_RATE}], weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - step / steps)
    )
    batches: list[list[int]] = []
    lengths = [max(len(reading.text) for reading in every) for every, _ in examples]
    with _repeatable(seed):
        for step in range(steps):
            batches = batches or _batches(lengths, rng)
            loss = _loss(states, [examples[place] for place in batches.pop()], columns, weights, rng)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*head, *layers], 1.0)
            optimiser.step()
            schedule.step()
            if progress is not None:
                progress("reader", step + 1, steps)
    trained = {name: tensor.detach() for name, tensor in weights.items()}
    return {**trained, "head.seen": _operators_of(examples), "head.share": torch.ones(1)}


def _batches(lengths: Sequence[int], rng: random.Random) -> list[list[int]]:
    """Every example once, in an order of its own, those of one batch about equally long: padding costs as words do."""
    order = rng.sample(range(len(lengths)), len(lengths))
    out = []
    for start in range(0, len(order), SORTED * BATCH):
        some = sorted(order[start : start + SORTED * BATCH], key=lambda place: lengths[place])
        out += [some[at : at + BATCH] for at in range(0, len(some), BATCH)]
    rng.shuffle(out)
    return out


def _operators_of(examples: Sequence[tuple[tuple[Reading, ...], NDArray[np.int64]]]) -> Tensor:
    """Which operators some right plan had, as ones. shape: (operators,)"""
    import torch

    seen = torch.zeros(len(OPERATORS))
    for every, right in examples:
        for reading in every:
            good = np.flatnonzero(np.isin(reading.places, right))
            operators = reading.plans.operators
            seen[torch.from_numpy(operators[np.isin(operators[:, 0], good), 1])] = 1.0
    return seen


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    """Draws from the seed alone, and sums gradients in one order; both as before when done."""
    import torch

    before = torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(before)


def read(
    states: TokenStates, schema: Schema, examples: Sequence[Example], weights: dict[str, Tensor]
) -> list[NDArray[np.float64]]:
    """The reader's scores of the candidates of each question."""
    reader = PlanReader(weights, states, schema)
    reader.prepare([reading.text for example in examples for reading in example.readings])
    return [
        reader.read([(item.text, item.places.tolist(), item.plans) for item in example.readings], len(example.features))
        for example in examples
    ]


def _some(every: Sequence[Reading], good: NDArray[np.int64], rng: random.Random) -> list[Reading]:
    """The readings that have a right plan, and in half of the cases one of the others: most of the cost is in them."""
    right = [reading for reading in every if np.isin(reading.places, good).any()]
    others = [reading for reading in every if not np.isin(reading.places, good).any()]
    return [*right, rng.choice(others)] if others and rng.random() < OTHERS else right


def _loss(
    states: TokenStates,
    examples: Sequence[tuple[tuple[Reading, ...], NDArray[np.int64]]],
    columns: Tensor,
    weights: dict[str, Tensor],
    rng: random.Random,
) -> Tensor:
    import torch
    from torch.nn import functional

    chosen = [(k, reading, good) for k, (every, good) in enumerate(examples) for reading in _some(every, good, rng)]
    rows = [reading for _, reading, _ in chosen]
    question = np.concatenate([np.full(len(reading.places), k) for k, reading, _ in chosen])
    right = np.concatenate([np.isin(reading.places, good) for _, reading, good in chosen])
    special = states.special_ids
    tokens = [
        [states.unknown_id if one not in special and rng.random() < UNKNOWN else one for one in row]
        for row in states.tokenize([reading.text for reading in rows])
    ]
    ids, mask = padded(tokens)
    hidden = functional.dropout(states.lower(ids, mask, skip=TUNED), DROPPED)
    hidden = functional.dropout(states.higher(hidden, mask, weights, count=TUNED), DROPPED)
    near = distances(ids, states.mask_id, MAX_NAMES)
    scores = plan_scores([reading.plans for reading in rows], *fits(hidden, mask, near, columns, weights))
    group, good = torch.from_numpy(question), torch.from_numpy(right)
    most = torch.full((len(examples),), -torch.inf).scatter_reduce(0, group, scores.detach(), "amax")
    shares = torch.exp(scores - most[group])
    total = torch.zeros(len(examples)).index_add(0, group, shares)
    won = torch.zeros(len(examples)).index_add(0, group, shares * good)
    return (total.log() - won.clamp_min(1e-12).log()).mean()
