"""Questions that people asked, without answers: those asked alike agree on what they mean (self-training).

Each question is read as well as it can be so far; questions worded alike about other things vote on one reading, and
one that leads nowhere for many of them loses. The readings that are surest among those of as many hops are learnt
from as if they were right (Yarowsky 1995; Lee 2013), more of them in every round.
"""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import InputError
from kgqa.training.examples import Example
from kgqa.training.reading import BATCH, Asked, Lesson, train_reader
from kgqa.types import Progress

if TYPE_CHECKING:
    from kgqa.embeddings.token_states import TokenStates

Weights = dict[str, NDArray[np.float32]]

PASSES = 2
"""How often a round sees each of its questions."""
ROUNDS = (0.5, 0.75, 0.9)
"""Share of the log's questions, the surest ones, that each round learns from."""
FLOOR = 1e-3
"""The chance of a reading that a question does not have at all."""
ALIKE = 8
"""Questions worded alike that a round learns from."""

Signature = tuple[str, tuple[tuple[int, ...], ...], tuple[int, ...]]
"""A reading of many questions: their masked text, and a plan's places and operators."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A question of the log, by number, with the plans that questions worded alike agree on, and how surely.

    ``hops``: of these plans; short ones are surer, as fewer words have to be understood.
    """

    place: int
    right: NDArray[np.int64]
    hops: int
    chance: float


def read_log(path: Path) -> Iterator[str]:
    """The questions of a file: lines of JSON with ``question``, other fields left alone.

    Raises InputError, with the line, for what cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); give a JSONL file in UTF-8") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)["question"]
            if not isinstance(text, str):
                raise TypeError("question is a text")
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f'{path}, line {number}: no question ({error!r}); write {{"question": ...}}') from error
        yield text


def learn_from_log(
    states: TokenStates,
    reader: Weights,
    lesson: Lesson,
    log: Sequence[Example],
    judge: Callable[[Mapping[str, NDArray[np.float32]]], Sequence[NDArray[np.float64]]],
    *,
    seed: int,
    progress: Progress | None = None,
) -> Weights:
    """A reader that goes on from one that was trained on ``lesson``, with what the questions of a log mean.

    Args:
        states, seed, progress: as for ``train_reader``
        log: questions with their candidates, not known which is right
        judge: scores of the plans of the log's questions by a reader, as log odds
    """
    rng = random.Random(seed)
    for number, share in enumerate(ROUNDS):
        said = [Asked(log[item.place].readings, item.right) for item in surest(agreed(log, judge(reader)), share, log)]
        if not said:
            break
        made = rng.sample(lesson.examples, min(len(lesson.examples), len(said)))
        mixed = replace(lesson, examples=[*said, *made])
        steps = max(1, round(PASSES * len(mixed.examples) / BATCH))
        more = train_reader(states, [mixed], steps=steps, seed=seed + number, start=reader, progress=progress)
        reader = more | {"head.seen": np.maximum(reader["head.seen"], more["head.seen"])}
    return reader


def agreed(examples: Sequence[Example], scores: Sequence[NDArray[np.float64]]) -> list[Agreed]:
    """What questions worded alike mean by their scores together, the surest first; ``scores`` are log odds."""
    signed = [_signatures(example) for example in examples]
    alike: dict[str, list[int]] = defaultdict(list)
    chances = [_softmax(found) for found in scores]
    for place, (own, chance) in enumerate(zip(signed, chances, strict=True)):
        best = own[int(np.argmax(chance))] if len(chance) else None
        if best is not None:
            alike[best[0]].append(place)
    out = []
    for text, places in alike.items():
        votes: dict[Signature, float] = defaultdict(float)
        for place in places:
            for signature, share in _by_signature(text, signed[place], chances[place]).items():
                votes[signature] += math.log(max(share, FLOOR)) - math.log(FLOOR)
        together = _softmax(np.asarray(list(votes.values())) / len(places))
        won, surely = list(votes)[int(np.argmax(together))], float(together.max())
        for place in places:
            right = [plan for plan, signature in enumerate(signed[place]) if signature == won]
            if right:
                out.append(Agreed(place, np.asarray(right, dtype=np.int64), len(won[1]), surely))
    return sorted(out, key=lambda item: (-item.chance, item.place))


def surest(found: Sequence[Agreed], share: float, examples: Sequence[Example]) -> list[Agreed]:
    """A share of what is agreed on for each number of hops, the surest, of questions worded alike only a few."""
    taken: dict[str, int] = defaultdict(int)
    out = []
    for hops in sorted({item.hops for item in found}):
        some = [item for item in found if item.hops == hops]
        for item in some[: math.ceil(share * len(some))]:
            text = examples[item.place].readings[0].text
            taken[text] += 1
            if taken[text] <= ALIKE:
                out.append(item)
    return out


def _signatures(example: Example) -> list[Signature | None]:
    """What each plan is to the reader; None for one that it does not read."""
    out: list[Signature | None] = [None] * len(example.features)
    for reading in example.readings:
        elements: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        operators: dict[int, list[int]] = defaultdict(list)
        for plan, *element in reading.plans.elements.tolist():
            elements[plan].append(tuple(element))
        for plan, operator in reading.plans.operators.tolist():
            operators[plan].append(operator)
        for plan, place in enumerate(reading.places.tolist()):
            out[place] = (reading.text, tuple(sorted(elements[plan])), tuple(sorted(operators[plan])))
    return out


def _by_signature(
    text: str, signatures: Sequence[Signature | None], chances: NDArray[np.float64]
) -> dict[Signature, float]:
    out: dict[Signature, float] = defaultdict(float)
    for signature, chance in zip(signatures, chances.tolist(), strict=True):
        if signature is not None and signature[0] == text:
            out[signature] += chance
    return out


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.exp(scores - scores.max(initial=-np.inf)) if len(scores) else scores
    out: NDArray[np.float64] = shares / shares.sum() if len(scores) else shares
    return out
