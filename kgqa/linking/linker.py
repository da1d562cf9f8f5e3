"""From words to nodes: names and values of a text, each with its readings in the graph, or with none (NIL)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kgqa.english.stemming import trim_ending
from kgqa.errors import NotFoundError
from kgqa.graph.snapshot import Snapshot
from kgqa.index.contract import NameHit, NameIndex
from kgqa.index.normalise import Token, name_key, tokenise
from kgqa.languages.lexicon import language_of, name_function_words
from kgqa.linking.dictionary import Match, find_names
from kgqa.linking.passages import PassageLinker
from kgqa.linking.scoring import Scorer, context_stems, mention_of, stems
from kgqa.linking.select import select_mentions, weight
from kgqa.linking.spans import (
    Look,
    NameLike,
    capitalised_spans,
    capitals_name,
    has_case,
    opening_word,
    plain_spans,
    plural_nouns,
    quoted_spans,
    runs_within,
    singular_nouns,
    unexplained_parts,
)
from kgqa.linking.values import find_values
from kgqa.types import Candidate, Mention, MentionSpan, Passage

_STRONG = 0.5  # a mention from this score on explains its words
_NIL = 0.5  # the score of a name that the graph lacks
_NIL_WORD = 0.4  # the same for one word: many languages capitalise more than names
_VALUE = 0.9
_IDENTIFIER = re.compile(r"\S*[\d_:/#]\S*")
_FUZZY_K = 8
_FEW = 3  # names of which a text may be a part without being doubted
_PART = 0.6  # what such a part scores at least
_AMONG = 0.86  # the similarity of a word in lower case among others that nothing explains
_LONG = 4  # letters of one of its words
_LEAST = {Look.QUOTED: 0.7, Look.CAPITALISED: 0.74, Look.OPENING: 0.8, Look.PLAIN: 0.77}


class Linker:
    """Links questions and passages to the nodes of one snapshot. Safe to use from several threads.

    ``relation_words`` are labels of relations and types: a name made only of such words is doubted. ``language`` is
    the store's default; names in any language are found.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        index: NameIndex,
        *,
        relation_words: Iterable[str] = frozenset(),
        language: str = "en",
    ) -> None:
        self._snapshot, self._index, self._language = snapshot, index, language
        self._schema = stems(relation_words)
        self._scorer = Scorer(snapshot, schema=self._schema, language=language)
        self._passages = PassageLinker(index, self._scorer, language=language)

    def link(self, text: str, *, entities: Sequence[str] | None = None) -> tuple[Mention, ...]:
        """The mentions of a text, those that explain most first; spans may overlap. See ``select``.

        ``entities`` are the ids to use instead of searching. Raises NotFoundError for one that the graph lacks.
        """
        tokens = tokenise(text)
        language = language_of(text)
        matches = find_names(
            tokens,
            self._index,
            plurals=plural_nouns(text, tokens, language),
            singulars=singular_nouns(text, tokens, language),
        )
        if entities is not None:
            return tuple(self._given(entity, text, tokens, matches) for entity in dict.fromkeys(entities))
        cased = has_case(text, tokens)
        quoted = quoted_spans(text, tokens)
        mentions = self._exact(text, tokens, matches, cased, quoted, language)
        for span, candidate in (*self._values(text), *self._identifiers(text)):
            known = mentions.get(span)
            readings = () if known is None else known.candidates
            if all(candidate.node != reading.node for reading in readings):
                mentions[span] = mention_of(text, span, (*readings, candidate))
        for mention in self._unspelt(text, tokens, mentions, cased, quoted, language):
            mentions.setdefault((mention.start, mention.end), mention)
        return tuple(sorted(mentions.values(), key=lambda mention: (-weight(mention), mention.start, mention.end)))

    def select(self, mentions: Iterable[Mention]) -> tuple[Mention, ...]:
        """The best mentions that do not overlap, in order of the text."""
        return select_mentions(mentions)

    def link_passage(self, passage: Passage) -> tuple[MentionSpan, ...]:
        """The entities named in a passage: exact names only, each clear, without overlap, beside the given mentions."""
        return self._passages.link(passage)

    def link_passages(self, passages: Iterable[Passage]) -> Iterator[tuple[Passage, tuple[MentionSpan, ...]]]:
        """``link_passage`` for many: builds an automaton of all names first, then reads each passage once."""
        return self._passages.link_all(passages)

    # --- questions

    def _given(self, id: str, text: str, tokens: Sequence[Token], matches: Sequence[Match]) -> Mention:
        node = self._snapshot.node(id)
        candidate = None if node is None else self._scorer.single(node, 1.0, "given")
        if candidate is None:
            raise NotFoundError(f"the graph has no entity {id!r}; give an id that it has, or leave the entities out")
        spans = [
            (tokens[match.first].start, tokens[match.last].end)
            for match in matches
            if any(
                self._snapshot.exists([entry.node])[0] and self._snapshot.representative(entry.node) == candidate.node
                for entry in match.entries
            )
        ]
        if not spans:
            return Mention(candidate.label, 0, 0, (candidate,), 1.0)
        start, end = max(spans, key=lambda span: (span[1] - span[0], -span[0]))
        return Mention(text[start:end], start, end, (candidate,), 1.0)

    def _exact(
        self,
        text: str,
        tokens: Sequence[Token],
        matches: Sequence[Match],
        cased: bool,
        quoted: Sequence[NameLike],
        language: str,
    ) -> dict[tuple[int, int], Mention]:
        mentions: dict[tuple[int, int], Mention] = {}
        closed = name_function_words(language)
        openings = {span.first for span in quoted}
        for match in matches:
            span = (tokens[match.first].start, tokens[match.last].end)
            doubt = self._scorer.doubt(match, tokens, text, cased=cased, quoted=openings, closed=closed)
            context = context_stems(tokens, match.first, match.last, closed) if len(match.entries) > 1 else frozenset()
            candidates = self._scorer.exact(match.entries, text[slice(*span)], doubt=doubt, context=context)
            known = mentions.get(span)  # one character may stand for several tokens, and so for several runs
            if candidates and (known is None or candidates[0].score > known.score):
                mentions[span] = mention_of(text, span, candidates)
        return mentions

    def _values(self, text: str) -> Iterator[tuple[tuple[int, int], Candidate]]:
        for span in find_values(text):
            for literal in span.literals:
                node = self._snapshot.node(literal)
                candidate = None if node is None else self._scorer.single(node, _VALUE, "value")
                if candidate is not None:
                    yield (span.start, span.end), candidate

    def _identifiers(self, text: str) -> Iterator[tuple[tuple[int, int], Candidate]]:
        for match in _IDENTIFIER.finditer(text):
            word = match.group().strip("?!.,;:()[]\"'")
            node = self._snapshot.node(word) if word else None
            candidate = None if node is None else self._scorer.single(node, 1.0, "exact")
            if candidate is not None:
                start = match.start() + match.group().index(word)
                yield (start, start + len(word)), candidate

    def _plain(self, token: Token, closed: frozenset[str]) -> bool:
        """Whether the word belongs to the language or the schema rather than to a name."""
        return token.key in closed or trim_ending(token.key) in self._schema

    # --- what no name spells

    def _unspelt(
        self,
        text: str,
        tokens: Sequence[Token],
        mentions: dict[tuple[int, int], Mention],
        cased: bool,
        quoted: Sequence[NameLike],
        language: str,
    ) -> Iterator[Mention]:
        """Misspelt names by similarity of letters, and names that the graph lacks (NIL)."""
        closed = name_function_words(language)
        strong = [mention for mention in mentions.values() if mention.score >= _STRONG]
        explained = {
            i
            for mention in strong
            for i, token in enumerate(tokens)
            if mention.start <= token.start and token.end <= mention.end
        }
        spans = list(quoted)
        spans += capitalised_spans(text, tokens, self._schema, closed) if cased or len(tokens) < 3 or not strong else []
        naming = capitals_name(text, tokens, explained, self._schema, language=language)
        found = False
        for like in (part for span in spans for part in unexplained_parts(span, tokens, explained)):
            if all(i in explained or self._plain(tokens[i], closed) for i in range(like.first, like.last + 1)):
                continue
            candidates = self._similar(text, tokens, like)
            found = found or bool(candidates)
            if not candidates and opening_word(like, text, tokens, explained):
                continue
            if candidates or like.look is Look.QUOTED or (naming and like.look is Look.CAPITALISED):
                yield _unsure(text, tokens, like, candidates)
        if not strong and not found:
            taken: set[int] = set()
            for like in plain_spans(tokens, explained, self._schema, closed):
                whole = [like] if _is_linked(like, tokens, closed) else runs_within(like)
                for part in whole:
                    least = _LEAST[Look.PLAIN] if part.first < part.last or part == like else _AMONG
                    if taken.isdisjoint(range(part.first, part.last + 1)) and (
                        candidates := self._similar(text, tokens, part, least)
                    ):
                        yield _unsure(text, tokens, part, candidates)
                        taken.update(range(part.first, part.last + 1))

    def _similar(
        self, text: str, tokens: Sequence[Token], like: NameLike, least: float | None = None
    ) -> tuple[Candidate, ...]:
        written = text[tokens[like.first].start : tokens[like.last].end]
        hits = self._index.names(written, _FUZZY_K)
        least = max(
            least or _LEAST[like.look], 1 - 1.05 / max(1, len(written.replace(" ", ""))) if len(written) < 6 else 0.0
        )
        part_of = [hit for hit in hits if _is_part(written, hit.name, like.look)]
        if 0 < len(part_of) <= _FEW:  # few names have these words: "Merkel", "Helmholtz Centre"
            least = min(least, _PART)
        near: list[NameHit] = [hit for hit in hits if hit.score >= max(least, hits[0].score - 0.08)]
        return self._scorer.fuzzy(near, like.look, context=context_stems(tokens, like.first, like.last))


def _is_linked(like: NameLike, tokens: Sequence[Token], closed: frozenset[str]) -> bool:
    """Whether a run goes over a small word: it is a name as a whole or not at all."""
    return any(tokens[i].key in closed for i in range(like.first, like.last + 1))


def _is_part(written: str, name: str, look: Look) -> bool:
    """Whether a name has all these words: some of them capitalised, or at least its last one in lower case."""
    words, whole = name_key(written).split(), name_key(name).split()
    if not words or not set(words) <= set(whole) or max(map(len, words)) < _LONG:
        return False
    return look is not Look.PLAIN or words[-1] == whole[-1]


def _unsure(text: str, tokens: Sequence[Token], like: NameLike, candidates: tuple[Candidate, ...]) -> Mention:
    span = (tokens[like.first].start, tokens[like.last].end)
    if candidates:
        return mention_of(text, span, candidates)
    score = _NIL_WORD if like.first == like.last and like.look is not Look.QUOTED else _NIL
    return Mention(text[slice(*span)], span[0], span[1], (), score)
