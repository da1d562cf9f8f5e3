"""PyKEEN triples factories, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kgqa.errors import InputError
from kgqa.graph.formats.literals import identifier
from kgqa.graph.formats.options import LineErrors
from kgqa.types import EMPTY, Record, Triple

if TYPE_CHECKING:
    from pykeen.triples import TriplesFactory

_CHUNK = 100_000


def read_factory(factory: Any, errors: LineErrors) -> Iterator[Record]:
    """The triples of a TriplesFactory under their labels; inverse triples that it creates itself are not among them."""
    if not hasattr(factory, "entity_id_to_label") or not hasattr(factory, "relation_id_to_label"):
        errors.fail("the triples factory has no labels", hint="make a TriplesFactory, not a CoreTriplesFactory")
    entities = {number: identifier(label, "entity") for number, label in factory.entity_id_to_label.items()}
    relations = {number: identifier(label, "relation") for number, label in factory.relation_id_to_label.items()}
    mapped = factory.mapped_triples  # shape: (n, 3)
    for start in range(0, len(mapped), _CHUNK):
        for head, relation, tail in mapped[start : start + _CHUNK].tolist():
            yield Triple(entities[head], relations[relation], entities[tail], EMPTY)


def to_triples_factory(records: Iterable[Record], *, create_inverse_triples: bool = False) -> TriplesFactory:
    """A TriplesFactory of the statements between entities; literals, qualifiers and passages have no place in it.

    Raises InputError when there is no such statement.
    """
    import numpy as np
    from pykeen.triples import TriplesFactory

    rows = {
        (record.head, record.relation, record.tail)
        for record in records
        if isinstance(record, Triple) and isinstance(record.head, str) and isinstance(record.tail, str)
    }
    if not rows:
        raise InputError("no statement between entities", hint="a triples factory needs at least one")
    triples = np.array(sorted(rows), dtype=str)  # shape: (n, 3)
    return TriplesFactory.from_labeled_triples(triples, create_inverse_triples=create_inverse_triples)
