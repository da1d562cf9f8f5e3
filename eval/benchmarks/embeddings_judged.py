"""A trained model beside PyKEEN's evaluator, and against verified false statements; shared by embeddings.py."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import median_seconds

from kgqa.embeddings.artefact import Artefact
from kgqa.embeddings.calibration import expected_calibration_error, fit_calibration
from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.heldout import TRIPLE_FEATURES, probabilities_of
from kgqa.embeddings.known import known_both_ways
from kgqa.embeddings.models import build_model, weights_from_bytes
from kgqa.embeddings.plausibility import plausibility

PARTS = ("train", "valid", "test")
BATCH_SIZES = (32, 128, 512, 1024, 2048)


def opened(artefact: Artefact) -> tuple[Any, list[np.ndarray[Any, np.dtype[np.int64]]]]:
    """The trained model, and the triples of the three parts."""
    said, counts = artefact.manifest["model"], artefact.manifest["training"]
    ends = np.cumsum([counts[part] for part in PARTS])[:2]
    parts = np.split(artefact.triples, ends)
    model = fresh(artefact, said["arguments"], parts[0], said["inverses"])
    weights_from_bytes(model, artefact.weights)
    return model.eval(), parts


def fresh(artefact: Artefact, arguments: dict[str, Any], known: Any, inverses: bool) -> Any:
    vocabulary = artefact.vocabulary
    return build_model(
        artefact.manifest["model"]["name"],
        arguments,
        known,
        entities=len(vocabulary.refs),
        relations=len(vocabulary.relations),
        inverses=inverses,
        seed=0,
    )


def against_evaluator(artefact: Artefact) -> dict[str, Any]:
    """Seconds of ranking the test part, ours and PyKEEN's, and the largest difference of their figures."""
    import torch
    from pykeen.evaluation import RankBasedEvaluator

    logging.getLogger("torch_max_mem").setLevel(logging.ERROR)
    model, parts = opened(artefact)
    test, others = torch.from_numpy(parts[2]), [torch.from_numpy(part) for part in parts[:2]]
    ours = median_seconds(
        lambda: RankEvaluator(parts, relations=model.num_real_relations).figures(model, parts[2]), repeats=3
    )
    figures = RankEvaluator(parts, relations=model.num_real_relations).figures(model, parts[2])
    times, gap = {}, 0.0
    for size in BATCH_SIZES:
        start = time.perf_counter()
        result = RankBasedEvaluator(filtered=True, metrics=[], add_defaults=True).evaluate(
            model, test, additional_filter_triples=others, batch_size=size, use_tqdm=False
        )
        times[size] = time.perf_counter() - start
        for kind in ("optimistic", "realistic", "pessimistic"):
            pairs = {"mrr": "inverse_harmonic_mean_rank", **{f"hits_at_{k}": f"hits_at_{k}" for k in (1, 3, 10)}}
            for mine, theirs in pairs.items():
                told = float(result.get_metric(f"both.{kind}.{theirs}"))
                gap = max(gap, abs(told - figures[f"both.{kind}.{mine}"]))
    best = min(times, key=lambda size: times[size])
    return {
        "evaluator": {"s": round(ours, 3), "batch size": None, "times faster": round(times[best] / ours, 2)},
        "evaluator, PyKEEN's": {"s": round(times[best], 3), "batch size": best, "largest difference": gap},
    }


def against_negatives(artefact: Artefact, folder: Path) -> dict[str, Any]:
    """Calibration error and accuracy on the true test triples and as many hard negatives; those of the validation part
    fit the calibration. ``folder`` has both."""
    model, parts = opened(artefact)
    places = {ref: number for number, ref in enumerate(artefact.vocabulary.refs)}
    names = artefact.vocabulary.relations
    kinds = {name: number for number, name in enumerate(names)}
    known = known_both_ways(artefact.triples, relations=len(names))
    sides = []
    for part, number in (("valid", 1), ("test", 2)):
        lines = (folder / f"{part}_negatives.txt").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        false = np.array([(places[h], kinds[r], places[t]) for h, r, t in rows if {h, t} <= places.keys()])
        asked = np.concatenate([parts[number], false])
        said = plausibility(model, asked, known)
        features = np.stack([said[name] for name in TRIPLE_FEATURES], axis=1)
        true = np.arange(len(asked)) < len(parts[number])
        sides.append((features, true, np.array(names, dtype=str)[asked[:, 1]]))
    (features, true, keys), (judged, right, judged_keys) = sides
    fitted = fit_calibration(features, true, keys, first=np.ones(len(true), dtype=bool), names=TRIPLE_FEATURES)
    probability = probabilities_of(fitted, judged, judged_keys)
    return {
        "triples": len(right),
        "share true": round(float(right.mean()), 3),
        "ece": round(expected_calibration_error(probability, right), 4),
        "accuracy": round(float(((probability > 0.5) == right).mean()), 4),
    }
