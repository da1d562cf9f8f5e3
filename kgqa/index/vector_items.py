"""What is encoded: relations, types, passages, and the names of entities where there are not too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words


class VectorKind(StrEnum):
    """What a vector stands for; its id is a relation's, type's or passage's, or an entity's node number."""

    ENTITY = "entity"
    PASSAGE = "passage"
    RELATION = "relation"
    TYPE = "type"


@dataclass(frozen=True, slots=True, order=True)
class VectorKey:
    """The key of a vector."""

    kind: VectorKind
    id: str


@dataclass(frozen=True, slots=True)
class Item:
    """A text to encode under its key."""

    key: VectorKey
    text: str

    @property
    def digest(self) -> bytes:
        """16 bytes that tell whether the text is the one encoded before."""
        return blake2b(self.text.encode("utf-8", "replace"), digest_size=16).digest()


def schema_items(store: GraphStore, snapshot: Snapshot) -> Iterator[Item]:
    """Relations and types: few, so they are looked at in whole each time."""
    for relation in store.relations():
        yield Item(VectorKey(VectorKind.RELATION, relation.id), relation.label or as_words(relation.id))
    for name in snapshot.type_ids:
        node = snapshot.node(name)
        label = name if node is None else snapshot.label(node)
        yield Item(VectorKey(VectorKind.TYPE, name), as_words(name) if label == name else label)


def entity_items(store: GraphStore, numbers: Sequence[int] | None = None) -> Iterator[Item]:
    """The shown labels of all entities (or these)."""
    for row in store.node_rows(numbers=numbers):
        if row.literal is None:
            yield Item(VectorKey(VectorKind.ENTITY, str(row.number)), row.label)


def passage_items(store: GraphStore, ids: Sequence[str] | None = None) -> Iterator[Item]:
    """Title and text of all passages (or these)."""
    for passage in store.passages(ids=ids):
        text = f"{passage.title}\n{passage.text}" if passage.title else passage.text
        yield Item(VectorKey(VectorKind.PASSAGE, passage.id), text)
