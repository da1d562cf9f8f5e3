"""What a directed relation arrives at, estimated on a sample: types, numbers, times, people, places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.english.function_words import FUNCTION_WORDS, WH_PROBES
from kgqa.english.stemming import person_noun
from kgqa.reasoning.search.vocabulary.phrases import Phrasing

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot


SAMPLE = 96
"""Nodes looked at to describe what a relation reaches."""


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


def sample(snapshot: Snapshot, number: int, inverse: bool) -> tuple[NDArray[np.int32], int, float]:
    """Nodes that a directed relation reaches (evenly spread over the node numbers), its edges and mean fan-out."""
    everything = np.arange(snapshot.size, dtype=np.int32)
    heads, tails = snapshot.hop_edges(everything, number, inverse)
    if len(tails) == 0:
        return np.empty(0, dtype=np.int32), 0, 0.0
    reached = np.unique(tails)
    chosen = reached[np.linspace(0, len(reached) - 1, min(SAMPLE, len(reached))).astype(np.int64)]
    return chosen.astype(np.int32), len(tails), len(tails) / max(1, len(np.unique(heads)))


def wh_likeness(
    vectors: NDArray[np.float32], owner: NDArray[np.int32], owners: int, probes: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Similarity of what each phrasing names to people, places and times. shape: (phrasings, 3)"""
    out = np.zeros((owners, len(WH_PROBES)), dtype=np.float32)
    similarity = vectors @ np.asarray(probes, dtype=np.float32).T
    start = 0
    for column, nouns in enumerate(WH_PROBES.values()):
        best = similarity[:, start : start + len(nouns)].max(axis=1)
        np.maximum.at(out[:, column], owner, best)
        start += len(nouns)
    scaled: NDArray[np.float32] = np.asarray(np.clip((out - 0.3) / 0.4, 0.0, 1.0), dtype=np.float32)
    return scaled


def describe(
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
    agent = any(person_noun(word) for phrase in phrasing.phrases for word in phrase.split())
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
        and not any(word.lower() in FUNCTION_WORDS for word in words)
        and (any(word[:1].isupper() for word in words) or "_" in label)
    )
