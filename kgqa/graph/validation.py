"""SHACL validation through pySHACL (optional: ``pip install kgqa[shacl]``).

Standard: Shapes Constraint Language (W3C Recommendation, 2017). Shapes name entities, types and relations by IRI: an id
that is no IRI, such as ``country``, is ``urn:kgqa:id:country`` there. ``graph/shapes/example.ttl`` is a start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgqa.errors import InputError, MissingDependencyError
from kgqa.graph.formats.rdf_terms import iri_to_id
from kgqa.graph.formats.rdf_write import to_rdflib
from kgqa.types import Record

if TYPE_CHECKING:
    from rdflib import Graph

_SH = "http://www.w3.org/ns/shacl#"


@dataclass(frozen=True, slots=True)
class Violation:
    """One result: the entity, the relation and value concerned, by our ids; ``severity`` as the shape says."""

    focus: str
    path: str | None
    value: str | None
    message: str
    severity: str


@dataclass(frozen=True, slots=True)
class ShaclReport:
    """Whether the graph conforms, its violations (sorted), and pySHACL's report as text."""

    conforms: bool
    violations: tuple[Violation, ...]
    text: str


def validate(data: Iterable[Record] | Graph, shapes: str | Path, *, language: str = "en") -> ShaclReport:
    """Checks records, or an rdflib graph, against a Turtle file of SHACL shapes.

    ``language`` is that of ``label`` and ``description`` in the records. The graph is held in memory. Nothing is
    fetched: ``owl:imports`` are not followed. Raises MissingDependencyError without pySHACL, InputError for shapes that
    cannot be read.
    """
    try:
        from pyshacl import validate as run
        from pyshacl.errors import ReportableRuntimeError, ShapeLoadError, ValidationFailure
    except ImportError as error:
        raise MissingDependencyError(
            "pySHACL", purpose="checking a graph against SHACL shapes", install="pip install 'kgqa[shacl]'"
        ) from error
    import rdflib

    rules = _shapes(Path(shapes))
    graph = data if isinstance(data, rdflib.Graph) else to_rdflib(data, language=language, named=False).default_graph
    try:
        conforms, results, text = run(graph, shacl_graph=rules, do_owl_imports=False, inference="none")
    except (ShapeLoadError, ReportableRuntimeError, ValidationFailure) as error:
        raise InputError(f"the shapes cannot be used: {error}", path=shapes, hint="mend the shapes") from error
    return ShaclReport(bool(conforms), _violations(results), str(text))


def _shapes(path: Path) -> Graph:
    import rdflib

    graph = rdflib.Graph()
    try:
        graph.parse(data=path.read_text(encoding="utf-8-sig"), format="turtle", publicID="urn:kgqa:shapes:")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    except Exception as error:  # each kind of mistake in Turtle raises its own
        raise InputError(f"no Turtle: {' '.join(str(error).split())[:200]}", path=path) from error
    return graph


def _violations(results: Any) -> tuple[Violation, ...]:
    from rdflib import RDF, URIRef

    def said(node: Any, name: str) -> str | None:
        value = results.value(node, URIRef(_SH + name))
        return None if value is None else iri_to_id(str(value))

    found = [
        Violation(
            said(node, "focusNode") or "",
            said(node, "resultPath"),
            said(node, "value"),
            said(node, "resultMessage") or "",
            (said(node, "resultSeverity") or "").removeprefix(_SH).lower(),
        )
        for node in results.subjects(RDF.type, URIRef(_SH + "ValidationResult"))
    ]
    return tuple(sorted(found, key=lambda v: (v.focus, v.path or "", v.value or "", v.message)))
