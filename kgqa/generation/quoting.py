"""Answers from text without a model: the best supporting sentence, quoted, and what in it is asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.english.stemming import trim_ending
from kgqa.generation.citations import without_marks
from kgqa.generation.draft import Draft
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.words import as_words
from kgqa.linking.linker import Linker
from kgqa.reasoning.search.question.analysis import analyse
from kgqa.reasoning.search.question.asked import Asked
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
        # By the last word of a type's name; of several types the one with the shortest name.
        names = sorted((as_words(type) for type in snapshot.type_ids), key=lambda name: (-len(name.split()), name))
        by_name = {as_words(type): type for type in snapshot.type_ids}
        self._types = {trim_ending(name.split()[-1]): by_name[name] for name in names if name.split()}

    def quote(self, question: str, mentions: Sequence[Mention], *, above: float) -> Quoted | None:
        """The answer from text, None where no sentence reaches the confidence ``above``.

        Every name that the question surely has must be what the passage is about; counts and yes or no are not read
        out of text.
        """
        analysis = analyse(question, mentions)
        if analysis.cues.asked in _ASKS_NOTHING_NAMED:
            return None
        named = self._linker.select(mentions)
        found = self._retriever.search(question, k=_PASSAGES, kind="passage")
        results = [r for r in found if isinstance(r, PassageResult) and _is_about(r.passage, named)]
        spans = [best_sentence(question, r.passage.text, title=r.passage.title) for r in results]
        read = [
            (result, span)
            for result, span in zip(results, spans)
            if span is not None and self._speaks_of(result.passage, span, named)
        ]
        if not read:
            return None
        texts = [f"{r.passage.title or ''}: {r.passage.text[span.start : span.end]}" for r, span in read]
        vectors = self._encoder.encode([question, *texts])
        near = [(span.score + float(vector @ vectors[0])) / 2 for (_, span), vector in zip(read, vectors[1:])]
        best = max(range(len(read)), key=lambda i: (near[i], -i))
        result, span = read[best]
        confidence = 1 / (1 + math.exp(-_STEEPNESS * (near[best] - _MIDDLE)))
        if confidence < above:
            return None
        noun = " ".join(analysis.tokens[i].lower for i in analysis.cues.noun)
        return Quoted(self._draft(result, span, confidence, analysis.cues.asked, noun, named), confidence)

    def _speaks_of(self, passage: Passage, span: SentenceSpan, named: Sequence[Mention]) -> bool:
        """Whether a sentence speaks of a sure name of the question, and not of something else that mentions it.

        It does when the passage's title has the name, or names nothing else that the graph knows; else when the name
        comes first of all that the sentence names.
        """
        sure = {
            mention.candidates[0].id: mention.candidates[0].label
            for mention in named
            if mention.candidates and mention.candidates[0].score >= _SURE_LINK
        }
        title = (passage.title or "").strip()
        if not sure or not title or any(label.casefold() in title.casefold() for label in sure.values()):
            return True
        about = self._linker.select(self._linker.link(title))
        others = [item for item in about if item.candidates and item.candidates[0].score >= _SURE_LINK]
        if not others:
            return True
        inside = sorted(
            (mention.start, mention.entity)
            for mention in passage.mentions
            if span.start <= mention.start and mention.end <= span.end
        )
        return bool(inside) and inside[0][1] in sure

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
        quoted = f"“{without_marks(text)}” [1]"
        if item is None:
            item = AnswerItem(AnswerKind.TEXT, text, confidence, citation=1)
            said = quoted
        else:
            said = f"{without_marks(item.label)}: {quoted}"
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
        wanted = self._types.get(trim_ending(noun.split()[-1])) if noun else None
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
