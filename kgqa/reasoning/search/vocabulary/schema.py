"""What search knows of a graph before any question: its relations and types, how they are said, what they reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.english.degrees import MEASURES, degree
from kgqa.english.function_words import ARTICLES, AUXILIARIES, PREPOSITIONS, WH_PROBES
from kgqa.languages.lexicon import ENGLISH
from kgqa.languages.words import Word, words_of
from kgqa.reasoning.plan import Step
from kgqa.reasoning.search.vocabulary.carried import Carried, read_carried
from kgqa.reasoning.search.vocabulary.phrases import Phrasing, content_stems, say_relation, say_type, spellings
from kgqa.types import Relation, TextEncoder

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot
from kgqa.reasoning.search.vocabulary.reach import Reach, describe, samples, wh_likeness

MAX_PHRASES = 8
MOSTLY, SHARED = 0.5, 0.2
"""A relation mostly gives numbers; so many of the things that have one have another."""
FEW = 8
"""What a relation leads to is told by so many of its tails."""
SPELT = 6
"""A word as long as this may be a misspelt word of the schema."""


@dataclass(frozen=True)
class Schema:
    """Relations in both directions ("parts" 0 .. 2R-1: forward then backward of each) and types, with vectors.

    ``opposite[p]`` leads straight back over ``p``; ``part_of`` leaves out parts that another one says already.
    ``stems``: the columns that a stem of their phrases says, ``native`` only those in the graph's language, ``foreign``
    by the words of the other languages; ``induced``: for the last types, which are classes of things without types, the
    part that their members have; ``synonyms``: those that it says by being another name of a relation whose first name
    they share; ``kinds``: stems that by themselves name a type; ``phrase_stems``: of each column's phrases;
    ``spellings``: longer words of all phrases with their stems; ``extremes``:
    the parts whose names have a superlative, of the most and of the least; ``carried``: the qualifiers of statements.
    ``owner[k]`` is the part or (from ``2R`` on) type that phrase vector ``k`` says. shape of vectors: (phrases, dim)
    """

    steps: tuple[Step, ...]
    numbers: NDArray[np.int32]
    inverse: NDArray[np.bool_]
    phrasings: tuple[Phrasing, ...]
    types: tuple[str, ...]
    vectors: NDArray[np.float32]
    owner: NDArray[np.int32]
    first: NDArray[np.int64]
    reach: tuple[Reach, ...]
    follows: NDArray[np.float32]
    class_vectors: NDArray[np.float32]
    stems: dict[str, tuple[int, ...]]
    native: dict[str, tuple[int, ...]]
    foreign: dict[str, tuple[int, ...]]
    synonyms: dict[str, tuple[int, ...]]
    kinds: frozenset[str]
    phrase_stems: tuple[tuple[frozenset[str], ...], ...]
    spellings: dict[str, str]
    extremes: dict[bool, tuple[int, ...]]
    part_of: dict[tuple[int, bool], int]
    opposite: NDArray[np.int64]
    type_asked: NDArray[np.float32]
    induced: tuple[int, ...] = ()
    carried: tuple[Carried, ...] = ()

    @property
    def parts(self) -> int:
        return len(self.steps)

    def said_by(self, word: Word, language: str) -> tuple[int, ...]:
        """The columns that a word of a text says by its stem.

        In English a word of another language's name counts as it is written: "Hauptstadt" is one, "pay" is not "pays".
        """
        if language != ENGLISH:
            return self.stems.get(word.stem, ())
        return (*self.native.get(word.stem, ()), *self.foreign.get(word.lower, ()))

    def kind_only(self, stem: str, column: int, said: frozenset[str]) -> bool:
        """Whether a word names a type and a relation only in passing: "country" in "country of discovery".

        ``said``: all stems of the question; with the rest of the phrase among them the word counts.
        """
        if stem not in self.kinds or column >= self.parts:
            return False
        return not any(stem in phrase and phrase <= said for phrase in self.phrase_stems[column])

    @property
    def stated(self) -> int:
        """How many of the types are stated in the graph; the others are induced."""
        return len(self.types) - len(self.induced)

    def induced_by(self, number: int) -> int | None:
        """The part that tells the members of an induced class; None for a type of the graph."""
        return self.induced[number - self.stated] if number >= self.stated else None

    @property
    def labels(self) -> tuple[str, ...]:
        """Everything that relations and types are called; linking doubts a name made only of such words."""
        return tuple(dict.fromkeys(phrase for phrasing in self.phrasings for phrase in phrasing.phrases))

    @cached_property
    def leads_back(self) -> NDArray[np.int64]:
        """``opposite`` for every column, -1 for types and for one column more that stands for none."""
        return np.append(self.opposite, np.full(len(self.types) + 1, -1))

    @cached_property
    def reading_sign(self) -> NDArray[np.float64]:
        """Which way words read a part: 1 forward, -1 backward by a name of its own, else 0; then 1 for no part."""
        turned = np.asarray([phrasing.turned for phrasing in self.phrasings[: self.parts]] + [False], dtype=bool)
        back = np.append(self.inverse, False)
        return np.where(back, -1.0, 1.0) * (turned | ~back)

    @cached_property
    def sole_measures(self) -> NDArray[np.bool_]:
        """Parts that lead to the only number that such things have, dates aside: their size. shape: (parts,)"""
        measured = np.asarray([r.number > MOSTLY and r.time < MOSTLY for r in self.reach]) & ~self.inverse
        others = self.follows[np.arange(self.parts) ^ 1][:, measured] >= SHARED
        return measured & (others.sum(axis=1) <= 1)

    @cached_property
    def type_share(self) -> NDArray[np.float32]:
        """How much of what a part reaches is of each type. shape: (parts, types)"""
        out = np.zeros((self.parts, len(self.types)), dtype=np.float32)
        for part, reach in enumerate(self.reach):
            for type_number, share in reach.types.items():
                out[part, type_number] = share
        return out

    @cached_property
    def kinds_reached(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Parts that reach some type, where each begins in the rest: types and the roots of their shares, by part."""
        rows, numbers = np.nonzero(self.type_share)
        parts, first = np.unique(rows, return_index=True)
        return parts, first, numbers, np.sqrt(self.type_share[rows, numbers])


