"""Vectors beside a graph on its server, in its own vector indexes: one a kind, by cosine, found approximately.

A vector is a node ``(:KgqaVector:KgqaPassageVector {key, id, digest, vector})``; ``(:KgqaVectorState)`` tells which
encoder or model made them and the revision that they show.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from kgqa.graph.neo4j.migrations import index_name
from kgqa.graph.neo4j.names import escape
from kgqa.graph.neo4j.outside import seal
from kgqa.graph.neo4j.server import Server

_BATCH = 1_000
_STATE = (
    "MATCH (s:KgqaVectorState {kind: $family}) "
    "RETURN s.fingerprint, s.encoder, s.dim, s.revision, coalesce(s.sources, [])"
)
_SET_STATE = "MERGE (s:KgqaVectorState {kind: $family}) SET s += $state"
_DIGESTS = (
    "MATCH (v:{label}) WHERE v.key > $after WITH v ORDER BY v.key LIMIT $page "
    "RETURN max(v.key), collect([v.key, v.id, v.digest])"
)
_DROP = "UNWIND $keys AS key MATCH (v:KgqaVector {key: key}) DELETE v"
_DROP_ALL = "MATCH (v:{label}) CALL (v) {{ DELETE v }} IN TRANSACTIONS OF 10000 ROWS"
_PUT = (
    "UNWIND $rows AS row MERGE (v:KgqaVector {{key: row[0]}}) SET v:{label}, v.id = row[1], v.digest = row[2] "
    "WITH v, row CALL db.create.setNodeVectorProperty(v, 'vector', row[3])"
)
_MAKE = (
    "CREATE VECTOR INDEX {name} IF NOT EXISTS FOR (v:{label}) ON (v.vector) OPTIONS "
    "{{indexConfig: {{`vector.dimensions`: {dim}, `vector.similarity_function`: 'cosine'}}}}"
)
_OPTIONS = "SHOW VECTOR INDEXES YIELD name, options WHERE name = $name RETURN options"
# The index scores by vectors rounded to bytes; what it finds is scored again by them as they are.
_NEAREST = (
    "CALL db.index.vector.queryNodes($name, $k, $vector) YIELD node "
    "RETURN collect([node.id, vector.similarity.cosine(node.vector, $vector)])"
)
_AMONG = (
    "UNWIND $keys AS key MATCH (v:KgqaVector {key: key}) "
    "RETURN collect([v.id, vector.similarity.cosine(v.vector, $vector)])"
)


@dataclass(frozen=True, slots=True)
class VectorState:
    """What made the vectors on a server, and the revision of the graph that they show.

    ``sources``: what a model that was trained on the graph learnt from.
    """

    fingerprint: str
    encoder: str
    dim: int
    revision: int
    sources: tuple[str, ...] = ()


class StoredVectors:
    """The vectors of one graph that come from one model. Kinds are plain words such as ``passage``.

    ``family`` tells models apart: the vectors of a family are of one encoder, one size and one revision.
    """

    def __init__(self, server: Server, kinds: Sequence[str], *, family: str = "kgqa") -> None:
        self._server, self._family = server, family
        self._labels = {kind: f"Kgqa{kind.title()}Vector" for kind in kinds}

    @property
    def state(self) -> VectorState | None:
        """None while there are none."""
        row = next(self._server.read(_STATE, family=self._family), None)
        if row is None:
            return None
        fingerprint, encoder, dim, revision, sources = row
        return VectorState(fingerprint, encoder, dim, revision, tuple(sources))

    def count(self) -> int:
        labels = self._labels.values()
        return sum(int(self._server.one(f"MATCH (v:{label}) RETURN count(v)")) for label in labels)

    def vector(self, kind: str, id: str) -> list[float] | None:
        found: list[float] | None = self._server.one(
            "MATCH (v:KgqaVector {key: $key}) RETURN v.vector", key=_key(kind, id)
        )
        return found

    def nearest(self, kind: str, vector: Sequence[float], k: int) -> list[tuple[str, float]]:
        """Ids and cosines of about the ``k`` nearest of a kind, in no order."""
        name = index_name(_index(kind), self._server.graph)
        return _cosines(self._server.one(_NEAREST, name=name, k=k, vector=list(vector)))

    def among(self, kind: str, vector: Sequence[float], ids: Iterable[str]) -> list[tuple[str, float]]:
        """Ids and cosines of these, where they have a vector; exactly."""
        keys = iter(sorted(_key(kind, id) for id in ids))
        found = []
        while part := list(islice(keys, _BATCH)):
            found += _cosines(self._server.one(_AMONG, keys=part, vector=list(vector)))
        return found

    # --- writing

    def digests(self, kind: str) -> Iterator[tuple[str, str]]:
        """Id and digest of each vector of a kind."""
        after: str | None = ""
        query = _DIGESTS.format(label=self._labels[kind])
        while after is not None:
            after, rows = next(self._server.read(query, after=after, page=10 * _BATCH))
            yield from ((id, digest) for _, id, digest in rows)

    def update(
        self,
        state: VectorState,
        gone: Iterable[tuple[str, str]],
        new: Mapping[str, Iterable[tuple[str, str, list[float]]]],
    ) -> None:
        """Takes vectors away by (kind, id), puts others there by kind: (id, digest, vector); then notes the state.

        Vectors of another encoder or size go first. Killed on the way, it leaves the earlier state: call it again.
        """
        before = self.state
        if before is None or (before.fingerprint, before.dim) != (state.fingerprint, state.dim):
            self._server.write("MATCH (s:KgqaVectorState {kind: $family}) DELETE s", family=self._family)
            for label in self._labels.values():
                self._server.schema(_DROP_ALL.format(label=label))
        for kind, label in self._labels.items():
            self._make_index(kind, label, int(state.dim))
        keys = iter([_key(kind, id) for kind, id in gone])
        while part := list(islice(keys, _BATCH)):
            self._server.write(_DROP, keys=part)
        for kind, items in new.items():
            rows = ([_key(kind, id), id, digest, vector] for id, digest, vector in items)
            while batch := list(islice(rows, _BATCH)):
                self._server.write(_PUT.format(label=self._labels[kind]), rows=batch)
        self._server.schema("CALL db.awaitIndexes(3600)")
        self._server.write(_SET_STATE, family=self._family, state=asdict(state) | {"sources": list(state.sources)})
        seal(self._server)

    def _make_index(self, kind: str, label: str, dim: int) -> None:
        name = index_name(_index(kind), self._server.graph)
        options = self._server.one(_OPTIONS, name=name)
        if options is not None:
            if options["indexConfig"]["vector.dimensions"] == dim:
                return
            self._server.schema(f"DROP INDEX {escape(name)}")
        self._server.schema(_MAKE.format(name=escape(name), label=label, dim=dim))


def _index(kind: str) -> str:
    return f"kgqa_{kind}_vectors"


def _key(kind: str, id: str) -> str:
    return hashlib.blake2b(json.dumps([kind, id], ensure_ascii=False).encode(), digest_size=16).hexdigest()


def _cosines(rows: Any) -> list[tuple[str, float]]:
    """Neo4j gives (1 + cosine) / 2."""
    return [(id, 2.0 * score - 1.0) for id, score in rows or ()]
