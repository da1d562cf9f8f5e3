"""How good a reading is: by the name that matched, by how it is written, and by the words around it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from kgqa.english.function_words import NAME_FUNCTION_WORDS
from kgqa.english.stemming import trim_ending
from kgqa.graph.snapshot import Snapshot
from kgqa.index.contract import NameEntry, NameHit
from kgqa.index.normalise import Token, surface, tokenise
from kgqa.linking.dictionary import Match
from kgqa.linking.spans import Look, opens_sentence
from kgqa.types import Candidate, Mention

MAX_CANDIDATES = 20
_WEIGHED = 64  # nodes of one name that are compared by context
_KINDS = {"label": (1.0, "exact"), "alias": (0.95, "alias"), "value": (0.85, "value")}
_OTHER_LANGUAGE = 0.98
_OTHER_SPELLING = 0.97
_OTHER_VALUE = 0.5  # codes and symbols are written as they are: "la" is hardly "La"
_FOLDED = 0.995
_FUNCTION = (0.15, 0.4, 0.7)  # names of one, two, or more function words
_NOUN = 0.4
_INDEFINITE = frozenset(("a", "an"))
_SCHEMA, _LOWER, _SHORT, _COMMON, _SHOWN = 0.3, 0.75, 0.5, 0.9, 0.8
_PLURAL = 0.5  # a name of one word said in the plural: "the films" are seldom *Film*
_FUZZY = 0.9
_PLAIN = 0.85


class Scorer:
    """Scores readings over one snapshot. ``schema`` holds the stems of the words of relations and types."""

    def __init__(self, snapshot: Snapshot, *, schema: frozenset[str], language: str) -> None:
        self._snapshot, self._schema, self._language = snapshot, schema, language
        self._type_stems: dict[str, frozenset[str]] = {}
        self._relation_stems: dict[int, frozenset[str]] = {}
        self._types = frozenset(snapshot.type_ids)

    def exact(
        self, entries: Iterable[NameEntry], written: str, *, doubt: float, context: frozenset[str]
    ) -> tuple[Candidate, ...]:
        """The readings of a span that is spelt like these names; ``doubt`` in (0, 1] lowers them all."""
        best: dict[int, tuple[float, str]] = {}
        folded = surface(written)
        for entry in entries:
            node = self._standing(entry.node)
            if node is None:
                continue
            score, how = _KINDS[entry.kind]
            if entry.language not in (None, self._language):
                score *= _OTHER_LANGUAGE
            if entry.kind == "value" and entry.name != written:
                score *= _OTHER_VALUE
            elif entry.name != written:
                score *= _FOLDED if surface(entry.name) == folded else _OTHER_SPELLING
            if score > best.get(node, (0.0, ""))[0]:
                best[node] = (score, how)
        return self._ranked(best, doubt, context)

    def fuzzy(self, hits: Sequence[NameHit], look: Look, *, context: frozenset[str]) -> tuple[Candidate, ...]:
        """The readings of a span that is spelt nearly like these names."""
        best: dict[int, tuple[float, str]] = {}
        for hit in hits:
            node = self._standing(hit.node)
            if node is not None and hit.score > best.get(node, (0.0, ""))[0]:
                best[node] = (hit.score, "fuzzy")
        return self._ranked(best, _FUZZY * (_PLAIN if look is Look.PLAIN else 1.0), context)

    def single(self, node: int, score: float, how: str) -> Candidate | None:
        """A reading by itself; None when the node has no place in the snapshot."""
        found = self._standing(node)
        return None if found is None else self._candidate(found, score, how)

    def doubt(
        self,
        match: Match,
        tokens: Sequence[Token],
        text: str,
        *,
        cased: bool,
        quoted: set[int],
        closed: frozenset[str] = NAME_FUNCTION_WORDS,
    ) -> float:
        """How far to trust that these words are meant as a name. A common word that is also a name is doubted.

        ``closed``: the function words of the text's language.
        """
        words = tokens[match.first : match.last + 1]
        start = text[words[0].start]
        capital = cased and start.isupper() and not opens_sentence(text, words[0])
        shown = capital or match.first in quoted
        lower_names = all(entry.name[:1].islower() for entry in match.entries)
        if all(token.key in closed for token in words):
            factor = _FUNCTION[min(len(words), len(_FUNCTION)) - 1]
        elif all(token.key in closed or trim_ending(token.key) in self._schema for token in words):
            factor = _SCHEMA
        elif len(words) == 1 and len(words[0].key) <= 2 and words[0].key.isascii() and start.islower():
            factor = _SHORT
        elif cased and start.islower() and _is_common_noun(match, tokens, text):
            factor = _NOUN
        elif cased and start.islower() and not any(entry.name[:1].islower() for entry in match.entries):
            factor = _LOWER
        elif lower_names or words[0].key in closed:
            factor = _COMMON
        else:
            factor = 1.0
        if all(entry.key != " ".join(token.key for token in words) for entry in match.entries):
            factor *= _PLURAL if sum(token.key not in closed for token in words) == 1 else 1.0
        return max(factor, _SHOWN) if shown else factor

    def _standing(self, node: int) -> int | None:
        """The node that stands for this one; None when it is gone, or a type of which nothing is said but its names."""
        if not self._snapshot.exists([node])[0]:
            return None
        if self._snapshot.id(node) in self._types and not self._snapshot.steps_from([node])[2].any():
            return None
        return self._snapshot.representative(node)

    def _ranked(
        self, best: dict[int, tuple[float, str]], doubt: float, context: frozenset[str]
    ) -> tuple[Candidate, ...]:
        if len(best) > 1:
            chosen = sorted(best, key=lambda node: (-best[node][0], node))[:_WEIGHED]
            degrees, shared = {}, {}
            for node in chosen:
                degrees[node], words = self._surroundings(node)
                shared[node] = len(words & context)
            top = math.log1p(max(degrees.values())) or 1.0
            most = max(shared.values()) or 1
            best = {
                node: (
                    best[node][0] * (0.85 + 0.07 * math.log1p(degrees[node]) / top + 0.08 * shared[node] / most),
                    best[node][1],
                )
                for node in chosen
            }
        order = sorted(best, key=lambda node: (-best[node][0], node))[:MAX_CANDIDATES]
        return tuple(self._candidate(node, best[node][0] * doubt, best[node][1]) for node in order)

    def _candidate(self, node: int, score: float, how: str) -> Candidate:
        literal = self._snapshot.literal(node)
        label = self._snapshot.label(node)
        name = self._snapshot.id(node) or (literal.label() if literal is not None else label)
        return Candidate(node, name, label, round(min(1.0, score), 6), how)

    def _surroundings(self, node: int) -> tuple[int, frozenset[str]]:
        """How many edges a node has, and the stems of the words of its types and relations."""
        relations, _, counts = self._snapshot.steps_from([node])
        words: set[str] = set()
        for kind in self._snapshot.types_of(node):
            words |= self._words_of_type(kind)
        for relation in relations.tolist():
            words |= self._words_of_relation(relation)
        return int(counts.sum()), frozenset(words)

    def _words_of_type(self, type: str) -> frozenset[str]:
        if type not in self._type_stems:
            number = self._snapshot.node(type)
            self._type_stems[type] = stems([type] if number is None else [type, self._snapshot.label(number)])
        return self._type_stems[type]

    def _words_of_relation(self, relation: int) -> frozenset[str]:
        if relation not in self._relation_stems:
            info = self._snapshot.relations[relation]
            names = [] if info is None else [name for name in (info.id, info.label, info.inverse_label) if name]
            self._relation_stems[relation] = stems(names)
        return self._relation_stems[relation]


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of the content words in these labels."""
    return frozenset(
        trim_ending(token.key) for word in words for token in tokenise(word) if token.key not in NAME_FUNCTION_WORDS
    )


def context_stems(
    tokens: Sequence[Token], first: int, last: int, closed: frozenset[str] = NAME_FUNCTION_WORDS
) -> frozenset[str]:
    """The stems of the content words around a name, which is tokens ``first`` to ``last``."""
    return frozenset(
        trim_ending(token.key) for i, token in enumerate(tokens) if not (first <= i <= last or token.key in closed)
    )


def mention_of(text: str, span: tuple[int, int], candidates: tuple[Candidate, ...]) -> Mention:
    """A mention with its best reading first."""
    ordered = tuple(sorted(candidates, key=lambda candidate: (-candidate.score, candidate.node)))
    return Mention(text[slice(*span)], span[0], span[1], ordered, ordered[0].score)


def _is_common_noun(match: Match, tokens: Sequence[Token], text: str) -> bool:
    """Whether a word in lower case stands where English has a common noun: "a film", "the film Alien"."""
    if match.first != match.last:
        return False
    if match.first and tokens[match.first - 1].key in _INDEFINITE:
        return True
    after = tokens[match.last + 1 : match.last + 2]
    return bool(after) and text[after[0].start].isupper() and text[tokens[match.last].end : after[0].start].isspace()
