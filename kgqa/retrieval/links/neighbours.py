"""What the rows of the passage graph are made from: links from the tables, relations of entities from the snapshot."""

from __future__ import annotations

import json
import sqlite3

import numpy as np

from kgqa.graph.snapshot import Snapshot
from kgqa.retrieval.links import tables
from kgqa.retrieval.links.index import entity_key
from kgqa.retrieval.links.rows import ABOUT, Ints, Neighbourhood

MAX_RELATED = 50
"""A step with more neighbours than this tells nothing about one of them, and is left out."""


def whole_neighbourhood(db: sqlite3.Connection, snapshot: Snapshot, numbers: int) -> Neighbourhood:
    """For the rows of every node. ``numbers``: more than the largest number of a passage or name."""
    bears, mentions = tables.pairs(db, "bears"), tables.pairs(db, "mentions")
    return Neighbourhood(
        of_passages_bears=bears,
        of_passages_mentions=mentions,
        of_names_bears=bears,
        of_names_mentions=mentions,
        related=_related(db, snapshot, None),
        mentioned=np.bincount(mentions[:, 1], minlength=numbers),
        titled=np.bincount(bears[:, 1], minlength=numbers),
        passages=_passages(db),
    )


def neighbourhood(db: sqlite3.Connection, snapshot: Snapshot, nodes: Ints) -> Neighbourhood:
    """For the rows of these nodes, in time that goes with their links."""
    passages = (nodes[nodes % 3 == 0] // 3).tolist()
    names = np.unique(nodes[nodes % 3 >= ABOUT] // 3).tolist()
    bears, mentions = tables.pairs(db, "bears", passages=passages), tables.pairs(db, "mentions", passages=passages)
    asked = sorted({*names, *bears[:, 1].tolist(), *mentions[:, 1].tolist()})
    by_name = {table: tables.pairs(db, table, names=asked) for table in ("bears", "mentions")}
    own = np.array(names, dtype=np.int64)
    return Neighbourhood(
        of_passages_bears=bears,
        of_passages_mentions=mentions,
        of_names_bears=by_name["bears"][np.isin(by_name["bears"][:, 1], own)],
        of_names_mentions=by_name["mentions"][np.isin(by_name["mentions"][:, 1], own)],
        related=_related(db, snapshot, names),
        mentioned=_counts(by_name["mentions"]),
        titled=_counts(by_name["bears"]),
        passages=_passages(db),
    )


def _counts(pairs: Ints) -> dict[int, int]:
    names, counts = np.unique(pairs[:, 1], return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def _passages(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM passage").fetchone()[0])


def _related(db: sqlite3.Connection, snapshot: Snapshot, names: list[int] | None) -> Ints:
    """(name, name) of entities that a statement links, from these names or all; both stand in passages."""
    chosen = "key GLOB '#*'" if names is None else "number IN (SELECT value FROM json_each(?)) AND key GLOB '#*'"
    given = () if names is None else (json.dumps(names),)
    rows = db.execute(f"SELECT number, substr(key, 2) FROM name WHERE {chosen}", given)  # noqa: S608 - fixed words
    near: list[tuple[int, int]] = []
    for number, node in rows.fetchall():
        relations, inverses, counts = snapshot.steps_from([int(node)])
        for relation, inverse, count in zip(relations.tolist(), inverses.tolist(), counts.tolist(), strict=True):
            if count <= MAX_RELATED:
                near += ((number, other) for other in list(snapshot.neighbours(int(node), relation, inverse)))
    keys = sorted({entity_key(other) for _, other in near})
    found = db.execute(
        "SELECT n.key, n.number FROM json_each(?) AS k CROSS JOIN name AS n ON n.key = k.value"
        " WHERE EXISTS (SELECT 1 FROM mentions WHERE name = n.number)",
        (json.dumps(keys),),
    )
    number_of = dict(found.fetchall())
    pairs = {(name, number_of[entity_key(other)]) for name, other in near if entity_key(other) in number_of}
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
