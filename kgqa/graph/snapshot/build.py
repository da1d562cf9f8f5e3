"""Builds a snapshot's parts from a store: a base of everything, or a delta of what changed since a base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot.adjacency import Adjacency
from kgqa.graph.snapshot.arrays import ArrayFolder, write_arrays
from kgqa.graph.snapshot.inference import Inferred, SlotEdges, infer, still_inferred
from kgqa.graph.snapshot.merged import MergedStatements, map_nodes, representatives
from kgqa.graph.snapshot.nodes import NodeTable, Vocabulary, build_nodes, empty_dimensions
from kgqa.graph.snapshot.qualifiers import QualifierTable
from kgqa.graph.snapshot.relations import relation_info, said_relations
from kgqa.graph.store import Changes, Edges, GraphStore
from kgqa.types import Relation


def build_base(store: GraphStore, folder: Path) -> None:
    """Writes everything that the store holds to ``folder``."""
    same = representatives(store.same_pairs())
    heads, relations, tails = _gather(store.edges())
    types, dimensions = Vocabulary(), empty_dimensions()
    nodes = build_nodes(store.node_rows(), types=types, dimensions=dimensions, same=same)
    merged = MergedStatements.build(heads, relations, tails, same)
    heads, tails = map_nodes(heads, same), map_nodes(tails, same)
    size = max(len(nodes.names.kinds), 1 + int(max(heads.max(initial=-1), tails.max(initial=-1))))
    adjacency = _both_directions(heads, relations, tails, size)
    qualifiers = QualifierTable.build(store.qualified(), same)
    arrays = {"touched": np.zeros(0, dtype=np.int32), "requalified": np.zeros(0, dtype=np.int32)}
    arrays |= {**adjacency.to_arrays(), **nodes.to_arrays(), **qualifiers.to_arrays(), **merged.to_arrays()}
    said = said_relations(store)
    qualified = set(qualifiers.relations.tolist())
    inferred = infer(said, SlotEdges(adjacency), nodes, list(types), qualified=qualified)
    _write(folder, said, inferred, arrays, nodes, types, dimensions, size=size, all_qualifiers=True)


def build_delta(store: GraphStore, folder: Path, base: ArrayFolder, changes: Changes) -> None:
    """Writes what changed since ``base``: the changed nodes, and every edge of the nodes whose edges changed."""
    before = MergedStatements.from_arrays(base)
    same = before.representative_of()
    numbers = sorted({member for node in changes.nodes for member in before.class_of(node)})
    types, dimensions = Vocabulary(base.info["types"]), Vocabulary(base.info["dimensions"])
    rows = store.node_rows(numbers=numbers) if numbers else ()
    nodes = build_nodes(rows, types=types, dimensions=dimensions, same=same, numbers=numbers)
    merged, added, removed = before.after(changes.added, changes.removed)
    touched = np.unique(np.concatenate([added.heads, added.tails, removed.heads, removed.tails])).astype(np.int32)
    adjacency = _merge(base_adjacency(base), touched, added, removed)
    # Statements of merged nodes go by several names, so their qualifiers are read whole.
    requalified = None if same else changes.requalified
    qualifiers = QualifierTable.build(store.qualified(edges=requalified), same)
    size = max(int(base.info["size"]), 1 + max([int(touched.max(initial=-1)), *numbers[-1:]], default=-1))
    arrays = {"touched": touched, "requalified": _flat(requalified)}
    arrays |= {**adjacency.to_arrays(), **nodes.to_arrays(), **qualifiers.to_arrays(), **merged.to_arrays()}
    said = said_relations(store)
    known = np.array([number for number in numbers if number < base_adjacency(base).nodes], dtype=np.int64)
    inferred = still_inferred(
        {n: {name: row[name] for name in row["inferred"]} for n, row in enumerate(base.info["relations"]) if row},
        said,
        SlotEdges(adjacency, touched),
        added=set(added.relations.tolist()),
        retyped=set((base_adjacency(base).slot_counts(known)[0] >> 1).tolist()),
        qualified=set(qualifiers.relations.tolist()),
    )
    _write(folder, said, inferred, arrays, nodes, types, dimensions, size=size, all_qualifiers=requalified is None)


def base_adjacency(part: ArrayFolder) -> Adjacency:
    return Adjacency(part["node_rows"], part["slots"], part["starts"], part["cols"])


def _write(
    folder: Path,
    said: Sequence[Relation | None],
    inferred: Inferred,
    arrays: Mapping[str, NDArray[Any]],
    nodes: NodeTable,
    types: Iterable[str],
    dimensions: Iterable[str],
    *,
    size: int,
    all_qualifiers: bool,
) -> None:
    info = {
        "size": size,
        "all_qualifiers": all_qualifiers,
        "types": list(types),
        "dimensions": list(dimensions),
        "tags": list(nodes.names.tags),
        "relations": [
            None if relation is None else asdict(relation_info(relation, inferred.get(number, {})))
            for number, relation in enumerate(said)
        ],
    }
    write_arrays(folder, arrays, info)


def _flat(edges: Edges | None) -> NDArray[np.int32]:
    """Triples as one array of three numbers each."""
    if edges is None:
        return np.zeros(0, dtype=np.int32)
    return np.stack([edges.heads, edges.relations, edges.tails], axis=1).reshape(-1).astype(np.int32)


def _gather(chunks: Iterable[Edges]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    parts = list(chunks)

    def joined(arrays: Sequence[NDArray[Any]]) -> NDArray[np.int32]:
        return np.concatenate([np.zeros(0, dtype=np.int32), *arrays])

    return (
        joined([part.heads for part in parts]),
        joined([part.relations for part in parts]),
        joined([part.tails for part in parts]),
    )


def _both_directions(heads: NDArray[Any], relations: NDArray[Any], tails: NDArray[Any], size: int) -> Adjacency:
    slots = relations.astype(np.int32) * 2
    return Adjacency.build(
        np.concatenate([heads, tails]), np.concatenate([slots, slots + 1]), np.concatenate([tails, heads]), size=size
    )


def _merge(base: Adjacency, touched: NDArray[np.int32], added: Edges, removed: Edges) -> Adjacency:
    """The rows of the touched nodes (by position), with the added edges and without the removed ones."""
    known = touched[touched < base.nodes]
    positions, old_slots, old_cols = base.all_edges(known)
    groups = [(np.zeros(len(positions), dtype=np.int8), positions, old_slots, old_cols)]
    for tag, edges in ((1, removed), (2, added)):
        slots = edges.relations.astype(np.int64) * 2
        for near, slot, far in ((edges.heads, slots, edges.tails), (edges.tails, slots + 1, edges.heads)):
            at = np.searchsorted(touched, near)
            groups.append((np.full(len(at), tag, dtype=np.int8), at, slot, far.astype(np.int64)))
    tags, nodes, slots, cols = (np.concatenate(column) for column in zip(*groups, strict=True))
    order = np.lexsort((tags, cols, slots, nodes))
    tags, nodes, slots, cols = tags[order], nodes[order], slots[order], cols[order]
    # The last of equal edges decides: added over removed over known.
    last = np.ones(len(tags), dtype=bool)
    last[:-1] = (nodes[1:] != nodes[:-1]) | (slots[1:] != slots[:-1]) | (cols[1:] != cols[:-1])
    keep = last & (tags != 1)
    return Adjacency.build(nodes[keep], slots[keep], cols[keep], size=len(touched))
