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


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words, folded: those that carry content in order, those that must never be invented, and any denial."""

    content: tuple[str, ...]
    names: frozenset[str]
    negated: bool


@lru_cache(maxsize=_REMEMBERED)
def words_of(text: str) -> Words:
    """Takes a text apart, once: evidence is cited by the claims about several answers.

    Names and numbers are words with a digit, and capitalised ones that start no sentence.
    """
    content, names, negated = [], set(), False
    for match in _WORD.finditer(text):
        word = match.group()
        folded = word.casefold()
        negated = negated or folded in DENIALS or folded.endswith(("n't", "n’t"))
        if folded in CLAIM_FUNCTION_WORDS:
            continue
        content.append(folded)
        if (word[0].isupper() and not _starts_sentence(text, match.start())) or any(map(str.isdigit, word)):
            names.add(folded)
    return Words(tuple(content), frozenset(names), negated)


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that carry content, folded, in order."""
    return words_of(text).content


def names_and_numbers(text: str) -> frozenset[str]:
    """The words of a text that must never be invented."""
    return words_of(text).names


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
    relation = _apart(item.relation)
    return f"{item.head_label} {item.relation_label} {relation} {item.tail_label} {values}"


@lru_cache(maxsize=_REMEMBERED)
def _apart(identifier: str) -> str:
    return re.sub(r"[_\W]+", " ", identifier)


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
    claim, said = words_of(text), [words_of(evidence_text(item)) for item in cited]
    known = Vocabulary.of(word for item in said for word in item.content)
    if claim.negated and not any(item.negated for item in said):
        return VerdictLabel.CONTRADICTED
    if claim.names - known.words - given.words:
        return VerdictLabel.CONTRADICTED if _other_value(text, cited, facts) else VerdictLabel.UNSUPPORTED
    words = claim.content
    covered = sum(known.covers(word) or given.covers(word) for word in words)
    if words and covered < len(words) / 2:
        return VerdictLabel.PARTLY_SUPPORTED
    predicted = any(isinstance(item, TripleEvidence) and item.predicted for item in cited)
    return VerdictLabel.PREDICTED if predicted else VerdictLabel.SUPPORTED


def _stands(item: Evidence, facts: StoreFacts) -> bool:
    if isinstance(item, PassageEvidence):
        return facts.span_stands(item)
    return item.predicted or facts.triple_stands(item)


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
