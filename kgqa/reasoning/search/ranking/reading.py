"""Reads questions with a reader: plan scores, remembered by the masked question."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.embeddings.bert import Bert
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.ranking.outline import MAX_NAMES, Layout, Names, layout, masked, names_of
from kgqa.reasoning.search.ranking.reader import column_vectors, distances, fits, meanings, plan_scores
from kgqa.reasoning.search.vocabulary.schema import Schema

Floats = NDArray[np.float32]

GROUPS = 3
"""Choices of names for which a question is read; plans that take other names are left to the other ranker."""
BEHIND = 5.0
"""Choices of names whose best plan lies further behind are not read."""
UNREAD = 8.0
"""How far plans that are not read stand behind the least of those that are."""
BATCH = 32
"""Read questions that are kept however large they are."""
REMEMBERED = 2**25
"""Bytes of read questions that are kept."""


def groups(
    candidates: Sequence[Candidate], scores: NDArray[np.float64], *, most: int = GROUPS
) -> dict[Names, list[int]]:
    """Plans by the names that they take: the ``most`` choices whose best plans score highest."""
    found: dict[Names, list[int]] = {}
    least = (scores.max() if len(scores) else 0.0) - BEHIND
    for place in np.argsort(-scores, kind="stable").tolist():
        names = names_of(candidates[place])
        if names in found or not found or (len(found) < most and scores[place] >= least):
            found.setdefault(names, []).append(place)
    return found


class PlanReader:
    """Scores plans by reading the question.

    Args:
        weights: of the head and of the tuned layers, by name
        bert: the encoder's layers and words
        schema: what plans are made of
        trained: whether it learnt on this graph, so that its judgement speaks for words that no relation explains
    """

    def __init__(self, weights: Mapping[str, Floats], bert: Bert, schema: Schema, *, trained: bool = True) -> None:
        self.weights, self.trained = dict(weights), trained
        self._bert, self._tuned = bert, bert.tuned(weights)
        self._known = meanings(column_vectors(schema), weights)
        self._schema = schema
        self._seen = weights["head.seen"] > 0
        self._share = float(weights["head.share"].item())
        self._lock = threading.Lock()
        self._read: OrderedDict[str, tuple[Floats, Floats]] = OrderedDict()
        self._mask_word = str(bert.mask_word)

    def over(self, schema: Schema) -> PlanReader:
        """The same reader, without weights of its own for any relation, over another schema."""
        own = np.zeros((1, self.weights["head.own"].shape[1]), dtype=np.float32)
        return PlanReader(self.weights | {"head.own": own}, self._bert, schema, trained=self.trained)

    def scores(
        self, analysis: Analysis, candidates: Sequence[Candidate], others: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The other ranker's scores and the reader's together. shapes: (plans,)"""
        chosen = groups(candidates, others)
        texts = {names: masked(analysis, names, self._mask_word) for names in chosen}
        return others + self.read(
            [
                (texts[names], places, layout([candidates[place] for place in places], self._schema))
                for names, places in chosen.items()
            ],
            len(candidates),
        )

    def read(self, rows: Sequence[tuple[str, Sequence[int], Layout]], count: int) -> NDArray[np.float64]:
        """The reader's scores of ``count`` plans, of which each row reads some, as they count. shape: (count,)"""
        fits_of = self.prepare([text for text, _, _ in rows])
        out = np.full(count, np.nan)
        known = np.ones(count, dtype=bool)
        for text, places, plans in rows:
            fit, operators = fits_of[text]
            out[list(places)] = plan_scores(plans, fit, operators)
            strange = plans.operators[~self._seen[plans.operators[:, 1]], 0]
            known[np.asarray(places, dtype=np.int64)[strange]] = False
        read = ~np.isnan(out)
        # Nothing was learnt of operators that no right plan had: such plans are left to the other ranker.
        out[read & ~known] = out[read & known].max(initial=-np.inf) if (read & known).any() else 0.0
        out[~read] = out[read].min(initial=0.0) - UNREAD
        return self._share * out

    def prepare_all(self, questions: Sequence[tuple[Analysis, Sequence[Candidate], NDArray[np.float64]]]) -> None:
        """Reads many questions together; each with its plans and the other ranker's scores, as for ``scores``."""
        self.prepare(
            [
                masked(analysis, names, self._mask_word)
                for analysis, candidates, others in questions
                for names in groups(candidates, others)
            ]
        )

    def prepare(self, texts: Sequence[str]) -> dict[str, tuple[Floats, Floats]]:
        """Reads masked questions, the new ones together, and gives the fits of each. Safe from many threads.

        shapes: (names, slots, columns), (operators,) each
        """
        with self._lock:
            found = {text: self._read[text] for text in texts if text in self._read}
            new = sorted(set(texts) - found.keys())
            mask = self._bert.mask_id
            for text, (ids, hidden) in zip(new, self._tuned.states(new)):
                near = distances(ids, -1 if mask is None else mask, MAX_NAMES)
                found[text] = fits(hidden, near, self._known, self.weights)
            for text in found:
                self._read[text] = found[text]
                self._read.move_to_end(text)
                if len(self._read) * found[text][0].nbytes > REMEMBERED and len(self._read) > BATCH:
                    self._read.popitem(last=False)
        return found


def tuned_layers(weights: Mapping[str, Any]) -> int:
    """How many of the encoder's highest layers a reader has of its own."""
    return len({name.split(".")[2] for name in weights if name.startswith("encoder.layer.")})
