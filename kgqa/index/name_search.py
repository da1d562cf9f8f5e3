"""Names that resemble a text: candidates by shared trigrams, ranked by an edit distance."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kgqa.index.normalise import name_key

_POSTINGS = 6_000  # postings read for one query: the rarest trigrams first
_POOL = 400  # names compared letter by letter

Frequencies = Callable[[list[str]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class NameHit:
    """A node by one of its names; ``score`` in [0, 1] is the similarity of letters."""

    node: int
    name: str
    score: float


def similar_names(db: sqlite3.Connection, text: str, frequencies: Frequencies) -> list[NameHit]:
    """Names whose letters resemble ``text``, one a node, best first, then by node.

    Candidates share trigrams with the text, the rarest counting first; they are ranked by the optimal string
    alignment distance, in which swapping two neighbours is one mistake; a name that has all words of the text
    and more ("Einstein") scores 0.6 to 0.9 by its share. ``frequencies`` tells in how many names each trigram stands.
    """
    key = name_key(text)
    numbers = _candidates(db, key, frequencies)
    if not numbers:
        return []
    rows = db.execute(
        "SELECT n.key, n.node, n.name FROM json_each(?) AS k CROSS JOIN name AS n ON n.number = k.value",
        (json.dumps(numbers),),
    ).fetchall()
    wanted = key.replace(" ", "")
    found = process.extract(
        wanted, [row[0].replace(" ", "") for row in rows], scorer=OSA.normalized_similarity, limit=None
    )
    words = set(key.split())
    best: dict[int, NameHit] = {}
    for _, score, place in found:
        other, node, name = rows[place]
        if words <= set(other.split()):
            score = max(score, 0.6 + 0.3 * len(wanted) / len(other.replace(" ", "")))
        known = best.get(node)
        if known is None or (-score, name) < (-known.score, known.name):
            best[node] = NameHit(node, name, float(score))
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.node))


def _candidates(db: sqlite3.Connection, key: str, frequencies: Frequencies) -> list[int]:
    """Numbers of the names that share most trigrams with the key."""
    padded = f" {key} "
    grams = sorted({padded[i : i + 3] for i in range(len(padded) - 2)})
    if not key or not grams:
        return []
    counts = frequencies(grams)
    taken: list[NDArray[np.int64]] = []
    budget = _POSTINGS
    for gram in sorted(counts, key=lambda gram: (counts[gram], gram)):
        if taken and counts[gram] > budget:
            break
        budget -= counts[gram]
        quoted = '"' + gram.replace('"', '""') + '"'
        rows = db.execute("SELECT rowid FROM name_fts WHERE name_fts MATCH ? LIMIT ?", (quoted, _POSTINGS))
        taken.append(np.fromiter((row[0] for row in rows), dtype=np.int64))
    if not taken:
        return []
    numbers, shared = np.unique(np.concatenate(taken), return_counts=True)
    order = np.lexsort((numbers, -shared))[:_POOL]
    return [int(number) for number in numbers[order]]
