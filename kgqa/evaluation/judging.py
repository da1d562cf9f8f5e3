"""One question, one judgement: what was given against what is right."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from kgqa.evaluation.matching import Key, gold_phrases, says
from kgqa.evaluation.reading import Given, Gold


class Status(StrEnum):
    """What the system did with a question."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    ERROR = "error"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one question went. The measures are None where gold names no answer to compare with.

    ``hit``: a gold name or id is anywhere in the answers or the text; ``hits_at_1``: the first answer is right;
    ``guessed``: so is the first answer or, where it abstained, the first of the candidates that it tells;
    ``exact``: the set of answers is the set of gold answers. ``by_name`` answers match by name though their id is
    none of gold's. ``cited``: each claim cites evidence that is there. ``verified``: the verdict
    found again on the graph.
    """

    id: str
    type: str | None
    status: Status
    answerable: bool | None
    hit: bool | None = None
    hits_at_1: bool | None = None
    guessed: bool | None = None
    exact: bool | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    given: int = 0
    gold: int | None = None
    by_name: int = 0
    confidence: float | None = None
    verdict: str | None = None
    reason: str | None = None
    cited: bool | None = None
    verified: str | None = None
    total_ms: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def judge(gold: Gold, given: Given | None, *, verified: str | None = None) -> Judgement:
    """Judges what a system gave (None: nothing) for a question."""
    status = _status(given)
    answerable = None if gold.answers is None else bool(gold.answers)
    measures: dict[str, Any] = _compare(gold, given) if answerable else {}
    data = {} if given is None else given.data
    verdict, reason, timing = data.get("verdict"), data.get("reason"), data.get("timing_ms")
    return Judgement(
        id=gold.id,
        type=gold.type,
        status=status,
        answerable=answerable,
        given=0 if given is None else given.total,
        gold=None if gold.answers is None else len(gold.answers),
        confidence=_number(data.get("confidence")),
        verdict=_label(verdict, "label"),
        reason=_label(reason, "code") if given is not None and given.error is None else given.error if given else None,
        cited=_cited(given) if status is Status.ANSWERED else None,
        verified=verified,
        total_ms=_number(timing.get("total")) if isinstance(timing, dict) else None,
        **measures,
    )


def _status(given: Given | None) -> Status:
    if given is None:
        return Status.MISSING
    if given.error is not None:
        return Status.ERROR
    return Status.ABSTAINED if given.abstained else Status.ANSWERED


def _compare(gold: Gold, given: Given | None) -> dict[str, Any]:
    """The measures of sets. Recall is over gold answers, precision over different given ones; a name answers no
    gold entity that another answer already names by its id, so that a namesake beside the right entity is wrong."""
    right = gold.answers or ()
    answers = () if given is None else given.answers
    places: dict[Key, set[int]] = {}
    for at, keys in enumerate(right):
        for key in keys:
            places.setdefault(key, set()).add(at)
    by_id = [places.get(("id", item.id), set()) if item.id is not None else set() for item in answers]
    claimed = set().union(*by_id)
    found: set[int] = set()
    correct: dict[Any, bool] = {}
    by_name = 0
    first = False
    for position, item in enumerate(answers):
        matches = by_id[position]
        if not matches:
            matches = set().union(*(places.get(key, set()) for key in item.keys))
            matches -= claimed if item.id is not None else set()
            by_name += bool(matches) and item.id is not None
        found |= matches
        correct[item.identity] = correct.get(item.identity, False) or bool(matches)
        first = first or (position == 0 and bool(matches))
    guess = given.guess if given is not None else None
    guessed = first if guess is None else any(key in places for key in guess.keys)
    good = sum(correct.values())
    unseen = given.total - len(answers) if given is not None else 0  # told, but not written: nobody can check them
    size = len(correct) + unseen
    precision = good / size if size else 0.0
    recall = len(found) / len(right)
    text = given.data.get("text") if given is not None and not given.abstained else None
    said = [*([text] if isinstance(text, str) else ()), *(item.label for item in answers)]
    phrases = tuple({phrase for keys in right for phrase in gold_phrases(keys)})
    hit = bool(found) or any(says(words, phrases) for words in said)
    return {
        "hit": hit,
        "hits_at_1": first,
        "guessed": guessed,
        "exact": size > 0 and good == size and len(found) == len(right),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "by_name": by_name,
    }


def _cited(given: Given | None) -> bool | None:
    """Whether each claim cites evidence that the answer lists; None where a system gives no claims."""
    claims = given.data.get("claims") if given is not None else None
    if given is None or not isinstance(claims, list) or not claims:
        return None
    evidence = given.data.get("evidence")
    known = {item.get("n") for item in evidence if isinstance(item, dict)} if isinstance(evidence, list) else set()
    for claim in claims:
        citations = claim.get("citations") if isinstance(claim, dict) else None
        if not isinstance(citations, list) or not citations:
            return False
        if not all(isinstance(n, int) and n in known for n in citations):
            return False
    return True


def _label(value: Any, name: str) -> str | None:
    found = value.get(name) if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
