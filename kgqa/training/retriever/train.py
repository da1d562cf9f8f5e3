"""Trains the retriever from its data and publishes it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.processes import Processes, processes
from kgqa.embeddings.towers.artefact import publish_towers
from kgqa.embeddings.towers.fusion import Fusion
from kgqa.embeddings.towers.network import build_network, fusion_weights
from kgqa.embeddings.towers.tasks import Task
from kgqa.embeddings.watch import Checkpoints, fingerprint_of, open_tracker
from kgqa.errors import UsageError
from kgqa.training.retriever.data import Part, RetrieverData, Source
from kgqa.training.retriever.judging import Judge, Judged, judge_all
from kgqa.training.retriever.loop import Loop, Progressing
from kgqa.training.retriever.options import RetrieverOptions
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHECKPOINT = "checkpoint.pt"
_FREE = ("device", "checkpoint_seconds", "tracker")  # options that the result does not depend on


@dataclass(frozen=True, slots=True)
class RetrieverReport:
    """What training did. ``before`` and ``after``: each task's figures on held-out entities, of the encoder as it
    came and of the towers; ``kept``: the tasks that the towers are used for. ``folder`` is None where another process
    writes.
    """

    folder: Path | None
    examples: Mapping[str, int]
    before: Mapping[Task, Judged]
    after: Mapping[Task, Judged]
    widths: Mapping[int, Mapping[Task, Judged]]
    kept: tuple[Task, ...]
    steps: int
    best_step: int
    seconds: float
    history: tuple[tuple[int, float, float], ...]

    def metrics(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "steps": self.steps,
            "best_step": self.best_step,
            "examples": dict(self.examples),
            "before": {str(task): _rounded(found) for task, found in self.before.items()},
            "after": {str(task): _rounded(found) for task, found in self.after.items()},
            "mrr_by_width": {
                str(width): {str(task): round(float(found.rr.mean()), 4) for task, found in judged.items()}
                for width, judged in self.widths.items()
            },
            "kept": [str(task) for task in self.kept],
            "history": [list(row) for row in self.history],
        }


def train_retriever(
    data: RetrieverData,
    base: Path,
    folder: Path,
    options: RetrieverOptions | None = None,
    *,
    known: dict[str, NDArray[np.float32]] | None = None,
    progress: Progress | None = None,
) -> RetrieverReport:
    """Trains the towers on ``data`` from the encoder in the folder ``base`` and publishes them below ``folder``.

    The same data, options, seed and number of processes give the same towers on the same kind of machine; one that
    was killed goes on from its last checkpoint, to the same result. Started by torchrun, it shares each batch among
    the processes; the first of them writes.

    A task is kept, that is the towers are used for it, where they rank held-out queries no worse than the encoder did
    as it came (by MRR on the part that stops the training, which is not the part that is reported).

    ``known``: vectors of texts by the encoder as it came, shared between trainings from one encoder, and added to.

    Raises UsageError for options that make no sense, ModelError for a graph that is too small or a loss that diverges.
    """
    options = options or RetrieverOptions()
    options.check()
    for source in options.leave_out:
        data = data.without(Source(source))
    with processes(options.device) as group:
        if options.batch_size % group.world:
            raise UsageError(f"batch_size {options.batch_size} cannot be shared by {group.world} processes alike")
        return _train(data, base, folder, options, group, {} if known is None else known, progress)


def _train(
    data: RetrieverData,
    base: Path,
    folder: Path,
    options: RetrieverOptions,
    group: Processes,
    known: dict[str, NDArray[np.float32]],
    progress: Progress | None,
) -> RetrieverReport:
    started = time.perf_counter()
    network = build_network(base, graph_width=data.features.graph.shape[1], layers=options.layers, seed=options.seed)
    untrained = Fusion(fusion_weights(network.state_dict()))
    tracker = None
    if options.tracker is not None and group.first:
        tracker = open_tracker(options.tracker, {}, options.to_dict())
    checkpoints = _checkpoints(folder, data, options, group)
    loop = Loop(
        network, data, base, options, group, known=known, checkpoints=checkpoints, tracker=tracker, progress=progress
    )
    first = Judge(data, loop.untrained, untrained)
    before, before_valid = (judge_all(first, data, part) for part in (Part.TEST, Part.VALID))
    stand = loop.run()
    if tracker is not None:
        tracker.end_run()
    judge = loop.judge()
    after, after_valid = (judge_all(judge, data, part) for part in (Part.TEST, Part.VALID))
    kept = tuple(
        task
        for task in loop.tasks
        if task not in after_valid or after_valid[task].rr.mean() >= before_valid[task].rr.mean()
    )
    report = RetrieverReport(
        folder=None,
        examples=_counts(data, loop.tasks),
        before=before,
        after=after,
        widths=_by_width(loop, data, options),
        kept=kept,
        steps=stand.step,
        best_step=stand.best_step,
        seconds=time.perf_counter() - started,
        history=tuple(stand.history),
    )
    return _published(report, data, base, folder, options, group, loop, judge, stand, checkpoints)


def _published(
    report: RetrieverReport,
    data: RetrieverData,
    base: Path,
    folder: Path,
    options: RetrieverOptions,
    group: Processes,
    loop: Loop,
    judge: Judge,
    stand: Progressing,
    checkpoints: Checkpoints | None,
) -> RetrieverReport:
    weights = stand.best or {}
    vectors = judge.entities()
    if not group.first:
        return report
    text = build_network(base, graph_width=data.features.graph.shape[1], layers=None, seed=options.seed)
    text.load_state_dict(weights)
    metrics = report.metrics()
    manifest = {
        "revision": data.info["revision"],
        "sources": data.info["sources"],
        "encoder": data.info["encoder"],
        "tasks": [str(task) for task in loop.tasks],
        "kept": metrics.pop("kept"),
        "dim": int(data.features.dim),
        "widths": list(options.widths(data.features.dim)),
        "options": {name: value for name, value in options.to_dict().items() if name not in _FREE},
        "processes": group.world,
        "metrics": metrics,
    }
    arrays = {name: np.ascontiguousarray(array) for name, array in fusion_weights(weights).items()}
    part = publish_towers(
        folder,
        base=base,
        text=text.text,
        weights=arrays,
        ids=data.features.ids,
        vectors=np.ascontiguousarray(vectors, dtype=np.float32),
        manifest=manifest,
    )
    if checkpoints is not None:
        checkpoints.remove()
    return replace(report, folder=part)


def _checkpoints(folder: Path, data: RetrieverData, options: RetrieverOptions, group: Processes) -> Checkpoints | None:
    if options.checkpoint_seconds is None or options.fsdp:
        return None
    settings = {name: value for name, value in options.to_dict().items() if name not in _FREE}
    said = [[str(item.task), item.query, item.entity, list(item.right), item.text, item.part] for item in data.examples]
    told = {**settings, "world": group.world, "encoder": data.info["encoder"], "examples": said}
    fingerprint = fingerprint_of(told, data.features.said, data.features.others)
    return Checkpoints(folder / CHECKPOINT, fingerprint, options.checkpoint_seconds)


def _by_width(loop: Loop, data: RetrieverData, options: RetrieverOptions) -> dict[int, dict[Task, Judged]]:
    """Figures of each prefix that was trained to serve alone."""
    encode, fusion = loop.encode, loop.fusion()
    widths = options.widths(data.features.dim)[1:]
    return {width: judge_all(Judge(data, encode, fusion, width=width), data, Part.TEST) for width in widths}


def _counts(data: RetrieverData, tasks: tuple[Task, ...]) -> dict[str, int]:
    return {str(task): len(data.of(task, Part.TRAIN)) for task in tasks}


def _rounded(judged: Judged) -> dict[str, float]:
    return {name: round(value, 4) for name, value in judged.means().items()}
