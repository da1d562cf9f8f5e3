"""What is the same for all candidates of a question, as tables; those of several questions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.question.asked import Asked
from kgqa.reasoning.search.ranking.coverage import label_share, must_explain
from kgqa.reasoning.search.ranking.word_order import Around, name_where_the_asked_stands
from kgqa.reasoning.search.vocabulary.alignment import Alignment
from kgqa.reasoning.search.vocabulary.schema import Schema

NOUN = 0.85
"""From this match on a word names a kind of thing."""
WANTED = (Asked.WHO, Asked.WHERE, Asked.WHEN)
"""What is asked for, where the question word alone calls for a relation."""


class Known:
    """What is the same for all candidates of a question; a column more than the schema has stands for no part."""

    def __init__(self, analysis: Analysis, alignment: Alignment, schema: Schema) -> None:
        self.analysis, self.alignment, self.schema = analysis, alignment, schema
        words = len(analysis.tokens)
        none = np.zeros((words, 1), np.float32)
        self.must = must_explain(analysis)
        self.said = np.concatenate([alignment.said, none], axis=1)
        self.kind = np.concatenate([alignment.kind, none], axis=1)
        self.asked = np.append(alignment.asked, 0.0)
        self.whole = np.append(alignment.whole, 0.0)
        self.label = np.append(label_share(analysis, schema), 0.0)
        self.asked_at = name_where_the_asked_stands(analysis)
        self.wanted = analysis.cues.asked in WANTED
        self.noun = np.isin(np.arange(words), analysis.cues.noun)
        self.no_noun = alignment.kind.max(axis=1, initial=0.0) <= NOUN
        self.around = Around(analysis)

    @property
    def kin(self) -> tuple[int, bool, int]:
        """Questions of which this is the same can be measured together, and are measured as each would be alone."""
        return len(self.must), self.wanted or self.asked_at is not None, id(self.schema)

    def masks(self, candidates: Sequence[Candidate]) -> tuple[NDArray[np.bool_], list[float]]:
        """The words of each candidate's names, and how sure the faintest of them is. shape: (candidates, words)"""
        known: dict[tuple[int, ...], int] = {}
        at = [known.setdefault(tuple(map(id, item.anchors)), place) for place, item in enumerate(candidates)]
        masks = np.zeros((len(candidates), len(self.must)), dtype=bool)
        strengths = [0.5] * len(candidates)
        for place in known.values():
            anchors = candidates[place].anchors
            for anchor in anchors:
                masks[place, anchor.tokens] = True
            strengths[place] = min((anchor.strength for anchor in anchors), default=0.5)
        return masks[at], [strengths[place] for place in at]


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of questions that are kin, each in the row of its question.

    shapes: (questions, words, columns) for ``said`` and ``kind``, (questions, columns) for ``asked``, ``whole`` and
    ``label``, (questions, words) for ``must``, ``noun`` and ``no_noun``, (questions,) for the others
    """

    said: NDArray[np.float32]
    kind: NDArray[np.float32]
    asked: NDArray[np.float64]
    whole: NDArray[np.float64]
    label: NDArray[np.float64]
    must: NDArray[np.bool_]
    noun: NDArray[np.bool_]
    no_noun: NDArray[np.bool_]
    asked_at: NDArray[np.float64]
    wanted: NDArray[np.bool_]
    answers: NDArray[np.bool_]
    sharing: NDArray[np.int64]


def side_by_side(questions: Sequence[Known]) -> Tables:
    """The tables of questions that are kin."""
    cues = [item.analysis.cues for item in questions]

    def rows(name: str) -> NDArray[Any]:
        return np.stack([getattr(item, name) for item in questions])

    return Tables(
        said=rows("said"),
        kind=rows("kind"),
        asked=rows("asked"),
        whole=rows("whole"),
        label=rows("label"),
        must=rows("must"),
        noun=rows("noun"),
        no_noun=rows("no_noun"),
        asked_at=np.asarray([np.nan if item.asked_at is None else item.asked_at for item in questions]),
        wanted=rows("wanted"),
        answers=np.asarray([item.asked in (*WANTED, Asked.QUANTITY) for item in cues]),
        sharing=np.asarray([len(item.sharing) for item in cues]),
    )
