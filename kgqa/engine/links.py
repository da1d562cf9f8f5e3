"""What the embeddings are used for beside answers: missing facts, entities alike and related, suspicious statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from kgqa.embeddings.towers.tasks import Task
from kgqa.engine.rooms import Rooms
from kgqa.errors import ModelError, NotFoundError
from kgqa.graph.store import GraphStore
from kgqa.types import Literal, Progress

if TYPE_CHECKING:
    from kgqa.embeddings.predictor import LinkPredictor
    from kgqa.embeddings.support import Support
    from kgqa.embeddings.towers.towers import Towers


@dataclass(frozen=True, slots=True)
class Prediction:
    """A fact that the graph lacks, its calibrated probability, and the known paths that speak for it."""

    head: str
    relation: str
    tail: str
    head_label: str
    tail_label: str
    probability: float
    support: tuple[Mapping[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entity beside another. ``relation``: how, with ^ when it is walked backwards; None when merely alike."""

    id: str
    label: str
    score: float
    relation: str | None = None
    known: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NeighbourReport:
    """The neighbours of one entity, best first; ``stale``: what the embeddings do not know yet."""

    id: str
    label: str
    results: tuple[Neighbour, ...]
    revision: int
    stale: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "results": [item.to_dict() for item in self.results]}


@dataclass(frozen=True, slots=True)
class Suspicious:
    """A statement that is improbable. ``score`` orders; ``why``: the figures that it rests on."""

    head: str
    relation: str
    tail: str
    head_label: str
    tail_label: str
    score: float
    sources: tuple[str, ...] = ()
    why: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "sources": list(self.sources)}


@dataclass(frozen=True, slots=True)
class SuspiciousReport:
    """The most suspicious of the ``judged`` statements, worst first."""

    items: tuple[Suspicious, ...]
    judged: int
    revision: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "judged": self.judged,
            "suspicious": [item.to_dict() for item in self.items],
            "revision": self.revision,
        }


def predict(
    rooms: Rooms,
    *,
    relation: str,
    head: str | None,
    tail: str | None,
    k: int,
    explain: bool,
    approximate: bool = False,
) -> list[Prediction]:
    """The best missing facts for one end. Errors as ``LinkPredictor.predict``."""
    predictor, snapshot = _predictor(rooms), rooms.snapshot
    out = []
    for fact in predictor.predict(relation=relation, head=head, tail=tail, k=k, approximate=approximate):
        paths: tuple[Support, ...] = ()
        number = snapshot.relation_number(relation)
        if explain and number is not None:
            from kgqa.embeddings.support import support

            paths = support(snapshot, fact.head, number, fact.tail)
        ends = snapshot.refs([fact.head, fact.tail])
        labels = snapshot.labels([fact.head, fact.tail])
        shown = tuple(_path(rooms, path) for path in paths)
        out.append(Prediction(ends[0], relation, ends[1], labels[0], labels[1], fact.probability, shown))
    return out


def similar(rooms: Rooms, entity: str, *, k: int) -> NeighbourReport:
    """The entities most like this one: by the retriever where it is trained for that, else by embeddings.

    These are the server's where it has them (``server_vectors``), else the local ones.
    """
    if (towers := _towers(rooms, entity, Task.SIMILAR)) is not None:
        return _by_towers(rooms, towers, Task.SIMILAR, entity, k)
    snapshot, start = rooms.snapshot, _require(rooms, entity)
    source = rooms.embeddings or _predictor(rooms)
    found = source.similar(entity, k=k)
    numbers = [number for number, _ in found]
    results = tuple(
        Neighbour(ref, label, round(score, 6))
        for ref, label, (_, score) in zip(snapshot.refs(numbers), snapshot.labels(numbers), found, strict=True)
    )
    return NeighbourReport(entity, snapshot.label(start), results, rooms.revision, source.stale)


def related(rooms: Rooms, entity: str, *, k: int) -> NeighbourReport:
    """The entities that go with this one, known or predicted: by the retriever or embeddings, as ``similar``."""
    if (towers := _towers(rooms, entity, Task.RELATED)) is not None:
        return _by_towers(rooms, towers, Task.RELATED, entity, k)
    predictor, snapshot = _predictor(rooms), rooms.snapshot
    start = _require(rooms, entity)
    found = predictor.related(entity, k=k)
    numbers = [item.value for item in found]
    results = []
    for ref, label, item in zip(snapshot.refs(numbers), snapshot.labels(numbers), found, strict=True):
        ends = (item.value, start) if item.inverse else (start, item.value)
        name = str(snapshot.relation_ids[item.relation])
        known = snapshot.has_edge(ends[0], item.relation, ends[1])
        results.append(Neighbour(ref, label, round(item.share, 6), ("^" if item.inverse else "") + name, known))
    return NeighbourReport(entity, snapshot.label(start), tuple(results), rooms.revision, predictor.stale)


