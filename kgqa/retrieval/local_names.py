"""What nodes and relations are called in a question's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words
from kgqa.languages.lexicon import primary
from kgqa.types import Relation


@dataclass(frozen=True, slots=True)
class RelationName:
    """How a language calls a relation: its label, and other words for it."""

    label: str
    aliases: tuple[str, ...] = ()


class LocalNames:
    """Names by language, of one revision; where a language has none, the label that is shown."""

    def __init__(self, store: GraphStore, snapshot: Snapshot) -> None:
        self._store, self._snapshot = store, snapshot
        self._default = primary(store.language)
        self._known: dict[str, dict[int, RelationName]] = {}

    def nodes(self, nodes: Iterable[int], language: str) -> dict[int, str]:
        """The label of each of these nodes, or where the language has an alias alone, that."""
        wanted = sorted(set(nodes))
        out = dict(zip(wanted, self._snapshot.labels(wanted), strict=True))
        if language == self._default or not wanted:
            return out
        labelled: set[int] = set()
        for row in self._store.name_rows(numbers=wanted):
            if row.language is not None and primary(row.language) == language and row.node not in labelled:
                out[row.node] = row.name
                if row.kind == "label":
                    labelled.add(row.node)
        return out

    def relation(self, number: int, language: str) -> RelationName:
        """What a relation is called; empty for a number that is not in use."""
        if language not in self._known:
            self._known[language] = {
                place: self._named(self._relations[info.id], language)
                for place, info in enumerate(self._snapshot.relations)
                if info is not None and info.id in self._relations
            }
        info = self._snapshot.relations[number]
        shown = "" if info is None else info.label or as_words(info.id)
        return self._known[language].get(number) or RelationName(shown)

    @cached_property
    def _relations(self) -> dict[str, Relation]:
        return {relation.id: relation for relation in self._store.relations()}

    def _named(self, relation: Relation, language: str) -> RelationName:
        aliases = [alias for tag, given in relation.aliases.items() if primary(tag) == language for alias in given]
        labels = [label for tag, label in relation.labels.items() if primary(tag) == language]
        if language == self._default:
            labels = [relation.label or as_words(relation.id)]
        return _first([*labels, *aliases], relation.label or as_words(relation.id))


def _first(names: Sequence[str], otherwise: str) -> RelationName:
    return RelationName(names[0], tuple(names[1:])) if names else RelationName(otherwise)
