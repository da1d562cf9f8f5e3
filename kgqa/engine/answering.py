"""One question to one answer: link, search plans, execute or complete, fall back on passages, word, verify, abstain."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from kgqa.config import Settings
from kgqa.engine.asking import AskOptions, Prepared, Stopwatch
from kgqa.engine.judging import judge
from kgqa.engine.rooms import Rooms
from kgqa.errors import DeadlineError, KgqaError
from kgqa.generation.abstention import abstention_text
from kgqa.generation.chat import ChatModel, reword
from kgqa.generation.draft import Draft
from kgqa.reasoning.execute import Result, ResultKind, execute
from kgqa.reasoning.plan import NAMES, Difference, Hop, Plan, PlanView
from kgqa.reasoning.search.proposals import Proposal
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.results import PlanSearch, ScoredPlan
from kgqa.types import (
    Answer,
    AnswerItem,
    Mention,
    Question,
    Reason,
    ReasonCode,
    Verdict,
    VerdictLabel,
)

_ALTERNATIVES = 3
_CANDIDATES = 10
_TEXT_MAY_ANSWER = frozenset(
    {ReasonCode.NO_ENTITY, ReasonCode.NO_PLAN, ReasonCode.NO_ANSWER, ReasonCode.LOW_CONFIDENCE}
)


class Answering:
    """Answers questions from one set of rooms. Has no state of its own: safe from many threads."""

    def __init__(self, rooms: Rooms, settings: Settings, *, chat: ChatModel | None = None) -> None:
        self._rooms = rooms
        self._settings = settings
        self._chat = chat

    def prepare(self, questions: Sequence[Question]) -> list[Prepared | None]:
        """Links many questions, proposes their plans and reads them together, as ``ask`` does one by one.

        None for a question that fails: ``ask`` will say why.
        """
        planner, watch = self._rooms.planner, Stopwatch()
        with watch.stage("linking"):
            linked = [self._linked(question) for question in questions]
        asked = {place: names for place, names in enumerate(linked) if names is not None}
        with watch.stage("encoding"):
            analyses = planner.prepare([questions[place].question for place in asked], list(asked.values()))
        with watch.stage("reasoning"):
            proposals = dict(zip(asked, self._proposed(analyses), strict=True))
        with watch.stage("encoding"):
            planner.read([found for found in proposals.values() if found is not None])
        share = {name: spent / max(1, len(questions)) for name, spent in watch.stages.items()}
        return [
            None if (found := proposals.get(place)) is None else Prepared(asked[place], found, share)
            for place in range(len(questions))
        ]

    def _proposed(self, analyses: Sequence[Analysis]) -> list[Proposal | None]:
        """Proposals of many questions; one by one where a question fails, None for that one."""
        try:
            return [*self._rooms.planner.propose_all(analyses)]
        except KgqaError:
            return [self._proposed_alone(analysis) for analysis in analyses]

    def _proposed_alone(self, analysis: Analysis) -> Proposal | None:
        try:
            (found,) = self._rooms.planner.propose_all([analysis])
        except KgqaError:
            return None
        return found

    def _linked(self, question: Question) -> tuple[Mention, ...] | None:
        """The names of a question; None where linking fails."""
        try:
            return self._rooms.linker.link(question.question, entities=question.entities)
        except KgqaError:
            return None

    def ask(self, question: str, options: AskOptions) -> Answer:
        """The answer, or an abstention with its reason; never an exception for a question that has no answer."""
        prepared = options.prepared
        watch = Stopwatch(stages=dict(prepared.stages) if prepared is not None else {})
        timeout = options.timeout or self._settings.timeout
        deadline = None if timeout is None else time.monotonic() + timeout
        mentions: tuple[Mention, ...] = ()
        try:
            if prepared is None:
                with watch.stage("linking"):
                    mentions = self._rooms.linker.link(question, entities=options.entities)
                with watch.stage("reasoning"):
                    search = self._rooms.planner.search(question, mentions, deadline=deadline)
            else:
                mentions = prepared.mentions
                with watch.stage("reasoning"):
                    search = self._rooms.planner.decide(prepared.proposal, deadline=deadline)
            answer = self._from_search(question, mentions, search, options, watch, deadline)
        except DeadlineError as error:
            answer = self._abstain(question, Reason(ReasonCode.TIMEOUT, str(error)))
        linked = answer.linked or self._rooms.linker.select(mentions)
        return replace(
            answer,
            linked=linked,
            timing_ms=watch.read(before=0.0 if prepared is None else sum(prepared.stages.values())),
        )

    # --- the graph first, then prediction, then text

    def _from_search(
        self,
        question: str,
        mentions: Sequence[Mention],
        search: PlanSearch,
        options: AskOptions,
        watch: Stopwatch,
        deadline: float | None,
    ) -> Answer:
        best = search.plans[0] if search.plans else None
        sure = best is not None and search.reason is None and best.probability >= self._settings.answer_above
        with watch.stage("reasoning"):
            filled = self._complete(search, best if sure and options.complete else None, deadline)
        if filled is not None:
            return self._from_plan(question, filled, search, watch)
        if best is not None and sure:
            return self._from_plan(question, best, search, watch)
        reason = self._why_not(search, best)
        if reason.code in _TEXT_MAY_ANSWER:
            with watch.stage("retrieval"):
                quoted = self._rooms.quoter.quote(question, mentions, above=self._settings.answer_above)
            if quoted is not None:
                return self._finish(question, quoted.draft, quoted.confidence, watch)
        return self._abstain(question, reason, search)

    def _complete(self, search: PlanSearch, best: ScoredPlan | None, deadline: float | None) -> ScoredPlan | None:
        """The plan that explains the question with its missing hops predicted; ``best``: asked for by the caller."""
        plan, probability, mentions = search.missing, search.missing_probability, search.missing_mentions
        if best is not None:
            plan, probability, mentions = best.plan, best.probability, best.mentions
        if plan is None or self._rooms.facts is None or probability < self._settings.answer_above:
            return None
        plan = completed(plan)
        result = execute(
            plan,
            self._rooms.snapshot,
            facts=self._rooms.facts,
            threshold=self._settings.predict_above,
            deadline=deadline,
        )
        if not has_answer(result) or not result.predicted:
            return None
        return ScoredPlan(plan, probability, probability, result, "completed by prediction", mentions)

    def _from_plan(self, question: str, best: ScoredPlan, search: PlanSearch, watch: Stopwatch) -> Answer:
        rooms = self._rooms
        text = rooms.explain(best.plan)
        with watch.stage("generation"):
            draft = rooms.verbaliser.compose(
                best.result,
                score=best.probability,
                plan_text=text,
                max_answers=self._settings.max_answers,
                max_evidence=self._settings.max_evidence,
            )
        return self._finish(
            question,
            draft,
            best.probability * _fact_probability(draft),
            watch,
            plan=best.plan,
            plan_text=text,
            linked=best.mentions,
            alternatives=tuple(
                f"{rooms.explain(other.plan)} ({other.probability:.2f}: {other.why})"
                for other in search.plans[1 : 1 + _ALTERNATIVES]
            ),
        )

    # --- words, checks, doubts

    def _finish(
        self,
        question: str,
        draft: Draft,
        confidence: float,
        watch: Stopwatch,
        *,
        plan: Plan | None = None,
        plan_text: str | None = None,
        linked: Sequence[Mention] = (),
        alternatives: tuple[str, ...] = (),
    ) -> Answer:
        def judged(words: Draft) -> Verdict:
            return judge(
                question, words, plan, self._rooms, plan_text=plan_text or "", threshold=self._settings.predict_above
            )

        with watch.stage("verification"):
            verdict = judged(draft)
        if self._chat is not None:
            with watch.stage("generation"):
                reworded = reword(question, draft, self._chat)
            with watch.stage("verification"):
                # Words that turn the answer round ("was not found in") name nothing new: the verdict must stay.
                if reworded is not draft and (again := judged(reworded)).label is verdict.label:
                    draft, verdict = reworded, again
        answer = Answer(
            question=question,
            text=draft.text,
            revision=self._rooms.revision,
            verdict=verdict,
            answers=draft.answers,
            claims=draft.claims,
            evidence=draft.evidence,
            linked=tuple(linked),
            plan=PlanView(plan) if plan is not None else None,
            plan_text=plan_text,
            alternatives=alternatives,
            confidence=confidence,
            answers_total=draft.answers_total,
            evidence_total=draft.evidence_total,
        )
        if verdict.label in (VerdictLabel.UNSUPPORTED, VerdictLabel.CONTRADICTED):
            return self._withdraw(answer, Reason(ReasonCode.UNSUPPORTED, draft.text))
        return answer

    def _withdraw(self, answer: Answer, reason: Reason) -> Answer:
        """The answer taken back: its items become candidates."""
        return replace(
            answer,
            text=abstention_text(reason),
            answers=(),
            candidates=answer.answers,
            answers_total=0,
            claims=(),
            reason=reason,
            verdict=Verdict(VerdictLabel.UNANSWERABLE),
        )

    def _abstain(self, question: str, reason: Reason, search: PlanSearch | None = None) -> Answer:
        candidates: tuple[AnswerItem, ...] = ()
        if search is not None and search.plans:
            best = search.plans[0]
            candidates = self._rooms.verbaliser.items(best.result, score=best.probability, limit=_CANDIDATES)
        return Answer(
            question=question,
            text=abstention_text(reason),
            revision=self._rooms.revision,
            verdict=Verdict(VerdictLabel.UNANSWERABLE),
            candidates=candidates,
            reason=reason,
        )

    def _why_not(self, search: PlanSearch, best: ScoredPlan | None) -> Reason:
        if search.reason is not None:
            return search.reason
        if best is None:
            return Reason(ReasonCode.NO_PLAN, "no way through the graph explains the question")
        read = self._rooms.explain(best.plan)
        return Reason(ReasonCode.LOW_CONFIDENCE, f"the likeliest reading is: {read} ({best.probability:.2f})")


def has_answer(result: Result) -> bool:
    """Whether a result answers: an empty set does not, a count of 0 and a no do."""
    return result.kind in (ResultKind.COUNT, ResultKind.BOOLEAN) or result.total > 0


def completed(plan: Plan) -> Plan:
    """The plan with every hop allowed to be filled by prediction, but those that take members away.

    What is predicted may add an answer; it is no reason to leave out one that is known.
    """
    changes: dict[str, Any] = {}
    kept = {"right"} if isinstance(plan, Difference) else {"target"} if getattr(plan, "negated", False) else set()
    for part in fields(plan):
        if part.name in kept:
            continue
        value = getattr(plan, part.name)
        if isinstance(value, tuple):
            changes[part.name] = tuple(completed(item) if type(item) in NAMES else item for item in value)
        elif type(value) in NAMES:
            changes[part.name] = completed(value)
    if isinstance(plan, Hop):
        changes["completed"] = True
    return replace(plan, **changes)


def _fact_probability(draft: Draft) -> float:
    """The chance that all predicted facts behind the first claim are true."""
    if not draft.claims:
        return 1.0
    cited = {item.n: item for item in draft.evidence}
    chance = 1.0
    for number in draft.claims[0].citations:
        chance *= getattr(cited[number], "probability", None) or 1.0
    return chance
