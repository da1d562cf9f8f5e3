"""The channel of triples: statements around the linked entities, ranked by how well their words match the query.

Entities are found by text and statements from them, so no statement needs a vector; with an encoder the best 64 by
words are ranked again by meaning.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import islice

import numpy as np

from kgqa.graph.snapshot import Snapshot
from kgqa.languages.lexicon import language_of
from kgqa.retrieval.channels import SCALE, Hit, Query, softmax
from kgqa.retrieval.local_names import LocalNames
from kgqa.retrieval.sentences import content_stems
from kgqa.types import TextEncoder

TripleKey = tuple[int, int, int]
"""(head, relation, tail) in the snapshot's numbers."""

MAX_READINGS = 3
MAX_NEIGHBOURS = 200
MAX_TRIPLES = 5_000
RERANKED = 64
_K1, _B = 1.2, 0.75


class TripleChannel:
    """Statements one step around the mentions' best three readings; hubs give at most 200 neighbours a relation."""

    name = "facts"

    def __init__(self, snapshot: Snapshot, names: LocalNames, *, encoder: TextEncoder | None = None) -> None:
        self._snapshot, self._names, self._encoder = snapshot, names, encoder

    def rank(self, query: Query, k: int) -> list[Hit[TripleKey]]:
        """The score is the cosine where an encoder ranked the best again, otherwise BM25."""
        triples = statements_around(self._snapshot, query)
        if not triples:
            return []
        said = self._said(triples, language_of(query.text))
        texts = [text for text, _ in said]
        scores = bm25_scores(content_stems(query.text), [content_stems(" ".join(words)) for words in said])
        order = sorted(range(len(triples)), key=lambda i: (-scores[i], triples[i]))
        kept = (i for i in order if query.keeps is None or query.keeps(triples[i]))
        if self._encoder is None:
            return [Hit(triples[i], scores[i]) for i in islice(kept, k)]
        best = list(islice(kept, RERANKED))
        return [Hit(triples[i], score) for i, score in self._rerank(query.text, texts, best)][:k]

    def chances(self, hits: Sequence[Hit[TripleKey]]) -> list[float]:
        return softmax([(1.0 if self._encoder is None else SCALE) * hit.score for hit in hits])

    def _said(self, triples: Sequence[TripleKey], language: str) -> list[tuple[str, str]]:
        """Each statement in words of the language, and the other words that the language has for its relation."""
        labels = self._names.nodes({node for head, _, tail in triples for node in (head, tail)}, language)
        out = []
        for head, number, tail in triples:
            relation = self._names.relation(number, language)
            out.append((f"{labels[head]} {relation.label} {labels[tail]}", " ".join(relation.aliases)))
        return out

    def _rerank(self, query: str, texts: Sequence[str], order: list[int]) -> list[tuple[int, float]]:
        """(place, cosine) of the triples in ``order``, by meaning; ties stay as they are."""
        if self._encoder is None or not order:
            return []
        vectors = self._encoder.encode([query, *(texts[i] for i in order)])
        cosines = np.round((vectors[1:] @ vectors[0]).astype(np.float64), 6).tolist()
        return sorted(zip(order, cosines, strict=True), key=lambda item: -item[1])


def statements_around(snapshot: Snapshot, query: Query) -> list[TripleKey]:
    """Statements one step around the best readings of the query's mentions and a plan's answers, 5,000 at most."""
    nodes = [candidate.node for mention in query.mentions for candidate in mention.candidates[:MAX_READINGS]]
    out: dict[TripleKey, None] = {}
    for node in dict.fromkeys([*nodes, *query.answers]):
        relations, inverses, _ = snapshot.steps_from([node])
        for relation, inverse in zip(relations.tolist(), inverses.tolist(), strict=True):
            for other in list(snapshot.neighbours(node, relation, inverse)[:MAX_NEIGHBOURS]):
                out[(other, relation, node) if inverse else (node, relation, other)] = None
            if len(out) >= MAX_TRIPLES:
                return list(out)
    return list(out)


def bm25_scores(query: Sequence[str], documents: Sequence[Sequence[str]]) -> list[float]:
    """BM25 of each document, the documents being the whole collection (Robertson and Zaragoza, 2009)."""
    mean = sum(map(len, documents)) / max(1, len(documents)) or 1.0
    uses = Counter(word for document in documents for word in set(document))
    out = []
    for document in documents:
        counts, score = Counter(document), 0.0
        for word in dict.fromkeys(query):
            if n := counts[word]:
                rarity = math.log1p((len(documents) - uses[word] + 0.5) / (uses[word] + 0.5))
                score += rarity * n * (_K1 + 1) / (n + _K1 * (1 - _B + _B * len(document) / mean))
        out.append(score)
    return out
