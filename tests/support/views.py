"""A snapshot as plain Python, for comparing two."""

from kgqa.graph.snapshot import Snapshot


def as_graph(snapshot: Snapshot) -> dict[str, object]:
    """Everything that a snapshot says."""
    numbers = [n for n in range(snapshot.size) if snapshot.exists([n])[0]]
    dimension, lo, hi = snapshot.comparable(numbers)
    edges = set()
    for relation in range(len(snapshot.relation_ids)):
        positions, ends = snapshot.hop_edges(numbers, relation)
        forward = {(numbers[p], relation, end) for p, end in zip(positions.tolist(), ends.tolist(), strict=True)}
        positions, ends = snapshot.hop_edges(numbers, relation, True)
        backward = {(end, relation, numbers[p]) for p, end in zip(positions.tolist(), ends.tolist(), strict=True)}
        assert forward == backward
        edges |= forward
    return {
        "nodes": {n: (snapshot.id(n), snapshot.label(n), snapshot.literal(n), snapshot.types_of(n)) for n in numbers},
        "edges": edges,
        "types": {kind: found for kind in snapshot.type_ids if (found := snapshot.of_type(kind).tolist())},
        "values": [
            (snapshot.dimensions[d], a, b) for d, a, b in zip(dimension.tolist(), lo.tolist(), hi.tolist(), strict=True)
        ],
        "qualifiers": {edge: snapshot.qualifiers(*edge) for edge in edges if snapshot.qualifiers(*edge)},
        "same": {n: snapshot.same_as(n) for n in numbers},
    }
