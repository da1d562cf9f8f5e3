"""Questions that are proposed together get what each would get alone."""

from __future__ import annotations

import numpy as np

from kgqa.reasoning.search import Planner
from kgqa.reasoning.search.proposals import TOGETHER
from tests.planner_graph import Names

QUESTIONS = (
    "What is the capital of France?",
    "Which countries border both France and Italy?",
    "What is the capital of Italy?",
    "How many countries border France?",
    "Who is that?",
    "What is the currency of France?",
    "Does France border Italy?",
    "Which country borders Italy but not France?",
    "",
)


def test_many_questions_are_proposed_as_each_alone(planner: Planner, names: Names) -> None:
    asked = [*QUESTIONS, *QUESTIONS[:1] * TOGETHER]  # more alike than go together
    together = planner.propose_all(planner.prepare(asked, [names(question) for question in asked]))
    assert len(together) == len(asked)
    alone_of = {question: planner.propose(question, names(question)) for question in QUESTIONS}
    for question, found in zip(asked, together):
        alone = alone_of[question]
        assert found.scene.analysis == alone.scene.analysis
        assert found.candidates == alone.candidates
        assert list(found.dead) == list(alone.dead)
        assert np.array_equal(found.features, alone.features)
        assert np.array_equal(found.scores, alone.scores)
