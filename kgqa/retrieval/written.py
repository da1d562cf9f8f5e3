"""The channel of queries that a chat model writes, only where it is asked for.

A query is checked and run under limits (``kgqa.graph.neo4j.untrusted``); one that is refused or fails finds nothing,
which is said. What it returns counts only as the statements that it is made of, each of which the graph holds.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence

from kgqa.errors import DeadlineError, StoreError, UsageError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.showing import current_view
from kgqa.graph.neo4j.untrusted import statements_of
from kgqa.graph.snapshot import Snapshot
from kgqa.retrieval.channels import Hit, Query, proportional
from kgqa.retrieval.triples import TripleKey

ROWS = 200
TIMEOUT = 5.0
_NAMED = 200
_FENCE = re.compile(r"```(?:cypher)?\s*(.*?)```", re.DOTALL | re.IGNORECASE)
_log = logging.getLogger(__name__)

Prompter = Callable[[str, str, str], str]
"""Question, labels and relationship types in, the model's text out."""


class WrittenChannel:
    """Statements that a query written by a model returns, in the order in which it returns them."""

    name = "cypher"

    def __init__(
        self, store: Neo4jStore, snapshot: Snapshot, write: Prompter, *, timeout: float = TIMEOUT, rows: int = ROWS
    ) -> None:
        self._store, self._snapshot, self._write = store, snapshot, write
        self._timeout, self._rows = timeout, rows

    def rank(self, query: Query, k: int) -> list[Hit[TripleKey]]:
        server = self._store.server
        types = dict(server.read("MATCH (r:Relation) RETURN r.type, r.number ORDER BY r.type"))
        labels = ", ".join(self._snapshot.type_ids[:_NAMED])
        written = self._write(query.text, labels, ", ".join(list(types)[:_NAMED]))
        fenced = _FENCE.search(written)
        text = (fenced[1] if fenced else written).strip()
        try:
            view = current_view(server, self._store.location)
            found = statements_of(server, view, text, timeout=self._timeout, rows=self._rows)
        except (UsageError, StoreError, DeadlineError) as error:
            _log.warning("the query that the model wrote gave nothing: %s", error)
            return []
        keys = [
            (self._snapshot.representative(head), types[type], self._snapshot.representative(tail))
            for type, head, tail in found
            if type in types
        ]
        taken = (key for key in dict.fromkeys(keys) if query.keeps is None or query.keeps(key))
        held = [key for key in taken if self._snapshot.has_edge(*key)][:k]
        return [Hit(key, 1 / place) for place, key in enumerate(held, start=1)]

    def chances(self, hits: Sequence[Hit[TripleKey]]) -> list[float]:
        return proportional([hit.score for hit in hits])
