"""A snapshot as plain Python, for comparing two."""

from kgqa.graph.snapshot import Snapshot


def as_graph(snapshot: Snapshot) -> dict[str, object]:
    """Everything that a snapshot says."""
    numbers = [n for n in range(snapshot.size) if snapshot.exists([n])[0]]
    dimension, lo, hi = snapshot.comparable(numbers)
    edges = set()
    positions, relations, inverse = snapshot.steps_of(numbers)
    leaving = set(zip([numbers[p] for p in positions.tolist()], relations.tolist(), inverse.tolist(), strict=True))
    assert len(leaving) == len(positions)
    for relation in range(len(snapshot.relation_ids)):
        positions, ends = snapshot.hop_edges(numbers, relation)
        forward = {(numbers[p], relation, end) for p, end in zip(positions.tolist(), ends.tolist(), strict=True)}
        positions, ends = snapshot.hop_edges(numbers, relation, True)
        backward = {(end, relation, numbers[p]) for p, end in zip(positions.tolist(), ends.tolist(), strict=True)}
        assert forward == backward
        info = snapshot.relations[relation]
        for back, ends in ((False, {head for head, _, _ in forward}), (True, {tail for _, _, tail in forward})):
            assert snapshot.holders([(relation, back)])[0].tolist() == sorted(ends)
            step = (relation, back and not (info is not None and info.symmetric))
            assert {node for node, *leaves in leaving if tuple(leaves) == step} == ends
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
