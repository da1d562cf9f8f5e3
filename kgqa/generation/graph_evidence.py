"""Triples of the snapshot as evidence for people: labels, qualifiers and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kgqa.generation.evidence import EvidenceBook
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.reasoning.execute import SupportTriple
from kgqa.reasoning.names import SnapshotNames
from kgqa.types import TYPE_RELATION, Literal, Statement, TripleEvidence

Key = tuple[int, str, int, tuple[tuple[str, Literal | str], ...]]
Statements = Mapping[Key, Statement | None]
"""By the key of a support triple, the statement that says it: the first, or that with its qualifiers."""


class GraphEvidence:
    """Adds support triples to a book, with what the store knows of each."""

    def __init__(self, snapshot: Snapshot, store: GraphStore, relation_labels: Mapping[str, str]) -> None:
        self._snapshot = snapshot
        self._store = store
        self._labels = relation_labels

    def read(self, triples: Iterable[SupportTriple]) -> Statements:
        """The statements behind triples, looked up together."""
        keys = dict.fromkeys(self.key(triple) for triple in triples if not triple.predicted)
        found = self._store.stated([(self._ref(head), relation, self._ref(tail)) for head, relation, tail, _ in keys])
        return {key: _that_says(stated, dict(key[3])) for key, stated in zip(keys, found, strict=True)}

    def add(self, triple: SupportTriple, book: EvidenceBook, read: Statements) -> int | None:
        """The number of this triple in the book, None when the book is full. ``read``: what was read of it before."""
        return book.add(self.key(triple), lambda n: self._make(n, triple, read))

    def add_type(self, node: int, kind: str, book: EvidenceBook) -> int | None:
        """The number under which the book says that this node has this type, None when the book is full."""
        return book.add((node, TYPE_RELATION, kind), lambda n: self._make_type(n, node, kind))

    def key(self, triple: SupportTriple) -> Key:
        """What makes two support triples the same evidence: the statement as its source wrote it."""
        head, tail = self._as_said(triple)
        return head, triple.relation, tail, triple.said

    def ref(self, node: int) -> str:
        """How a node is named in JSON: the entity's id, the literal's value."""
        return self._snapshot.id(node) or self._value(node).value

    def _value(self, node: int) -> Literal:
        literal = self._snapshot.literal(node)
        return literal if literal is not None else Literal(self._snapshot.label(node))

    def _make(self, n: int, triple: SupportTriple, read: Statements) -> TripleEvidence:
        head, tail = self._as_said(triple)
        if not triple.predicted and self.key(triple) not in read:
            read = self.read([triple])
        statement = None if triple.predicted else read[self.key(triple)]
        return TripleEvidence(
            n=n,
            head=self.ref(head),
            relation=triple.relation,
            tail=self.ref(tail),
            head_label=self._snapshot.label(head),
            relation_label=self._labels[triple.relation],
            tail_label=self._snapshot.label(tail),
            qualifiers=_plain(statement.qualifiers) if statement else {},
            sources=statement.sources if statement else (),
            predicted=triple.predicted,
            probability=triple.probability,
        )

    def _make_type(self, n: int, node: int, kind: str) -> TripleEvidence:
        said = SnapshotNames(self._snapshot).type(kind)
        return TripleEvidence(
            n=n,
            head=self.ref(node),
            relation=TYPE_RELATION,
            tail=kind,
            head_label=self._snapshot.label(node),
            relation_label="is an" if said[:1].lower() in "aeiou" else "is a",
            tail_label=said,
        )

    def _as_said(self, triple: SupportTriple) -> tuple[int, int]:
        """Head and tail as the source wrote them."""
        number = self._snapshot.relation_number(triple.relation)
        if number is None or triple.predicted:
            return triple.head, triple.tail
        return self._snapshot.as_said(triple.head, number, triple.tail)

    def _ref(self, node: int) -> str | Literal:
        return self._snapshot.id(node) or self._value(node)


def _that_says(stated: Iterable[Statement], qualifiers: Mapping[str, Literal | str]) -> Statement | None:
    """The statement with these qualifiers; the first where there is none, or none are given."""
    found = list(stated)
    return next((item for item in found if qualifiers and dict(item.qualifiers) == qualifiers), next(iter(found), None))


def _plain(qualifiers: Mapping[str, Literal | str]) -> dict[str, Any]:
    return {name: value if isinstance(value, str) else value.to_dict() for name, value in qualifiers.items()}
