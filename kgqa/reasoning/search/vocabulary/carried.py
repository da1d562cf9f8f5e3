"""What statements carry beside their tails: the qualifiers of each relation, how they are said and what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.words import as_words
from kgqa.reasoning.search.vocabulary.phrases import content_stems
from kgqa.types import Literal, TextEncoder

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

STATEMENTS = 200
"""Statements looked at to see what a relation's qualifiers hold."""


@dataclass(frozen=True)
class Carried:
    """A qualifier by its name: the stems of its words, and the types of the entities that it holds, by number.

    ``relations``: the relations whose statements carry it. shape of vector: (dim,)
    """

    name: str
    stems: frozenset[str]
    kinds: frozenset[int]
    relations: frozenset[int]
    vector: NDArray[np.float32]


def read_carried(
    snapshot: Snapshot, heads: Mapping[int, NDArray[np.int32]], types: Sequence[str], encoder: TextEncoder
) -> tuple[Carried, ...]:
    """The qualifiers of a graph, by name.

    ``heads``: of each relation, by number, some nodes that its statements are about.
    """
    kinds: dict[str, set[int]] = {}
    relations: dict[str, set[int]] = {}
    index = {name: number for number, name in enumerate(types)}
    for relation, nodes in heads.items():
        for _, _, qualifiers in snapshot.qualified(nodes, relation)[:STATEMENTS]:
            for name, value in qualifiers.items():
                relations.setdefault(name, set()).add(relation)
                node = None if isinstance(value, Literal) else snapshot.node(value)
                held = () if node is None else snapshot.types_of(node)
                kinds.setdefault(name, set()).update(index[kind] for kind in held)
    names = sorted(relations)
    words = [as_words(name).lower() for name in names]
    vectors = encoder.encode(words) if words else np.zeros((0, encoder.dim), dtype=np.float32)
    return tuple(
        Carried(name, content_stems([said]), frozenset(kinds[name]), frozenset(relations[name]), vector)
        for name, said, vector in zip(names, words, vectors, strict=True)
    )
