"""Rows as stores read them, turned into the records of the store contract. Shared by every store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, Any

from kgqa.graph.assertions import EntityField, Said, shown_label
from kgqa.graph.keys import ENTITY_KIND, node_ref, unpack_qualifiers
from kgqa.graph.store import Edges, NameRow, NodeRow
from kgqa.types import Literal, Statement

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

StatementRow = tuple[Any, ...]
"""Head key (4), relation id, tail key (4), qualifiers, source name: sorted rows are in the order of statements."""

StoredNode = tuple[int, str, int, str, str]
"""Number and key of a node."""


def as_statements(rows: Iterable[StatementRow], limit: int | None = None) -> Iterator[Statement]:
    """Sorted assertions as statements with their sources."""
    statements = (
        Statement(node_ref(*key[:4]), key[4], node_ref(*key[5:9]), unpack_qualifiers(key[9]), _sources(group))
        for key, group in groupby(rows, key=lambda row: row[:10])
    )
    return islice(statements, limit)


def _sources(rows: Iterable[StatementRow]) -> tuple[str, ...]:
    return tuple(sorted(row[10] for row in rows))


def as_node_row(node: StoredNode, facts: Sequence[Said]) -> NodeRow:
    """A node with what shows of it."""
    number, text, kind, unit, lang = node
    if not facts and kind == ENTITY_KIND:
        return NodeRow(number, text, text)
    ref = node_ref(text, kind, unit, lang)
    if isinstance(ref, Literal):
        return NodeRow(number, None, ref.label(), (), ref)
    types = tuple(sorted({fact.value for fact in facts if fact.field == EntityField.TYPE}))
    return NodeRow(number, text, shown_label(text, facts), types)


def as_name_rows(node: StoredNode, facts: Sequence[Said]) -> Iterator[NameRow]:
    """Labels, then aliases; an entity without a label is named by its id, a literal by nothing."""
    number, text, kind, _, _ = node
    if kind != ENTITY_KIND:
        return
    if not facts:
        yield NameRow(number, text, "label")
        return
    names = (EntityField.LABEL, EntityField.ALIAS)
    named = sorted({(fact.field, fact.language, fact.value) for fact in facts if fact.field in names})
    if not any(field == EntityField.LABEL for field, _, _ in named):
        yield NameRow(number, text, "label")
    for field, language, value in named:
        yield NameRow(number, value, "label" if field == EntityField.LABEL else "alias", language or None)


def as_edges(rows: Sequence[tuple[int, int, int]]) -> Edges:
    """Rows of three numbers as columns."""
    import numpy as np

    table: NDArray[np.int32] = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=3 * len(rows))
    heads, relations, tails = np.ascontiguousarray(table.reshape(-1, 3).T)
    return Edges(heads, relations, tails)
