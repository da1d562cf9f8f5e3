"""Whether a claim says no more than the evidence that it cites.

Checked by code, on words: every name and number of a claim must stand in its cited evidence, and most of its other
content words too. A claim that denies what its evidence states is contradicted, and so is one that gives a
functional relation another value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from kgqa.english.function_words import CLAIM_FUNCTION_WORDS, DENIALS
from kgqa.types import Evidence, PassageEvidence, TripleEvidence, VerdictLabel
from kgqa.verification.facts import StoreFacts

_REMEMBERED = 1024
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*", re.UNICODE)


def content_words(text: str) -> list[str]:
    """The words of a text that carry content, folded, in order."""
    return [
        word
        for word in (match.group().casefold() for match in _WORD.finditer(text))
        if word not in CLAIM_FUNCTION_WORDS
    ]


def names_and_numbers(text: str) -> set[str]:
    """Words that must never be invented: those with a digit, and capitalised ones that start no sentence."""
    out = set()
    for match in _WORD.finditer(text):
        word = match.group()
        if any(map(str.isdigit, word)) or (word[0].isupper() and not _starts_sentence(text, match.start())):
            out.add(word.casefold())
    return out - CLAIM_FUNCTION_WORDS


def _starts_sentence(text: str, at: int) -> bool:
    before = at - 1
    while before >= 0 and text[before].isspace():
        before -= 1
    return before < 0 or text[before] in ".!?:;\"'“"


def evidence_text(item: Evidence) -> str:
    """What an item of evidence says, as text."""
    if isinstance(item, PassageEvidence):
        return f"{item.title or ''} {item.text}"
    values = " ".join(
        str(value.get("value") if isinstance(value, dict) else value) for value in item.qualifiers.values()
    )
    relation = re.sub(r"[_\W]+", " ", item.relation)
    return f"{item.head_label} {item.relation_label} {relation} {item.tail_label} {values}"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Folded words, and the first four letters by which their kin is known."""

    words: frozenset[str]
    starts: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        own = frozenset(words)
        return cls(own, frozenset(word[:4] for word in own))

    def covers(self, word: str) -> bool:
        """Whether the word is here, or one that shares its stem of at least four letters."""
        return word in self.words or (len(word) > 4 and word[:4] in self.starts)


NO_WORDS = Vocabulary.of(())


def judge_claim(
    text: str, cited: Sequence[Evidence], facts: StoreFacts, *, given: Vocabulary = NO_WORDS
) -> VerdictLabel:
    """The label of one claim. ``given``: words that need no evidence (the question's, a checked count)."""
    if not cited or not all(_stands(item, facts) for item in cited):
        return VerdictLabel.UNSUPPORTED
    said = [evidence_text(item) for item in cited]
    known = Vocabulary.of(frozenset().union(*map(_words_said, said)))
    if _negated(text) and not any(map(_negated, said)):
        return VerdictLabel.CONTRADICTED
    if names_and_numbers(text) - known.words - given.words:
        return VerdictLabel.CONTRADICTED if _other_value(text, cited, facts) else VerdictLabel.UNSUPPORTED
    words = content_words(text)
    covered = sum(known.covers(word) or given.covers(word) for word in words)
    if words and covered < len(words) / 2:
        return VerdictLabel.PARTLY_SUPPORTED
    predicted = any(isinstance(item, TripleEvidence) and item.predicted for item in cited)
    return VerdictLabel.PREDICTED if predicted else VerdictLabel.SUPPORTED


def _stands(item: Evidence, facts: StoreFacts) -> bool:
    if isinstance(item, PassageEvidence):
        return facts.span_stands(item)
    return item.predicted or facts.triple_stands(item)


@lru_cache(maxsize=_REMEMBERED)
def _words_said(text: str) -> frozenset[str]:
    """The content words of a piece of evidence, which the claims about several answers cite again."""
    return frozenset(content_words(text))


def _negated(text: str) -> bool:
    words = {match.group().casefold() for match in _WORD.finditer(text)}
    return not words.isdisjoint(DENIALS) or any(word.endswith(("n't", "n’t")) for word in words)


def _other_value(text: str, cited: Sequence[Evidence], facts: StoreFacts) -> bool:
    """Whether the claim is about a cited head and functional relation but gives neither cited value."""
    said = Vocabulary.of(content_words(text))
    words = said.words
    for item in cited:
        if not isinstance(item, TripleEvidence) or not facts.is_functional(item.relation):
            continue
        head, tail = set(content_words(item.head_label)), set(content_words(item.tail_label))
        relation = set(content_words(item.relation_label))
        if head <= words and not tail & words and any(said.covers(word) for word in relation):
            return True
    return False
