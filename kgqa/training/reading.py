"""Trains the reader of questions: listwise, against every other executable plan of the same question."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import ModelError
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.ranking.outline import MAX_LENGTH, MAX_NAMES, OPERATORS, Layout, layout, masked, names_of
from kgqa.reasoning.search.ranking.reading import PlanReader, groups, tuned_layers
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.examples import Example, Reading
from kgqa.training.network import distances, fits, fresh, meanings, padded, plan_scores
from kgqa.types import Progress, TextEncoder

if TYPE_CHECKING:
    from torch import Tensor

    from kgqa.embeddings.token_states import TokenStates

TUNED = 2
"""Highest layers of the encoder that are tuned where there is no reader to start from."""
LEARNT_APART = ("head.seen", "head.share")
"""What is found anew in every training."""
BATCH = 24
WARM_UP = 30
HEAD_RATE, LAYER_RATE = 1e-3, 1e-4
DROPPED = 0.1
OTHERS = 0.5
"""How often a question is also read with wrong names masked."""
UNKNOWN = 0.1
"""Share of word pieces that are hidden in training, so that no single word decides."""
MARGIN = 2.0
"""By how much more a right plan has to win over one with a hop less: people's words say hops less clearly."""
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


def tunable(encoder: TextEncoder) -> TokenStates:
    """The encoder's layers, to tune the highest of them. Raises ModelError where it is not of BERT's kind."""
    make = getattr(encoder, "token_states", None)
    found: TokenStates | None = None if make is None else make()
    if found is None:
        raise ModelError(f"the encoder {encoder.name!r} has no layers that can be tuned: use one of BERT's kind")
    return found


class Asked(NamedTuple):
    """How the reader sees a question, and the numbers of its right plans."""

    readings: tuple[Reading, ...]
    right: NDArray[np.int64]


@dataclass(frozen=True)
class Lesson:
    """Questions about one graph.

    ``columns``: what is known of its relations and types, told in one way or several, of which each batch takes one.
    shapes: (columns, k)
    """

    columns: tuple[NDArray[np.float32], ...]
    examples: Sequence[Asked]


def train_reader(
    states: TokenStates,
    lessons: Sequence[Lesson],
    *,
    steps: int,
    seed: int,
    start: Mapping[str, NDArray[np.float32]] | None = None,
    tuned: int = TUNED,
    progress: Progress | None = None,
) -> dict[str, NDArray[np.float32]]:
    """Weights of a reader, trained by softmax over each question's plans (Luce 1959; AdamW, linear decay).

    Args:
        lessons: questions about one graph, or about several: then no relation has weights of its own
        steps, seed: how long, and what the order and, where it is new, the head come from
        start: weights of a reader to go on from, those of single relations only where they are of the same graph;
            None starts with a new head and the encoder's own layers
        tuned: how many of these are tuned
    """
    import torch

    rng = random.Random(seed)
    own = len(lessons[0].columns[0]) if len(lessons) == 1 else 1
    weights = fresh(states.dim, own, seed) | states.upper(tuned)
    if start is not None:
        known = {name: torch.tensor(array) for name, array in start.items() if name not in LEARNT_APART}
        if known["head.own"].shape != weights["head.own"].shape:
            known["head.own"] = weights["head.own"]
        weights = known
    tuned = tuned_layers(weights)
    learnt = {name: tensor for name, tensor in weights.items() if name != "head.own" or len(lessons) == 1}
    for tensor in learnt.values():
        tensor.requires_grad_()
    head = [tensor for name, tensor in learnt.items() if name.startswith("head.")]
    layers = [tensor for name, tensor in learnt.items() if not name.startswith("head.")]
    told = [[torch.from_numpy(columns) for columns in lesson.columns] for lesson in lessons]
    optimiser = torch.optim.AdamW(
        [{"params": head, "lr": HEAD_RATE}, {"params": layers, "lr": LAYER_RATE}], weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - step / steps)
    )
    batches: list[tuple[int, list[int]]] = []
    with _repeatable(seed):
        for step in range(steps):
            batches = batches or _batches(lessons, rng)
            number, places = batches.pop()
            examples = [lessons[number].examples[place] for place in places]
            loss = _loss(states, examples, rng.choice(told[number]), weights, tuned, rng)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*head, *layers], 1.0)
            optimiser.step()
            schedule.step()
            if progress is not None:
                progress("reader", step + 1, steps)
    trained = {name: tensor.detach().numpy() for name, tensor in weights.items()}
    return trained | {"head.seen": _operators_of(lessons), "head.share": np.ones(1, dtype=np.float32)}