def suspicious(
    store: GraphStore, *, k: int, seed: int, device: str, progress: Progress | None = None
) -> SuspiciousReport:
    """The ``k`` least probable statements between entities; small models are trained for it, none is kept."""
    import numpy as np

    from kgqa.embeddings.graph import read_learning_graph
    from kgqa.embeddings.suspicious import suspect

    revision = store.revision
    graph = read_learning_graph(store)
    found = suspect(graph, seed=seed, device=device, progress=progress)
    refs, labels, relations = graph.vocabulary.refs, graph.vocabulary.labels, graph.vocabulary.relations
    items = []
    for place in np.argsort(-found.noise, kind="stable")[:k].tolist():
        h, r, t = graph.triples[place].tolist()
        head, tail = refs[h], refs[t]
        sources = {
            source for fact in store.statements(head=head, relation=relations[r], tail=tail) for source in fact.sources
        }
        items.append(
            Suspicious(
                _shown(head),
                relations[r],
                _shown(tail),
                labels[h],
                labels[t],
                round(float(found.noise[place]), 6),
                tuple(sorted(sources)),
                {name: round(float(values[place]), 4) for name, values in found.features.items()},
            )
        )
    return SuspiciousReport(tuple(items), len(graph.triples), revision)


def _towers(rooms: Rooms, entity: str, task: Task) -> Towers | None:
    """The retriever where it may answer: it was trained for the task and knows the entity."""
    towers = rooms.towers
    if towers is None or not towers.kept(task):
        return None
    return towers if towers.knows(rooms.snapshot.representative(_require(rooms, entity))) else None


def _by_towers(rooms: Rooms, towers: Towers, task: Task, entity: str, k: int) -> NeighbourReport:
    snapshot = rooms.snapshot
    start = _require(rooms, entity)
    found = towers.near(task, snapshot.representative(start), k=k)
    numbers = [number for number, _ in found]
    results = []
    for ref, label, (number, score) in zip(snapshot.refs(numbers), snapshot.labels(numbers), found, strict=True):
        link = _link(rooms, start, number) if task is Task.RELATED else None
        known = None if task is not Task.RELATED else link is not None
        results.append(Neighbour(ref, label, round(score, 6), link, known))
    return NeighbourReport(entity, snapshot.label(start), tuple(results), rooms.revision, towers.stale)


def _link(rooms: Rooms, start: int, end: int) -> str | None:
    """A relation that leads from one to the other, with ^ when walked backwards; None where there is none."""
    snapshot = rooms.snapshot
    for inverse, (head, tail) in ((False, (start, end)), (True, (end, start))):
        for number, name in enumerate(snapshot.relation_ids):
            if name is not None and snapshot.has_edge(head, number, tail):
                return ("^" if inverse else "") + name
    return None


def _predictor(rooms: Rooms) -> LinkPredictor:
    from kgqa.embeddings.predictor import LinkPredictor

    if isinstance(rooms.facts, LinkPredictor):
        return rooms.facts
    said = next((note for note in rooms.notes if "embeddings" in note or note.startswith("the retriever")), None)
    raise ModelError(
        said
        or "no embeddings have been trained; run `kgqa train embeddings`"
        " (`similar` and `related` also take `kgqa train retriever`)"
    )


def _require(rooms: Rooms, entity: str) -> int:
    number = rooms.snapshot.node(entity)
    if number is None:
        raise NotFoundError(f"the graph has no entity {entity!r}; `kgqa search` finds ids by name")
    return number


def _path(rooms: Rooms, path: Support) -> dict[str, Any]:
    snapshot = rooms.snapshot
    return {
        "path": [("^" if inverse else "") + str(snapshot.relation_ids[relation]) for relation, inverse in path.steps],
        "nodes": snapshot.refs(path.nodes),
        "held": path.held,
        "asked": path.asked,
    }


def _shown(ref: str | Literal) -> str:
    return ref.value if isinstance(ref, Literal) else ref
