"""Training of knowledge-graph embeddings from a store: read, split, learn, calibrate, publish."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kgqa.embeddings.artefact import Artefact, open_artefact, publish_artefact
from kgqa.embeddings.domains import MISSING_SHARE, Domains
from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.fusion import Fusion
from kgqa.embeddings.graph import (
    LearningGraph,
    Split,
    mirror_relations,
    read_learning_graph,
    split_by_source,
    split_triples,
)
from kgqa.embeddings.heldout import calibrate, calibrate_triples, weigh
from kgqa.embeddings.learning import learn, open_checkpoints
from kgqa.embeddings.models import (
    BATCHED,
    DEFAULT_ARGUMENTS,
    WITH_INVERSES,
    build_model,
    normalise_name,
    weights_to_bytes,
)
from kgqa.embeddings.options import Loop, Recipe, TrainingOptions, recipe_for
from kgqa.embeddings.precedents import Precedents
from kgqa.embeddings.processes import Processes, processes
from kgqa.embeddings.ranking import ValueRanker
from kgqa.embeddings.scoring import LINEAR
from kgqa.embeddings.softmax import draw_weights
from kgqa.embeddings.texts import join_texts, texts_of
from kgqa.embeddings.warm import start_from
from kgqa.embeddings.watch import LoopResult
from kgqa.errors import ModelError, UsageError
from kgqa.graph.store import GraphStore
from kgqa.index.vector_refresh import Encoder
from kgqa.types import Progress

MIN_TRIPLES = 20


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What was trained, and how good it is on statements that it has not seen (``metrics``).

    ``history``: (epoch, seconds, validation MRR) at each check.
    """

    folder: Path
    model: str
    entities: int
    relations: int
    triples: int
    epochs: int
    seconds: float
    metrics: Mapping[str, float]
    history: tuple[tuple[int, float, float], ...] = ()


