"""How the demo prints answers and progress where there is no terminal."""

from io import StringIO

from rich.console import Console

from examples import showing
from kgqa.types import (
    Answer,
    AnswerItem,
    AnswerKind,
    PassageEvidence,
    Reason,
    ReasonCode,
    TripleEvidence,
    Verdict,
    VerdictLabel,
)


def printed(answer: Answer, *, note: str | None = None) -> str:
    file = StringIO()
    showing.show(Console(file=file, highlight=False, soft_wrap=True), 3, "1-hop", answer, 0.012, note=note)
    return file.getvalue()


def test_an_answer_is_printed_with_its_numbered_evidence_plan_verdict_and_time() -> None:
    answer = Answer(
        "Where?",
        "France [1].",
        1,
        Verdict(VerdictLabel.PREDICTED),
        answers=(AnswerItem(AnswerKind.ENTITY, "France", 1.0, id="f"),),
        evidence=(
            TripleEvidence(1, "p", "in", "f", "Polonium", "discovered in", "France", predicted=True, probability=0.91),
            PassageEvidence(2, "x", 0, 5, "Found [there].", sources=("texts",)),
        ),
        plan_text="from Polonium, follow discovered in",
        confidence=0.8,
    )
    text = printed(answer, note="kept back")
    assert "3. Where?" in text
    assert "France [1]." in text
    assert "[1] Polonium · discovered in · France  (predicted, probability 0.91)" in text
    assert "[2] “Found [there].”  (texts)" in text
    assert "from Polonium, follow discovered in" in text
    assert "predicted · confidence 0.80 · 12 ms" in text
    assert "kept back" in text
    assert "\x1b[" not in text


def test_an_abstention_is_printed_with_its_reason() -> None:
    reason = Reason(ReasonCode.NO_ENTITY, "the graph has no [Atlantis]")
    text = printed(Answer("Where?", "", 1, Verdict(VerdictLabel.UNANSWERABLE), reason=reason))
    assert "No answer (no_entity): the graph has no [Atlantis]" in text


def test_long_evidence_is_cut_and_counted() -> None:
    items = tuple(TripleEvidence(n, "a", "r", str(n), "A", "r", str(n)) for n in range(1, 10))
    text = printed(Answer("?", "many", 1, Verdict(VerdictLabel.SUPPORTED), evidence=items, evidence_total=20))
    assert f"[{showing.EVIDENCE_SHOWN}]" in text
    assert f"[{showing.EVIDENCE_SHOWN + 1}]" not in text
    assert f"and {20 - showing.EVIDENCE_SHOWN} more" in text


def test_a_step_of_work_is_told_when_it_begins_and_ends() -> None:
    file = StringIO()
    with showing.step(Console(file=file), "Index") as report:
        report("passages", 1, 2)
        assert file.getvalue().startswith("Index ...")
    assert "✓ Index (" in file.getvalue()
