"""One verdict for a draft: its claims against their evidence, its plan executed again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgqa.engine.rooms import Rooms
from kgqa.errors import InputError
from kgqa.generation.draft import Draft
from kgqa.reasoning.plan import Count, Exists, Plan, plan_from_dict
from kgqa.types import (
    Answer,
    AnswerItem,
    AnswerKind,
    Claim,
    Evidence,
    PassageEvidence,
    TripleEvidence,
    Verdict,
    VerdictLabel,
    VerdictStep,
)
from kgqa.verification.facts import StoreFacts
from kgqa.verification.grounding import Vocabulary, content_words, judge_claim
from kgqa.verification.steps import check_steps
from kgqa.verification.verdict import combine


def judge(
    question: str, draft: Draft, plan: Plan | None, rooms: Rooms, *, plan_text: str = "", threshold: float = 0.5
) -> Verdict:
    """The verdict on an answer, read from the graph as it stands now."""
    facts = StoreFacts(rooms.store, same=rooms.same_ids, evidence=draft.evidence)
    steps: tuple[VerdictStep, ...] = ()
    if plan is not None:
        steps = check_steps(
            plan,
            rooms.snapshot,
            evidence=draft.evidence,
            answers=[_ref(item) for item in draft.answers],
            facts=rooms.facts,
            threshold=threshold,
        )
    last_holds = bool(steps) and steps[-1].holds
    free = [question, plan_text]
    if last_holds:  # what the plan yields when executed again needs no evidence beside it
        free += [item.label for item in draft.answers]
    given = Vocabulary.of(content_words("\n".join(free)))
    by_number = {item.n: item for item in draft.evidence}
    labels = []
    for claim in draft.claims:
        if not claim.citations:
            labels.append(_absence(claim, plan, last_holds))
            continue
        cited = [by_number[n] for n in claim.citations if n in by_number]
        whole = len(cited) == len(claim.citations)
        labels.append(judge_claim(claim.text, cited, facts, given=given) if whole else VerdictLabel.UNSUPPORTED)
    return Verdict(combine(labels, steps), tuple(labels), steps)


def _absence(claim: Claim, plan: Plan | None, holds: bool) -> VerdictLabel:
    """A claim that there is nothing has nothing to cite: it stands when the plan finds nothing again."""
    return VerdictLabel.SUPPORTED if isinstance(plan, (Count, Exists)) and holds else VerdictLabel.UNSUPPORTED


def _ref(item: AnswerItem) -> str:
    if item.kind in (AnswerKind.COUNT, AnswerKind.BOOLEAN):
        return item.label
    return item.id or item.label


def judge_answer(answer: Answer | Mapping[str, Any], rooms: Rooms, *, threshold: float = 0.5) -> Verdict:
    """The verdict on an answer of any system, in the JSON form of an answer line.

    Raises InputError when it has no such form.
    """
    data = answer.to_dict() if isinstance(answer, Answer) else answer
    if data.get("abstained"):
        return Verdict(VerdictLabel.UNANSWERABLE)
    try:
        plan = None if data.get("plan") is None else plan_from_dict(dict(data["plan"]))
        draft = Draft(
            text=str(data.get("text", "")),
            answers=tuple(_item(item) for item in data.get("answers", ())),
            claims=tuple(Claim(str(c["text"]), tuple(int(n) for n in c["citations"])) for c in data.get("claims", ())),
            evidence=tuple(_evidence(item) for item in data.get("evidence", ())),
            answers_total=0,
            evidence_total=0,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"answer {data.get('id')!r} cannot be judged: {error!r}", hint="see: kgqa schema answer"
        ) from error
    plan_text = rooms.explain(plan) if plan is not None else ""
    return judge(str(data.get("question", "")), draft, plan, rooms, plan_text=plan_text, threshold=threshold)


def _item(data: Mapping[str, Any]) -> AnswerItem:
    return AnswerItem(AnswerKind(data["kind"]), str(data["label"]), float(data.get("score", 0.0)), id=data.get("id"))


def _evidence(data: Mapping[str, Any]) -> Evidence:
    if data["kind"] == "passage":
        return PassageEvidence(int(data["n"]), str(data["id"]), int(data["start"]), int(data["end"]), str(data["text"]))
    return TripleEvidence(
        int(data["n"]),
        str(data["head"]),
        str(data["relation"]),
        str(data["tail"]),
        str(data["head_label"]),
        str(data["relation_label"]),
        str(data["tail_label"]),
        qualifiers=dict(data.get("qualifiers") or {}),
        predicted=bool(data.get("predicted", False)),
        probability=data.get("probability"),
    )
