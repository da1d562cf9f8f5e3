"""Trains the planner on one graph: questions synthesised from it, the ranker refitted and calibrated on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kgqa.errors import ModelError
from kgqa.graph.publish import new_part, publish, writing
from kgqa.reasoning.search.planner import Planner
from kgqa.reasoning.search.question.analysis import analyse
from kgqa.reasoning.search.ranking.ranker import RANKER, Ranker, load_ranker
from kgqa.reasoning.search.ranking.reading import READER, fingerprint_of, save_reader, token_states
from kgqa.training.examples import Example, Reading
from kgqa.training.fitting import accuracy, fit_calibration, fit_weights, linear_scores
from kgqa.training.lexis import Paraphrases, Plain
from kgqa.training.questions import SyntheticQuestion
from kgqa.training.reading import readings, together, train_reader
from kgqa.training.synthesis import Synthesiser
from kgqa.training.thesaurus import Thesaurus
from kgqa.types import Mention, Progress, Relation, TextEncoder

if TYPE_CHECKING:
    from torch import Tensor

    from kgqa.graph.snapshot import Snapshot

FORMAT = 1
HELD_OUT = 0.25
"""Share of the questions that the ranker is calibrated and judged on."""
LEAST = 40

Link = Callable[[str], Sequence[Mention]]


@dataclass(frozen=True, slots=True)
class PlannerReport:
    """What training did: questions used, and the share of held-out ones ranked right before and after, by shape."""

    questions: int
    before: dict[str, float]
    after: dict[str, float]
    revision: int


def train_planner(
    snapshot: Snapshot,
    relations: Sequence[Relation],
    encoder: TextEncoder,
    folder: Path,
    *,
    questions: int = 4000,
    steps: int = 400,
    seed: int = 0,
    vocabulary: Sequence[str] = (),
    link: Link | None = None,
    sources: Sequence[str] = (),
    max_hops: int = 3,
    beam: int = 64,
    progress: Progress | None = None,
) -> PlannerReport:
    """Fits the plan ranker to questions synthesised from the graph and publishes it in ``folder``.

    Args:
        snapshot, relations, encoder: as for Planner
        folder: where planners of this graph are published (``load_ranker`` reads the newest)
        questions: how many to synthesise
        steps: of training the reader, where the encoder lets its layers be tuned; 0: none is trained
        seed: same seed, same planner
        vocabulary: words to draw paraphrases from, by the encoder's likeness; empty: none are drawn
        link: the linker, so that training sees its mistakes too; None uses the names put in
        sources: the graph's sources, named by the planner as those that it learnt from
        max_hops, beam: as for Planner

    Raises ModelError when the graph is too small to learn from.
    """
    ranker = load_ranker()
    planner = Planner(snapshot, relations, encoder, ranker=ranker, max_hops=max_hops, beam=beam)
    near = paraphrases(planner, encoder, vocabulary, progress=progress)
    examples = synthetic_examples(
        planner, encoder, questions=questions, seed=seed, near=near, link=link, progress=progress
    )
    if len(examples) < LEAST:
        raise ModelError(
            f"only {len(examples)} questions could be made from this graph, {LEAST} are needed: "
            f"the packaged planner stays in use"
        )
    every = round(1 / HELD_OUT)
    held_out = examples[::every]
    rest = [example for place, example in enumerate(examples) if place % every]
    weights = fit_weights(rest, ranker.weights)
    before, scores = linear_scores(held_out, ranker.weights), linear_scores(held_out, weights)
    states = token_states(encoder)
    reader = None
    if states is not None and steps:
        learnt = [(example.readings, example.right) for example in rest if len(example.right)]
        reader = train_reader(states, planner.schema, learnt, steps=steps, seed=seed, progress=progress)
        scores = together(states, planner.schema, held_out, scores, reader)
    report = PlannerReport(len(examples), accuracy(held_out, before), accuracy(held_out, scores), snapshot.revision)
    _publish(
        folder, Ranker(weights, fit_calibration(held_out, scores)), reader, planner, report, encoder, seed, sources
    )
    return report


def synthetic_examples(
    planner: Planner,
    encoder: TextEncoder,
    *,
    questions: int,
    seed: int,
    near: Paraphrases,
    link: Link | None = None,
    progress: Progress | None = None,
) -> list[Example]:
    """Questions drawn from the planner's graph, with the features of every candidate that search proposes for them."""
    synthesiser = Synthesiser(planner.snapshot, planner.schema, seed=seed, max_hops=planner.max_hops, near=near)
    drawn = synthesiser.draw(questions)
    planner.prepare([question.text for question in drawn])
    states = token_states(encoder)
    mask = None if states is None else states.mask_word
    out = []
    for place, question in enumerate(drawn):
        if (example := _example(planner, question, link, mask)) is not None:
            out.append(example)
        if progress is not None:
            progress("questions", place + 1, len(drawn))
    return out


def paraphrases(
    planner: Planner, encoder: TextEncoder, vocabulary: Sequence[str], *, progress: Progress | None = None
) -> Paraphrases:
    """Where to look up words near in meaning; ``vocabulary`` empty: nowhere."""
    if not vocabulary:
        return Plain()
    return Thesaurus(sorted(set(vocabulary)), encoder, planner.schema, progress=progress)


def _example(planner: Planner, question: SyntheticQuestion, link: Link | None, mask: str | None) -> Example | None:
    """Features of every candidate, and which are right; None when there is no candidate at all."""
    mentions = question.mentions if link is None else tuple(link(question.text))
    scene = planner.scene(analyse(question.text, mentions))
    candidates, _ = planner.candidates(scene)
    if not candidates:
        return None
    right = np.asarray([k for k, item in enumerate(candidates) if item.plan in question.plans], dtype=np.int64)
    features = planner.featurise(candidates, scene)
    seen: tuple[Reading, ...] = ()
    if mask is not None:
        scores = planner.ranker.scores(features)
        seen = readings(scene.analysis, candidates, scores, right.tolist(), planner.schema, mask)
    return Example(features, right, question.shape, seen)


def _publish(
    folder: Path,
    ranker: Ranker,
    reader: Mapping[str, Tensor] | None,
    planner: Planner,
    report: PlannerReport,
    encoder: TextEncoder,
    seed: int,
    sources: Sequence[str],
) -> None:
    info = {
        "format": FORMAT,
        "revision": report.revision,
        "sources": sorted(sources),
        "encoder": encoder.name,
        "seed": seed,
        "questions": report.questions,
        "right_before": {shape: round(value, 4) for shape, value in report.before.items()},
        "right_after": {shape: round(value, 4) for shape, value in report.after.items()},
    }
    with writing(folder):
        part = new_part(folder, "planner")
        ranker.save(part / RANKER, fitted_on="questions synthesised from this graph", seed=seed)
        if reader is not None:
            save_reader(part / READER, reader, planner.schema, fingerprint=fingerprint_of(encoder))
        publish(folder, [part.name], info)
