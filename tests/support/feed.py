"""A graph in memory that feeds a snapshot as a store does, with its history, so that deltas can be tested alone."""

from collections.abc import Iterator, Sequence

import numpy as np

from kgqa.graph.store import Changes, Edges, NodeRow
from kgqa.types import Literal, Relation

Triple = tuple[int, int, int]
Ref = str | Literal


class Feed:
    """Give it nodes, edges, types, labels; ``commit`` raises the revision as a store's transaction does."""

    identity = "feed"

    def __init__(self) -> None:
        self.revision = 0
        self.numbers: dict[Ref, int] = {}
        self.relation_ids: list[str] = []
        self.relation_records: dict[str, Relation] = {}
        self.labels: dict[int, str] = {}
        self.types: dict[int, tuple[str, ...]] = {}
        self.triples: set[Triple] = set()
        self.statements: list[tuple[int, int, int, dict[str, Literal | str]]] = []
        self.same: list[tuple[int, int]] = []
        self.gone: set[int] = set()
        self._history = [self._state()]

    def node_number(self, ref: Ref) -> int:
        return self.numbers.setdefault(ref, len(self.numbers))

    def relation_number(self, name: str) -> int:
        if name not in self.relation_ids:
            self.relation_ids.append(name)
        return self.relation_ids.index(name)

    def add(self, head: Ref, relation: str, tail: Ref, **qualifiers: Literal | str) -> Triple:
        triple = (self.node_number(head), self.relation_number(relation), self.node_number(tail))
        self.triples.add(triple)
        if qualifiers:
            self.statements.append((*triple, qualifiers))
        return triple

    def commit(self) -> None:
        self.revision += 1
        self._history.append(self._state())

    def ref(self, number: int) -> Ref:
        return next(ref for ref, known in self.numbers.items() if known == number)

    # --- what the snapshot reads

    def edges(self, *, chunk: int = 200_000) -> Iterator[Edges]:
        yield _edges(self.triples)

    def node_rows(self, *, numbers: Sequence[int] | None = None) -> Iterator[NodeRow]:
        for ref, number in self.numbers.items():
            if number in self.gone or (numbers is not None and number not in numbers):
                continue
            label = ref.label() if isinstance(ref, Literal) else self.labels.get(number, ref)
            literal = ref if isinstance(ref, Literal) else None
            yield NodeRow(number, None if literal else str(ref), label, self.types.get(number, ()), literal)

    def relation_numbers(self) -> dict[int, str]:
        return dict(enumerate(self.relation_ids))

    def relations(self) -> tuple[Relation, ...]:
        return tuple(self.relation_records.get(name, Relation(name)) for name in self.relation_ids)

    def qualified(self, *, edges: Edges | None = None) -> Iterator[tuple[int, int, int, dict[str, Literal | str]]]:
        wanted = None if edges is None else _triples(edges)
        return (row for row in self.statements if wanted is None or row[:3] in wanted)

    def same_pairs(self) -> Iterator[tuple[int, int]]:
        return iter(self.same)

    def changes(self, since: int) -> Changes:
        old_triples, old_nodes, old_same, old_said = self._history[since]
        triples, nodes, same, said = self._state()
        changed = {number for number in old_nodes.keys() | nodes.keys() if old_nodes.get(number) != nodes.get(number)}
        return Changes(
            self.revision,
            _edges(triples - old_triples),
            _edges(old_triples - triples),
            tuple(sorted(changed)),
            (),
            rebuild=same != old_same,
            requalified=_edges({row[:3] for row in said ^ old_said}),
        )

    def _state(
        self,
    ) -> tuple[
        frozenset[Triple], dict[int, NodeRow], tuple[tuple[int, int], ...], frozenset[tuple[int, int, int, str]]
    ]:
        said = frozenset((*row[:3], repr(sorted(row[3].items(), key=repr))) for row in self.statements)
        return frozenset(self.triples), {row.number: row for row in self.node_rows()}, tuple(self.same), said


def _edges(triples: set[Triple] | frozenset[Triple]) -> Edges:
    table = np.array(sorted(triples), dtype=np.int32).reshape(-1, 3)
    return Edges(table[:, 0], table[:, 1], table[:, 2])


def _triples(edges: Edges) -> set[Triple]:
    return set(zip(edges.heads.tolist(), edges.relations.tolist(), edges.tails.tolist(), strict=True))
