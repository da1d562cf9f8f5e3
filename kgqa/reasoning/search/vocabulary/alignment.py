"""Which word of the question may mean which relation or type, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgqa.english.function_words import COUNTING, PEOPLE
from kgqa.english.stemming import stem
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.question.asked import Asked
from kgqa.reasoning.search.question.degrees import how_measured
from kgqa.reasoning.search.vocabulary.classes import compounds, described
from kgqa.reasoning.search.vocabulary.schema import SPELT, Schema
from kgqa.reasoning.search.vocabulary.things import say_heads
from kgqa.types import TextEncoder

LOW, HIGH = 0.25, 0.75
"""Cosines of a word and a phrase: below the first they mean nothing, at the second they are one meaning."""
WHOLE_LOW, WHOLE_HIGH = 0.1, 0.7
"""The same for a whole question."""
SYNONYM, MISSPELT, OTHER_WAY = 0.85, 0.8, 0.95
"""How surely a word says what another name of a relation says, what it may be misspelt for, and a relation's other
direction where that has a name of its own."""
EXTREME = 0.9
"""How surely a superlative says a relation whose name has one: "the most" for "largest producer"."""
KIND = 0.4
"""How surely a type's name says a relation in whose longer name it stands: "country" for "country of discovery"."""
TURNED = 0.85
"""How like a relation is to a question that is like its other direction."""
SOMEBODY = 0.9
"""How surely "people" names a kind of things that are people."""
OF_ITS_KIND = 0.3
"""What is left of the likeness of a name to a relation that reaches things of its own type."""
SIZE, SOLE = "size", 0.6
"""What "large" measures, and how surely it measures the only number that such things have."""
KEEP_WORDS = 50_000


