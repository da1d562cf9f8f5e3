"""When an answer counts as right."""

from typing import Any

import pytest

from eval.suites.elements.judging import right

ABSTAINED = {"abstained": True, "reason": {"code": "no_answer", "detail": "..."}, "answers": [], "evidence": []}


def answer(*items: dict[str, Any], verdict: str = "supported", **more: Any) -> dict[str, Any]:
    base = {"abstained": False, "text": "", "evidence": [], "verdict": {"label": verdict}}
    return {**base, "answers": [{"label": "", **item} for item in items], **more}


def gold(kind: str, *answers: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "answers": list(answers), "type": "1-hop", **more}


def test_a_set_must_be_whole_and_without_more() -> None:
    asked = gold("entity", "a", "b")
    assert right(answer({"id": "b"}, {"id": "a"}), asked)
    assert not right(answer({"id": "a"}), asked)
    assert not right(answer({"id": "a"}, {"id": "b"}, {"id": "c"}), asked)


def test_a_long_set_may_lack_little() -> None:
    asked = gold("entity", *map(str, range(20)))
    assert right(answer(*({"id": str(n)} for n in range(18))), asked)
    assert not right(answer(*({"id": str(n)} for n in range(10))), asked)


@pytest.mark.parametrize(
    ("kind", "item", "expected", "ok"),
    [
        ("value", {"value": 4.222, "label": "4.222 K"}, "4.222", True),
        ("value", {"value": "1895", "label": "1895"}, "1895", True),
        ("value", {"value": 1896, "label": "1896"}, "1895", False),
        ("count", {"value": 9, "label": "9"}, "9", True),
        ("boolean", {"value": False, "label": "no"}, "no", True),
        ("boolean", {"value": True, "label": "yes"}, "no", False),
    ],
)
def test_values_are_compared_as_what_they_are(kind: str, item: dict[str, Any], expected: str, ok: bool) -> None:
    assert right(answer(item), gold(kind, expected)) is ok


def test_an_abstention_needs_an_accepted_reason() -> None:
    assert right(ABSTAINED, gold("none", abstain=["no_plan", "no_answer"]))
    assert not right(ABSTAINED, gold("none", abstain=["false_premise"]))
    assert not right(answer({"id": "a"}), gold("none", abstain=["no_answer"]))
    assert not right(ABSTAINED, gold("entity", "a"))


def test_text_must_show_the_passage_that_says_it() -> None:
    asked = gold("text", "bauxite", "cryolite", passages=["aluminum/sources"])
    shown = [{"kind": "passage", "id": "aluminum/sources"}]
    assert right(answer({"label": "Obtained from Bauxite."}, evidence=shown), asked)
    assert not right(answer({"label": "Obtained from Bauxite."}), asked)
    assert not right(answer({"label": "Obtained somehow."}, evidence=shown), asked)


def test_a_predicted_answer_must_say_so() -> None:
    asked = gold("entity", "a") | {"type": "predicted"}
    fact = {"kind": "triple", "predicted": True, "probability": 0.8}
    assert right(answer({"id": "a"}, verdict="predicted", evidence=[fact]), asked)
    assert not right(answer({"id": "a"}, evidence=[fact]), asked)
    assert not right(answer({"id": "a"}, verdict="predicted", evidence=[fact | {"probability": None}]), asked)
