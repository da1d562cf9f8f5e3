"""What search knows of a graph before any question: its relations and types, how they are said, what they reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.plan import Step
from kgqa.reasoning.search import english
from kgqa.reasoning.search.phrases import Phrasing, say_relation, say_type
from kgqa.types import Relation, TextEncoder

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

SAMPLE = 96
"""Nodes looked at to describe what a relation reaches."""
MAX_PHRASES = 8


@dataclass(frozen=True, slots=True)
class Reach:
    """What one directed relation arrives at, estimated on a sample.

    ``types``: share by type number; ``number``, ``time``: shares of values that compare as such; ``literal``: share of
    literals; ``fan``: mean number of neighbours; ``who``, ``where``, ``when``: how well the question word asks for
    it; ``unit``: the unit of its values.
    """

    types: dict[int, float]
    literal: float
    number: float
    time: float
    fan: float
    edges: int
    who: float
    where: float
    when: float
    unit: str | None = None


@dataclass(frozen=True)
class Schema:
    """Relations in both directions ("parts" 0 .. 2R-1: forward then backward of each) and types, with vectors.

    ``opposite[p]`` leads straight back over ``p``; ``part_of`` leaves out parts that another one says already.
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
    part_of: dict[tuple[int, bool], int]
    opposite: NDArray[np.int64]
    type_asked: NDArray[np.float32]

    @property
    def parts(self) -> int:
        return len(self.steps)

    @property
    def labels(self) -> tuple[str, ...]:
        """Everything that relations and types are called; linking doubts a name made only of such words."""
        return tuple(dict.fromkeys(phrase for phrasing in self.phrasings for phrase in phrasing.phrases))

    @property
    def type_share(self) -> NDArray[np.float32]:
        """How much of what a part reaches is of each type. shape: (parts, types)"""
        out = np.zeros((self.parts, len(self.types)), dtype=np.float32)
        for part, reach in enumerate(self.reach):
            for type_number, share in reach.types.items():
                out[part, type_number] = share
        return out


def build_schema(snapshot: Snapshot, relations: Sequence[Relation], encoder: TextEncoder) -> Schema:
    """Describes a graph: samples what each relation reaches and encodes how relations and types are said."""
    known = {relation.id: relation for relation in relations}
    steps: list[Step] = []
    numbers: list[int] = []
    phrasings: list[Phrasing] = []
    for number, relation_id in enumerate(snapshot.relation_ids):
        if relation_id is None:
            continue
        forward, backward = say_relation(known.get(relation_id, Relation(relation_id)))
        steps += [Step(relation_id), Step(relation_id, True)]
        numbers += [number, number]
        phrasings += [forward, backward]
    types = tuple(snapshot.type_ids)
    for type_id in types:
        node = snapshot.node(type_id)
        label = snapshot.label(node) if node is not None else type_id
        phrasings.append(say_type(label if label != type_id else type_id))
    texts: list[str] = []
    owner: list[int] = []
    for position, phrasing in enumerate(phrasings):
        for phrase in phrasing.phrases[:MAX_PHRASES]:
            texts.append(phrase)
            owner.append(position)
    probes = [noun for nouns in english.WH_PROBES.values() for noun in nouns]
    encoded = encoder.encode([*texts, *probes])
    vectors = np.ascontiguousarray(encoded[: len(texts)], dtype=np.float32)
    owners = np.asarray(owner, dtype=np.int32)
    inverse = np.tile([False, True], len(steps) // 2)
    wh = _wh_likeness(vectors, owners, len(phrasings), encoded[len(texts) :])
    samples = [_sample(snapshot, number, bool(back)) for number, back in zip(numbers, inverse)]
    part_of = {(int(number), bool(back)): part for part, (number, back) in enumerate(zip(numbers, inverse))}
    opposite = _opposites(snapshot, part_of, len(steps))
    part_of = {key: part for key, part in part_of.items() if not key[1] or opposite[part ^ 1] == part}
    follows = np.zeros((len(steps), len(steps)), dtype=np.float32)
    reach = []
    for part, (nodes, edges, fan) in enumerate(samples):
        follows[part] = _follow_shares(snapshot, nodes, part_of, len(steps))
        reach.append(_describe(snapshot, nodes, edges, fan, types, wh, part, phrasings[part]))
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
        stems=_postings(phrasings),
        part_of=part_of,
        opposite=opposite,
        type_asked=wh[len(steps) :],
    )


def _opposites(snapshot: Snapshot, part_of: dict[tuple[int, bool], int], parts: int) -> NDArray[np.int64]:
    """The part that leads straight back: the same relation backward, or a stored inverse forward. shape: (parts,)"""
    out = np.arange(parts) ^ 1
    for (number, back), part in part_of.items():
        stored = sorted(snapshot.inverses(number))
        if stored and not back and (stored[0], False) in part_of:
            out[part] = part_of[stored[0], False]
    return out


