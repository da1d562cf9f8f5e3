"""The names of a graph beside it on its server, as linking looks for them.

A name is a node ``(:KgqaName {id, key, digest, node, name, kind, language, grams})``: whole by the digest of its key,
misspelt by a full-text index of its trigrams. ``(:KgqaNameState)`` tells the revision that they show.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from string import ascii_uppercase
from typing import Any

from kgqa.graph.neo4j.migrations import index_name
from kgqa.graph.neo4j.outside import seal
from kgqa.graph.neo4j.server import Server

_BATCH = 5_000
_MOST_TERMS = 256
"""Of one query; Lucene takes no more than 1,024."""
_INDEX = "kgqa_name_grams"
_STATE = "MATCH (s:KgqaNameState) RETURN s.revision, s.longest"
_SET_STATE = "MERGE (s:KgqaNameState {kind: 'kgqa'}) SET s.revision = $revision, s.longest = $longest"
_LOOKUP = (
    "UNWIND $digests AS digest MATCH (n:KgqaName {digest: digest}) "
    "RETURN collect([n.key, n.node, n.name, n.kind, n.language])"
)
_KEYS = "MATCH (n:KgqaName) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $page RETURN max(n.id), collect(n.key)"
_SHARING = (
    "CALL db.index.fulltext.queryNodes($index, $terms, {limit: $limit}) YIELD node "
    "RETURN collect([node.key, node.node, node.name])"
)
_BETWEEN = "MATCH (n:KgqaName) WHERE $low <= n.node <= $high RETURN collect(n.id)"
_BEYOND = "MATCH (n:KgqaName) WHERE n.node > $low WITH n LIMIT $page RETURN collect(n.id)"
_OF = "UNWIND $nodes AS node MATCH (n:KgqaName {node: node}) RETURN collect(n.id)"
_DROP = "UNWIND $ids AS id MATCH (n:KgqaName {id: id}) DELETE n"
_PUT = (
    "UNWIND $rows AS row MERGE (n:KgqaName {id: row[0]}) SET n.digest = row[1], n.grams = row[2], n.node = row[3], "
    "n.key = row[4], n.name = row[5], n.kind = row[6], n.language = row[7]"
)

Row = tuple[int, str, str, str, str | None]
"""(node, key, name, kind, language)"""


@dataclass(frozen=True, slots=True)
class NameState:
    """The revision that the names on a server show, and the most tokens that a key has had."""

    revision: int
    longest: int


class StoredNames:
    """The names of one graph."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def state(self) -> NameState | None:
        """None while there are none."""
        row = next(self._server.read(_STATE), None)
        return None if row is None else NameState(*row)

    def count(self) -> int:
        return int(self._server.one("MATCH (n:KgqaName) RETURN count(n)"))

    def under(self, keys: Sequence[str]) -> list[list[Any]]:
        """[key, node, name, kind, language] of the names under these keys."""
        wanted = set(keys)
        found = self._server.one(_LOOKUP, digests=sorted({_digest(key) for key in wanted}))
        return [row for row in found or () if row[0] in wanted]

    def keys(self) -> Iterator[str]:
        """Every key, as often as it stands there."""
        after: str | None = ""
        while after is not None:
            after, keys = next(self._server.read(_KEYS, after=after, page=_BATCH))
            yield from keys

    def sharing(self, grams: Sequence[str], *, limit: int) -> list[tuple[str, int, str]]:
        """(key, node, name) of the names that share most trigrams with these, the rarest counting most (BM25)."""
        if not grams:
            return []
        terms = " ".join(term(_written(gram)) for gram in grams[:_MOST_TERMS])
        index = index_name(_INDEX, self._server.graph)
        return [(*row,) for row in self._server.one(_SHARING, index=index, terms=terms, limit=limit) or ()]

    # --- writing

    def replace_all(self, rows: Iterable[tuple[Row, list[str]]], revision: int) -> None:
        """Makes these (with their trigrams; by node) all the names there are, by what differs; then notes the revision.

        Killed on the way, it leaves the earlier state: call it again.
        """
        low, longest, rest = 0, 0, iter(rows)
        ahead = next(rest, None)
        while ahead is not None:
            page = [ahead]
            ahead = next(rest, None)
            while ahead is not None and (len(page) < _BATCH or ahead[0][0] == page[-1][0][0]):
                page.append(ahead)
                ahead = next(rest, None)
            high = page[-1][0][0]
            self._change(self._server.one(_BETWEEN, low=low, high=high), page)
            longest = max(longest, *(_tokens(row) for row, _ in page))
            low = high + 1
        while beyond := self._server.one(_BEYOND, low=low - 1, page=_BATCH):
            self._server.write(_DROP, ids=beyond)
        self._note(NameState(revision, longest))

    def replace(self, nodes: Sequence[int], rows: Iterable[tuple[Row, list[str]]], revision: int) -> None:
        """The same for the names of these nodes alone."""
        before = self.state
        there: list[str] = []
        rest = iter(nodes)
        while part := list(islice(rest, _BATCH)):
            there += self._server.one(_OF, nodes=part) or ()
        wanted = list(rows)
        self._change(there, wanted)
        longest = max((_tokens(row) for row, _ in wanted), default=0)
        self._note(NameState(revision, max(longest, 0 if before is None else before.longest)))

    def _change(self, there: Sequence[str], wanted: Sequence[tuple[Row, list[str]]]) -> None:
        known = set(there)
        rows = {_id(row): (row, grams) for row, grams in wanted}
        gone = iter(sorted(known - rows.keys()))
        while part := list(islice(gone, _BATCH)):
            self._server.write(_DROP, ids=part)
        new = (
            [id, _digest(row[1]), " ".join(map(_written, grams)), *row]
            for id, (row, grams) in rows.items()
            if id not in known
        )
        while batch := list(islice(new, _BATCH)):
            self._server.write(_PUT, rows=batch)

    def _note(self, state: NameState) -> None:
        self._server.write(_SET_STATE, revision=state.revision, longest=state.longest)
        seal(self._server)


def term(text: str) -> str:
    """A word for Lucene's query parser that is nothing but this word: all that may be syntax is escaped.

    Capitals too, for AND and its like are operators; never a small letter, for ``\\u`` begins a code point.
    """
    return "".join(
        letter if letter == "_" or (letter.isalnum() and letter not in ascii_uppercase) else f"\\{letter}"
        for letter in text
    )


def _written(gram: str) -> str:
    """A trigram as one word; no key has an underscore."""
    return gram.replace(" ", "_")


def _tokens(row: Row) -> int:
    return row[1].count(" ") + 1


def _digest(key: str) -> str:
    """A key may be longer than an index takes."""
    return hashlib.blake2b(key.encode(), digest_size=12).hexdigest()


def _id(row: Row) -> str:
    return hashlib.blake2b(json.dumps(row, ensure_ascii=False).encode(), digest_size=16).hexdigest()
