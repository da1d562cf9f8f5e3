"""The store on a Neo4j server: the GraphStore contract over Bolt. Plain: correct before fast."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from typing import Self

from kgqa.assets import asset
from kgqa.errors import NotFoundError, StoreNotFoundError, StoreVersionError, UsageError
from kgqa.graph.keys import ENTITY_KIND, identifier, node_key, unpack_qualifiers
from kgqa.graph.neo4j.differences import find_problems, read_changes, read_counts
from kgqa.graph.neo4j.publishing import Publisher, take_back
from kgqa.graph.neo4j.reading import Reader
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.writer import Writer
from kgqa.graph.rows import as_edges, as_name_rows, as_node_row, as_statements
from kgqa.graph.store import Changes, Counts, Edges, GraphStore, NameRow, NodeRow, Problem, SourceInfo, WriteReport
from kgqa.types import Entity, Literal, Passage, Progress, Record, Records, Relation, Statement

FORMAT = 1
SCHEMA = "graph/schema/neo4j/0001.cypher"

_META = "MATCH (m:KgqaMeta) RETURN m.format, m.language, m.identity"
_MAKE = (
    "MERGE (m:KgqaMeta {kind: 'kgqa'}) ON CREATE SET m.format = $format, m.language = $language, m.revision = 0, "
    "m.identity = $identity, "
    "m.log_floor = 0, m.same_revision = 0, m.lock = false "
    "MERGE (c:KgqaCounter {kind: 'kgqa'}) ON CREATE SET c.next_node = 0, c.next_relation = 0"
)
_SOURCES = (
    "MATCH (s:Source) RETURN s.name, "
    "COUNT { MATCH ()-[a:FACT]->() WHERE a.source = s.name AND a.field = 0 AND a.revision <= $now }, "
    "COUNT { MATCH ()-[a:STATEMENT]->() WHERE a.source = s.name AND a.revision <= $now }, "
    "COUNT { MATCH (a:Passage) WHERE a.source = s.name AND a.revision <= $now }, coalesce(s.revision, 0), s.finished"
)
_EDGES = (
    "MATCH (h)-[a:STATEMENT]->(t) WHERE a.revision <= $now "
    "WITH DISTINCT h.number AS h, a.relation AS r, t.number AS t RETURN h, r, t ORDER BY h, r, t"
)
_QUALIFIED = (
    "MATCH (h)-[a:STATEMENT]->(t) WHERE a.revision <= $now AND a.qualifiers <> '' "
    "WITH DISTINCT h.number AS h, a.relation AS r, t.number AS t, a.qualifiers AS q RETURN h, r, t, q "
    "ORDER BY h, r, t, q"
)
_QUALIFIED_OF = (
    "UNWIND $edges AS edge MATCH (h:Node {number: edge[0]})-[a:STATEMENT]->(t:Node {number: edge[2]}) "
    "WHERE a.relation = edge[1] AND a.revision <= $now AND a.qualifiers <> '' "
    "WITH DISTINCT edge, a.qualifiers AS q RETURN edge[0] AS h, edge[1] AS r, edge[2] AS t, q ORDER BY h, r, t, q"
)
_SAME = "MATCH (x)-[a:SAME]->(y) WHERE a.revision <= $now RETURN DISTINCT x.number, y.number"


class Neo4jStore(GraphStore):
    """A graph in a database of a Neo4j server. What a write has not finished shows to nobody but ``sources``."""

    def __init__(self, server: Server, language: str, identity: str) -> None:
        self._server = server
        self._language = language
        self._identity = identity

    @classmethod
    def connect(cls, uri: str, *, create: bool = False, language: str = "en") -> Self:
        """Opens the graph at a neo4j or bolt URI whose path names the database, or makes one in an empty database.

        Raises StoreNotFoundError when there is none, UsageError when ``create`` finds one, StoreVersionError when it
        is newer than this kgqa, StoreError when the server does not answer or refuses the credentials.
        """
        server = Server(uri)
        try:
            if create:
                _make(server, identifier(language, "the language of a store"))
            version, stored, identity = next(server.read(_META), (None, None, None))
            if version is None or stored is None:
                raise StoreNotFoundError(f"{uri}: no graph of kgqa here; make one with `kgqa ingest`")
            if version > FORMAT:
                raise StoreVersionError(
                    f"{uri}: the graph has format {version}; this kgqa reads up to format {FORMAT}: "
                    "install a newer kgqa"
                )
            store = cls(server, stored, str(identity or ""))
            for source in store.sources():
                if not source.finished:
                    logging.getLogger(__name__).warning(
                        "%s: the source %r is unfinished: ingest it again, or delete it", uri, source.name
                    )
        except BaseException:
            server.close()
            raise
        return store

    @property
    def server(self) -> Server:
        """The connection, for queries of our own parts."""
        return self._server

    @property
    def location(self) -> str:
        return self._server.location

    @property
    def language(self) -> str:
        return self._language

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def revision(self) -> int:
        return int(self._server.one("MATCH (m:KgqaMeta) RETURN m.revision"))

    def _reader(self) -> Reader:
        return Reader(self._server, self.revision, self._language)

    # --- writing

    def write(
        self, records: Records, *, source: str, replace: bool = False, progress: Progress | None = None
    ) -> WriteReport:
        name = identifier(source, "the name of a source")
        with self._server.locked() as transaction:
            publisher = Publisher(self._server, transaction)
            publisher.recover()
            writer = Writer(self._server, language=self._language, source=name)
            try:
                writer.add_all(records, progress)
            except BaseException:
                take_back(self._server, writer.sources)
                raise
            added = publisher.stamp(writer.sources)
            removed = publisher.remove(name, token=writer.token) if replace else 0
            publisher.drop_unmentioned()
            if added or removed:
                publisher.publish(writer.sources)
            publisher.finish(writer.sources)
            transaction.commit()
            return WriteReport(publisher.next if added or removed else publisher.now, added, removed)

    def delete(self, *, source: str) -> WriteReport:
        name = identifier(source, "the name of a source")
        with self._server.locked() as transaction:
            if not any(info.name == name for info in self.sources()):
                raise NotFoundError(f"{self.location}: no source {name!r}; `kgqa info` lists the sources")
            publisher = Publisher(self._server, transaction)
            publisher.recover()
            removed = publisher.remove(name, token=None)
            publisher.drop_unmentioned()
            if removed:
                publisher.publish(())
            transaction.commit()
            return WriteReport(publisher.next if removed else publisher.now, 0, removed)

    # --- reading by id

    def node(self, ref: str | Literal) -> int | None:
        return self._reader().node(node_key(ref))

    def nodes(self, numbers: Sequence[int]) -> list[NodeRow]:
        found = {row.number: row for row in self.node_rows(numbers=numbers)}
        try:
            return [found[int(number)] for number in numbers]
        except KeyError as error:
            raise NotFoundError(f"{self.location}: no node has the number {error.args[0]}") from None

    def entity(self, id: str) -> Entity | None:
        return self._reader().entity(identifier(id, "an entity id"))

    def relation(self, id: str) -> Relation | None:
        found = self._reader().relations(identifier(id, "the id of a relation"))
        return found[0] if found else None

    def relations(self) -> tuple[Relation, ...]:
        return tuple(self._reader().relations())

    def relation_numbers(self) -> dict[int, str]:
        return dict(sorted({row[0]: row[1] for row in self._reader().relation_rows()}.items()))

    def statements(
        self,
        *,
        head: str | Literal | None = None,
        relation: str | None = None,
        tail: str | Literal | None = None,
        limit: int | None = None,
    ) -> Iterator[Statement]:
        if limit is not None and limit < 0:
            raise UsageError(f"limit is {limit}; it must be 0 or more")
        number = None
        if relation is not None:
            number = next((n for n, name in self.relation_numbers().items() if name == relation), None)
            if number is None:
                return
        keys = {name: None if ref is None else node_key(ref) for name, ref in (("head", head), ("tail", tail))}
        rows = self._reader().statement_rows(head=keys["head"], relation=number, tail=keys["tail"])
        yield from as_statements(rows, limit)

    def passage(self, id: str) -> Passage | None:
        return next(self._reader().passages([identifier(id, "a passage id")]), None)

    def passage_sources(self, id: str) -> tuple[str, ...]:
        return self._reader().passage_sources(identifier(id, "a passage id"))

    def sources(self) -> tuple[SourceInfo, ...]:
        return tuple(SourceInfo(*row) for row in sorted(self._server.read(_SOURCES, now=self.revision)))

    def counts(self) -> Counts:
        shown = sum(source.revision > 0 for source in self.sources())
        return read_counts(self._server, self.revision, relations=len(self.relation_numbers()), sources=shown)

    # --- feeds

    def node_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NodeRow]:
        for node, facts in self._reader().nodes_with_facts(numbers):
            yield as_node_row(node, facts)

    def name_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NameRow]:
        for node, facts in self._reader().nodes_with_facts(numbers):
            if node[2] == ENTITY_KIND:
                yield from as_name_rows(node, facts)

    def passages(self, *, ids: Sequence[str] | None = None) -> Iterator[Passage]:
        yield from self._reader().passages(ids)

    def edges(self, *, chunk: int = 200_000) -> Iterator[Edges]:
        if chunk < 1:
            raise UsageError(f"chunk is {chunk}; it must be 1 or more")
        rows: list[tuple[int, int, int]] = []
        for head, relation, tail in self._server.read(_EDGES, now=self.revision):
            rows.append((head, relation, tail))
            if len(rows) == chunk:
                yield as_edges(rows)
                rows = []
        if rows:
            yield as_edges(rows)

    def qualified(self, *, edges: Edges | None = None) -> Iterator[tuple[int, int, int, dict[str, Literal | str]]]:
        if edges is None:
            rows = self._server.read(_QUALIFIED, now=self.revision)
        else:
            table = zip(edges.heads.tolist(), edges.relations.tolist(), edges.tails.tolist(), strict=True)
            wanted = [list(triple) for triple in sorted(set(table))]
            rows = self._server.read(_QUALIFIED_OF, edges=wanted, now=self.revision)
        for head, relation, tail, packed in rows:
            yield head, relation, tail, unpack_qualifiers(packed)

    def same_pairs(self) -> Iterator[tuple[int, int]]:
        yield from sorted((a, b) for a, b in self._server.read(_SAME, now=self.revision))

    def changes(self, since: int) -> Changes:
        return read_changes(self._server, since)

    # --- whole

    def export(self, *, source: str | None = None) -> Iterator[Record]:
        if source is not None and not any(info.name == source for info in self.sources()):
            raise NotFoundError(f"{self.location}: no source {source!r}; `kgqa info` lists the sources")
        yield from self._reader().export(source)

    def verify(self) -> list[Problem]:
        return list(find_problems(self._server))

    def close(self) -> None:
        self._server.close()


def _make(server: Server, language: str) -> None:
    """Makes an empty graph in a database that holds nothing."""
    if next(server.read(_META), None) is not None:
        raise UsageError(f"{server.location}: there is a graph already; open it, or name another database")
    if server.one("MATCH (n) RETURN 1 LIMIT 1") is not None:
        raise UsageError(f"{server.location}: the database holds other data; name an empty one")
    lines = asset(SCHEMA).read_text(encoding="utf-8").splitlines()
    script = "\n".join(line for line in lines if not line.startswith("//"))
    for statement in filter(str.strip, script.split(";")):
        server.auto(statement)
    server.write(_MAKE, format=FORMAT, language=language, identity=secrets.token_hex(16))
