"""Answers from text without a model: the best supporting sentence, quoted, and what in it is asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.generation.draft import Draft
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.words import as_words
from kgqa.linking.linker import Linker
from kgqa.linking.words import stem
from kgqa.reasoning.search.analysis import analyse
from kgqa.reasoning.search.cues import Asked
from kgqa.retrieval.results import PassageResult
from kgqa.retrieval.retriever import Retriever
from kgqa.retrieval.sentences import SentenceSpan, best_sentence
from kgqa.types import AnswerItem, AnswerKind, Candidate, Claim, Mention, Passage, PassageEvidence, TextEncoder

_PASSAGES = 8  # read for one question
_SURE_LINK = 0.5  # names as sure as this must be what the passage is about
# Chance that a sentence answers, by how near it is to the question (mean of word share and cosine): a fixed
# logistic curve, steep around the middle, until a calibrated one is trained.
_MIDDLE, _STEEPNESS = 0.58, 12.0
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b")
_ASKS_NOTHING_NAMED = frozenset({Asked.COUNT, Asked.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Quoted:
    """A draft that quotes a passage, with the chance that it answers the question."""

    draft: Draft
    confidence: float


class Quoter:
    """Finds the sentence that answers a question, if there is one."""

    def __init__(self, retriever: Retriever, linker: Linker, snapshot: Snapshot, encoder: TextEncoder) -> None:
        self._retriever = retriever
        self._linker = linker
        self._snapshot = snapshot
        self._encoder = encoder
        self._types = {stem(word): type for type in snapshot.type_ids for word in as_words(type).split()[-1:]}

    def quote(self, question: str, mentions: Sequence[Mention], *, above: float) -> Quoted | None:
        """The answer from text, None where no sentence reaches the confidence ``above``.

        Every name that the question surely has must be what the passage is about; counts and yes or no are not read
        out of text.
        """
        analysis = analyse(question, mentions)
        if analysis.cues.asked in _ASKS_NOTHING_NAMED:
            return None
        named = self._linker.select(mentions)
        best: tuple[float, PassageResult, SentenceSpan] | None = None
        for result in self._retriever.search(question, k=_PASSAGES, kind="passage"):
            if not isinstance(result, PassageResult) or not _is_about(result.passage, named):
                continue
            near, span = self._nearness(question, result.passage)
            if span is not None and (best is None or near > best[0]):
                best = near, result, span
        if best is None:
            return None
        near, result, span = best
        confidence = 1 / (1 + math.exp(-_STEEPNESS * (near - _MIDDLE)))
        if confidence < above:
            return None
        noun = " ".join(analysis.tokens[i].lower for i in analysis.cues.noun)
        return Quoted(self._draft(result, span, confidence, analysis.cues.asked, noun, named), confidence)

    def _nearness(self, question: str, passage: Passage) -> tuple[float, SentenceSpan | None]:
        span = best_sentence(question, passage.text, title=passage.title, encoder=self._encoder)
        if span is None:
            return 0.0, None
        about = f"{passage.title}: " if passage.title else ""
        vectors = self._encoder.encode([question, about + passage.text[span.start : span.end]])
        return (span.score + float(vectors[0] @ vectors[1])) / 2, span

    def _draft(
        self,
        result: PassageResult,
        span: SentenceSpan,
        confidence: float,
        asked: Asked,
        noun: str,
        named: Sequence[Mention],
    ) -> Draft:
        passage = result.passage
        text = passage.text[span.start : span.end]
        evidence = PassageEvidence(
            1, passage.id, span.start, span.end, text, result.sources, round(confidence, 4), passage.title
        )
        item = self._asked_for(passage, span, asked, noun, named, confidence)
        quoted = f"“{text}” [1]"
        if item is None:
            item = AnswerItem(AnswerKind.TEXT, text, confidence, citation=1)
            said = quoted
        else:
            said = f"{item.label}: {quoted}"
        return Draft(said, (item,), (Claim(text, (1,)),), (evidence,), 1, 1)

    def _asked_for(
        self,
        passage: Passage,
        span: SentenceSpan,
        asked: Asked,
        noun: str,
        named: Sequence[Mention],
        confidence: float,
    ) -> AnswerItem | None:
        """The entity or value of the sentence that fits what is asked for; None leaves the sentence itself."""
        text = passage.text[span.start : span.end]
        if asked is Asked.WHEN and len(years := set(_YEAR.findall(text))) == 1:
            year = years.pop()
            return AnswerItem(AnswerKind.VALUE, year, confidence, value=year, type="year", citation=1)
        wanted = self._types.get(stem(noun.split()[-1])) if noun else None
        if wanted is None:
            return None
        known = {mention.candidates[0].node for mention in named if mention.candidates}
        for candidate in self._entities(passage, span):
            if candidate.node not in known and wanted in self._snapshot.types_of(candidate.node):
                return AnswerItem(AnswerKind.ENTITY, candidate.label, confidence, id=candidate.id, citation=1)
        return None

    def _entities(self, passage: Passage, span: SentenceSpan) -> list[Candidate]:
        """What the sentence names, then what the passage is known to mention."""
        text = passage.text[span.start : span.end]
        found = [
            mention.candidates[0] for mention in self._linker.select(self._linker.link(text)) if mention.candidates
        ]
        for mention in passage.mentions:
            node = self._snapshot.node(mention.entity)
            if node is not None:
                found.append(Candidate(node, mention.entity, self._snapshot.label(node), 1.0, "given"))
        return found


def _is_about(passage: Passage, named: Sequence[Mention]) -> bool:
    """Whether the passage mentions every sure name of the question, linked or not."""
    mentioned = {mention.entity for mention in passage.mentions}
    words = f"{passage.title or ''} {passage.text}".casefold()
    for mention in named:
        if mention.candidates:
            best = mention.candidates[0]
            if best.score >= _SURE_LINK and best.id not in mentioned and best.label.casefold() not in words:
                return False
        elif mention.text.casefold() not in words:
            return False
    return True
