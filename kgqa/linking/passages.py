"""Entities named in passages: only what is spelt as a name and clear, for nobody asks back about a text."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence

from kgqa.index.contract import NameIndex
from kgqa.index.normalise import Token, tokenise
from kgqa.linking.automaton import NameAutomaton
from kgqa.linking.dictionary import Match, entries_of, find_names
from kgqa.linking.scoring import Scorer, context_stems, mention_of
from kgqa.linking.select import select_mentions
from kgqa.linking.spans import has_case
from kgqa.types import Mention, MentionSpan, Passage

_SURE = 0.8  # a name is linked from this score on
_CLEAR = 0.05  # by which the best reading must lead


class PassageLinker:
    """Links passages over the names of one index. Safe to use from several threads."""

    def __init__(self, index: NameIndex, scorer: Scorer, *, language: str) -> None:
        self._index, self._scorer, self._language = index, scorer, language
        self._automaton: tuple[int | None, NameAutomaton] | None = None
        self._lock = threading.Lock()

    def link(self, passage: Passage) -> tuple[MentionSpan, ...]:
        """The entities named in a passage: exact names only, each clear, without overlap, beside the given mentions."""
        tokens = tokenise(passage.text)
        return self._mentions(passage, tokens, find_names(tokens, self._index))

    def link_all(self, passages: Iterable[Passage]) -> Iterator[tuple[Passage, tuple[MentionSpan, ...]]]:
        """``link`` for many: builds an automaton of all names first, then reads each passage once."""
        automaton = self._automaton_of_names()
        for passage in passages:
            tokens = tokenise(passage.text)
            matches = entries_of(tokens, automaton.find(tokens), self._index)
            yield passage, self._mentions(passage, tokens, matches)

    def _mentions(self, passage: Passage, tokens: Sequence[Token], matches: Sequence[Match]) -> tuple[MentionSpan, ...]:
        given = [(mention.start, mention.end) for mention in passage.mentions if not mention.found]
        cased = has_case(passage.text, tokens)
        languages = {None, self._language, passage.language}
        clear: list[Mention] = []
        for match in matches:
            span = (tokens[match.first].start, tokens[match.last].end)
            if any(span[0] < end and start < span[1] for start, end in given):
                continue
            entries = tuple(
                entry
                for entry in match.entries
                if entry.kind != "value" and (passage.language is None or entry.language in languages)
            )
            doubt = self._scorer.doubt(match, tokens, passage.text, cased=cased, quoted=set())
            if not entries or doubt < 1:
                continue
            context = context_stems(tokens, match.first, match.last) if len(entries) > 1 else frozenset()
            readings = self._scorer.exact(entries, passage.text[slice(*span)], doubt=1.0, context=context)
            lead = readings[0].score - (readings[1].score if len(readings) > 1 else 0.0) if readings else 0.0
            if lead >= _CLEAR and readings[0].score >= _SURE:
                clear.append(mention_of(passage.text, span, readings[:1]))
        return tuple(
            MentionSpan(mention.start, mention.end, mention.candidates[0].id, found=True)
            for mention in select_mentions(clear)
        )

    def _automaton_of_names(self) -> NameAutomaton:
        with self._lock:
            revision = self._index.revision
            if self._automaton is None or self._automaton[0] != revision:
                self._automaton = (revision, NameAutomaton(self._index.all_keys()))
            return self._automaton[1]
