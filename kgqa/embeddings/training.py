"""Training of knowledge-graph embeddings from a store: read, split, learn, calibrate, publish."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kgqa.embeddings.artefact import Artefact, publish_artefact
from kgqa.embeddings.domains import MISSING_SHARE, Domains
from kgqa.embeddings.graph import LearningGraph, Split, mirror_relations, read_learning_graph, split_triples
from kgqa.embeddings.heldout import calibrate
from kgqa.embeddings.loop import LoopOptions, LoopResult, evaluate_ranks, train_model, uses_one_to_all
from kgqa.embeddings.models import (
    DEFAULT_ARGUMENTS,
    DEFAULT_MODEL,
    WITH_INVERSES,
    build_model,
    normalise_name,
    resolve_device,
    weights_to_bytes,
)
from kgqa.errors import ModelError, UsageError
from kgqa.graph.store import GraphStore
from kgqa.types import Progress

MIN_TRIPLES = 20


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What was trained, and how good it is on statements that it has not seen (``metrics``)."""

    folder: Path
    model: str
    entities: int
    relations: int
    triples: int
    epochs: int
    seconds: float
    metrics: Mapping[str, float]


def train_embeddings(
    store: GraphStore,
    folder: Path,
    *,
    model: str = DEFAULT_MODEL,
    model_arguments: Mapping[str, Any] | None = None,
    dim: int = 128,
    epochs: int = 60,
    batch_size: int | None = None,
    learning_rate: float = 0.01,
    patience: int = 2,
    check_every: int = 5,
    valid_share: float = 0.1,
    test_share: float = 0.05,
    categories: bool = True,
    seed: int = 0,
    device: str = "auto",
    progress: Progress | None = None,
) -> TrainingReport:
    """Trains a PyKEEN model on the statements of ``store`` and publishes it below ``folder``.

    ``model`` is any PyKEEN model by name, ``model_arguments`` its constructor's (plain JSON values), ``dim`` its
    ``embedding_dim``. ``valid_share`` of the statements stops the training in time and calibrates the probabilities,
    ``test_share`` judges both; neither is trained on. ``categories``: literals that name a class take part. The same
    store, settings and seed give the same model on the same kind of machine. The default, ComplEx with reciprocal
    relations and a 1-N cross-entropy loss, follows Lacroix et al. 2018 and Ruffinelli et al. 2020.

    Raises UsageError for settings that make no sense and ModelError when the graph is too small or training diverges.
    """
    _check(
        dim=dim, epochs=epochs, batch_size=batch_size, patience=patience, check_every=check_every, rate=learning_rate
    )
    name = normalise_name(model)
    place = resolve_device(device)
    started = time.perf_counter()
    revision = store.revision
    sources = {info.name: info.revision for info in store.sources() if info.finished}
    graph = read_learning_graph(store, categories=categories)
    if len(graph.triples) < MIN_TRIPLES:
        raise ModelError(
            f"the graph has {len(graph.triples)} statements between entities; embeddings need at least {MIN_TRIPLES}"
        )
    split = split_triples(
        graph.triples,
        valid_share=valid_share,
        test_share=test_share,
        seed=seed,
        mirrors=mirror_relations(graph.triples),
    )
    arguments = _arguments(name, len(graph.vocabulary.refs), dim, model_arguments or {})
    inverses = name in WITH_INVERSES or uses_one_to_all(name, len(graph.vocabulary.refs))
    network = build_model(
        name,
        arguments,
        split.train,
        entities=len(graph.vocabulary.refs),
        relations=len(graph.vocabulary.relations),
        inverses=inverses,
        seed=seed,
    )
    options = LoopOptions(epochs, learning_rate, patience, check_every, seed, place, batch_size)
    result = train_model(network, name, split.train, split.valid, [graph.triples], options=options, progress=progress)
    if progress is not None:
        progress("calibrating predictions", 0, None)
    functional = declared_functional(store, graph.vocabulary.relations)
    manifest = {
        "kind": "embeddings",
        "model": {"name": name, "arguments": arguments, "inverses": inverses, "seed": seed},
        "training": _training(result, options, split),
        "functional": {graph.vocabulary.relations[number]: value for number, value in functional.items()},
        "missing_share": MISSING_SHARE,
        "revision": revision,
        "sources": sources,
        **_judge(network, graph, split, functional, seed),
    }
    triples = np.concatenate([split.train, split.valid, split.test])
    part = publish_artefact(Artefact(manifest, graph.vocabulary, triples, weights_to_bytes(network)), folder)
    return TrainingReport(
        folder=part,
        model=name,
        entities=len(graph.vocabulary.refs),
        relations=len(graph.vocabulary.relations),
        triples=len(graph.triples),
        epochs=result.epochs,
        seconds=time.perf_counter() - started,
        metrics=manifest["metrics"],
    )


def declared_functional(store: GraphStore, relations: tuple[str, ...]) -> dict[int, bool]:
    """What the graph itself says of relations having one value at most, by position in ``relations``."""
    said = {relation.id: relation.functional for relation in store.relations()}
    return {number: value for number, name in enumerate(relations) if (value := said.get(name)) is not None}


def _judge(
    network: Any, graph: LearningGraph, split: Split, functional: Mapping[int, bool], seed: int
) -> dict[str, Any]:
    """Ranks of the held-out statements, the calibration fitted on some of them, its error on the others."""
    domains = Domains(split.train, graph.vocabulary.types, functional=functional)
    calibration, figures = calibrate(
        network,
        domains,
        graph.vocabulary.relations,
        train=split.train,
        valid=split.valid,
        test=split.test,
        seed=seed,
    )
    ranks = evaluate_ranks(network, split.test, [split.train, split.valid])
    metrics = {key: round(value, 6) for key, value in (ranks | figures).items()}
    return {"metrics": metrics, "calibration": calibration.to_dict()}


def _training(result: LoopResult, options: LoopOptions, split: Split) -> dict[str, Any]:
    return {
        "epochs": result.epochs,
        "best_epoch": result.best_epoch,
        "validation_mrr": result.best_mrr,
        "loss": result.loss,
        "learning_rate": options.learning_rate,
        "train": len(split.train),
        "valid": len(split.valid),
        "test": len(split.test),
    }


def _arguments(name: str, entities: int, dim: int, given: Mapping[str, Any]) -> dict[str, Any]:
    loss = {"loss": "crossentropy"} if uses_one_to_all(name, entities) else {}
    return {"embedding_dim": dim, **loss, **DEFAULT_ARGUMENTS.get(name, {}), **given}


def _check(*, dim: int, epochs: int, batch_size: int | None, patience: int, check_every: int, rate: float) -> None:
    whole = {"dim": dim, "epochs": epochs, "patience": patience, "check_every": check_every}
    if batch_size is not None:
        whole["batch_size"] = batch_size
    for option, value in whole.items():
        if value < 1:
            raise UsageError(f"{option} must be at least 1, not {value}")
    if not np.isfinite(rate) or rate <= 0:
        raise UsageError(f"learning_rate must be above 0, not {rate}")
