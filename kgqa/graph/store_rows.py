"""What a store tells of itself, row by row: sources, counts, nodes, names, edges, changes. Public by ``store``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgqa.types import Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source with what it asserts. ``finished`` is False while a server ingest is still under way."""

    name: str
    entities: int
    statements: int
    passages: int
    revision: int
    finished: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds; ``statements`` are distinct, ``assertions`` count each source's."""

    entities: int
    literals: int
    relations: int
    types: int
    statements: int
    assertions: int
    passages: int
    mentions: int
    sources: int


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a write or delete changed: assertions added and removed, and the revision that shows it."""

    revision: int
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as the indexes need it: an entity (``id``, shown ``label``, types) or a literal."""

    number: int
    id: str | None
    label: str
    types: tuple[str, ...] = ()
    literal: Literal | None = None


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name of an entity. ``kind`` is "label" or "alias"; ``language`` a tag or None for the default."""

    node: int
    name: str
    kind: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage without its text, as filters need it; what its first source says, and the names of all."""

    id: str
    language: str | None
    document: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """Distinct statements by number (qualifiers aside). Each array: shape: (n,), int32"""

    heads: NDArray[np.int32]
    relations: NDArray[np.int32]
    tails: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two revisions, for deltas.

    ``nodes`` are the numbers of nodes whose names, types or value were added, changed or removed;
    ``passages`` likewise, by id. ``rebuild`` says that the difference is not known row by row
    (a ``same`` record changed, or the log was folded): start from a new base. ``requalified`` are the triples
    of which a statement with qualifiers may have come or gone; None when that is not known.
    """

    revision: int
    added: Edges
    removed: Edges
    nodes: tuple[int, ...]
    passages: tuple[str, ...]
    rebuild: bool = False
    requalified: Edges | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something ``verify`` found wrong."""

    where: str
    what: str
