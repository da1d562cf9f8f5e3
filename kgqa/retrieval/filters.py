"""Filters of a search: by source, tenant, type, language and time. They hold before the best are chosen."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kgqa.errors import NotFoundError, UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore, PassageRow
from kgqa.graph.values import DATE, date_interval
from kgqa.reasoning.conditions import meets_time
from kgqa.reasoning.plan import TimeSpan
from kgqa.retrieval.links.index import LinkIndex
from kgqa.types import Literal, Statement

_REMEMBERED = 8  # filters whose passages are kept


@dataclass(frozen=True, slots=True)
class Filter:
    """What alone is searched; each part that is given must be met, by one of its values where it has several.

    sources: names of sources. tenant: sources of this name, and those whose names begin with it and a slash.
    types: passages that bear or mention an entity of the type, statements with one at an end. languages: BCP 47 tags;
    "en" takes "en-GB" too; a passage that says none is in the store's. since, until: ISO 8601, closed, a missing end is
    open: statements by their validity, passages by the dates that the graph gives the entity with the id of the
    passage or of its document; what has no time is left out.
    """

    sources: tuple[str, ...] = ()
    tenant: str | None = None
    types: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        for text in (self.since, self.until):
            if text is not None and date_interval(text) is None:
                raise UsageError(f"{text!r} is no ISO 8601 date; write 1990, 1990-05, 1990-05-17 or -0043")
        low, high = self.days
        if low > high:
            raise UsageError(f"the time from {self.since} to {self.until} ends before it starts")

    def __bool__(self) -> bool:
        return self != Filter()

    @property
    def timed(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.since, self.until)

    @property
    def days(self) -> tuple[float, float]:
        """First and last day, since 1970-01-01."""
        first = None if self.since is None else date_interval(self.since)
        last = None if self.until is None else date_interval(self.until)
        return (-float("inf") if first is None else first[0]), (float("inf") if last is None else last[1])

    def takes_source(self, name: str) -> bool:
        of_tenant = self.tenant is None or name == self.tenant or name.startswith(f"{self.tenant}/")
        return of_tenant and (not self.sources or name in self.sources)

    def takes_language(self, tag: str) -> bool:
        wanted, given = [other.lower() for other in self.languages], tag.lower()
        return not wanted or any(given == other or given.startswith(f"{other}-") for other in wanted)


class Selector:
    """What filters leave of one revision. Safe to use from many threads."""

    def __init__(self, store: GraphStore, snapshot: Snapshot, links: LinkIndex | None) -> None:
        self._store, self._snapshot, self._links = store, snapshot, links
        self._known: dict[Filter, frozenset[str]] = {}
        self._lock = threading.Lock()

    def check(self, wanted: Filter) -> None:
        """Raises NotFoundError for a source, tenant or type that the graph lacks."""
        sources = [source.name for source in self._store.sources()] if wanted.sources or wanted.tenant else []
        for name in wanted.sources:
            if name not in sources:
                raise NotFoundError(f"no source {name!r}; `kgqa info` lists the sources")
        if wanted.tenant is not None and not any(Filter(tenant=wanted.tenant).takes_source(name) for name in sources):
            raise NotFoundError(f"no source of tenant {wanted.tenant!r}: none is called so or {wanted.tenant}/...")
        for name in wanted.types:
            if name not in self._snapshot.type_ids:
                raise NotFoundError(f"no type {name!r} in this graph")

    def passages(self, wanted: Filter) -> frozenset[str]:
        """The ids of the passages that meet the filter, remembered for the last few filters."""
        found = self._known.get(wanted)
        if found is None:
            found = self._passages(wanted)
            with self._lock:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[wanted] = found
        return found

    def _passages(self, wanted: Filter) -> frozenset[str]:
        typed = self._typed_passages(wanted.types) if wanted.types else None
        rows = [row for row in self._store.passage_rows() if self._takes(wanted, row) and _within(row.id, typed)]
        if wanted.timed:
            dated = self._dated({name for row in rows for name in (row.id, row.document) if name}, wanted.days)
            rows = [row for row in rows if row.id in dated or row.document in dated]
        return frozenset(row.id for row in rows)

    def statement(self, head: str | Literal, relation: str, tail: str | Literal, wanted: Filter) -> Statement | None:
        """The first statement of a triple that meets the filter's sources, language and time."""
        if isinstance(tail, Literal) and tail.lang is not None and not wanted.takes_language(tail.lang):
            return None
        for statement in self._store.statements(head=head, relation=relation, tail=tail):
            timely = not wanted.timed or meets_time(statement.qualifiers, wanted.span)
            if timely and any(map(wanted.takes_source, statement.sources)):
                return statement
        return None

    def of_types(self, node: int, wanted: Filter) -> bool:
        """Whether a node has one of the filter's types, if it names any."""
        return not wanted.types or not set(wanted.types).isdisjoint(self._snapshot.types_of(node))

    def _takes(self, wanted: Filter, row: PassageRow) -> bool:
        return any(map(wanted.takes_source, row.sources)) and wanted.takes_language(
            row.language or self._store.language
        )

    def _typed_passages(self, types: Iterable[str]) -> frozenset[str]:
        if self._links is None:
            raise UsageError("passages are filtered by type through the passage graph, which this retriever has not")
        nodes = {
            self._snapshot.representative(node) for type in types for node in self._snapshot.of_type(type).tolist()
        }
        return self._links.passages_of(nodes)

    def _dated(self, names: Collection[str], days: tuple[float, float]) -> set[str]:
        """Those of the entities with these ids that have a date which meets the days."""
        found: Mapping[str, int | None] = dict(zip(names, self._snapshot.nodes(list(names)), strict=True))
        return {name for name, node in found.items() if node is not None and self._meets(node, days)}

    def _meets(self, node: int, days: tuple[float, float]) -> bool:
        date = self._snapshot.dimensions.index(DATE)
        relations, inverses, _ = self._snapshot.steps_from([node])
        for relation in relations[~inverses].tolist():
            dimensions, low, high = self._snapshot.comparable(list(self._snapshot.neighbours(node, relation)))
            if ((dimensions == date) & (low <= days[1]) & (high >= days[0])).any():
                return True
        return False


def _within(name: str, names: frozenset[str] | None) -> bool:
    return names is None or name in names
