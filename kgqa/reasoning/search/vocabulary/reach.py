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
from kgqa.types import LiteralType

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot


SAMPLE = 96
"""Nodes looked at to describe what a relation reaches."""
SPREAD = 20_000
"""Nodes of a large graph among which those are looked for, so that the cost does not grow with the graph."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What one directed relation arrives at, estimated on a sample.

    ``types``: share by type number; ``number``, ``time``: shares of values that compare as such; ``literal``: share of
    literals; ``who``, ``where``, ``when``: how well the question word asks for it; ``unit``: the unit of its values;
    ``flag``: share of values that are true or false.
    """

    types: dict[int, float]
    literal: float
    number: float
    time: float
    who: float
    where: float
    when: float
    unit: str | None = None
    flag: float = 0.0


def samples(snapshot: Snapshot, steps: Sequence[tuple[int, bool]]) -> list[NDArray[np.int32]]:
    """Nodes that each directed relation reaches, evenly spread over the node numbers.

    What a step reaches is what its opposite leaves. Steps too rare for the spread are looked for in the whole graph.
    """
    back = [(relation, not inverse) for relation, inverse in steps]
    stride = max(1, snapshot.size // SPREAD)
    nodes = np.arange(0, snapshot.size, stride, dtype=np.int64)
    positions, relations, inverse = snapshot.steps_of(nodes)
    reached = []
    for relation, inverted in back:
        info = snapshot.relations[relation]
        either = info is not None and info.symmetric  # a symmetric relation is one step
        here = (relations == relation) & (either | (inverse == inverted))
        reached.append(np.sort(nodes[positions[here]]).astype(np.int32))
    rare = [place for place, found in enumerate(reached) if len(found) < SAMPLE] if stride > 1 else []
    for place, found in zip(rare, snapshot.holders([back[place] for place in rare]) if rare else (), strict=True):
        reached[place] = found
    return [found[np.linspace(0, len(found) - 1, min(SAMPLE, len(found))).astype(np.int64)] for found in reached]


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
    types: Sequence[str],
    wh: NDArray[np.float32],
    part: int,
    phrasing: Phrasing,
) -> Reach:
    if len(nodes) == 0:
        return Reach({}, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
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
    values = (snapshot.literal(int(node)) for node in nodes) if literal else ()
    flag = sum(item is not None and item.type is LiteralType.BOOLEAN for item in values) / len(nodes)
    return Reach(shares, literal, number, time, who, where, when, value.unit if value else None, flag)


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
