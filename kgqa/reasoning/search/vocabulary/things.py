"""What relations call the things at their ends: words that say what something is, not which relation is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.english.inflection import participle, singular
from kgqa.languages.words import Word
from kgqa.reasoning.search.question.analysis import Analysis, strongest
from kgqa.reasoning.search.vocabulary.classes import ends_said
from kgqa.reasoning.search.vocabulary.schema import Schema

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

PASSING = 0.4
"""How surely a word says a relation whose label calls its heads so: "products" for "product category"."""
CALLED_SO = 0.9
ALIKE = 0.5
"""How much of what arrives at an end must have the relation for a thing there to be called as its label says."""
SHARE = 0.8
"""How much of what a relation reaches must have another for it to be called what that one calls its heads."""


def appositions(analysis: Analysis, schema: Schema, snapshot: Snapshot) -> frozenset[int]:
    """Words beside a name that only say what it is: "loan L12", which is of the type, "the Finance department",
    where departments are reached by "owned by department". What is asked for is none of them."""
    out: set[int] = set()
    for anchor in strongest(analysis.anchors):
        beside = [
            i
            for i in (anchor.tokens[0] - 1, anchor.tokens[-1] + 1)
            if 0 <= i < len(analysis.tokens) and analysis.content[i] and i not in analysis.cues.noun
        ]
        if not beside:
            continue
        own = {schema.parts + schema.types.index(name) for name in snapshot.types_of(anchor.candidate.node)}
        out.update(i for i in beside if not own.isdisjoint(schema.native.get(analysis.tokens[i].stem, ())))
        (steps,) = snapshot.steps_from_sets([np.asarray([anchor.candidate.node], dtype=np.int32)])
        reached = [part for n, back, _ in steps if (part := schema.part_of.get((n, not back))) is not None]
        out.update(i for i in beside if _kind_of(analysis.tokens[i], reached, schema))
    return frozenset(out)


def _kind_of(word: Word, reached: Sequence[int], schema: Schema) -> bool:
    """Whether a word is what relations call the things at an end where these parts, too, arrive."""
    for part in sorted({column & ~1 for column in schema.native.get(word.stem, ()) if column < schema.parts}):
        heads, tails = _ends(part, schema)
        ends = [end for end, names in ((part, heads), (part + 1, tails)) if singular(word.lower) in names]
        if any(schema.follows[arrived, end] >= ALIKE for arrived in reached for end in ends):
            return True
    return False


def say_heads(said: NDArray[np.float32], kind: NDArray[np.float32], analysis: Analysis, schema: Schema) -> None:
    """In a graph without types, plurals and the asked noun name what relations call their heads, in place.

    "Products" says that things are asked for that have a "product category", not the category; so does whatever
    reaches such things. shapes: (words, columns)
    """
    if schema.stated:
        return
    stems = frozenset(token.stem for token in analysis.tokens)
    for i, token in enumerate(analysis.tokens):
        name = singular(token.lower)
        if not analysis.content[i] or not (name != token.lower or i in analysis.cues.noun[-1:]):
            continue
        for part in sorted({column & ~1 for column in schema.native.get(token.stem, ()) if column < schema.parts}):
            whole = any(token.stem in phrase and phrase <= stems for phrase in schema.phrase_stems[part])
            if whole or name not in _ends(part, schema)[0]:
                continue
            said[i, part : part + 2] = np.minimum(said[i, part : part + 2], PASSING)
            reached = np.flatnonzero(schema.follows[:, part] >= SHARE)
            kind[i, reached] = np.maximum(kind[i, reached], CALLED_SO)


def _ends(part: int, schema: Schema) -> tuple[frozenset[str], frozenset[str]]:
    """The single nouns that a relation's label calls its heads and its tails."""
    found = [ends_said(phrase) for phrase in schema.phrasings[part].phrases]
    heads, tails = (frozenset(name for ends in found for name in ends[side] if " " not in name) for side in (0, 1))
    return frozenset(name for name in heads - tails if not (participle(name) or name.endswith("ing"))), tails
