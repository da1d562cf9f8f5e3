"""The channel of triples by graph embeddings: statements whose far end the embeddings expect for the question.

EmbedKGQA (Saxena et al., 2020) places a question among the relations and scores entities by the embeddings. Here no
labels place it: the question is the mixture of the relations around what it names, weighed by how like their words are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot import Snapshot
from kgqa.languages.lexicon import language_of
from kgqa.retrieval.channels import SCALE, Hit, Query, proportional, softmax
from kgqa.retrieval.local_names import LocalNames
from kgqa.retrieval.triples import TripleKey, statements_around
from kgqa.types import TextEncoder

RELATIONS = 8
"""Relations that a question is a mixture of, at most: each costs a score of every statement around it."""


class EdgeScorer(Protocol):
    """Graph embeddings; a link predictor is one."""

    def edge_scores(self, triples: NDArray[np.int64]) -> NDArray[np.float64]:
        """Plain scores of triples in the snapshot's numbers, NaN where something in one is not known.

        triples: shape: (n, 3); gives shape: (n,)
        """
        ...


class EdgeChannel:
    """Statements one step around the mentions, by the share of the embeddings' belief that falls to each."""

    name = "edges"

    def __init__(self, snapshot: Snapshot, names: LocalNames, encoder: TextEncoder, scorer: EdgeScorer) -> None:
        self._snapshot, self._names, self._encoder, self._scorer = snapshot, names, encoder, scorer

    def rank(self, query: Query, k: int) -> list[Hit[TripleKey]]:
        """The score is a probability over the statements around; those that the embeddings do not know are left out."""
        triples = [key for key in statements_around(self._snapshot, query) if query.keeps is None or query.keeps(key)]
        if not triples:
            return []
        relations, weights = self._meant(query, sorted({relation for _, relation, _ in triples}))
        scores = np.zeros(len(triples))
        rows = np.array(triples, dtype=np.int64)
        for relation, weight in zip(relations, weights, strict=True):
            asked = rows.copy()
            asked[:, 1] = relation
            scores += weight * _shares(self._scorer.edge_scores(asked))
        shares: list[float] = np.round(scores, 9).tolist()
        order = sorted(range(len(triples)), key=lambda i: (-shares[i], triples[i]))
        return [Hit(triples[i], shares[i]) for i in order if shares[i] > 0][:k]

    def chances(self, hits: Sequence[Hit[TripleKey]]) -> list[float]:
        return proportional([hit.score for hit in hits])

    def _meant(self, query: Query, relations: Sequence[int]) -> tuple[list[int], list[float]]:
        """The relations whose words are most like the question, and their weights, which sum to 1."""
        language = language_of(query.text)
        labels = [self._names.relation(number, language).label for number in relations]
        vectors = self._encoder.encode([_without_names(query), *labels])
        cosines = np.round((vectors[1:] @ vectors[0]).astype(np.float64), 6)
        best = np.argsort(-cosines, kind="stable")[:RELATIONS]
        return [relations[place] for place in best], softmax((SCALE * cosines[best]).tolist())


def _without_names(query: Query) -> str:
    """The question without what it names, which says nothing of the relation; the whole where nothing else is left."""
    named = {place for mention in query.mentions for place in range(mention.start, mention.end)}
    left = "".join(" " if place in named else character for place, character in enumerate(query.text))
    return " ".join(left.split()) if any(map(str.isalnum, left)) else query.text


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softmax over the scores that are known; 0 for the others. shape: (n,) -> (n,)"""
    out = np.zeros(len(scores))
    known = np.isfinite(scores)
    out[known] = softmax(scores[known].tolist())
    return out
