"""Answers in a notebook: everything there, nothing that could run."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from kgqa.errors import UsageError
from kgqa.notebook import answer_html, enable, load_ipython_extension
from kgqa.reasoning.plan import Count, Hop, Intersect, Start, Step, plan_to_dict
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

HOSTILE = "</td><script>alert('x')</script>\"onload='x' &amp;\x1b\u202e"


class Shown:
    def __init__(self, plan):
        self.plan = plan

    def to_dict(self):
        return plan_to_dict(self.plan) if not isinstance(self.plan, dict) else self.plan


class Page(HTMLParser):
    """The tags, attribute names and text of a page; complains of tags that do not close."""

    VOID = frozenset({"br", "img"})

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.words, self.open = [], set(), [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def answer(name="Paris", plan=None):
    hop = Hop(Start(("Q1",)), Step("r", inverse=True))
    triple = TripleEvidence(1, "Q1", "r", "Q2", name, name, name, {name: {"value": name}}, (name,), True, 0.5)
    return Answer(
        question=name,
        text=name,
        revision=1,
        verdict=Verdict(VerdictLabel.PREDICTED),
        answers=(AnswerItem(AnswerKind.ENTITY, name, 1.0, id="Q2"),),
        evidence=(triple, PassageEvidence(2, "p", 0, 1, name, (name,), 0.5, name)),
        evidence_total=7,
        plan=Shown(plan or Count(Intersect((hop, Hop(Start(("Q3",)), Step("s"), completed=True))))),
        plan_text=name,
        confidence=0.75,
        timing_ms={"total": 5.0},
    )


def test_an_answer_shows_text_evidence_plan_verdict_confidence_and_time():
    page = Page(answer_html(answer()))
    text = " ".join(page.words)
    for part in (
        "Paris",
        "[1]",
        "[2]",
        "predicted",
        "probability 0.50",
        "confidence 0.75",
        "5.0 ms",
        "5 not listed",
        "count",
    ):
        assert part in text
    assert page.tags.count("details") == 2
    assert page.tags.count("rect") == 6
    assert page.tags.count("line") == 5


def test_names_of_a_hostile_graph_stay_names():
    html = answer_html(answer(HOSTILE))
    page = Page(html)
    assert set(page.tags) <= {
        "div", "span", "details", "summary", "table", "tr", "td", "svg", "rect", "line", "text",
    }  # fmt: skip
    assert not any(name.startswith("on") or name in ("href", "src") for name in page.attributes)
    assert "alert('x')" in "".join(page.words)
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_an_abstention_shows_its_reason_and_best_guess():
    item = AnswerItem(AnswerKind.ENTITY, "Paris", 0.1, id="Q2")
    abstained = replace(
        answer(), reason=Reason(ReasonCode.NO_ANSWER, "nothing there"), answers=(), candidates=(item,), plan=None
    )
    text = " ".join(Page(answer_html(abstained)).words)
    assert "no_answer: nothing there" in text
    assert "Best guess: Paris" in text
    assert "confidence" not in text


def test_a_plan_of_another_program_is_shown_in_its_words():
    page = Page(answer_html(answer(plan={"op": "leap"})))
    assert "svg" not in page.tags
    assert "Plan: Paris" in " ".join(page.words)


def test_a_notebook_shows_answers_once_it_was_asked_to():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    assert "text/html" not in shell.display_formatter.format(answer())[0]
    load_ipython_extension(shell)
    assert shell.display_formatter.format(answer())[0]["text/html"] == answer_html(answer())


def test_outside_a_notebook_enabling_says_what_to_do():
    with pytest.raises(UsageError, match="answer_html"):
        enable()
