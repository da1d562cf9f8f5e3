"""What the statements on a server tell of their relations, as the snapshot infers it where plans need it.

Symmetric, functional and inverse relations change what coming back to the start means; domain and range only word a
plan and are left to the snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kgqa.graph.neo4j import fragments
from kgqa.graph.snapshot.inference import ENOUGH, Inferred, named_inverse
from kgqa.types import Relation

_COUNTS = (
    f"{fragments.ALL_LINKS} WITH r, h, count(*) AS ends, sum(CASE WHEN h = t THEN 1 ELSE 0 END) AS loops "
    "RETURN r, sum(ends), count(h), max(ends), sum(loops)"
)
_QUALIFIED = (
    f"MATCH (h)-[a:STATEMENT]->(t) WHERE a.revision <= $now AND {fragments.is_qualified('a')} "
    "RETURN DISTINCT a.relation"
)


def infer_relations(said: Sequence[Relation | None], rows: Callable[[str], list[Any]]) -> Inferred:
    """By relation number what no source says and every statement bears out. ``rows`` runs a reading query."""
    counts = {r: (edges, heads, most, loops) for r, edges, heads, most, loops in rows(_COUNTS)}
    qualified = {row[0] for row in rows(_QUALIFIED)}
    turned = {(r, s): count for r, s, count, _ in rows(f"{fragments.ALL_LINKS} {fragments.RETURNED}")}
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
