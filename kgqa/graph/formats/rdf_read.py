"""Readers of RDF: N-Triples and N-Quads stream, everything else is parsed whole by rdflib.

Streaming reads a file twice: once for what must be known before (which ids are relations, and the statements that
hold blank nodes, whose ids come from their content), once for the records. Memory grows with these alone.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

from kgqa.errors import InputError
from kgqa.graph.formats.opening import STDIN, open_bytes, open_text
from kgqa.graph.formats.options import Format, LineErrors, ReadOptions
from kgqa.graph.formats.rdf_blank import blank_ids, has_blank, rename
from kgqa.graph.formats.rdf_map import DECLARING, PROPERTY_CLASSES, TYPE, map_quads, property_of
from kgqa.graph.formats.rdf_terms import Quad, iri_to_id, literal_from_rdf, parse_line
from kgqa.types import Literal, Record

if TYPE_CHECKING:
    from rdflib import Graph

_RDFLIB_NAMES = {Format.TURTLE: "turtle", Format.TRIG: "trig", Format.JSONLD: "json-ld", Format.RDFXML: "xml"}
_DEFAULT_GRAPH = "urn:x-rdflib:default"
_TELLING = {f"<{iri}>" for iri in DECLARING}
_TYPE = f"<{TYPE}>"
_CLASSES = {f"<{iri}>" for iri in PROPERTY_CLASSES}


# --- streams ----------------------------------------------------------------------------------------------


def read_lines(path: str, options: ReadOptions, errors: LineErrors, *, graphs: bool) -> Iterator[Record]:
    """N-Triples or, with ``graphs``, N-Quads; a bad line is told with its number."""
    if path == STDIN:
        options.say("standard input cannot be read twice: its RDF is held whole in memory")
        with open_text(path, encoding=options.encoding) as text:
            lines = list(text)
        yield from _two_passes(lines, lines, options, errors, graphs=graphs)
        return
    with (
        open_text(path, encoding=options.encoding) as first,
        open_text(path, encoding=options.encoding) as second,
    ):
        yield from _two_passes(first, second, options, errors, graphs=graphs)


def _two_passes(
    first: Iterable[str], second: Iterable[str], options: ReadOptions, errors: LineErrors, *, graphs: bool
) -> Iterator[Record]:
    options.say("first pass: relations and blank nodes")
    properties, blanks = _look_ahead(first)
    ids = blank_ids(blanks, options.name) if blanks else {}
    properties = {ids.get(name, name) for name in properties}
    quads = _parse(second, errors, graphs=graphs)
    yield from map_quads(
        (rename(quad, ids) for quad in quads) if ids else quads, properties=properties, language=options.language
    )


def _look_ahead(lines: Iterable[str]) -> tuple[set[str], list[Quad]]:
    """The relations of a file and its statements with blank nodes; bad lines are left to the second pass."""
    predicates: set[str] = set()
    properties: set[str] = set()
    blanks: list[Quad] = []
    for line in lines:
        parts = line.split(None, 2)
        if len(parts) == 3 and "_:" not in line:
            predicate = parts[1]
            if predicate[0] == "<" and predicate[-1] == ">":
                telling = parts[2].split(None, 1)[0] in _CLASSES if predicate == _TYPE else predicate in _TELLING
                if not telling:
                    predicates.add(predicate)
                    continue
        try:
            quad = parse_line(line)
        except InputError:
            continue
        if quad is not None:
            properties.update(property_of(quad))
            if has_blank(quad):
                blanks.append(quad)
    properties.update(iri_to_id(predicate[1:-1]) for predicate in predicates)
    return properties, blanks


def _parse(lines: Iterable[str], errors: LineErrors, *, graphs: bool) -> Iterator[Quad]:
    for number, line in enumerate(lines, 1):
        try:
            quad = parse_line(line)
            if not line.isascii():
                line.encode("utf-8")
        except InputError as error:
            errors.bad(error.problem, line=number, text=line, hint=error.hint)
            continue
        except UnicodeEncodeError:
            errors.bad("bytes that are no text in this encoding", line=number, text=line, hint="save it as UTF-8")
            continue
        if quad is None:
            continue
        if quad[3] is not None and not graphs:
            errors.bad("a fourth term in N-Triples", line=number, text=line, hint="give the format nquads")
            continue
        yield quad


# --- whole documents --------------------------------------------------------------------------------------


def read_document(path: str, format: Format, options: ReadOptions, errors: LineErrors) -> Iterator[Record]:
    """Turtle, TriG, JSON-LD or RDF/XML, which must be parsed whole before the first record is known."""
    from rdflib import Dataset

    options.say(f"{format} must be read whole: {options.name}")
    dataset = Dataset()
    base = "file:///" + quote(PurePath(options.name).as_posix().lstrip("/"))
    data: str | bytes
    if format is Format.RDFXML:  # XML names its encoding itself
        with open_bytes(path) as raw:
            data = raw.read()
    else:
        with open_text(path, encoding=options.encoding, newline="") as text:
            data = _strict_text(text, errors)
    if format is Format.JSONLD:
        _refuse_remote_context(str(data), errors)
    try:
        with _quiet():
            dataset.parse(data=data, format=_RDFLIB_NAMES[format], publicID=base)
    except Exception as error:  # each parser of rdflib raises its own kinds
        errors.fail(f"no {format}: {_first_line(error)}", line=_line_of(error))
    yield from read_graph(dataset, options, errors)


def read_graph(graph: Graph, options: ReadOptions, errors: LineErrors) -> Iterator[Record]:
    """The records of an rdflib Graph or Dataset, in sorted order; named graphs are sources."""
    quads = [_quad(*terms) for terms in _statements(graph)]
    ids = blank_ids(sorted(filter(has_blank, quads), key=repr), options.name)
    quads = sorted((rename(quad, ids) for quad in quads), key=_order)
    properties = {name for quad in quads for name in property_of(quad)}
    yield from map_quads(quads, properties=properties, language=options.language)


def _statements(graph: Graph) -> Iterator[tuple[Any, Any, Any, Any]]:
    if hasattr(graph, "quads"):
        for subject, predicate, target, context in graph.quads((None, None, None, None)):
            yield subject, predicate, target, getattr(context, "identifier", context)
    else:
        for subject, predicate, target in graph:
            yield subject, predicate, target, None


def _quad(subject: Any, predicate: Any, target: Any, context: Any) -> Quad:
    graph = None if context is None or str(context) == _DEFAULT_GRAPH else _id(context)
    return _id(subject), _id(predicate), _term(target), graph


def _term(term: Any) -> str | Literal:
    from rdflib import Literal as RdfLiteral

    if isinstance(term, RdfLiteral):
        return literal_from_rdf(str(term), None if term.datatype is None else str(term.datatype), term.language)
    return _id(term)


def _id(term: Any) -> str:
    from rdflib import BNode, URIRef

    if isinstance(term, BNode):
        return "_:" + str(term)
    if isinstance(term, URIRef):
        return iri_to_id(str(term))
    raise InputError(f"{term!r:.80} cannot stand here in a graph", hint="use IRIs, blank nodes and literal objects")


def _order(quad: Quad) -> tuple[str, str, str, str, str]:
    subject, predicate, target, graph = quad
    return graph or "", subject, predicate, "" if isinstance(target, str) else "literal", repr(target)


# --- errors -----------------------------------------------------------------------------------------------


def _strict_text(stream: TextIO, errors: LineErrors) -> str:
    text = stream.read()
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            errors.fail("bytes that are no text in this encoding", line=line, hint="save it as UTF-8")
    return text


def _refuse_remote_context(text: str, errors: LineErrors) -> None:
    """A context at a URL would be fetched: what a file means must not hang on the network."""
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError) as error:
        errors.fail(f"no JSON: {error}", line=getattr(error, "lineno", None))
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            context = item.get("@context")
            parts = context if isinstance(context, list) else [context]
            remote = [part for part in parts if isinstance(part, str)]
            remote += [str(part["@import"]) for part in parts if isinstance(part, dict) and "@import" in part]
            if remote:
                errors.fail(
                    f"the context {remote[0]!r} lies elsewhere and is not fetched",
                    hint="put the content of the context into the file",
                )
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps rdflib's warnings about dates before the year 1 and the like off the screen: we check forms ourselves."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _line_of(error: Exception) -> int | None:
    if callable(position := getattr(error, "getLineNumber", None)):
        return int(position())
    for name in ("lines", "lineno", "line"):
        if isinstance(value := getattr(error, name, None), int):
            return value + 1 if name == "lines" else value
    found = re.search(r"\bline (\d+)", str(error)) or re.search(r":(\d+):\d+:", str(error))
    return int(found[1]) if found else None


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or getattr(error, "_why", None) or str(error) or type(error).__name__
    return " ".join(str(message).split())[:200]
