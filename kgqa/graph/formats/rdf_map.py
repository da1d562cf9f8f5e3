"""What RDF vocabularies say in our records: names, types, descriptions, relations, sameness, statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from kgqa.graph.formats.rdf_terms import Quad
from kgqa.types import EMPTY, Entity, Literal, Record, Relation, Same, Triple

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = ("http://schema.org/", "https://schema.org/")
KGQA = "urn:kgqa:vocabulary:"
PENDING = 20_000

TYPE, SAME_AS, INVERSE_LABEL = RDF + "type", OWL + "sameAs", KGQA + "inverseLabel"
LABEL, ALT_LABEL, COMMENT = RDFS + "label", SKOS + "altLabel", RDFS + "comment"
DOMAIN, RANGE, INVERSE_OF = RDFS + "domain", RDFS + "range", OWL + "inverseOf"
SYMMETRIC, FUNCTIONAL, PROPERTY = OWL + "SymmetricProperty", OWL + "FunctionalProperty", RDF + "Property"

LABELS = (LABEL, SKOS + "prefLabel", *(base + "name" for base in SCHEMA), "http://xmlns.com/foaf/0.1/name")
ALIASES = (ALT_LABEL, *(base + "alternateName" for base in SCHEMA))
DESCRIPTIONS = (COMMENT, *(base + "description" for base in SCHEMA), "http://purl.org/dc/terms/description")
PROPERTY_CLASSES = {
    PROPERTY,
    SYMMETRIC,
    FUNCTIONAL,
    *(OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "InverseFunctionalProperty")),
    *(OWL + name for name in ("TransitiveProperty", "AsymmetricProperty", "ReflexiveProperty", "IrreflexiveProperty")),
}
DECLARING = {DOMAIN, RANGE, INVERSE_OF, RDFS + "subPropertyOf", INVERSE_LABEL}
_RANK = {iri: ("label", rank) for rank, iri in enumerate(LABELS)}
_RANK |= {iri: ("alias", rank) for rank, iri in enumerate(ALIASES)}
_RANK |= {iri: ("description", rank) for rank, iri in enumerate(DESCRIPTIONS)}
_RANK[INVERSE_LABEL] = ("inverse_label", 0)
_FIELD = {DOMAIN: "domain", RANGE: "range", INVERSE_OF: "inverse_of"}


def property_of(quad: Quad) -> list[str]:
    """The ids that this quad shows to be relations."""
    subject, predicate, target, _ = quad
    found = [predicate]
    if predicate in DECLARING or (predicate == TYPE and target in PROPERTY_CLASSES):
        found.append(subject)
    if predicate == INVERSE_OF and isinstance(target, str):
        found.append(target)
    return found


class _Said:
    """What one source says of one subject, gathered until it is complete."""

    def __init__(self, id: str, source: str | None) -> None:
        self.id, self.source = id, source
        self.texts: dict[str, set[tuple[int, bool, str, str]]] = defaultdict(set)  # rank, untagged, text, language
        self.links: dict[str, set[str]] = defaultdict(set)
        self.types: set[str] = set()

    def add(self, predicate: str, target: str | Literal, language: str) -> None:
        if isinstance(target, Literal):
            kind, rank = _RANK[predicate]
            if target.value.strip():
                self.texts[kind].add((rank, target.lang is None, target.value, target.lang or language))
        elif predicate == TYPE:
            self.types.add(target)
        else:
            self.links[_FIELD[predicate]].add(target)

    def names(self, language: str) -> dict[str, Any]:
        """Fields that entities and relations share: the best text of a language is shown, others become aliases."""
        labels, spare = _best(self.texts["label"])
        descriptions, _ = _best(self.texts["description"])
        aliases: dict[str, set[str]] = defaultdict(set)
        for _, _, value, tag in [*spare, *self.texts["alias"]]:
            if value != labels.get(tag):
                aliases[tag].add(value)
        return {
            "label": labels.pop(language, None),
            "labels": labels,
            "aliases": {tag: tuple(sorted(values)) for tag, values in sorted(aliases.items())},
            "description": descriptions.pop(language, None),
            "descriptions": descriptions,
        }

    def entity(self, language: str) -> Entity:
        return Entity(self.id, **self.names(language), types=tuple(sorted(self.types)), source=self.source)

    def relation(self, language: str) -> Relation:
        inverse, _ = _best(self.texts["inverse_label"])
        return Relation(
            self.id,
            **self.names(language),
            inverse_label=inverse.get(language),
            inverse_of=min(self.links["inverse_of"], default=None),
            symmetric=True if SYMMETRIC in self.types else None,
            functional=True if FUNCTIONAL in self.types else None,
            domain=min(self.links["domain"], default=None),
            range=min(self.links["range"], default=None),
            source=self.source,
        )


def _best(texts: set[tuple[int, bool, str, str]]) -> tuple[dict[str, str], list[tuple[int, bool, str, str]]]:
    chosen: dict[str, str] = {}
    spare = []
    for text in sorted(texts):
        if text[3] in chosen:
            spare.append(text)
        else:
            chosen[text[3]] = text[2]
    return chosen, spare


def map_quads(quads: Iterable[Quad], *, properties: set[str], language: str) -> Iterator[Record]:
    """Records of quads. ``properties`` are the ids that are relations, which must be known before.

    What is said of an entity is gathered while its statements stand near each other (not more than ``PENDING`` other
    described entities between them); what is said of the relations is given at the end.
    """
    relations: dict[tuple[str, str | None], _Said] = {}
    pending: dict[tuple[str, str | None], _Said] = {}
    for subject, predicate, target, graph in quads:
        is_text = isinstance(target, Literal)
        is_name = is_text and predicate in _RANK
        is_type = not is_text and predicate == TYPE
        if subject in properties and (
            is_name or (is_type and target in PROPERTY_CLASSES) or (not is_text and predicate in _FIELD)
        ):
            key = (subject, graph)
            relations.setdefault(key, _Said(subject, graph)).add(predicate, target, language)
        elif is_name or is_type:
            key = (subject, graph)
            said = pending.pop(key, None) or _Said(subject, graph)
            said.add(predicate, target, language)
            pending[key] = said  # put last: the one not spoken of for longest goes first
            if len(pending) > PENDING:
                yield pending.pop(next(iter(pending))).entity(language)
        elif predicate == SAME_AS and isinstance(target, str):
            if subject != target:
                yield Same(subject, target, graph)
        else:
            yield Triple(subject, predicate, target, EMPTY, graph)
    for said in pending.values():
        yield said.entity(language)
    for _, said in sorted(relations.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        yield said.relation(language)
