"""Which names stand in a passage: entities by the linker or as given, other names by spelling."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kgqa.graph.snapshot import Snapshot
from kgqa.index.contract import NameIndex
from kgqa.index.normalise import Token, tokenise
from kgqa.index.text import TextIndex
from kgqa.linking.automaton import NameAutomaton
from kgqa.linking.linker import Linker
from kgqa.retrieval.links import tables
from kgqa.retrieval.links.index import entity_key
from kgqa.retrieval.links.names import is_name, leftmost_longest, runs, spelt_as_name, title_keys, written_names
from kgqa.types import MentionSpan, Passage

_FEW = 50  # names a passage above which they are looked up instead of gathered


@dataclass(frozen=True, slots=True)
class NameReader:
    """Reads names off passages, against one revision of the graph. ``entities``: whether the graph has any."""

    snapshot: Snapshot
    text: TextIndex
    names: NameIndex
    linker: Linker
    entities: bool

    def borne(self, passage: Passage) -> set[str]:
        """The keys that the passage is about: its title's, and the entity's that alone bears that name."""
        keys = title_keys(passage.title or "")
        if not keys or not self.entities:
            return set(keys)
        nodes = {
            self.snapshot.representative(entry.node)
            for entry in self.names.lookup(keys[:1])
            if entry.kind != "value" and self.snapshot.exists([entry.node])[0]
        }
        return {*keys, *(entity_key(node) for node in nodes if len(nodes) == 1)}

    def written(self, passage: Passage) -> set[str]:
        """The keys that the passage writes as names."""
        return written_names(passage.text, tokenise(passage.text))

    def mentioned(self, passage: Passage, db: sqlite3.Connection, *, longest: int) -> set[str]:
        """The keys of the known names in one passage, looked up in the tables."""
        tokens = tokenise(passage.text)
        found = [run for run in runs(tokens, longest) if spelt_as_name(passage.text, tokens, run[0], run[1])]
        known = tables.known_among(db, sorted({key for _, _, key in found if is_name(key)}))
        spans = self.linker.link_passage(passage) if self.entities else ()
        places = [(first, last) for first, last, key in found if key in known]
        return self._keys(passage, tokens, places, spans)

    def mentioned_in_all(self, passages: Iterable[Passage], known: Iterable[str]) -> Iterator[tuple[Passage, set[str]]]:
        """``mentioned`` for many: one automaton of all known names, one pass over each passage."""
        automaton = NameAutomaton(key for key in known if is_name(key) and not key.startswith("#"))
        for passage, spans in self._linked(passages):
            tokens = tokenise(passage.text)
            places = [run for run in automaton.find(tokens) if spelt_as_name(passage.text, tokens, *run)]
            yield passage, self._keys(passage, tokens, places, spans)

    def _linked(self, passages: Iterable[Passage]) -> Iterator[tuple[Passage, Sequence[MentionSpan]]]:
        """Passages with the entities in them; few passages beside many names are not worth an automaton of them."""
        if not self.entities:
            return ((passage, ()) for passage in passages)
        if self.names.name_count > _FEW * self.text.counts()[0]:
            return ((passage, self.linker.link_passage(passage)) for passage in passages)
        return self.linker.link_passages(passages)

    def _keys(
        self,
        passage: Passage,
        tokens: Sequence[Token],
        places: Sequence[tuple[int, int]],
        spans: Sequence[MentionSpan],
    ) -> set[str]:
        """The linked entities, and the longest names that stand beside them."""
        given = [mention for mention in passage.mentions if not mention.found]
        held = [(mention.start, mention.end) for mention in (*given, *spans)]
        keys = set()
        for mention in (*given, *spans):
            if (node := self.snapshot.node(mention.entity)) is not None:
                keys.add(entity_key(node))

        def taken(first: int, last: int) -> bool:
            start, end = tokens[first].start, tokens[last].end
            return any(start < stop and begin < end for begin, stop in held)

        for first, last in leftmost_longest(places, taken):
            keys.add(" ".join(token.key for token in tokens[first : last + 1]))
        return keys
