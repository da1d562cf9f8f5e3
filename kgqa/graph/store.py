"""The store contract: one truth, two stores (SQLite embedded, Neo4j server), one contract suite.

A store gives every node (entity or literal) a number that is never used again; indexes and the snapshot speak
numbers, people and plans speak ids. Writes are whole: a source is visible entirely or not at all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from kgqa.graph.store_rows import Changes, Counts, Edges, NameRow, NodeRow, PassageRow, Problem, SourceInfo, WriteReport
from kgqa.types import Entity, Literal, Passage, Progress, Record, Records, Relation, Statement

__all__ = [
    "Changes",
    "Counts",
    "Edges",
    "GraphStore",
    "NameRow",
    "NodeRow",
    "PassageRow",
    "Problem",
    "SourceInfo",
    "WriteReport",
]


class GraphStore(ABC):
    """A graph with its sources. Thread-safe for reading; one writer at a time. A context manager."""

    # --- what it is

    @property
    @abstractmethod
    def location(self) -> str:
        """The folder or URI, without secrets."""

    @property
    @abstractmethod
    def language(self) -> str:
        """The default language of labels, a BCP 47 tag."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """Random, given when the store was made: what was built from another store at the same revision is not ours."""

    @property
    @abstractmethod
    def revision(self) -> int:
        """Raised by one with each committed change; 0 for a new store."""

    # --- writing

    @abstractmethod
    def write(
        self, records: Records, *, source: str, replace: bool = False, progress: Progress | None = None
    ) -> WriteReport:
        """Adds what ``records`` assert under ``source`` (a record's own source wins), as one transaction.

        ``replace`` makes the records the source's whole content. Writing the same again changes nothing, not even the
        revision. An exception raised by ``records`` leaves the store as it was.
        """

    @abstractmethod
    def delete(self, *, source: str) -> WriteReport:
        """Removes everything that only ``source`` says. Raises NotFoundError for an unknown source."""

    def follow(self, *, progress: Progress | None = None) -> bool:
        """Where this store is the copy of another graph, brings in what was written there. Returns whether it did."""
        return False

    # --- reading by id

    @abstractmethod
    def node(self, ref: str | Literal) -> int | None:
        """The number of an entity id or literal, None when the graph lacks it."""

    @abstractmethod
    def nodes(self, numbers: Sequence[int]) -> list[NodeRow]:
        """The rows of these numbers, in their order. Raises NotFoundError for a number never given."""

    @abstractmethod
    def entity(self, id: str) -> Entity | None:
        """Everything said of an entity by all sources, merged: the first source by name shows first."""

    @abstractmethod
    def relation(self, id: str) -> Relation | None:
        """What is known of a relation; one that only stands in triples has just its id."""

    @abstractmethod
    def relations(self) -> tuple[Relation, ...]:
        """Every relation, by id; position in ``relation_numbers`` is by number."""

    @abstractmethod
    def relation_numbers(self) -> dict[int, str]:
        """Relation ids by the number used in Edges."""

    @abstractmethod
    def statements(
        self,
        *,
        head: str | Literal | None = None,
        relation: str | None = None,
        tail: str | Literal | None = None,
        limit: int | None = None,
    ) -> Iterator[Statement]:
        """Statements that match, with qualifiers and sources; in order of head, relation, tail."""

    def stated(self, triples: Sequence[tuple[str | Literal, str, str | Literal]]) -> list[tuple[Statement, ...]]:
        """For each (head, relation, tail) what ``statements`` gives; all read at one revision where it can be."""
        return [tuple(self.statements(head=head, relation=name, tail=tail)) for head, name, tail in triples]

    @abstractmethod
    def passage(self, id: str) -> Passage | None:
        """A passage with the mentions that sources gave; ``source`` is the first by name."""

    @abstractmethod
    def passage_sources(self, id: str) -> tuple[str, ...]:
        """The sources that hold this passage, by name."""

    @abstractmethod
    def sources(self) -> tuple[SourceInfo, ...]:
        """The sources, by name."""

    @abstractmethod
    def counts(self) -> Counts: ...

    # --- feeds: what indexes and the snapshot are built from, in memory that does not grow with the graph

    @abstractmethod
    def node_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NodeRow]:
        """All nodes (or these) in order of number; numbers that no longer exist are left out."""

    @abstractmethod
    def name_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NameRow]:
        """All names of entities (or of these), in order of number."""

    @abstractmethod
    def passages(self, *, ids: Sequence[str] | None = None) -> Iterator[Passage]:
        """All passages (or these), by id; ids that no longer exist are left out."""

    def passage_rows(self, *, ids: Sequence[str] | None = None) -> Iterator[PassageRow]:
        """All passages (or these), by id, without their texts; ids that no longer exist are left out."""
        for passage in self.passages(ids=ids):
            yield PassageRow(passage.id, passage.language, passage.document, self.passage_sources(passage.id))

    @abstractmethod
    def edges(self, *, chunk: int = 200_000) -> Iterator[Edges]:
        """Every distinct (head, relation, tail), in chunks."""

    @abstractmethod
    def qualified(self, *, edges: Edges | None = None) -> Iterator[tuple[int, int, int, dict[str, Literal | str]]]:
        """(head, relation, tail, qualifiers) of each statement (or of those of ``edges``) that has qualifiers."""

    @abstractmethod
    def same_pairs(self) -> Iterator[tuple[int, int]]:
        """Pairs of node numbers that are one thing."""

    @abstractmethod
    def changes(self, since: int) -> Changes:
        """What changed after revision ``since``, in time that goes with the change."""

    # --- whole

    @abstractmethod
    def export(self, *, source: str | None = None) -> Iterator[Record]:
        """Every assertion as a record with its source, sorted: equal stores give equal records."""

    @abstractmethod
    def verify(self) -> list[Problem]:
        """Checks integrity; an empty list means sound."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
