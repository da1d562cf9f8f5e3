"""Ids of blank nodes from their source and content, so that reading the same again gives the same ids.

Colour refinement (Weisfeiler and Leman 1968; for RDF: Hogan, "Canonical Forms for Isomorphic and Equivalent RDF
Graphs", 2017): a node's colour is a hash of its statements, refined with the colours of its neighbours. Nodes still
alike are told apart one at a time; where they are interchangeable, as nearly always, the choice changes nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence

from kgqa.graph.formats.rdf_terms import Quad
from kgqa.types import Literal

Colours = dict[str, str]


def is_blank(term: object) -> bool:
    return isinstance(term, str) and term.startswith("_:")


def has_blank(quad: Quad) -> bool:
    return is_blank(quad[0]) or is_blank(quad[2]) or is_blank(quad[3])


def rename(quad: Quad, ids: dict[str, str]) -> Quad:
    """The quad with its blank nodes under their new ids."""
    subject, predicate, target, graph = quad
    return (
        ids.get(subject, subject),
        predicate,
        ids.get(target, target) if isinstance(target, str) else target,
        None if graph is None else ids.get(graph, graph),
    )


def blank_ids(quads: Iterable[Quad], source: str) -> dict[str, str]:
    """New ids by old label of the blank nodes in ``quads``, which must hold every quad with a blank node."""
    around: dict[str, list[Quad]] = defaultdict(list)
    for quad in dict.fromkeys(quads):
        for term in {term for term in quad if is_blank(term)}:
            around[str(term)].append(quad)
    colours = _by_content(around)
    ids: dict[str, str] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for component in _components(around):
        own = _discrete(component, around, _refine({node: colours[node] for node in component}, around))
        signature = tuple(sorted(own.values()))
        number = seen[signature]
        seen[signature] += 1
        for node, colour in own.items():
            ids[node] = "_:" + _hash(source, colour, str(number))
    return ids


def _by_content(around: dict[str, list[Quad]]) -> Colours:
    """First colours: down from the objects, then up from the subjects, each in one walk; cycles are left alike."""
    objects: dict[str, list[str]] = {node: [] for node in around}
    subjects: dict[str, list[str]] = {node: [] for node in around}
    for node, quads in around.items():
        for subject, _, target, _ in quads:
            if subject == node and isinstance(target, str) and is_blank(target) and target != node:
                objects[node].append(target)
                subjects[target].append(node)
    down = _walk(around, waits_for=objects, frees=subjects, colours=dict.fromkeys(around, ""), position=0)
    return _walk(around, waits_for=subjects, frees=objects, colours=down, position=2)


def _walk(
    around: dict[str, list[Quad]],
    *,
    waits_for: dict[str, list[str]],
    frees: dict[str, list[str]],
    colours: Colours,
    position: int,
) -> Colours:
    colours = dict(colours)
    open_ends = {node: len(others) for node, others in waits_for.items()}
    ready = deque(node for node, count in open_ends.items() if count == 0)
    while ready:
        node = ready.popleft()
        own = [quad for quad in around[node] if quad[position] == node]
        colours[node] = _colour(node, own, colours)
        for other in frees[node]:
            open_ends[other] -= 1
            if open_ends[other] == 0:
                ready.append(other)
    return colours


def _refine(colours: Colours, around: dict[str, list[Quad]]) -> Colours:
    """Refines until the number of different colours no longer grows."""
    classes = len(set(colours.values()))
    while classes < len(colours):
        refined = {node: _colour(node, around[node], colours) for node in colours}
        now = len(set(refined.values()))
        if now == classes:
            break
        colours, classes = refined, now
    return colours


def _discrete(component: Sequence[str], around: dict[str, list[Quad]], colours: Colours) -> Colours:
    """Tells apart the nodes of one component that refinement left alike."""
    while True:
        alike: dict[str, list[str]] = defaultdict(list)
        for node in component:
            alike[colours[node]].append(node)
        tied = sorted((colour, nodes) for colour, nodes in alike.items() if len(nodes) > 1)
        if not tied:
            return colours
        single = {nodes[0] for nodes in alike.values() if len(nodes) == 1}
        for colour, nodes in tied:
            if all(_neighbours(node, around) <= single for node in nodes):  # twins: any order gives the same graph
                colours |= {node: _hash(colour, str(number)) for number, node in enumerate(nodes)}
                break
        else:
            colour, nodes = tied[0]
            colours = _refine(colours | {nodes[0]: _hash(colour, "first")}, around)


def _neighbours(node: str, around: dict[str, list[Quad]]) -> set[str]:
    return {str(term) for quad in around[node] for term in quad if is_blank(term) and term != node}


def _components(around: dict[str, list[Quad]]) -> list[list[str]]:
    """Blank nodes that share a quad, directly or through others, in order of appearance."""
    found: set[str] = set()
    components = []
    for start in around:
        if start in found:
            continue
        found.add(start)
        component, position = [start], 0
        while position < len(component):
            for other in sorted(_neighbours(component[position], around) - found):
                found.add(other)
                component.append(other)
            position += 1
        components.append(component)
    return components


def _colour(node: str, quads: Iterable[Quad], colours: Colours) -> str:
    def seen(term: str | Literal | None) -> str:
        if is_blank(term):
            return "*" if term == node else "_" + colours.get(str(term), "")
        return repr(term)

    return _hash(colours[node], *sorted(" ".join(seen(term) for term in quad) for quad in quads))


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode("utf-8"), digest_size=12).hexdigest()
