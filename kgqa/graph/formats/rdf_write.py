"""Writers of RDF: N-Triples and N-Quads line by line, Turtle through rdflib.

An id that is no IRI is written below ``urn:kgqa:id:`` and read back as it was; a source that is no IRI below
``urn:kgqa:source:``; a unit becomes a part of the datatype. RDF has no place for qualifiers, passages, literals as
heads and inferred marks: what is left out is counted. The native JSONL form loses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kgqa.errors import UsageError
from kgqa.graph.formats.jsonl import writing
from kgqa.graph.formats.options import Format
from kgqa.graph.formats.rdf_map import (
    ALT_LABEL,
    COMMENT,
    DOMAIN,
    FUNCTIONAL,
    INVERSE_LABEL,
    INVERSE_OF,
    LABEL,
    PROPERTY,
    RANGE,
    SAME_AS,
    SYMMETRIC,
    TYPE,
)
from kgqa.graph.formats.rdf_terms import SOURCE_IRI, Quad, format_term, id_to_iri
from kgqa.types import Entity, Literal, LiteralType, Passage, Record, Relation, Same, Triple

if TYPE_CHECKING:
    from rdflib import Dataset

WRITABLE = (Format.NTRIPLES, Format.NQUADS, Format.TURTLE)


def write_rdf(
    records: Iterable[Record], target: str | Path | TextIO, *, format: Format | str, language: str = "en"
) -> dict[str, int]:
    """Writes N-Triples, N-Quads (with sources as named graphs) or Turtle; a file appears whole or not at all.

    ``language`` is the language of ``label`` and ``description``. Gives the number of things left out by kind; an
    empty mapping means that everything was written. Raises UsageError for another format.
    """
    chosen = Format.from_str(format)
    if chosen not in WRITABLE:
        raise UsageError(f"{chosen} is not written; choose one of {', '.join(WRITABLE)}")
    left_out: Counter[str] = Counter()
    quads = to_quads(records, language=language, left_out=left_out)
    with writing(target) as stream:
        if chosen is Format.TURTLE:
            stream.write(_dataset(quads, named=False).default_graph.serialize(format="turtle"))
        else:
            for quad in quads:
                stream.write(_line(quad, named=chosen is Format.NQUADS))
    return dict(left_out)


def to_rdflib(records: Iterable[Record], *, language: str = "en", named: bool = True) -> Dataset:
    """An rdflib Dataset; sources become named graphs when ``named``, otherwise all is in the default graph."""
    return _dataset(to_quads(records, language=language, left_out=Counter()), named=named)


def to_quads(records: Iterable[Record], *, language: str, left_out: Counter[str]) -> Iterator[Quad]:
    """The quads of records, in their order; ``left_out`` counts what RDF has no place for."""
    for record in records:
        source = record.source
        match record:
            case Entity():
                for predicate, target in _entity(record, language):
                    yield record.id, predicate, target, source
            case Relation():
                left_out["inferred marks"] += len(record.inferred)
                for predicate, target in _relation(record, language):
                    yield record.id, predicate, target, source
            case Triple() if isinstance(record.head, str):
                left_out["qualifiers"] += len(record.qualifiers)
                yield record.head, record.relation, record.tail, source
            case Triple():
                left_out["statements about literals"] += 1
            case Same():
                yield record.a, SAME_AS, record.b, source
            case Passage():
                left_out["passages"] += 1
    for kind in [kind for kind, count in left_out.items() if not count]:
        del left_out[kind]


def _names(record: Entity | Relation, language: str) -> Iterator[tuple[str, Literal]]:
    shown = {} if record.label is None else {language: record.label}
    for tag, label in sorted({**record.labels, **shown}.items()):
        yield LABEL, _tagged(label, tag)
    for tag, aliases in sorted(record.aliases.items()):
        for alias in aliases:
            yield ALT_LABEL, _tagged(alias, tag)
    described = {} if record.description is None else {language: record.description}
    for tag, description in sorted({**record.descriptions, **described}.items()):
        yield COMMENT, _tagged(description, tag)


def _entity(record: Entity, language: str) -> Iterator[tuple[str, str | Literal]]:
    yield from _names(record, language)
    for kind in record.types:
        yield TYPE, kind
    for name, value in sorted(record.attributes.items()):
        for literal in (value,) if isinstance(value, Literal) else value:
            yield name, literal


def _relation(record: Relation, language: str) -> Iterator[tuple[str, str | Literal]]:
    yield TYPE, PROPERTY
    if record.symmetric:
        yield TYPE, SYMMETRIC
    if record.functional:
        yield TYPE, FUNCTIONAL
    yield from _names(record, language)
    if record.inverse_label is not None:
        yield INVERSE_LABEL, _tagged(record.inverse_label, language)
    for predicate, name in ((INVERSE_OF, record.inverse_of), (DOMAIN, record.domain), (RANGE, record.range)):
        if name is not None:
            yield predicate, name


def _tagged(value: str, language: str) -> Literal:
    return Literal(value, LiteralType.STRING, None, language)


def _line(quad: Quad, *, named: bool) -> str:
    subject, predicate, target, source = quad
    graph = f" <{id_to_iri(source, SOURCE_IRI)}>" if named and source is not None else ""
    return f"{format_term(subject)} <{id_to_iri(predicate)}> {format_term(target)}{graph} .\n"


def _dataset(quads: Iterable[Quad], *, named: bool) -> Dataset:
    from rdflib import Dataset

    dataset = Dataset()
    lines = "".join(_line(quad, named=named) for quad in quads)
    dataset.parse(data=lines, format="nquads")
    return dataset
