"""Trains the planner on one graph: questions synthesised from it, the ranker refitted and calibrated on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kgqa.errors import ModelError
from kgqa.graph.publish import new_part, publish, writing
from kgqa.reasoning.search.planner import Planner
from kgqa.reasoning.search.question.analysis import analyse
from kgqa.reasoning.search.ranking.ranker import RANKER, Ranker, load_ranker
from kgqa.training.fitting import Example, accuracy, fit_calibration, fit_weights
from kgqa.training.questions import SyntheticQuestion
from kgqa.training.synthesis import Synthesiser
from kgqa.training.thesaurus import Thesaurus
from kgqa.types import Mention, Progress, Relation, TextEncoder

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

FORMAT = 1
HELD_OUT = 0.25
"""Share of the questions that the ranker is calibrated and judged on."""
LEAST = 40

Link = Callable[[str], Sequence[Mention]]
Similar = Callable[[str], Sequence[str]]


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
    questions: int = 2000,
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
        seed: same seed, same planner
        vocabulary: words to draw paraphrases from, by the encoder's likeness; empty: none are drawn
        link: the linker, so that training sees its mistakes too; None uses the names put in
        sources: the graph's sources, named by the planner as those that it learnt from
        max_hops, beam: as for Planner

    Raises ModelError when the graph is too small to learn from.
    """
    ranker = load_ranker()
    planner = Planner(snapshot, relations, encoder, ranker=ranker, max_hops=max_hops, beam=beam)
    similar = paraphrases(planner, encoder, vocabulary, progress=progress)
    examples = synthetic_examples(
        planner, questions=questions, seed=seed, similar=similar, link=link, progress=progress
    )
    if len(examples) < LEAST:
        raise ModelError(
            f"only {len(examples)} questions could be made from this graph, {LEAST} are needed: "
            f"the packaged planner stays in use"
        )
    held_out = examples[:: round(1 / HELD_OUT)]
    rest = [example for place, example in enumerate(examples) if place % round(1 / HELD_OUT)]
    weights = fit_weights(rest, ranker.weights)
    report = PlannerReport(
        len(examples), accuracy(held_out, ranker.weights), accuracy(held_out, weights), snapshot.revision
    )
    _publish(folder, Ranker(weights, fit_calibration(held_out, weights)), report, encoder.name, seed, sources)
    return report


def synthetic_examples(
    planner: Planner,
    *,
    questions: int,
    seed: int,
    similar: Similar,
    link: Link | None = None,
    progress: Progress | None = None,
) -> list[Example]:
    """Questions drawn from the planner's graph, with the features of every candidate that search proposes for them."""
    synthesiser = Synthesiser(planner.snapshot, planner.schema, seed=seed, max_hops=planner.max_hops, similar=similar)
    drawn = synthesiser.draw(questions)
    planner.prepare([question.text for question in drawn])
    out = []
    for place, question in enumerate(drawn):
        if (example := _example(planner, question, link)) is not None:
            out.append(example)
        if progress is not None:
            progress("questions", place + 1, len(drawn))
    return out


def paraphrases(
    planner: Planner, encoder: TextEncoder, vocabulary: Sequence[str], *, progress: Progress | None = None
) -> Similar:
    """Where to look up words near in meaning; ``vocabulary`` empty: nowhere."""
    if not vocabulary:
        return lambda _: ()
    thesaurus = Thesaurus(sorted(set(vocabulary)), encoder, progress=progress)
    kinds = thesaurus.kinds(planner.schema)

    def similar(word: str) -> Sequence[str]:
        return kinds[int(word.removeprefix("class:"))] if word.startswith("class:") else thesaurus.near(word)

    return similar


def _example(planner: Planner, question: SyntheticQuestion, link: Link | None) -> Example | None:
    """Features of every candidate, and which are right; None when none is (a name was not found, the beam lost it)."""
    mentions = question.mentions if link is None else tuple(link(question.text))
    scene = planner.scene(analyse(question.text, mentions))
    candidates, _ = planner.candidates(scene)
    right = np.asarray([k for k, item in enumerate(candidates) if item.plan in question.plans], dtype=np.int64)
    if len(right) == 0:
        return None
    return Example(planner.featurise(candidates, scene), right, question.shape)


def _publish(
    folder: Path, ranker: Ranker, report: PlannerReport, encoder: str, seed: int, sources: Sequence[str]
) -> None:
    info = {
        "format": FORMAT,
        "revision": report.revision,
        "sources": sorted(sources),
        "encoder": encoder,
        "seed": seed,
        "questions": report.questions,
        "right_before": {shape: round(value, 4) for shape, value in report.before.items()},
        "right_after": {shape: round(value, 4) for shape, value in report.after.items()},
    }
    with writing(folder):
        part = new_part(folder, "planner")
        ranker.save(part / RANKER, fitted_on="questions synthesised from this graph", seed=seed)
        publish(folder, [part.name], info)
