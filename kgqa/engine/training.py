"""Training by name: what can be trained, and where it is put."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kgqa.config import Settings
from kgqa.engine.folders import Folders
from kgqa.engine.location import Location
from kgqa.engine.reports import TrainReport
from kgqa.errors import UsageError
from kgqa.graph.store import GraphStore
from kgqa.types import Progress

_PLANNER_OPTIONS = frozenset({"questions", "steps", "labelled", "log"})


def train(
    what: str,
    store: GraphStore,
    folders: Folders,
    settings: Settings,
    *,
    progress: Progress | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
) -> TrainReport:
    """Trains ``what`` and publishes it. Raises UsageError for a name or option that is not known."""
    match what:
        case "embeddings":
            return _train_embeddings(store, folders, settings, progress, options)
        case "planner":
            _check(options, _PLANNER_OPTIONS)
            return _train_planner(store, folders, settings, progress, options)
        case "retriever":
            return _train_retriever(store, folders, settings, progress, options)
        case _:
            raise UsageError(f"cannot train {what!r}; there are: embeddings, planner, retriever")


def _train_embeddings(
    store: GraphStore, folders: Folders, settings: Settings, progress: Progress | None, options: Mapping[str, Any]
) -> TrainReport:
    from kgqa.embeddings.options import TrainingOptions
    from kgqa.embeddings.training import train_embeddings
    from kgqa.engine.rooms import open_encoder, server_store
    from kgqa.graph.snapshot import open_snapshot

    ours = {"hpo", "devices"}
    _check(options, TrainingOptions.names() - {"seed", "device"} | ours)  # those are settings
    given = {name: value for name, value in options.items() if name not in ours}
    chosen = TrainingOptions(seed=settings.seed, device=settings.device, **given)
    if (trials := options.get("hpo")) is not None:
        from kgqa.embeddings.tuning import tune

        chosen = tune(store, chosen, trials=int(trials), progress=progress)
    owner = server_store(store, "server_vectors") if settings.server_vectors else None
    if (devices := int(options.get("devices", 1))) == 1:
        encoder = open_encoder(settings) if chosen.text else None
        report = train_embeddings(store, folders.embeddings, chosen, encoder=encoder, progress=progress)
    else:
        from kgqa.engine.several import train_by_several

        place = Location(folders.root, store.location if "://" in store.location else None)
        report = train_by_several(place, folders.embeddings, chosen, settings, devices=devices, progress=progress)
    if owner is not None:
        from kgqa.embeddings.on_server import copy_embeddings

        copy_embeddings(folders.embeddings, owner, open_snapshot(folders.snapshot, store, progress=progress))
    metrics = {
        "model": report.model,
        "entities": report.entities,
        "relations": report.relations,
        "triples": report.triples,
        "epochs": report.epochs,
        "history": report.history,
        **report.metrics,
    }
    return TrainReport("embeddings", store.revision, report.seconds, metrics)


def _train_planner(
    store: GraphStore, folders: Folders, settings: Settings, progress: Progress | None, options: Mapping[str, Any]
) -> TrainReport:
    from kgqa.engine.rooms import open_encoder, open_rooms
    from kgqa.training.labelled import read_labelled
    from kgqa.training.planner import train_planner
    from kgqa.training.query_log import read_log

    started = time.perf_counter()
    options = dict(options)
    if (labelled := options.pop("labelled", None)) is not None:
        options["labelled"] = list(read_labelled(Path(labelled)))
    if (log := options.pop("log", None)) is not None:
        options["log"] = list(read_log(Path(log)))
    rooms = open_rooms(store, folders, settings, open_encoder(settings), progress=progress)
    report = train_planner(
        rooms.snapshot,
        store.relations(),
        rooms.encoder,
        folders.planner,
        seed=settings.seed,
        vocabulary=vocabulary() if (vocabulary := getattr(rooms.encoder, "vocabulary", None)) is not None else (),
        link=rooms.linker.link,
        sources=[source.name for source in store.sources() if source.finished],
        max_hops=settings.max_hops,
        beam=settings.beam,
        start_from=settings.reader,
        progress=progress,
        **options,
    )
    metrics = {"questions": report.questions, "right_before": report.before, "right_after": report.after}
    return TrainReport("planner", report.revision, time.perf_counter() - started, metrics)


def _train_retriever(
    store: GraphStore, folders: Folders, settings: Settings, progress: Progress | None, options: Mapping[str, Any]
) -> TrainReport:
    from kgqa.embeddings.encoder_files import local_folder
    from kgqa.engine.rooms import open_encoder, open_rooms
    from kgqa.engine.teaching import retriever_data
    from kgqa.training.retriever.data import save_data
    from kgqa.training.retriever.options import RetrieverOptions, usual_layers
    from kgqa.training.retriever.train import train_retriever

    started = time.perf_counter()
    names = RetrieverOptions.names() - {"seed", "device", "fsdp"}  # the first two are settings, fsdp needs torchrun
    _check(options, names | {"prepare"})
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in options.items()
    }
    prepare = given.pop("prepare", None)
    given.setdefault("layers", usual_layers(settings.device))
    chosen = RetrieverOptions(seed=settings.seed, device=settings.device, **given)
    chosen.check()
    base = local_folder(settings.encoder)
    rooms = open_rooms(store, folders, settings, open_encoder(settings), progress=progress)
    data = retriever_data(rooms, folders, settings, questions=chosen.questions, progress=progress)
    if prepare is not None:
        save_data(data, Path(prepare))
        metrics: dict[str, Any] = {"prepared": str(prepare), "examples": len(data.examples)}
        return TrainReport("retriever", rooms.revision, time.perf_counter() - started, metrics)
    report = train_retriever(data, base, folders.retriever, chosen, progress=progress)
    return TrainReport("retriever", rooms.revision, time.perf_counter() - started, report.metrics())


def _check(options: Mapping[str, Any], names: frozenset[str]) -> None:
    unknown = sorted(set(options) - names)
    if unknown:
        raise UsageError(f"no option {unknown[0]!r} here; there are: {', '.join(sorted(names))}")
