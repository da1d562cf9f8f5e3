"""Statements that hold for a time: "who led it in 1990", "since 2000", "the first to lead it"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from kgqa.graph.values import date_interval
from kgqa.reasoning.conditions import AT, VALID_FROM, VALID_TO
from kgqa.reasoning.evaluation import conditioned_edges
from kgqa.reasoning.plan import Comparison, Hop, QualifierCondition, TimeSpan
from kgqa.reasoning.search.candidates.bases import Base, Scene
from kgqa.reasoning.search.candidates.chains import Nodes
from kgqa.reasoning.search.question.bounds import ValueCue
from kgqa.reasoning.search.question.degrees import DegreeCue
from kgqa.types import Literal

MOST = 2_000
"""A larger set's statements are not looked through for times."""


def timed(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """Walks whose last hop keeps to statements of the time that the question names, or to the first or last of them."""
    cues = scene.analysis.cues
    spans = [cue for cue in cues.values if cue.temporal]
    orders = [cue for cue in cues.superlatives if cue.temporal]
    if not spans and not orders:
        return
    for base in bases:
        hop = base.candidate.plan
        if base.before is None or not isinstance(hop, Hop):
            continue
        source = base.before()
        starts = _starts(hop, source, scene) if len(source) <= MOST else None
        if starts is None:
            continue
        if spans:
            tokens = frozenset().union(*(cue.tokens for cue in spans))
            yield _conditioned(base, replace(hop, during=_span(spans)), source, tokens, "value", scene)
        for cue in orders:
            if (wanted := _extreme(starts, cue)) is not None:
                name, value = wanted
                condition = QualifierCondition(name, Comparison.EQUAL, value)
                yield _conditioned(base, replace(hop, where=(condition,)), source, cue.tokens, "superlative", scene)


def _conditioned(base: Base, plan: Hop, source: Nodes, tokens: frozenset[int], name: str, scene: Scene) -> Base:
    item = base.candidate
    changed = replace(item, plan=plan, cued=item.cued | tokens, operators=(*item.operators, name))

    def find() -> Nodes:
        step = _step(plan, scene)
        ends = [end for _, end in conditioned_edges(scene.snapshot, plan, source, step)]
        return np.unique(np.asarray(ends, dtype=np.int32))

    return Base(changed, find)


def _step(hop: Hop, scene: Scene) -> tuple[int, bool]:
    return scene.snapshot.relation_number(hop.step.relation) or 0, hop.step.inverse


def _starts(hop: Hop, source: Nodes, scene: Scene) -> list[tuple[str, Literal | str]] | None:
    """(qualifier, value) of when each statement began to hold; None when no statement has a time."""
    found = []
    dated = False
    for _, _, qualifiers in scene.snapshot.qualified(source, *_step(hop, scene)):
        dated = dated or not {AT, VALID_FROM, VALID_TO}.isdisjoint(qualifiers)
        for name in (VALID_FROM, AT):
            value = qualifiers.get(name)
            if value is not None and date_interval(_text(value)) is not None:
                found.append((name, value))
                break
    return found if dated else None


def _text(value: Literal | str) -> str:
    return value.value if isinstance(value, Literal) else value


def _extreme(starts: Sequence[tuple[str, Literal | str]], cue: DegreeCue) -> tuple[str, Literal | str] | None:
    """The start of the statement that came first or last, or of that rank."""
    ordered = sorted(dict.fromkeys(starts), key=lambda start: date_interval(_text(start[1])) or (0, 0))
    if len(ordered) < cue.rank:
        return None
    return ordered[-cue.rank] if cue.largest else ordered[cue.rank - 1]


def _span(cues: Sequence[ValueCue]) -> TimeSpan:
    """The closed interval that all the bounds leave."""
    first: str | None = None
    last: str | None = None
    for cue in cues:
        text = cue.value.value
        match cue.comparison:
            case Comparison.GREATER:
                first = _beside(text, 1)
            case Comparison.GREATER_EQUAL:
                first = text
            case Comparison.LESS:
                last = _beside(text, -1)
            case Comparison.LESS_EQUAL:
                last = text
            case _:
                first = last = text
    if (
        first is not None
        and last is not None
        and (date_interval(first) or (0,))[0] > (date_interval(last) or (0, 0))[1]
    ):
        return TimeSpan(last, first)
    return TimeSpan(first, last)


def _beside(text: str, way: int) -> str:
    """The next or the previous year, month or day, as precise as the date itself."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return f"{parts[0] + way:04d}"
    if len(parts) == 2:
        months = 12 * parts[0] + parts[1] - 1 + way
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    return (date(*parts[:3]) + timedelta(days=way)).isoformat()