def favouring_hops(reader: Mapping[str, NDArray[np.float32]], each: float) -> dict[str, NDArray[np.float32]]:
    """The same reader, with ``each`` on top of its scores for every hop of a plan's longest walk."""
    bias = reader["head.operator_bias"].copy()
    for hops in range(MAX_LENGTH + 1):
        bias[OPERATORS.index(f"length {hops}")] += each * hops
    return {**reader, "head.operator_bias": bias}


def _batches(lessons: Sequence[Lesson], rng: random.Random) -> list[tuple[int, list[int]]]:
    """Every example of every lesson once, in an order of its own, those of one batch of one lesson.

    They are about equally long: padding costs as words do.
    """
    out = []
    for number, lesson in enumerate(lessons):
        lengths = [max(len(reading.text) for reading in asked.readings) for asked in lesson.examples]
        order = rng.sample(range(len(lengths)), len(lengths))
        for start in range(0, len(order), SORTED * BATCH):
            some = sorted(order[start : start + SORTED * BATCH], key=lambda place: lengths[place])
            out += [(number, some[at : at + BATCH]) for at in range(0, len(some), BATCH)]
    rng.shuffle(out)
    return out


def _operators_of(lessons: Sequence[Lesson]) -> NDArray[np.float32]:
    """Which operators some right plan had, as ones. shape: (operators,)"""
    seen = np.zeros(len(OPERATORS), dtype=np.float32)
    for asked in (asked for lesson in lessons for asked in lesson.examples):
        for reading in asked.readings:
            good = np.flatnonzero(np.isin(reading.places, asked.right))
            operators = reading.plans.operators
            seen[operators[np.isin(operators[:, 0], good), 1]] = 1.0
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


def read(reader: PlanReader, examples: Sequence[Example]) -> list[NDArray[np.float64]]:
    """The reader's scores of the candidates of each question."""
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
    examples: Sequence[Asked],
    columns: Tensor,
    weights: dict[str, Tensor],
    tuned: int,
    rng: random.Random,
) -> Tensor:
    import torch
    from torch.nn import functional

    chosen = [
        (k, reading, asked.right)
        for k, asked in enumerate(examples)
        for reading in _some(asked.readings, asked.right, rng)
    ]
    rows = [reading for _, reading, _ in chosen]
    question = np.concatenate([np.full(len(reading.places), k) for k, reading, _ in chosen])
    right = np.concatenate([np.isin(reading.places, good) for _, reading, good in chosen])
    special = states.special_ids
    tokens = [
        [states.unknown_id if one not in special and rng.random() < UNKNOWN else one for one in row]
        for row in states.tokenize([reading.text for reading in rows])
    ]
    ids, mask = padded(tokens)
    hidden = functional.dropout(states.lower(ids, mask, skip=tuned), DROPPED)
    hidden = functional.dropout(states.higher(hidden, mask, weights, count=tuned), DROPPED)
    near = distances(ids, states.mask_id, MAX_NAMES)
    plans, used = _used([reading.plans for reading in rows])
    own = weights["head.own"]
    of_these = weights | {"head.own": own[used] if len(own) == len(columns) else own}
    scores = plan_scores(
        plans, *fits(hidden, mask, near, meanings(functional.dropout(columns[used], DROPPED), of_these), weights)
    )
    group, good = torch.from_numpy(question), torch.from_numpy(right)
    scores = scores + torch.from_numpy(margins([reading.plans for reading in rows], question, right))
    most = torch.full((len(examples),), -torch.inf).scatter_reduce(0, group, scores.detach(), "amax")
    shares = torch.exp(scores - most[group])
    total = torch.zeros(len(examples)).index_add(0, group, shares)
    won = torch.zeros(len(examples)).index_add(0, group, shares * good)
    return (total.log() - won.clamp_min(1e-12).log()).mean()


def margins(layouts: Sequence[Layout], question: NDArray[np.int64], right: NDArray[np.bool_]) -> NDArray[np.float32]:
    """What each plan is given in training for every hop that it lacks, so that the right one must win by as much.

    shape: (plans,)
    """
    hops = np.concatenate([np.bincount(item.elements[:, 0], minlength=item.plans) for item in layouts])
    wanted = np.full(int(question.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(wanted, question[right], hops[right])
    lacking = np.where(right, 0, np.maximum(wanted[question] - hops, 0))
    return (MARGIN * lacking * (wanted[question] < np.iinfo(np.int64).max)).astype(np.float32)


def _used(layouts: Sequence[Layout]) -> tuple[list[Layout], Tensor]:
    """Layouts over the columns that some plan has, and which these are: graphs may have thousands."""
    import torch

    columns = np.unique(np.concatenate([item.elements[:, 3] for item in layouts]))
    return [
        replace(item, elements=np.column_stack([item.elements[:, :3], np.searchsorted(columns, item.elements[:, 3])]))
        for item in layouts
    ], torch.from_numpy(columns)
