"""Names that resemble a text: candidates by shared trigrams, ranked by an edit distance."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kgqa.index.contract import NameHit
from kgqa.index.normalise import name_key

_POSTINGS = 6_000  # postings read for one query: the rarest trigrams first
POOL = 400
"""Names compared letter by letter."""

Frequencies = Callable[[list[str]], Mapping[str, int]]


def similar_names(db: sqlite3.Connection, text: str, frequencies: Frequencies) -> list[NameHit]:
    """Names whose letters resemble ``text``: those that share trigrams with it, the rarest counting first, ranked.

    ``frequencies`` tells in how many names each trigram stands.
    """
    key = name_key(text)
    numbers = _candidates(db, key, frequencies)
    if not numbers:
        return []
    rows = db.execute(
        "SELECT n.key, n.node, n.name FROM json_each(?) AS k CROSS JOIN name AS n ON n.number = k.value",
        (json.dumps(numbers),),
    ).fetchall()
    return rank_names(key, rows)


def rank_names(key: str, rows: Sequence[tuple[str, int, str]]) -> list[NameHit]:
    """Candidates (key, node, name) by how much their letters resemble ``key``; one a node, best first, then by node.

    The measure is the optimal string alignment distance, in which swapping two neighbours is one mistake; a name that
    has all words of the text and more ("Einstein") scores 0.6 to 0.9 by its share.
    """
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


def trigrams(key: str) -> list[str]:
    """The distinct trigrams of a key with a space on either side, sorted; none for an empty key."""
    padded = f" {key} "
    return sorted({padded[i : i + 3] for i in range(len(padded) - 2)}) if key else []


def _candidates(db: sqlite3.Connection, key: str, frequencies: Frequencies) -> list[int]:
    """Numbers of the names that share most trigrams with the key."""
    grams = trigrams(key)
    if not grams:
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
    order = np.lexsort((numbers, -shared))[:POOL]
    return [int(number) for number in numbers[order]]