def train_embeddings(
    store: GraphStore,
    folder: Path,
    options: TrainingOptions | None = None,
    *,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> TrainingReport:
    """Trains a PyKEEN model on the statements of ``store`` and publishes it below ``folder``.

    The same store, options and seed give the same model on the same kind of machine; one that was killed goes on from
    its last checkpoint when it is started again on the same statements with the same options, to the same result.
    Started by torchrun, it shares each batch among the processes; the first of them writes. ``encoder``: of texts,
    where ``options`` say that these take part.

    Raises UsageError for options that make no sense and ModelError when the graph is too small or training diverges.
    """
    options = options or TrainingOptions()
    options.check()
    normalise_name(options.model)
    if options.text and encoder is None:
        raise UsageError("text takes part by an encoder: give one, or leave text out")
    with processes(options.device) as group:
        return _train(store, folder, options, group, progress, encoder=encoder if options.text else None)


def _train(
    store: GraphStore,
    folder: Path,
    options: TrainingOptions,
    group: Processes,
    progress: Progress | None,
    *,
    encoder: Encoder | None = None,
) -> TrainingReport:
    name = normalise_name(options.model)
    started = time.perf_counter()
    revision = store.revision
    sources = {info.name: info.revision for info in store.sources() if info.finished}
    graph = read_learning_graph(store, categories=options.categories)
    if len(graph.triples) < MIN_TRIPLES:
        raise ModelError(
            f"the graph has {len(graph.triples)} statements between entities; embeddings need at least {MIN_TRIPLES}"
        )
    split = _split(store, graph, options)
    entities, relations = len(graph.vocabulary.refs), len(graph.vocabulary.relations)
    recipe = recipe_for(
        options,
        linear=name in LINEAR,
        batched=name in BATCHED,
        entities=entities,
        triples=len(split.train),
        device=group.device,
    )
    if group.world > 1 and recipe.loop is not Loop.SOFTMAX:
        raise UsageError(f"several processes train by the softmax loop, not by {recipe.loop}: start one")
    if encoder is not None and name not in LINEAR:
        raise UsageError(f"text takes part in ComplEx and DistMult, not in {options.model!r}: leave text out")
    arguments = _arguments(name, recipe, options)
    inverses = name in WITH_INVERSES or recipe.loop in (Loop.SOFTMAX, Loop.LCWA)
    network = build_model(
        name, arguments, split.train, entities=entities, relations=relations, inverses=inverses, seed=options.seed
    )
    if recipe.loop is Loop.SOFTMAX:
        draw_weights(network, seed=options.seed)
    if options.warm:
        start_from(network, graph.vocabulary, folder, name=name)
    model = {"name": name, "arguments": arguments, "inverses": inverses, "seed": options.seed}
    evaluator = RankEvaluator([graph.triples], relations=relations, max_scores=options.max_scores)
    checkpoints = open_checkpoints(folder, options, model, recipe, split, world=group.world)
    result = learn(network, split, recipe, options, evaluator, group, checkpoints, progress)
    if group.first:
        text = None
        if encoder is not None:
            words = texts_of(store, graph.vocabulary)
            text = join_texts(network, words, encoder, split, evaluator, seed=options.seed, progress=progress)
        if progress is not None:
            progress("calibrating predictions", 0, None)
        functional = declared_functional(store, graph.vocabulary.relations)
        manifest = {
            "kind": "embeddings",
            "model": model,
            "training": {**_training(result, recipe, split), "processes": group.world},
            "functional": {graph.vocabulary.relations[number]: value for number, value in functional.items()},
            "missing_share": MISSING_SHARE,
            "revision": revision,
            "sources": sources,
            "text": None if text is None or encoder is None else text.to_dict(encoder),
            **_judge(network, graph, split, functional, evaluator, options.seed),
        }
        triples = np.concatenate([split.train, split.valid, split.test])
        matrix = None if text is None else text.map.matrix
        publish_artefact(Artefact(manifest, graph.vocabulary, triples, weights_to_bytes(network), matrix), folder)
        if checkpoints is not None:
            checkpoints.remove()
    group.agree(np.zeros(1))  # the others wait here until it is published
    part, published = open_artefact(folder)
    return TrainingReport(
        folder=part,
        model=name,
        entities=entities,
        relations=relations,
        triples=len(graph.triples),
        epochs=result.epochs,
        seconds=time.perf_counter() - started,
        metrics=published.manifest["metrics"],
        history=result.history,
    )


def declared_functional(store: GraphStore, relations: tuple[str, ...]) -> dict[int, bool]:
    """What the graph itself says of relations having one value at most, by position in ``relations``."""
    said = {relation.id: relation.functional for relation in store.relations()}
    return {number: value for number, name in enumerate(relations) if (value := said.get(name)) is not None}


def _split(store: GraphStore, graph: LearningGraph, options: TrainingOptions) -> Split:
    if options.valid_source is not None or options.test_source is not None:
        return split_by_source(store, graph, valid=options.valid_source, test=options.test_source)
    return split_triples(
        graph.triples,
        valid_share=options.valid_share,
        test_share=options.test_share,
        seed=options.seed,
        mirrors=mirror_relations(graph.triples),
    )


def _judge(
    network: Any,
    graph: LearningGraph,
    split: Split,
    functional: Mapping[int, bool],
    evaluator: RankEvaluator,
    seed: int,
) -> dict[str, Any]:
    """Ranks of the held-out statements, the calibration fitted on some of them, its error on the others."""
    parts: dict[str, Any] = {"train": split.train, "valid": split.valid, "test": split.test, "seed": seed}
    domains = Domains(split.train, graph.vocabulary.types, functional=functional)
    precedents = Precedents(split.train, domains.types, entities=domains.entities)
    ranker = ValueRanker(network, domains, graph.vocabulary.relations, precedents=precedents, fusion=Fusion())
    fusion = weigh(ranker, **parts)
    ranker = ValueRanker(network, domains, graph.vocabulary.relations, precedents=precedents, fusion=fusion)
    calibration, figures = calibrate(ranker, **parts)
    triples, triple_figures = calibrate_triples(network, graph.vocabulary.relations, **parts)
    figures |= triple_figures
    every = evaluator.figures(network, split.test)
    ranks = (
        {name: every[f"both.realistic.{name}"] for name in ("mrr", "hits_at_1", "hits_at_3", "hits_at_10")}
        if every
        else {}
    )
    metrics = {key: round(value, 6) for key, value in (ranks | figures).items()}
    return {
        "metrics": metrics,
        "fusion": fusion.to_dict(),
        "calibration": calibration.to_dict(),
        "triple_calibration": triples.to_dict(),
    }


def _training(result: LoopResult, recipe: Recipe, split: Split) -> dict[str, Any]:
    return {
        **recipe.to_dict(),
        "epochs": result.epochs,
        "best_epoch": result.best_epoch,
        "validation_mrr": result.best_mrr,
        "loss_at_end": result.loss,
        "train": len(split.train),
        "valid": len(split.valid),
        "test": len(split.test),
    }


def _arguments(name: str, recipe: Recipe, options: TrainingOptions) -> dict[str, Any]:
    """The constructor's arguments: the softmax loop has its own loss and penalty, PyKEEN's take the model's."""
    if recipe.loop is Loop.SOFTMAX:
        return {"embedding_dim": recipe.dim * recipe.members, "regularizer": None, **options.model_arguments}
    out: dict[str, Any] = {"embedding_dim": recipe.dim, **DEFAULT_ARGUMENTS.get(name, {})}
    if recipe.loop is not Loop.NEGATIVES:
        out["loss"] = "crossentropy"
    for part in ("loss", "regularizer"):
        if (chosen := getattr(options, part)) is not None:
            out |= {part: chosen, f"{part}_kwargs": dict(getattr(options, f"{part}_arguments")) or None}
    return out | dict(options.model_arguments)