def _postings(phrasings: Sequence[Phrasing]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for position, phrasing in enumerate(phrasings):
        for term in phrasing.terms:
            found.setdefault(term, []).append(position)
    return {term: tuple(positions) for term, positions in found.items()}


def _sample(snapshot: Snapshot, number: int, inverse: bool) -> tuple[NDArray[np.int32], int, float]:
    """Nodes that a directed relation reaches (evenly spread over the node numbers), its edges and mean fan-out."""
    everything = np.arange(snapshot.size, dtype=np.int32)
    heads, tails = snapshot.hop_edges(everything, number, inverse)
    if len(tails) == 0:
        return np.empty(0, dtype=np.int32), 0, 0.0
    reached = np.unique(tails)
    chosen = reached[np.linspace(0, len(reached) - 1, min(SAMPLE, len(reached))).astype(np.int64)]
    return chosen.astype(np.int32), len(tails), len(tails) / max(1, len(np.unique(heads)))


def _follow_shares(
    snapshot: Snapshot, nodes: NDArray[np.int32], part_of: dict[tuple[int, bool], int], parts: int
) -> NDArray[np.float32]:
    """Of the sampled nodes, the share from which each part goes on. shape: (parts,)"""
    out = np.zeros(parts, dtype=np.float32)
    chosen = nodes[:: max(1, len(nodes) // 24)]
    for node in chosen:
        numbers, inverse, _ = snapshot.steps_from(np.asarray([node], dtype=np.int32))
        for number, back in zip(numbers, inverse):
            part = part_of.get((int(number), bool(back)))
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


def _wh_likeness(
    vectors: NDArray[np.float32], owner: NDArray[np.int32], owners: int, probes: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Similarity of what each phrasing names to people, places and times. shape: (phrasings, 3)"""
    out = np.zeros((owners, len(english.WH_PROBES)), dtype=np.float32)
    similarity = vectors @ np.asarray(probes, dtype=np.float32).T
    start = 0
    for column, nouns in enumerate(english.WH_PROBES.values()):
        best = similarity[:, start : start + len(nouns)].max(axis=1)
        np.maximum.at(out[:, column], owner, best)
        start += len(nouns)
    scaled: NDArray[np.float32] = np.asarray(np.clip((out - 0.3) / 0.4, 0.0, 1.0), dtype=np.float32)
    return scaled


def _describe(
    snapshot: Snapshot,
    nodes: NDArray[np.int32],
    edges: int,
    fan: float,
    types: Sequence[str],
    wh: NDArray[np.float32],
    part: int,
    phrasing: Phrasing,
) -> Reach:
    if len(nodes) == 0:
        return Reach({}, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0.0)
    index = {type_id: number for number, type_id in enumerate(types)}
    shares: dict[int, float] = {}
    for node in nodes:
        for type_id in snapshot.types_of(int(node)):
            shares[index[type_id]] = shares.get(index[type_id], 0.0) + 1 / len(nodes)
    literal = float(np.mean(snapshot.is_literal(nodes)))
    labels = snapshot.labels(nodes)
    number = float(np.mean([_is_number(label) for label in labels]))
    time = float(np.mean([_is_time(label) for label in labels]))
    named = float(np.mean([_looks_like_a_person(label) for label in labels]))
    offset = len(wh) - len(types)
    typed = [0.0, 0.0, 0.0]
    for type_number, share in shares.items():
        for column in range(3):
            typed[column] = max(typed[column], share * float(wh[offset + type_number, column]))
    said = wh[part] if not phrasing.turned else np.zeros(3, dtype=np.float32)
    agent = any(english.person_noun(word) for phrase in phrasing.phrases for word in phrase.split())
    passive = any(phrase.endswith(" by") for phrase in phrasing.phrases)
    if shares:
        who, where = typed[0], typed[1]
    else:
        called = 0.0 if phrasing.turned else max(float(said[0]), 0.8 * agent, 0.6 * passive)
        who, where = (1 - literal) * (0.5 * called + 0.5 * named), float(said[1])
    who *= 1 - max(number, time)
    when = max(time, 0.5 * float(said[2]))
    value = snapshot.literal(int(nodes[0]))
    return Reach(shares, literal, number, time, fan, edges, who, where, when, value.unit if value else None)


def _is_number(label: str) -> bool:
    return bool(label) and label.replace(",", "").replace(".", "", 1).lstrip("-").split(" ")[0].isdigit()


def _is_time(label: str) -> bool:
    head = label.lstrip("-")[:4]
    return len(head) == 4 and head.isdigit() and (len(label) == 4 or label[4:5] == "-") and 1000 <= int(head) <= 2100


def _looks_like_a_person(label: str) -> bool:
    """Two to four capitalised words without figures or function words: the usual shape of a person's name."""
    words = label.replace(".", " ").replace("_", " ").split()
    return (
        2 <= len(words) <= 4
        and all(word[:1].isalpha() for word in words)
        and not any(word.lower() in english.FUNCTION_WORDS for word in words)
        and (any(word[:1].isupper() for word in words) or "_" in label)
    )
