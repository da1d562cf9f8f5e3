"""The features of one question's candidates, each measured once, compared with whichever others it is ranked among."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.ranking.features import NAMES, REGRET_FAINT, REGRET_MAX, REGRET_SUM, SURE, Measured, measure
from kgqa.reasoning.search.ranking.known import Known
from kgqa.reasoning.search.vocabulary.alignment import Alignment
from kgqa.reasoning.search.vocabulary.schema import Schema


def featurise(
    candidates: Sequence[Candidate], analysis: Analysis, alignment: Alignment, schema: Schema
) -> NDArray[np.float32]:
    """Features of each candidate. shape: (candidates, len(NAMES))"""
    return Sheet(analysis, alignment, schema).of(candidates)


class Sheet:
    """The features of one question's candidates, each measured once however often it is ranked among others.

    Rows are told by the identity of the candidate, which is kept for that.
    """

    def __init__(self, analysis: Analysis, alignment: Alignment, schema: Schema) -> None:
        self.question = Known(analysis, alignment, schema)
        self._places: dict[int, int] = {}
        self._kept: list[Candidate] = []
        words = len(analysis.tokens)
        self._rows = np.zeros((0, len(NAMES)), dtype=np.float32)
        self._explained = np.zeros((0, words), dtype=np.float32)
        self._free = np.zeros((0, words), dtype=bool)

    def of(self, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """Features of each candidate, compared with each other. shape: (candidates, len(NAMES))"""
        if not candidates:
            return np.zeros((0, len(NAMES)), dtype=np.float32)
        measure_all([(self, candidates)])
        at = np.asarray([self._places[id(item)] for item in candidates])
        out, explained = self._rows[at], self._explained[at]
        # What another of the candidates explains better is what each leaves to regret.
        best = np.maximum(explained.max(axis=0, initial=0.0), 0.0)
        regret = (best[None, :] - explained) * self._free[at]
        sure = best >= SURE  # a word that nothing explains well says little about any plan
        out[:, REGRET_SUM] = (regret * sure).sum(axis=1)
        out[:, REGRET_MAX] = (regret * sure).max(axis=1, initial=0.0)
        out[:, REGRET_FAINT] = (regret * ~sure).sum(axis=1)
        return out

    def unmeasured(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those of the candidates that were not measured yet."""
        return list({id(item): item for item in candidates if id(item) not in self._places}.values())

    def keep(self, new: Sequence[Candidate], measured: Measured) -> None:
        """Adds what was measured of new candidates."""
        rows, explained, free = measured
        for place, item in enumerate(new, len(self._kept)):
            self._places[id(item)] = place
        self._kept += new
        self._rows = np.concatenate([self._rows, rows])
        self._explained = np.concatenate([self._explained, explained])
        self._free = np.concatenate([self._free, free])


def measure_all(wanted: Sequence[tuple[Sheet, Sequence[Candidate]]]) -> None:
    """Measures the candidates of many questions together, those that are new to each one's sheet."""
    new = [(sheet, found) for sheet, items in wanted if (found := sheet.unmeasured(items))]
    for (sheet, items), measured in zip(new, measure([(sheet.question, items) for sheet, items in new]), strict=True):
        sheet.keep(items, measured)