class WordVectors:
    """Vectors of words and of masked questions, encoded once; bounded."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def ensure(self, words: Sequence[str]) -> None:
        """Encodes the words that are new, in one batch."""
        new = sorted(set(words) - self._vectors.keys())
        if not new:
            return
        if len(self._vectors) + len(new) > KEEP_WORDS:
            self._vectors.clear()
            new = sorted(set(words))
        self._vectors.update(zip(new, self._encoder.encode(new)))

    def of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """shape: (len(words), dim)"""
        return np.stack([self._vectors[word] for word in words])


@dataclass(frozen=True)
class Alignment:
    """Matches of words and the columns of a schema (its parts, then its types), each in [0, 1].

    ``said[w, c]``: word ``w`` says column ``c``; ``kind[w, c]``: word ``w`` names the kind of thing that ``c`` reaches.
    ``asked[c]``: how well the question word asks for what ``c`` reaches; ``whole[c]``: how like the question as a
    whole, its names masked, is to what ``c`` is called; ``carried[w, q]``: word ``w`` names the schema's qualifier
    ``q``, or what it holds. shapes: (words, columns), (columns,), (words, qualifiers)
    """

    said: NDArray[np.float32]
    kind: NDArray[np.float32]
    asked: NDArray[np.float32]
    whole: NDArray[np.float32]
    carried: NDArray[np.float32]


def align(
    analysis: Analysis,
    schema: Schema,
    words: WordVectors,
    kinds: Sequence[tuple[tuple[int, ...], frozenset[int]]] = (),
) -> Alignment:
    """Matches every word with every relation direction and type, by stem and by the encoder.

    ``kinds``: the words of each likely name, with the types of what it names. "Euro" is like "currency" for being one:
    that does not say the relation.
    """
    count = len(analysis.tokens)
    columns = schema.parts + len(schema.types)
    said = np.zeros((count, columns), dtype=np.float32)
    kind = np.zeros((count, columns), dtype=np.float32)
    rows = [i for i, content in enumerate(analysis.content) if content]
    if rows and columns:
        lowers = [analysis.tokens[i].lower for i in rows]
        words.ensure([*lowers, analysis.masked])  # one pass of the encoder for all
        vectors = words.of(lowers)
        soft = calibrate(np.maximum.reduceat(vectors @ schema.vectors.T, schema.first, axis=1))
        said[rows] = 0.9 * soft
        for tokens, types in kinds:
            reached = [
                part for part, reach in enumerate(schema.reach) if any(reach.types.get(t, 0.0) > 0.5 for t in types)
            ]
            said[np.ix_(tokens, reached)] *= OF_ITS_KIND
        stems = frozenset(token.stem for token in analysis.tokens)
        # What is counted may be a value: "the most people" are those who "live in" it.
        counted = {i for i in rows if i and analysis.tokens[i - 1].lower in COUNTING}
        for i in rows:
            word = analysis.tokens[i]
            for column in schema.synonyms.get(word.stem, ()):
                said[i, column] = max(said[i, column], SYNONYM)
            told = schema.said_by(word, analysis.language)
            for column in told:
                passing = i not in counted and schema.kind_only(word.stem, column, stems)
                said[i, column] = KIND if passing else 1.0
            if not told and word.stem not in schema.stems and (meant := _misspelt(word.lower, schema)) is not None:
                for column in schema.stems[meant]:
                    said[i, column] = max(said[i, column], MISSPELT)
        forward, backward = said[:, 0 : schema.parts : 2], said[:, 1 : schema.parts : 2]
        both = OTHER_WAY * np.maximum(forward, backward)  # views: what says a relation says it either way
        np.maximum(forward, both, out=forward)
        np.maximum(backward, both, out=backward)
        _measures(said, analysis, schema, words)
        if schema.induced:
            untold = [row for row, i in enumerate(rows) if not schema.said_by(analysis.tokens[i], analysis.language)]
            classes = said[:, schema.parts + schema.stated :]
            likeness = np.minimum(0.8, 1.3 * calibrate(described(vectors[untold], schema)))
            for column, terms in compounds(stems, schema):
                said[[i for i in rows if analysis.tokens[i].stem in terms], column] = 1.0
            classes[[rows[row] for row in untold]] = np.maximum(classes[[rows[row] for row in untold]], likeness)
        people = [i for i in rows if analysis.tokens[i].lower in PEOPLE and i not in counted]
        if people:
            said[people, schema.parts :] = np.maximum(said[people, schema.parts :], SOMEBODY * schema.type_asked[:, 0])
        kind[rows, schema.parts :] = said[rows, schema.parts :]
        kind[rows, : schema.parts] = _kinds(said[rows, schema.parts :], vectors, schema)
        if people:
            who = np.asarray([reach.who for reach in schema.reach], dtype=np.float32)
            kind[people, : schema.parts] = np.maximum(kind[people, : schema.parts], SOMEBODY * who)
        say_heads(said, kind, analysis, schema)
    carried = _carried(analysis, schema, words, said)
    return Alignment(said, kind, _asked(analysis, schema), _whole(analysis, schema, words), carried)


def _carried(analysis: Analysis, schema: Schema, words: WordVectors, said: NDArray[np.float32]) -> NDArray[np.float32]:
    """shape: (words, qualifiers)"""
    out = np.zeros((len(analysis.tokens), len(schema.carried)), dtype=np.float32)
    rows = [i for i, content in enumerate(analysis.content) if content]
    if not rows or not schema.carried:
        return out
    vectors = words.of([analysis.tokens[i].lower for i in rows])
    for place, item in enumerate(schema.carried):
        out[rows, place] = 0.9 * calibrate(vectors @ item.vector)
        for i in rows:
            if analysis.tokens[i].stem in item.stems:
                out[i, place] = 1.0
        kinds = [schema.parts + number for number in item.kinds]
        out[rows, place] = np.maximum(out[rows, place], said[np.ix_(rows, kinds)].max(axis=1, initial=0.0))
    return out


def _whole(analysis: Analysis, schema: Schema, words: WordVectors) -> NDArray[np.float32]:
    """shape: (columns,)"""
    if not analysis.masked or not len(schema.vectors):
        return np.zeros(schema.parts + len(schema.types), dtype=np.float32)
    words.ensure((analysis.masked,))
    cosines = np.maximum.reduceat(schema.vectors @ words.of((analysis.masked,))[0], schema.first)
    whole = np.clip((cosines - WHOLE_LOW) / (WHOLE_HIGH - WHOLE_LOW), 0.0, 1.0)
    return np.maximum(whole, np.append(TURNED * whole[schema.opposite], np.zeros(len(schema.types), dtype=np.float32)))


def _misspelt(word: str, schema: Schema) -> str | None:
    """The stem of the schema's word that this one may be misspelt for: a letter added, left out, changed or swapped."""
    if len(word) < SPELT or not word.isalpha():
        return None
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    found = process.extractOne(word, schema.spellings.keys(), scorer=OSA.distance, score_cutoff=1 + (len(word) > 9))
    return schema.spellings[found[0]] if found is not None and found[0][0] == word[0] else None


