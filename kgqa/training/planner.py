"""Trains the planner on one graph: questions synthesised from it, the ranker refitted and calibrated on them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import ModelError
from kgqa.graph.publish import new_part, publish, writing
from kgqa.reasoning.search.planner import Planner
from kgqa.reasoning.search.proposals import Proposal
from kgqa.reasoning.search.ranking.ranker import RANKER, Ranker, load_ranker
from kgqa.reasoning.search.ranking.reader import column_vectors
from kgqa.reasoning.search.ranking.reader_files import READER, bert_of, fingerprint_of, general_reader, save_reader
from kgqa.reasoning.search.ranking.reading import PlanReader
from kgqa.training.choice import EVERY
from kgqa.training.examples import Example, Reading
from kgqa.training.fitting import accuracy, fit_calibration, fit_share, fit_weights, linear_scores
from kgqa.training.labelled import LabelledQuestion, right_plans
from kgqa.training.lexis import Paraphrases, Plain
from kgqa.training.query_log import learn_from_log
from kgqa.training.questions import SyntheticQuestion
from kgqa.training.reading import BATCH, Asked, Lesson, favouring_hops, read, readings, train_reader, tunable
from kgqa.training.synthesis import Synthesiser
from kgqa.training.thesaurus import Thesaurus
from kgqa.types import Mention, Progress, Relation, TextEncoder

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

FORMAT = 1
WORTH = 0.9
"""A reader is kept where it leaves at most this share of the errors on questions worded otherwise than it learnt."""
PER_HOP = 1.0
"""What each hop is given on top (log odds) when a log is read: people say hops less clearly than was learnt so far."""
LEAST = 40
PASSES = 5
"""How often the reader sees each question in training."""
LOG_MOST = 6000
"""Questions of a log that are learnt from, drawn with the seed."""

Link = Callable[[str], Sequence[Mention]]


@dataclass(frozen=True, slots=True)
class PlannerReport:
    """What training did: questions used, and the share of those kept back ranked right before and after, by shape."""

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
    questions: int = 10_000,
    steps: int | None = None,
    seed: int = 0,
    vocabulary: Sequence[str] = (),
    link: Link | None = None,
    labelled: Sequence[LabelledQuestion] = (),
    log: Sequence[str] = (),
    sources: Sequence[str] = (),
    max_hops: int = 3,
    beam: int = 64,
    start_from: Path | None = None,
    progress: Progress | None = None,
) -> PlannerReport:
    """Fits the plan ranker to questions synthesised from the graph and publishes it in ``folder``.

    Args:
        snapshot, relations, encoder: as for Planner
        folder: where planners of this graph are published (``load_ranker`` reads the newest)
        questions: how many to synthesise
        steps: of training the reader, where the encoder lets its layers be tuned; None goes five times through the
            questions and keeps the reader only where it helps with others, worded otherwise; 0 trains none
        seed: same seed, same planner
        vocabulary: words to draw paraphrases from, by the encoder's likeness; empty: none are drawn
        link: the linker, so that training sees its mistakes too; None uses the names put in
        labelled: questions with their answers, learnt from beside the synthesised ones; needs ``link``
        log: questions without answers, as people asked them; needs ``link`` and an encoder whose layers can be tuned
        sources: the graph's sources, named by the planner as those that it learnt from
        max_hops, beam: as for Planner
        start_from: a file with a reader to go on from, as for ``general_reader``; None: the encoder as it is

    Raises ModelError when the graph is too small to learn from.
    """
    ranker = load_ranker()
    planner = Planner(snapshot, relations, encoder, ranker=ranker, max_hops=max_hops, beam=beam, classes=False)
    near = paraphrases(planner, encoder, vocabulary, progress=progress)
    examples = synthetic_examples(
        planner, encoder, questions=questions, seed=seed, near=near, link=link, progress=progress
    )
    if len(examples) < LEAST:
        raise ModelError(
            f"only {len(examples)} questions could be made from this graph, {LEAST} are needed: "
            f"the packaged planner stays in use"
        )
    asked = labelled_examples(planner, encoder, labelled, link) if link is not None else []
    logged = log_examples(planner, encoder, log, link, seed=seed, progress=progress) if link is not None else []
    examples += [replace(example, kept_back=k % EVERY == EVERY - 1) for k, example in enumerate(asked)]
    kept_back = [example for example in examples if example.kept_back]
    rest = [example for example in examples if not example.kept_back]
    # People's labelled questions teach the packaged weights; synthesised ones say too little of how people ask.
    weights = fit_weights(rest, ranker.weights) if labelled else ranker.weights
    bert = bert_of(encoder)
    general = general_reader(start_from, encoder, planner.schema)
    own = linear_scores(kept_back, weights)
    before = _both(linear_scores(kept_back, ranker.weights), kept_back, general)
    scores = _both(own, kept_back, general)
    reader = None
    learnt = [Asked(example.readings, example.right) for example in rest if len(example.right)]
    wanted = round(PASSES * len(learnt) / BATCH) if steps is None else steps
    if bert is not None and wanted and learnt:
        start = None if general is None else general.weights
        lesson = Lesson((column_vectors(planner.schema),), learnt)
        reader = train_reader(tunable(encoder), [lesson], steps=wanted, seed=seed, start=start, progress=progress)
        if logged:
            linear = linear_scores(logged, weights)

            def judge(weights: Mapping[str, NDArray[np.float32]]) -> list[NDArray[np.float64]]:
                return _both(linear, logged, PlanReader(favouring_hops(weights, PER_HOP), bert, planner.schema))

            reader = learn_from_log(tunable(encoder), reader, lesson, logged, judge, seed=seed, progress=progress)
        said = read(PlanReader(reader, bert, planner.schema), kept_back)
        share = _share(kept_back, own, said)
        both = [mine + share * more for mine, more in zip(own, said, strict=True)]
        if steps is None and _error(kept_back, both) > WORTH * _error(kept_back, scores):
            reader = None
        else:
            reader["head.share"] *= share
            scores = both
    report = PlannerReport(len(examples), accuracy(kept_back, before), accuracy(kept_back, scores), snapshot.revision)
    learnt_nothing = reader is None and not labelled
    _publish(
        folder,
        ranker if learnt_nothing else Ranker(weights, fit_calibration(kept_back, scores, weights)),
        reader,
        planner,
        report,
        encoder,
        seed,
        sources,
    )
    return report


def _both(
    own: Sequence[NDArray[np.float64]], examples: Sequence[Example], reader: PlanReader | None
) -> list[NDArray[np.float64]]:
    """Scores with a reader's added, where there is one."""
    if reader is None:
        return list(own)
    return [mine + more for mine, more in zip(own, read(reader, examples), strict=True)]


