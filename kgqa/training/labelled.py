"""Labelled questions: a plan is right when it gives the labelled answers (weak supervision; Liang et al., 2011)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import InputError
from kgqa.reasoning.execute import Result, ResultKind, execute
from kgqa.reasoning.search.candidates.candidate import Candidate

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

TRIED = 64
"""Plans executed for one labelled question, the best-ranked ones."""
GOOD = 0.7
"""The F1 from which the best plan is taken as right where none gives exactly the answers."""


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question and what answers it: ids, labels, values, "yes" or "no"."""

    text: str
    answers: tuple[str, ...]


def read_labelled(path: Path) -> Iterator[LabelledQuestion]:
    """Reads lines of JSON with ``question`` and ``answers``; other fields are left alone.

    Raises InputError, with the line, for what cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); give a JSONL file in UTF-8") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, answers = row["question"], row["answers"]
            if not isinstance(text, str) or not isinstance(answers, list):
                raise TypeError("question is a text and answers a list")
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f'{path}, line {number}: no labelled question ({error!r}); write {{"question": ..., "answers": [...]}}'
            ) from error
        if answers:
            yield LabelledQuestion(text, tuple(str(answer) for answer in answers))


def right_plans(
    candidates: Sequence[Candidate], scores: NDArray[np.float64], answers: Sequence[str], snapshot: Snapshot
) -> NDArray[np.int64]:
    """Numbers of the plans that give the answers, or nearly where none gives them all. shape: (right,)"""
    gold = {answer.casefold() for answer in answers}
    found: dict[int, float] = {}
    for place in np.argsort(-scores, kind="stable")[:TRIED].tolist():
        if not candidates[place].empty:
            found[place] = _f1(execute(candidates[place].plan, snapshot), gold, snapshot)
    best = max(found.values(), default=0.0)
    right = [place for place, value in found.items() if value >= best] if best >= GOOD else []
    return np.asarray(sorted(right), dtype=np.int64)


def _f1(result: Result, gold: set[str], snapshot: Snapshot) -> float:
    match result.kind:
        case ResultKind.COUNT:
            return float({str(result.value)} == gold)
        case ResultKind.BOOLEAN:
            return float({"yes" if result.value else "no"} == gold)
        case ResultKind.NODES:
            nodes = result.nodes.tolist()
            if not nodes or len(nodes) > 20 * len(gold):
                return 0.0
            hit = sum(not gold.isdisjoint(_names(node, snapshot)) for node in nodes)
            return 2 * hit / (len(nodes) + max(len(gold), hit))
    return 0.0


def _names(node: int, snapshot: Snapshot) -> set[str]:
    value = snapshot.literal(node)
    names = (snapshot.id(node), snapshot.label(node), None if value is None else value.value)
    return {name.casefold() for name in names if name}