def _measures(said: NDArray[np.float32], analysis: Analysis, schema: Schema, words: WordVectors) -> None:
    """Measuring adjectives say the relations whose values they compare: "oldest" a date, "heaviest" a mass."""
    valued = np.asarray([reach.number > 0.5 or reach.time > 0.5 for reach in schema.reach], dtype=bool)
    dated = np.asarray([reach.time > 0.5 for reach in schema.reach], dtype=bool)
    cues = analysis.cues
    asked = how_measured([token.lower for token in analysis.tokens], cues.wh)
    for cue in (*cues.superlatives, *cues.comparatives, *asked):
        for column in schema.extremes[cue.largest] if cue.tokens else ():
            said[cue.index, column] = max(said[cue.index, column], EXTREME)
        if not cue.measures or not valued.any():
            continue
        words.ensure(cue.measures)
        soft = calibrate(np.maximum.reduceat(words.of(cue.measures) @ schema.vectors.T, schema.first, axis=1))
        found = 0.8 * soft.max(axis=0)[: schema.parts]
        for rank, measure in enumerate(cue.measures):
            for column in schema.stems.get(stem(measure), ()):
                if column < schema.parts:
                    found[column] = max(found[column], 0.95 - 0.05 * rank)
        if cue.temporal:
            found = np.maximum(found, 0.6 * dated)
        if SIZE in cue.measures:
            found = np.maximum(found, SOLE * schema.sole_measures)
        own = said[cue.index, : schema.parts]
        said[cue.index, : schema.parts] = np.maximum(np.where(own >= 1.0, own, own * valued), found * valued)


def calibrate(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosines as matches in [0, 1]."""
    return np.clip((cosines - LOW) / (HIGH - LOW), 0.0, 1.0)


def _kinds(typed: NDArray[np.float32], vectors: NDArray[np.float32], schema: Schema) -> NDArray[np.float32]:
    """How well words name what each part reaches: by its types, or by the relations of such things.

    shapes: (words, types), (words, dim) -> (words, parts)
    """
    out = np.minimum(0.8, 1.3 * calibrate(vectors @ schema.class_vectors.T))
    out[:, schema.type_share[:, : schema.stated].max(axis=1, initial=0.0) > 0] = 0.0
    parts, first, numbers, roots = schema.kinds_reached
    if len(parts):
        out[:, parts] = np.maximum(out[:, parts], np.maximum.reduceat(typed[:, numbers] * roots, first, axis=1))
    return out


def _asked(analysis: Analysis, schema: Schema) -> NDArray[np.float32]:
    out = np.full(schema.parts + len(schema.types), 0.5, dtype=np.float32)
    asked = analysis.cues.asked
    for part, reach in enumerate(schema.reach):
        match asked:
            case Asked.WHO:
                out[part] = reach.who
            case Asked.WHERE:
                out[part] = reach.where
            case Asked.WHEN:
                out[part] = reach.time if reach.time else 0.5 * reach.when
            case Asked.QUANTITY:
                out[part] = max(reach.number, reach.literal * 0.5)
            case _:
                out[part] = 0.5
    column = {Asked.WHO: 0, Asked.WHERE: 1, Asked.WHEN: 2}.get(asked)
    if column is not None and len(schema.types):
        out[schema.parts :] = schema.type_asked[:, column]
    return out
