"""Executes every step of a plan again and says whether it holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kgqa.graph.snapshot import Snapshot
from kgqa.reasoning.execute import Result, ResultKind, Shared, execute
from kgqa.reasoning.plan import Having, Hop, Plan, Qualifier, children, op_name, walk
from kgqa.types import Evidence, FactSource, TripleEvidence, VerdictStep

_SHOWN = 20


def check_steps(
    plan: Plan,
    snapshot: Snapshot,
    *,
    evidence: Sequence[Evidence],
    answers: Collection[str],
    facts: FactSource | None = None,
    threshold: float = 0.5,
) -> tuple[VerdictStep, ...]:
    """One entry for each operator of the plan, inputs first.

    ``answers`` are the ids, or for other kinds the labels, that the answer gives. The last step holds when executing
    the plan again yields them all; a step before it when it yields anything at all.
    """
    shown: dict[int, tuple[str, ...]] = {}
    shared: Shared = {}
    steps = []
    nodes = list(walk(plan))
    for part in nodes:
        result = execute(part, snapshot, facts=facts, threshold=threshold, shared=shared)
        outputs = outputs_of(result)
        shown[id(part)] = tuple(outputs[:_SHOWN])
        last = part is nodes[-1]
        holds = set(answers) <= set(outputs) and bool(answers) if last else result.kind is not ResultKind.UNKNOWN
        steps.append(
            VerdictStep(
                op=op_name(part),
                inputs=tuple(name for child in children(part) for name in shown[id(child)])[:_SHOWN],
                outputs=shown[id(part)],
                holds=holds,
                citations=_citations(part, evidence),
            )
        )
    return tuple(steps)


def outputs_of(result: Result) -> list[str]:
    """What a result yields, in words that an answer can be compared with: ids, values, a number, yes or no."""
    match result.kind:
        case ResultKind.NODES | ResultKind.VALUES:
            return result.refs
        case ResultKind.COUNT:
            return [str(result.value)]
        case ResultKind.BOOLEAN:
            return ["yes" if result.value else "no"]
        case _:
            return []


def _citations(part: Plan, evidence: Sequence[Evidence]) -> tuple[int, ...]:
    if isinstance(part, Qualifier):
        part = part.input
    if not isinstance(part, Having | Hop):
        return ()
    return tuple(
        item.n for item in evidence if isinstance(item, TripleEvidence) and item.relation == part.step.relation
    )