def build_schema(
    snapshot: Snapshot,
    relations: Sequence[Relation],
    encoder: TextEncoder,
    *,
    type_names: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({}),
) -> Schema:
    """Describes a graph: samples what each relation reaches and encodes how relations and types are said.

    ``type_names``: further names of types by id, each as (language, name).
    """
    known = {relation.id: relation for relation in relations}
    steps: list[Step] = []
    numbers: list[int] = []
    for number, relation_id in enumerate(snapshot.relation_ids):
        if relation_id is not None:
            steps += [Step(relation_id), Step(relation_id, True)]
            numbers += [number, number]
    inverse = np.tile([False, True], len(steps) // 2)
    reached = samples(snapshot, list(zip(numbers, inverse.tolist())))
    phrasings: list[Phrasing] = []
    for step, tails in zip(steps[::2], reached[::2], strict=True):
        refers = any(snapshot.id(node) is not None for node in tails[:FEW].tolist())
        phrasings += say_relation(known.get(step.relation, Relation(step.relation)), refers=refers)
    types = tuple(snapshot.type_ids)
    for type_id in types:
        node = snapshot.node(type_id)
        label = snapshot.label(node) if node is not None else type_id
        phrasings.append(say_type(label, type_names.get(type_id, ())))
    texts: list[str] = []
    owner: list[int] = []
    for position, phrasing in enumerate(phrasings):
        for phrase in phrasing.phrases[:MAX_PHRASES]:
            texts.append(phrase)
            owner.append(position)
    probes = [noun for nouns in WH_PROBES.values() for noun in nouns]
    encoded = encoder.encode([*texts, *probes])
    vectors = np.ascontiguousarray(encoded[: len(texts)], dtype=np.float32)
    owners = np.asarray(owner, dtype=np.int32)
    wh = wh_likeness(vectors, owners, len(phrasings), encoded[len(texts) :])
    part_of = {(int(number), bool(back)): part for part, (number, back) in enumerate(zip(numbers, inverse))}
    opposite = _opposites(snapshot, part_of, len(steps))
    part_of = {key: part for key, part in part_of.items() if not key[1] or opposite[part ^ 1] == part}
    follows = np.zeros((len(steps), len(steps)), dtype=np.float32)
    reach = []
    heads = {}
    for part, nodes in enumerate(reached):
        follows[part] = _follow_shares(snapshot, nodes, part_of, len(steps))
        reach.append(describe(snapshot, nodes, types, wh, part, phrasings[part]))
        if inverse[part]:
            heads[numbers[part]] = nodes
    return Schema(
        steps=tuple(steps),
        numbers=np.asarray(numbers, dtype=np.int32),
        inverse=inverse,
        phrasings=tuple(phrasings),
        types=types,
        vectors=vectors,
        owner=owners,
        first=np.searchsorted(owners, np.arange(len(phrasings))),
        reach=tuple(reach),
        follows=follows,
        class_vectors=_class_vectors(encoder, phrasings, steps, follows),
        stems=(stems := _postings([phrasing.terms for phrasing in phrasings])),
        native=_postings([phrasing.native for phrasing in phrasings]),
        foreign=_postings([phrasing.foreign for phrasing in phrasings]),
        synonyms=_synonyms(phrasings, stems),
        kinds=frozenset(next(iter(own)) for own in (item.own for item in phrasings[len(steps) :]) if len(own) == 1),
        phrase_stems=tuple(tuple(_all_stems(phrase) for phrase in item.phrases) for item in phrasings),
        spellings=spellings(phrasings, SPELT),
        extremes={most: _with_extremes(phrasings[: len(steps)], largest=most) for most in (True, False)},
        part_of=part_of,
        opposite=opposite,
        type_asked=wh[len(steps) :],
        carried=read_carried(snapshot, heads, types, encoder),
    )


def _all_stems(phrase: str) -> frozenset[str]:
    """The stems of a phrase's words but articles, prepositions and auxiliaries: "kind" counts in "kind of element"."""
    return frozenset(word.stem for word in words_of(phrase) if word.lower not in ARTICLES | PREPOSITIONS | AUXILIARIES)


def _opposites(snapshot: Snapshot, part_of: dict[tuple[int, bool], int], parts: int) -> NDArray[np.int64]:
    """The part that leads straight back: the same relation backward, or a stored inverse forward. shape: (parts,)"""
    out = np.arange(parts) ^ 1
    for (number, back), part in part_of.items():
        stored = sorted(snapshot.inverses(number))
        if stored and not back and (stored[0], False) in part_of:
            out[part] = part_of[stored[0], False]
    return out


def _postings(words: Sequence[frozenset[str]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for position, terms in enumerate(words):
        # "Found" is also the past of "find".
        for term in terms | ({"find"} if "found" in terms else set()):
            found.setdefault(term, []).append(position)
    return {term: tuple(positions) for term, positions in found.items()}


def _with_extremes(phrasings: Sequence[Phrasing], *, largest: bool) -> tuple[int, ...]:
    """Parts whose names have a superlative: "largest producer"."""
    out = []
    for part, phrasing in enumerate(phrasings):
        graded = [degree(word) for phrase in phrasing.phrases for word in phrase.split()]
        if any(
            found is not None and found[1] == "superlative" and MEASURES[found[0]][1] is largest for found in graded
        ):
            out.append(part)
    return tuple(out)


def _synonyms(phrasings: Sequence[Phrasing], stems: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """What the graph's own aliases say of words: where "found by" is an alias of "discovered by", "found" also says
    "discovered in". Only phrases of one content word tell which word stands for which."""
    found: dict[str, set[int]] = {}
    for phrasing in phrasings:
        single = [terms for phrase in phrasing.phrases if len(terms := content_stems([phrase])) == 1]
        words = sorted(frozenset().union(*single)) if len(single) > 1 else []
        for word in words:
            found.setdefault(word, set()).update(column for other in words if other != word for column in stems[other])
    return {word: tuple(sorted(columns - set(stems[word]))) for word, columns in found.items()}


def _follow_shares(
    snapshot: Snapshot, nodes: NDArray[np.int32], part_of: dict[tuple[int, bool], int], parts: int
) -> NDArray[np.float32]:
    """Of the sampled nodes, the share from which each part goes on. shape: (parts,)"""
    out = np.zeros(parts, dtype=np.float32)
    chosen = nodes[:: max(1, len(nodes) // 24)]
    _, numbers, inverse = snapshot.steps_of(chosen)
    for number, back in zip(numbers.tolist(), inverse.tolist()):
        part = part_of.get((number, back))
        if part is not None:
            out[part] += 1
    out /= max(1, len(chosen))
    return out


def _class_vectors(
    encoder: TextEncoder, phrasings: Sequence[Phrasing], steps: Sequence[Step], follows: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A vector for the kind of thing each part reaches, said by the relations such things have. shape: (parts, dim)

    Stands in for type names in a graph without types.
    """
    texts = []
    for part in range(len(steps)):
        outgoing = [other for other in np.argsort(-follows[part])[:12] if follows[part][other] >= 0.2]
        said = [phrasings[other].phrases[0] for other in outgoing if not steps[other].inverse][:6]
        texts.append("something with " + ", ".join(said) if said else "")
    distinct = sorted({text for text in texts if text})
    vectors = encoder.encode(distinct) if distinct else np.zeros((0, encoder.dim), dtype=np.float32)
    row = {text: k for k, text in enumerate(distinct)}
    out = np.zeros((len(steps), encoder.dim), dtype=np.float32)
    for part, text in enumerate(texts):
        if text:
            out[part] = vectors[row[text]]
    return out
