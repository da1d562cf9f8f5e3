"""Judges the answers of any system against gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from kgqa.errors import InputError, UsageError
from kgqa.evaluation.intervals import RESAMPLES, Figure, differences, figures
from kgqa.evaluation.judging import Judgement, Status, judge
from kgqa.evaluation.measures import measures
from kgqa.evaluation.reading import Given, Gold, Source, read_answers, read_gold
from kgqa.evaluation.report import Comparison, Report
from kgqa.types import Progress, Verdict

_SHOWN_BY_TYPE = ("hit", "hits_at_1", "guessed", "exact", "precision", "recall", "f1", "answered", "abstained")


class Verifier(Protocol):
    """What checks an answer on the graph: an Engine."""

    def verify(self, answer: Mapping[str, Any]) -> Verdict: ...


def evaluate(
    answers: Source,
    gold: Source,
    *,
    store: Verifier | None = None,
    against: Source | None = None,
    names: tuple[str, str] = ("first", "second"),
    seed: int = 0,
    resamples: int = RESAMPLES,
    progress: Progress | None = None,
) -> Report:
    """Judges ``answers`` against ``gold``: JSONL files, or what their lines would hold.

    Another system's answers may be plain strings beside an id; what a line lacks is not measured. With ``store``,
    an open Engine, each answer is verified on the graph as well; without it only what needs no graph is judged.
    ``against`` is a second system's answers, compared with the first on the same questions (paired bootstrap).

    Raises InputError that names the file and line of what cannot be read.
    """
    if seed < 0 or resamples < 1:
        raise UsageError("seed must be 0 or more, resamples 1 or more")
    questions, repeated_gold = _unique(read_gold(gold))
    if not questions:
        raise InputError("no gold question", path=gold if isinstance(gold, str | Path) else None)
    judged, problems = _judge(questions, read_answers(answers), store, progress)
    problems["repeated_gold"] = repeated_gold
    in_order = sorted(judged, key=lambda judgement: judgement.id)  # so that the order of files does not matter
    comparison = None
    if against is not None:
        others = sorted(_judge(questions, read_answers(against), store, progress)[0], key=lambda item: item.id)
        comparison = Comparison(
            *names,
            differences(measures(in_order), measures(others), questions=len(in_order), seed=seed, resamples=resamples),
        )
    return Report(
        questions=_counts(judged),
        figures=figures(measures(in_order), questions=len(in_order), seed=seed, resamples=resamples),
        by_type=_by_type(in_order, seed, resamples),
        verdicts=_tally(judgement.verdict for judgement in judged),
        verified=_tally(judgement.verified for judgement in judged),
        reasons=_tally(judgement.reason for judgement in judged),
        problems=problems,
        notes=_notes(judged, problems, store is not None),
        seed=seed,
        resamples=resamples,
        judgements=tuple(judged),
        comparison=comparison,
    )


def _judge(
    questions: Mapping[str, Gold], answers: Sequence[Given], store: Verifier | None, progress: Progress | None
) -> tuple[list[Judgement], dict[str, tuple[str, ...]]]:
    given, repeated = _unique(answers)
    out: list[Judgement] = []
    for count, (key, gold) in enumerate(questions.items(), start=1):
        answer = given.get(key)
        verified = None
        if store is not None and answer is not None and answer.answers and answer.data.get("claims"):
            verified = str(store.verify(answer.data).label)
        out.append(judge(gold, answer, verified=verified))
        if progress is not None:
            progress("judging", count, len(questions))
    problems = {
        "missing": tuple(item.id for item in out if item.status is Status.MISSING),
        "errors": tuple(item.id for item in out if item.status is Status.ERROR),
        "repeated": repeated,
        "unknown": tuple(key for key in given if key not in questions),
    }
    return out, problems


def _unique(items: Sequence[Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The first item of each id, and the ids that came again."""
    first: dict[str, Any] = {}
    repeated: list[str] = []
    for item in items:
        if item.id in first:
            repeated.append(item.id)
        else:
            first[item.id] = item
    return first, tuple(repeated)


def _counts(judged: Sequence[Judgement]) -> dict[str, int]:
    states = Counter(judgement.status for judgement in judged)
    return {
        "all": len(judged),
        "answerable": sum(judgement.answerable is True for judgement in judged),
        "unanswerable": sum(judgement.answerable is False for judgement in judged),
        "without gold": sum(judgement.answerable is None for judgement in judged),
        **{str(status): states[status] for status in Status},
    }


def _by_type(judged: Sequence[Judgement], seed: int, resamples: int) -> dict[str, tuple[int, dict[str, Figure]]]:
    kinds = sorted({judgement.type for judgement in judged if judgement.type is not None})
    out: dict[str, tuple[int, dict[str, Figure]]] = {}
    for kind in kinds:
        some = [judgement for judgement in judged if judgement.type == kind]
        chosen = {name: measure for name, measure in measures(some).items() if name in _SHOWN_BY_TYPE}
        out[kind] = len(some), figures(chosen, questions=len(some), seed=seed, resamples=resamples)
    return out


def _tally(labels: Any) -> dict[str, int]:
    return dict(sorted(Counter(label for label in labels if label is not None).items()))


def _notes(judged: Sequence[Judgement], problems: Mapping[str, tuple[str, ...]], graph: bool) -> tuple[str, ...]:
    out = ["Hit to F1 are over answerable questions; missing answers and errors count as wrong."]
    if not graph:
        out.append("No store given: citations and verdicts were not checked on the graph.")
    elif not any(judgement.verified for judgement in judged):
        out.append("No answer carries claims, so none could be verified on the graph.")
    if by_name := sum(judgement.by_name for judgement in judged):
        out.append(f"{by_name} answers match gold by name though their id is none of gold's.")
    if problems["repeated"]:
        out.append("Of repeated ids the first answer was judged.")
    return tuple(out)


def with_provenance(report: Report, provenance: Mapping[str, Any]) -> Report:
    """The report with what it was made from."""
    return replace(report, provenance=dict(provenance))
