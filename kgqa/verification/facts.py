"""Looks up what evidence refers to: is the triple there, does the passage say exactly this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kgqa.graph.store import GraphStore
from kgqa.types import TYPE_RELATION, Evidence, Literal, PassageEvidence, Statement, TripleEvidence

Resolve = Callable[[str], Iterable[str]]
"""All ids that are the same thing as this one, itself included."""


class StoreFacts:
    """The graph as the judge of evidence, read at the moment of judging: make one for each answer.

    ``evidence`` is what will be asked about: its triples are looked up together.
    """

    def __init__(
        self, store: GraphStore, *, same: Resolve = lambda ref: (ref,), evidence: Iterable[Evidence] = ()
    ) -> None:
        self._store = store
        self._resolve = same
        self._resolved: dict[str, tuple[str, ...]] = {}
        self._judged: dict[tuple[str, ...], bool] = {}
        wanted = [
            (head, item.relation, tail)
            for item in evidence
            if isinstance(item, TripleEvidence) and not item.predicted
            for head in self._same(item.head)
            for tail in self._same(item.tail)
        ]
        self._stated = dict(zip(wanted, store.stated(wanted), strict=True)) if wanted else {}

    def _same(self, ref: str) -> tuple[str, ...]:
        if ref not in self._resolved:
            self._resolved[ref] = tuple(self._resolve(ref))
        return self._resolved[ref]

    def triple_stands(self, item: TripleEvidence) -> bool:
        """Whether some source asserts the triple, its qualifiers included. Read once: many claims may cite it."""
        qualifiers = (f"{name}={value!r}" for name, value in item.qualifiers.items())
        key = (item.head, item.relation, item.tail, *qualifiers)
        if key not in self._judged:
            self._judged[key] = self._asserted(item)
        return self._judged[key]

    def _asserted(self, item: TripleEvidence) -> bool:
        wanted = dict(item.qualifiers)
        if item.relation == TYPE_RELATION and self._has_type(item):
            return True
        return any(
            not wanted or _qualifiers(statement) == wanted
            for head in self._same(item.head)
            for statement in self._about(head, item.relation, item.tail)
        )

    def span_stands(self, item: PassageEvidence) -> bool:
        """Whether the passage exists and reads exactly so between the offsets."""
        passage = self._store.passage(item.id)
        return (
            passage is not None
            and 0 <= item.start <= item.end <= len(passage.text)
            and passage.text[item.start : item.end] == item.text
        )

    def is_functional(self, relation: str) -> bool:
        known = self._store.relation(relation)
        return known is not None and bool(known.functional)

    def _has_type(self, item: TripleEvidence) -> bool:
        kept = (self._store.entity(head) for head in self._same(item.head))
        return any(entity is not None and item.tail in entity.types for entity in kept)

    def _about(self, head: str, relation: str, tail: str) -> Iterator[Statement]:
        """Statements of this head and relation whose tail is the entity, or the literal written so."""
        for other in self._same(tail):
            known = self._stated.get((head, relation, other))
            yield from self._store.statements(head=head, relation=relation, tail=other) if known is None else known
        for statement in self._store.statements(head=head, relation=relation):
            if isinstance(statement.tail, Literal) and statement.tail.value == tail:
                yield statement


def _qualifiers(statement: Statement) -> dict[str, object]:
    return {name: value if isinstance(value, str) else value.to_dict() for name, value in statement.qualifiers.items()}