def _share(
    kept_back: Sequence[Example], own: Sequence[NDArray[np.float64]], read: Sequence[NDArray[np.float64]]
) -> float:
    """How much the reader counts: as people's labelled questions show, where there are some, else those kept back."""
    asked = [place for place, example in enumerate(kept_back) if example.shape == "labelled"]
    judges = asked if len(asked) >= LEAST else range(len(kept_back))
    return fit_share([kept_back[k] for k in judges], [own[k] for k in judges], [read[k] for k in judges])


def _error(examples: Sequence[Example], scores: Sequence[NDArray[np.float64]]) -> float:
    return 1.0 - accuracy(examples, scores)["all"]


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
    mentions = [question.mentions if link is None else link(question.text) for question in drawn]
    planner.prepare([question.text for question in drawn], mentions)
    bert = bert_of(encoder)
    mask = None if bert is None else bert.mask_word
    out = []
    for place, (question, found) in enumerate(zip(drawn, mentions)):
        if (example := _example(planner, question, found, mask)) is not None:
            out.append(example)
        if progress is not None:
            progress("questions", place + 1, len(drawn))
    return out


def labelled_examples(
    planner: Planner, encoder: TextEncoder, labelled: Sequence[LabelledQuestion], link: Link
) -> list[Example]:
    """Labelled questions as examples; a question that no plan answers teaches only how often that is so."""
    mentions = [link(question.text) for question in labelled]
    planner.prepare([question.text for question in labelled], mentions)
    bert = bert_of(encoder)
    mask = None if bert is None else bert.mask_word
    out = []
    for question, found in zip(labelled, mentions):
        proposal = planner.propose(question.text, found)
        right = right_plans(proposal.candidates, proposal.scores, question.answers, planner.snapshot)
        if proposal.candidates:
            out.append(_as_example(planner, proposal, right, "labelled", mask))
    return out


def log_examples(
    planner: Planner,
    encoder: TextEncoder,
    log: Sequence[str],
    link: Link,
    *,
    seed: int,
    progress: Progress | None = None,
) -> list[Example]:
    """Questions without answers as examples of which nothing is known to be right: at most ``LOG_MOST``."""
    questions = random.Random(seed).sample(list(log), LOG_MOST) if len(log) > LOG_MOST else list(log)
    mentions = [link(question) for question in questions]
    planner.prepare(questions, mentions)
    bert = bert_of(encoder)
    mask = None if bert is None else bert.mask_word
    out = []
    for place, (question, found) in enumerate(zip(questions, mentions)):
        proposal = planner.propose(question, found)
        if proposal.candidates:
            out.append(_as_example(planner, proposal, np.empty(0, dtype=np.int64), "asked", mask))
        if progress is not None:
            progress("log", place + 1, len(questions))
    return out


def paraphrases(
    planner: Planner, encoder: TextEncoder, vocabulary: Sequence[str], *, progress: Progress | None = None
) -> Paraphrases:
    """Where to look up words near in meaning; ``vocabulary`` empty: nowhere."""
    if not vocabulary:
        return Plain()
    return Thesaurus(sorted(set(vocabulary)), encoder, planner.schema, progress=progress)


def _example(
    planner: Planner, question: SyntheticQuestion, mentions: Sequence[Mention], mask: str | None
) -> Example | None:
    """Features of every candidate, and which are right; None when there is no candidate at all."""
    proposal = planner.propose(question.text, mentions)
    if not proposal.candidates:
        return None
    right = [k for k, item in enumerate(proposal.candidates) if item.plan in question.plans]
    example = _as_example(planner, proposal, np.asarray(right, dtype=np.int64), question.shape, mask)
    return replace(example, kept_back=question.kept_back)


def _as_example(
    planner: Planner, proposal: Proposal, right: NDArray[np.int64], shape: str, mask: str | None
) -> Example:
    seen: tuple[Reading, ...] = ()
    if mask is not None:
        analysis, candidates = proposal.scene.analysis, proposal.candidates
        seen = readings(analysis, candidates, proposal.scores, right.tolist(), planner.schema, mask)
    return Example(proposal.features, right, shape, seen)


def _publish(
    folder: Path,
    ranker: Ranker,
    reader: Mapping[str, NDArray[np.float32]] | None,
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
