"""Settings searched for by Optuna's tree-structured Parzen estimator (Bergstra et al. 2011), on the validation part.

The search that PyKEEN's ``hpo_pipeline`` runs, around our training instead of its pipeline, so that split, loop and
early stopping are those of the final training.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from kgqa.embeddings.models import normalise_name
from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.scoring import LINEAR
from kgqa.embeddings.training import train_embeddings
from kgqa.errors import ModelError, UsageError
from kgqa.graph.store import GraphStore
from kgqa.types import Progress

RATES, N3, RELATION_WEIGHTS = (0.01, 0.3), (1e-3, 0.3), (0.0, 0.05, 0.1, 0.5)


def tune(
    store: GraphStore, options: TrainingOptions, *, trials: int, progress: Progress | None = None
) -> TrainingOptions:
    """``options`` with the learning rate and, of the softmax loop, ``n3`` and ``relation_weight`` that did best.

    What is given in ``options`` stays. Each trial is a training of its own in a folder that is removed; the MRR on the
    validation part decides, nothing else is looked at. The same store, options and seed try the same settings.

    Raises UsageError for fewer than one trial or where nothing is left to search, ModelError when no training gave a
    validation rank, and what ``train_embeddings`` raises.
    """
    import optuna

    if trials < 1:
        raise UsageError(f"trials must be at least 1, not {trials}")
    names = [name for name in _names(options) if getattr(options, name) is None]
    if not names:
        raise UsageError("every setting that could be searched for is given; leave one out")
    done = 0

    def objective(trial: optuna.Trial) -> float:
        nonlocal done
        if progress is not None:
            progress("searching settings", done, trials)
        found = _suggest(trial, names)
        quiet = replace(options, **found, checkpoint_seconds=None, tracker=None, text=False)
        with tempfile.TemporaryDirectory() as folder:
            try:
                report = train_embeddings(store, Path(folder), quiet)
            except ModelError as error:  # it diverged: no settings to take
                raise optuna.TrialPruned(str(error)) from error
        done += 1
        return max((mrr for _, _, mrr in report.history), default=0.0)

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=options.seed))
    study.optimize(objective, n_trials=trials)
    if not any(trial.value for trial in study.trials):
        raise ModelError("no trial could be ranked on a validation part; the graph may be too small to search settings")
    return replace(options, **study.best_params)


def _names(options: TrainingOptions) -> tuple[str, ...]:
    softmax = normalise_name(options.model) in LINEAR and options.loop in (None, "softmax")
    pykeens = options.loss or options.sampler or options.regularizer
    return ("learning_rate", "n3", "relation_weight") if softmax and not pykeens else ("learning_rate",)


def _suggest(trial: Any, names: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in names:
        match name:
            case "learning_rate":
                out[name] = trial.suggest_float(name, *RATES, log=True)
            case "n3":
                out[name] = trial.suggest_float(name, *N3, log=True)
            case _:
                out[name] = trial.suggest_categorical(name, RELATION_WEIGHTS)
    return out
