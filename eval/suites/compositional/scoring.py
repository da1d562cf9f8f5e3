"""The figures of a run: README.md says in words what each means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from eval.suites.elements.judging import right
from kgqa.evaluation import evaluate
from kgqa.evaluation.measures import calibration_error, ranking_area

Figures = dict[str, dict[str, Any]]
Row = Mapping[str, Any]


def figures(answers: Sequence[Row], gold: Sequence[Row]) -> Figures:
    """Figures of all questions, by wording and by shape. An answer that is an error is wrong."""
    report = evaluate(list(answers), list(gold), resamples=1)
    judged = {item.id: item for item in report.judgements}
    lines = []
    for given, wanted in zip(answers, gold, strict=True):
        one = judged[wanted["id"]]
        failed = "error" in given
        abstained = not failed and bool(given["abstained"])
        line = {
            "type": wanted["type"],
            "wording": wanted["wording"],
            "answerable": wanted["kind"] != "none",
            "abstained": abstained,
            "confidence": 0.0 if failed else float(given.get("confidence") or 0.0),
            "first": bool(one.hits_at_1),
            "exact": bool(one.exact),
            "f1": float(one.f1 or 0.0),
        }
        if wanted["kind"] == "text":  # a sentence that holds the phrase, from the passage that says it
            said = not failed and right(given, wanted)
            line |= {"first": said, "exact": said, "f1": float(said)}
        lines.append(line)
    out = {"all": {**_row(lines), **_confidence(lines)}}
    for key in ("wording", "type"):
        for name in dict.fromkeys(line[key] for line in lines):
            out[name] = _row([line for line in lines if line[key] == name])
    return out


def _row(lines: Sequence[Row]) -> dict[str, Any]:
    answerable = [line for line in lines if line["answerable"]]
    others = [line for line in lines if not line["answerable"]]
    return {
        "questions": len(lines),
        "hits@1": _mean(answerable, lambda line: line["first"]),
        "exact": _mean(answerable, lambda line: line["exact"]),
        "f1": _mean(answerable, lambda line: line["f1"]),
        "answered": _mean(answerable, lambda line: not line["abstained"]),
        "rightly abstained": _mean(others, lambda line: line["abstained"]),
        "hits@1 or rightly abstained": _mean(
            lines, lambda line: line["first"] if line["answerable"] else line["abstained"]
        ),
    }


def _confidence(lines: Sequence[Row]) -> dict[str, Any]:
    confidence = np.array([line["confidence"] for line in lines])
    answerable = np.array([line["answerable"] for line in lines])
    answered = np.array([not line["abstained"] for line in lines])
    first = np.array([line["first"] for line in lines])
    every = np.ones(len(lines), dtype=bool)
    once = np.ones((1, len(lines)))
    return {
        "abstention auroc": _number(ranking_area(confidence, answerable, every)(once)),
        "correctness auroc": _number(ranking_area(confidence, first, every)(once)),
        "correctness auroc, answered": _number(ranking_area(confidence, first, answered)(once)),
        "ece, answered": _number(calibration_error(confidence, first, answered)(once)),
    }


def _mean(lines: Sequence[Row], what: Callable[[Row], Any]) -> float | None:
    return sum(map(float, map(what, lines))) / len(lines) if lines else None


def _number(values: Any) -> float | None:
    return None if np.isnan(values[0]) else float(values[0])
