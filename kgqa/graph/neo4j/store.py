"""The store on a Neo4j server: the GraphStore contract over Bolt. Plain: correct before fast."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from typing import Self

from kgqa.errors import NotFoundError, StoreNotFoundError, StoreVersionError, UsageError
from kgqa.graph.keys import ENTITY_KIND, identifier, node_key
from kgqa.graph.neo4j.changing import Changing
from kgqa.graph.neo4j.differences import find_problems, read_changes, read_counts
from kgqa.graph.neo4j.feeds import Feeds, Learnt
from kgqa.graph.neo4j.importing import finish_import
from kgqa.graph.neo4j.lookups import read_passage_rows, read_stated
from kgqa.graph.neo4j.migrations import apply_migrations
from kgqa.graph.neo4j.outside import notice_changes, seal
from kgqa.graph.neo4j.reading import Reader
from kgqa.graph.neo4j.server import WAIT, Server
from kgqa.graph.neo4j.showing import View, current_view
from kgqa.graph.rows import as_name_rows, as_node_row, as_statements
from kgqa.graph.store import (
    Changes,
    Counts,
    Edges,
    GraphStore,
    NameRow,
    NodeRow,
    PassageRow,
    Problem,
    SourceInfo,
    WriteReport,
)
from kgqa.types import Entity, Literal, Passage, Progress, Record, Records, Relation, Statement

FORMAT = 2

_META = "MATCH (m:KgqaMeta) RETURN m.format, m.language, m.identity, m.imported"
_MAKE = (
    "MERGE (m:KgqaMeta {kind: 'kgqa'}) ON CREATE SET m.format = $format, m.language = $language, m.revision = 0, "
    "m.identity = $identity, m.log_floor = 0, m.same_revision = 0, m.lock = false "
    "MERGE (c:KgqaCounter {kind: 'kgqa'}) ON CREATE SET c.next_node = 0, c.next_relation = 0, c.next_run = 1"
)
_SOURCES = "MATCH (s:Source) RETURN s.name, s.entities, s.statements, s.passages, s.revision, s.finished"


class Neo4jStore(GraphStore):
    """A graph in a database of a Neo4j server. What a write has not finished shows to nobody but ``sources``."""

    def __init__(self, server: Server, language: str, identity: str) -> None:
        self._server = server
        self._language = language
        self._identity = identity
        self._learnt = Learnt()

    @classmethod
    def connect(
        cls, uri: str, *, create: bool = False, language: str = "en", wait: float = WAIT, password: str | None = None
    ) -> Self:
        """Opens the graph at a neo4j or bolt URI whose path names the database, or makes one in an empty database.

        Raises StoreNotFoundError when there is none, UsageError when ``create`` finds one, StoreVersionError when it
        is newer than this kgqa, StoreError when the server does not answer or refuses the credentials.
        """
        server = Server(uri, wait=wait, password=password)
        try:
            if create:
                _make(server, identifier(language, "the language of a store"))
            version, stored, identity, imported = next(server.read(_META), (None,) * 4)
            if version is None or stored is None:
                raise StoreNotFoundError(f"{uri}: no graph of kgqa here; make one with `kgqa ingest`")
            if version < FORMAT:
                raise StoreVersionError(
                    f"{uri}: the graph has format {version} of an early kgqa; empty the database and ingest again"
                )
            if version > FORMAT:
                raise StoreVersionError(
                    f"{uri}: the graph has format {version}; this kgqa reads up to format {FORMAT}: "
                    "install a newer kgqa"
                )
            moved = notice_changes(server)
            if apply_migrations(server):
                seal(server)
            if imported:
                finish_import(server)
                seal(server)
            store = cls(server, stored, str(identity or ""))
            if moved:
                logging.getLogger(__name__).warning(
                    "%s: others have written to this graph; indexes are built anew", uri
                )
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

    def _view(self) -> View:
        return current_view(self._server, self.location)

    def _reader(self) -> Reader:
        return Reader(self._server, self._view(), self._language)

    def _feeds(self) -> Feeds:
        reader = self._reader()
        return Feeds(self._server, reader.view, reader.types, self._learnt)

    # --- writing

    def write(
        self, records: Records, *, source: str, replace: bool = False, progress: Progress | None = None
    ) -> WriteReport:
        return self._changing().write(records, source=source, replace=replace, progress=progress)

    def delete(self, *, source: str) -> WriteReport:
        return self._changing().delete(source)

    def _changing(self) -> Changing:
        return Changing(self._server, self._language)

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
        return dict(sorted((number, name) for number, name, _ in self._reader().relation_facts))

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
        keys = {name: None if ref is None else node_key(ref) for name, ref in (("head", head), ("tail", tail))}
        name = None if relation is None else identifier(relation, "the id of a relation")
        rows = self._reader().statement_rows(head=keys["head"], relation=name, tail=keys["tail"])
        yield from as_statements(rows, limit)

    def stated(self, triples: Sequence[tuple[str | Literal, str, str | Literal]]) -> list[tuple[Statement, ...]]:
        keys = [
            (node_key(head), identifier(name, "the id of a relation"), node_key(tail)) for head, name, tail in triples
        ]
        return read_stated(self._reader(), keys) if keys else []

    def passage(self, id: str) -> Passage | None:
        return next(self._reader().passages([identifier(id, "a passage id")]), None)

    def passage_sources(self, id: str) -> tuple[str, ...]:
        return self._reader().passage_sources(identifier(id, "a passage id"))

    def sources(self) -> tuple[SourceInfo, ...]:
        return tuple(SourceInfo(*row) for row in sorted(self._server.read(_SOURCES)))

    def counts(self) -> Counts:
        reader = self._reader()
        shown = sum(source.revision > 0 for source in self.sources())
        return read_counts(self._server, reader.view, relations=len(reader.relation_facts), sources=shown)

    # --- feeds

    def node_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NodeRow]:
        for node, facts in self._feeds().nodes(numbers):
            yield as_node_row(node, facts)

    def name_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NameRow]:
        for node, facts in self._feeds().nodes(numbers):
            if node[2] == ENTITY_KIND:
                yield from as_name_rows(node, facts)

    def passages(self, *, ids: Sequence[str] | None = None) -> Iterator[Passage]:
        yield from self._reader().passages(ids)

    def passage_rows(self, *, ids: Sequence[str] | None = None) -> Iterator[PassageRow]:
        yield from read_passage_rows(self._reader(), ids)

    def edges(self, *, chunk: int = 200_000) -> Iterator[Edges]:
        if chunk < 1:
            raise UsageError(f"chunk is {chunk}; it must be 1 or more")
        yield from self._feeds().edges(chunk)

    def qualified(self, *, edges: Edges | None = None) -> Iterator[tuple[int, int, int, dict[str, Literal | str]]]:
        yield from self._feeds().qualified(edges)

    def same_pairs(self) -> Iterator[tuple[int, int]]:
        yield from self._feeds().same_pairs()

    def changes(self, since: int) -> Changes:
        feeds = self._feeds()
        return read_changes(self._server, feeds, feeds.view, since)

    # --- whole

    def export(self, *, source: str | None = None) -> Iterator[Record]:
        if source is not None and not any(info.name == source for info in self.sources()):
            raise NotFoundError(f"{self.location}: no source {source!r}; `kgqa info` lists the sources")
        yield from self._reader().export(source)

    def verify(self) -> list[Problem]:
        return list(find_problems(self._server, self._view()))

    def close(self) -> None:
        self._server.close()


def _make(server: Server, language: str) -> None:
    """Makes an empty graph in a database that holds nothing, or beside the other named graphs of one."""
    if next(server.read(_META), None) is not None:
        raise UsageError(f"{server.location}: there is a graph already; open it, or name another database")
    if server.graph is None and server.one("MATCH (n) RETURN 1 LIMIT 1") is not None:
        raise UsageError(
            f"{server.location}: the database holds other data; name an empty one, or a graph of its own: ?graph=NAME"
        )
    apply_migrations(server)
    server.write(_MAKE, format=FORMAT, language=language, identity=secrets.token_hex(16))
