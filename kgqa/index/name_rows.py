"""The names of a graph's nodes, each under the keys by which it is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kgqa.graph.store import GraphStore
from kgqa.index.normalise import name_keys, surface
from kgqa.types import LiteralType

LONGEST_VALUE = 80  # text literals up to this many code points are names of themselves


def name_rows(store: GraphStore, nodes: Sequence[int] | None) -> Iterator[tuple[int, str, str, str, str | None]]:
    """(node, key, name, kind, language) of all nodes (or these), by node: each name once a key, its label first."""
    names = store.name_rows(numbers=nodes)
    ahead = next(names, None)
    for row in store.node_rows(numbers=nodes):
        found: dict[tuple[str, str], tuple[str, str, str | None]] = {}
        if row.literal is not None:
            if row.literal.type is LiteralType.STRING and len(row.literal.value) <= LONGEST_VALUE:
                _add(found, row.literal.value, "value", row.literal.lang)
        else:
            _add(found, row.label, "label", None)
        while ahead is not None and ahead.node <= row.number:
            if ahead.node == row.number and (ahead.kind == "alias" or ahead.name != row.label):
                _add(found, ahead.name, ahead.kind, ahead.language)
            ahead = next(names, None)
        for (key, _), (name, kind, language) in found.items():
            yield row.number, key, name, kind, language


def _add(found: dict[tuple[str, str], tuple[str, str, str | None]], name: str, kind: str, language: str | None) -> None:
    for key in name_keys(name):
        # Spellings that differ in accents only are kept apart, so that the exact one can be preferred.
        mark = key if name.isascii() else surface(name)
        known = found.get((key, mark))
        if known is None or (known[1] == "alias" and kind == "label"):
            found[key, mark] = (name, kind, language)
