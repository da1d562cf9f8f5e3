"""What the statements on a server tell of their relations, as the snapshot infers it where plans need it.

Symmetric, functional and inverse relations change what coming back to the start means; domain and range only word a
plan and are left to the snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kgqa.graph.neo4j.fragments import Fragments
from kgqa.graph.snapshot.inference import ENOUGH, Inferred, named_inverse
from kgqa.types import Relation


def infer_relations(
    said: Sequence[Relation | None], fragments: Fragments, rows: Callable[[str], list[Any]]
) -> Inferred:
    """By relation number what no source says and every statement bears out. ``rows`` runs a reading query."""
    of = {type: number for number, type in fragments.types.items()}
    counted = rows(
        f"{fragments.all_links()} WITH r, h, count(*) AS ends, sum(CASE WHEN h = t THEN 1 ELSE 0 END) AS loops "
        "RETURN r, sum(ends), count(h), max(ends), sum(loops)"
    )
    counts = {of[type]: (edges, heads, most, loops) for type, edges, heads, most, loops in counted if type in of}
    qualified = {of[type] for (type,) in rows(f"{fragments.all_links(qualified=True)} RETURN DISTINCT r") if type in of}
    turned = {
        (of[r], of[s]): count
        for r, s, count in rows(f"{fragments.all_links()} {fragments.turned()} RETURN r, s, count(*)")
        if r in of and s in of
    }
    by_id = {relation.id: number for number, relation in enumerate(said) if relation is not None}
    found: Inferred = {}
    enough = [n for n, known in enumerate(said) if known is not None and counts.get(n, (0,))[0] >= ENOUGH]
    mirrored = {n for n in enough if turned.get((n, n)) == counts[n][0]}
    for n, relation in enumerate(said):
        if relation is None or n not in counts:
            continue
        edges, heads, most, loops = counts[n]
        new: dict[str, Any] = {}
        if n in mirrored and relation.symmetric is None and n not in qualified and loops < edges:
            new["symmetric"] = True
        if relation.functional is None and heads >= ENOUGH and most <= 1:
            new["functional"] = True
        if relation.inverse_of is None and not relation.symmetric:
            other = named_inverse(relation.id, by_id)
            if other is None and n in enough and n not in mirrored:
                alike = (
                    m for m in enough if m not in mirrored and turned.get((n, m)) == edges and counts[m][0] == edges
                )
                other = next(alike, None)
            inverse = None if other is None else said[other]
            if inverse is not None:
                new["inverse_of"] = inverse.id
        if new:
            found[n] = new
    return found
