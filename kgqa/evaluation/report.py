"""What an evaluation found, and the folder it is kept in: report.json, report.md, answers.jsonl."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgqa.errors import UsageError
from kgqa.evaluation.intervals import Difference, Figure
from kgqa.evaluation.judging import Judgement

TITLES = {
    "hit": "Hit",
    "hits_at_1": "Hits@1",
    "guessed": "Hits@1 with best guesses",
    "exact": "Set exact match",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "answered": "Answered",
    "abstained": "Abstained",
    "abstention_precision": "Abstention precision",
    "abstention_recall": "Abstention recall",
    "claims_cited": "Answers whose claims all cite listed evidence",
    "verified": "Answers verified on the graph",
    "ece": "Calibration error (ECE)",
    "auroc": "Confidence AUROC",
    "ms_median": "Time, median (ms)",
    "ms_p95": "Time, 95th percentile (ms)",
}
MAIN = ("hit", "hits_at_1", "exact", "f1")
FORMAT = "kgqa-report/1"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same questions."""

    first: str
    second: str
    differences: Mapping[str, Difference]

    def to_dict(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "second": self.second,
            "differences": {name: item.to_dict() for name, item in self.differences.items()},
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Figures with 95 % intervals, in all and by question type, and everything that did not fit.

    Hit to F1 are over answerable questions; an answer that is missing or an error counts as wrong.
    """

    questions: Mapping[str, int]
    figures: Mapping[str, Figure]
    by_type: Mapping[str, tuple[int, Mapping[str, Figure]]]
    verdicts: Mapping[str, int]
    verified: Mapping[str, int]
    reasons: Mapping[str, int]
    problems: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]
    seed: int
    resamples: int
    judgements: tuple[Judgement, ...] = field(repr=False)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    comparison: Comparison | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "questions": dict(self.questions),
            "figures": {name: figure.to_dict() for name, figure in self.figures.items()},
            "by_type": {
                kind: {"questions": count, "figures": {name: figure.to_dict() for name, figure in found.items()}}
                for kind, (count, found) in self.by_type.items()
            },
            "verdicts": dict(self.verdicts),
            "verified": dict(self.verified),
            "reasons": dict(self.reasons),
            "problems": {name: list(ids) for name, ids in self.problems.items()},
            "notes": list(self.notes),
            "seed": self.seed,
            "resamples": self.resamples,
            "provenance": dict(self.provenance),
            "comparison": None if self.comparison is None else self.comparison.to_dict(),
        }

    def to_markdown(self) -> str:
        lines = ["# Evaluation", "", *_table(("questions", "count"), [(k, str(v)) for k, v in self.questions.items()])]
        rows = [(title, *show(name, self.figures[name])) for name, title in TITLES.items() if _has(self.figures, name)]
        lines += ["", *_table(("figure", "value", "95 % interval"), rows)]
        if self.by_type:
            head = ("type", "questions", *(TITLES[name] for name in MAIN))
            kinds = [
                (kind, str(count), *(show(name, found[name])[0] for name in MAIN))
                for kind, (count, found) in self.by_type.items()
            ]
            lines += ["", "## By type", "", *_table(head, kinds)]
        for title, counts in (
            ("Verdicts", self.verdicts),
            ("Verdicts found again", self.verified),
            ("Reasons", self.reasons),
        ):
            if counts:
                lines += ["", f"## {title}", "", *_table(("label", "count"), [(k, str(v)) for k, v in counts.items()])]
        if self.comparison is not None:
            pair = self.comparison
            pairs = [(TITLES[name], *show_difference(name, item)) for name, item in pair.differences.items()]
            head = ("figure", pair.first, pair.second, "difference", "95 % interval", "p")
            lines += ["", "## Comparison", "", *_table(head, pairs)]
        found = [(name, str(len(ids)), ", ".join(ids[:10])) for name, ids in self.problems.items() if ids]
        if found:
            lines += ["", "## Problems", "", *_table(("problem", "count", "first ids"), found)]
        lines += ["", *(f"- {note}" for note in self.notes)]
        lines += [f"- Intervals: bootstrap over questions, {self.resamples} resamples, seed {self.seed}."]
        lines += [f"- {name}: {value}" for name, value in self.provenance.items() if not isinstance(value, dict)]
        return "\n".join(lines) + "\n"

    def write(self, folder: str | Path) -> Path:
        """Writes the report whole or not at all; an earlier report at this place is replaced.

        Raises UsageError where something else is in the way.
        """
        target = Path(folder)
        if target.exists() and not is_report(target):
            raise UsageError(f"{target} exists and is no report of ours: name another folder, or remove it")
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.{os.getpid()}.new")
        old = target.with_name(f".{target.name}.{os.getpid()}.old")
        try:
            new.mkdir()
            _write(new / "report.json", json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n")
            _write(new / "report.md", self.to_markdown())
            rows = (json.dumps(item.to_dict(), ensure_ascii=False) for item in self.judgements)
            _write(new / "answers.jsonl", "".join(f"{row}\n" for row in rows))
            if target.exists():
                target.rename(old)
            new.rename(target)
        finally:
            shutil.rmtree(new, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
        return target


def is_report(folder: Path) -> bool:
    """Whether a folder is an earlier report, or empty."""
    if not folder.is_dir():
        return False
    try:
        return json.loads((folder / "report.json").read_text(encoding="utf-8")).get("format") == FORMAT
    except (OSError, ValueError, AttributeError):
        return not any(folder.iterdir())


def show(name: str, figure: Figure) -> tuple[str, str]:
    """A figure and its interval as people read them: shares in percent, times in milliseconds."""
    if figure.value is None:
        return "–", ""
    interval = (
        "" if figure.low is None or figure.high is None else f"{_show(name, figure.low)} to {_show(name, figure.high)}"
    )
    return _show(name, figure.value), interval


def show_difference(name: str, item: Difference) -> tuple[str, str, str, str, str]:
    """Both figures, their difference, its interval and p."""
    first, second = (show(name, Figure(value, None, None))[0] for value in (item.first, item.second))
    return first, second, *show(name, item.difference), "" if item.p is None else f"{item.p:.3f}"


def _show(name: str, value: float) -> str:
    if name.startswith("ms_"):
        return f"{value:.1f}"
    return f"{value:.3f}" if name in ("ece", "auroc") else f"{100 * value:.1f} %"


def _has(figures: Mapping[str, Figure], name: str) -> bool:
    return name in figures and figures[name].value is not None


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"

    return [line(head), "|" + "---|" * len(head), *(line(row) for row in rows)]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
