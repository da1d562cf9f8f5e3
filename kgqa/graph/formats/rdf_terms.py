"""RDF terms and ours: IRIs and ids, RDF literals and typed literals, and lines of N-Triples and N-Quads.

A quad here is (subject, predicate, object, graph or None) in our ids; a blank node is text that begins with ``_:``.
Standards: RDF 1.1 Concepts, N-Triples and N-Quads (W3C Recommendations, 2014), XML Schema Datatypes.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from urllib.parse import quote, unquote

from kgqa.errors import InputError
from kgqa.graph.formats.literals import is_form
from kgqa.types import Literal, LiteralType

Quad = tuple[str, str, str | Literal, str | None]

XSD = "http://www.w3.org/2001/XMLSchema#"
ID_IRI = "urn:kgqa:id:"
SOURCE_IRI = "urn:kgqa:source:"
_UNIT_IRI = "urn:kgqa:unit:"

_INTEGERS = (
    "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger "
    "unsignedInt unsignedLong unsignedShort unsignedByte"
)
_TYPES = {
    **{XSD + name: LiteralType.INTEGER for name in _INTEGERS.split()},
    **{XSD + name: LiteralType.DECIMAL for name in ("decimal", "double", "float")},
    **{XSD + name: LiteralType.DATE for name in ("date", "dateTime", "dateTimeStamp", "gYearMonth")},
    **{XSD + name: LiteralType.DURATION for name in ("duration", "dayTimeDuration", "yearMonthDuration")},
    XSD + "boolean": LiteralType.BOOLEAN,
    XSD + "gYear": LiteralType.YEAR,
}
_DATATYPES = {
    LiteralType.INTEGER: XSD + "integer",
    LiteralType.DECIMAL: XSD + "decimal",
    LiteralType.BOOLEAN: XSD + "boolean",
    LiteralType.YEAR: XSD + "gYear",
    LiteralType.DURATION: XSD + "duration",
}

_IRI = r'<([^\x00-\x20<>"{}|^`]*)>'
_BLANK = r"(_:[\w:](?:[\w:.\-·]*[\w:\-·])?)"
_LINE = re.compile(
    rf"[ \t]*(?:{_IRI}|{_BLANK})[ \t]*{_IRI}[ \t]*"
    rf'(?:{_IRI}|{_BLANK}|"((?:[^"\\\n\r]|\\.)*)"(?:\^\^{_IRI}|@([a-zA-Z]+(?:-[a-zA-Z0-9]+)*))?)[ \t]*'
    rf"(?:(?:{_IRI}|{_BLANK})[ \t]*)?\.[ \t]*(?:#.*)?[\r\n]*"
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ABSOLUTE = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]+:[^\x00-\x20<>"{}|^`\\]*')


def is_iri(id: str) -> bool:
    """Whether an id is an absolute IRI. One letter before the colon is a drive (``C:\\...``), not a scheme."""
    return _ABSOLUTE.fullmatch(id) is not None


def id_to_iri(id: str, base: str = ID_IRI) -> str:
    """An IRI stays itself; any other id is percent-encoded below ``base``. Undone by :func:`iri_to_id`."""
    return id if is_iri(id) and not id.startswith("urn:kgqa:") else base + quote(id, safe="")


def iri_to_id(iri: str) -> str:
    """The id that an IRI stands for, in Unicode normal form C."""
    for base in (ID_IRI, SOURCE_IRI):
        if iri.startswith(base):
            iri = unquote(iri[len(base) :])
    return iri if iri.isascii() else unicodedata.normalize("NFC", iri)


# --- literals ---------------------------------------------------------------------------------------------


def literal_from_rdf(lexical: str, datatype: str | None, lang: str | None) -> Literal:
    """Our literal in canonical form, so that ``1.50`` and ``1.5`` are one value; what is ill-typed becomes text."""
    if lang is not None:
        return Literal(lexical, LiteralType.STRING, None, lang)
    if datatype is None or datatype == XSD + "string":
        return Literal(lexical)
    unit = None
    kind = _TYPES.get(datatype)
    if datatype.startswith(_UNIT_IRI):
        name, _, rest = datatype[len(_UNIT_IRI) :].partition(":")
        kind, unit = (LiteralType(name) if name in set(LiteralType) else None), unquote(rest)
    if kind is None or kind is LiteralType.STRING:
        collapsed = " ".join(lexical.split()) if datatype == XSD + "token" else lexical
        return Literal(collapsed, LiteralType.STRING, unit)
    value = canonical(lexical.strip(), kind)
    return Literal(value, kind, unit) if is_form(value, kind) else Literal(lexical, LiteralType.STRING, unit)


def canonical(value: str, type: LiteralType) -> str:
    """The canonical lexical form of a value; what does not read as its type is given back unchanged."""
    match type:
        case LiteralType.BOOLEAN:
            lowered = value.lower()
            return {"1": "true", "0": "false"}.get(lowered, lowered)
        case LiteralType.INTEGER if is_form(value, type):
            digits = value.lstrip("+-").lstrip("0") or "0"
            return "-" + digits if value[0] == "-" and digits != "0" else digits
        case LiteralType.DECIMAL if is_form(value, type):
            return _canonical_decimal(value)
        case LiteralType.DATE:
            moment = re.fullmatch(r"(.*T\d\d:\d\d:\d\d)(\.\d*?)0*(\D.*)?", value)
            if moment:
                fraction = "" if moment[2] == "." else moment[2]
                value = moment[1] + fraction + (moment[3] or "")
            elif "T" not in value:  # a day's time zone is no part of the day
                value = re.sub(r"(?<=\d\d-\d\d)(Z|[+-]\d\d:\d\d)$", "", value)
            return re.sub(r"[+-]00:00$", "Z", value)
        case LiteralType.DURATION:
            return _canonical_duration(value)
        case _:
            return value


def _canonical_decimal(value: str) -> str:
    number = Decimal(value).normalize()
    if "e" in value.lower():  # a double: as exact as a double is
        number = Decimal(repr(float(value))).normalize() if abs(number.adjusted()) < 300 else number
    return format(number, "f") if -20 < number.adjusted() < 40 else str(number)


def _canonical_duration(value: str) -> str:
    from rdflib import Literal as RdfLiteral
    from rdflib import URIRef

    return str(RdfLiteral(value, datatype=URIRef(XSD + "duration"))) if is_form(value, LiteralType.DURATION) else value


def datatype_of(literal: Literal) -> str | None:
    """The datatype IRI to write for a literal, None for plain or language-tagged text."""
    if literal.unit is not None:
        return f"{_UNIT_IRI}{literal.type}:{quote(literal.unit, safe='')}"
    if literal.type is LiteralType.DATE:
        date = re.sub(r"(Z|[+-]\d\d:\d\d)$", "", literal.value).lstrip("+-")
        return XSD + ("dateTime" if "T" in date else "date" if date.count("-") == 2 else "gYearMonth")
    return _DATATYPES.get(literal.type)


# --- lines ------------------------------------------------------------------------------------------------


def parse_line(line: str) -> Quad | None:
    """The quad of a line of N-Triples or N-Quads, None for a blank or comment line. Raises InputError."""
    match = _LINE.fullmatch(line)
    if match is None:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            return None
        raise InputError("no N-Triples or N-Quads statement", hint="write <subject> <predicate> <object> .")
    subject, blank, predicate, iri, blank_object, lexical, datatype, lang, graph, blank_graph = match.groups()
    target: str | Literal
    if lexical is None:
        target = blank_object or _iri(iri)
    else:
        target = literal_from_rdf(
            _unescape(lexical) if "\\" in lexical else lexical, None if datatype is None else _checked(datatype), lang
        )
    return (
        blank or _iri(subject),
        _iri(predicate),
        target,
        blank_graph or (None if graph is None else _iri(graph)),
    )


def _checked(iri: str) -> str:
    if "\\" in iri:
        iri = _unescape(iri, plain=False)
    if not is_iri(iri):
        raise InputError(f"<{iri}> is no absolute IRI", hint="N-Triples and N-Quads know no relative IRIs")
    return iri


def _iri(iri: str) -> str:
    return iri_to_id(_checked(iri))


def _unescape(text: str, *, plain: bool = True) -> str:
    def replace(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            number = int(code, 16)
            if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
                raise InputError(f"{match[0]} is no Unicode character")
            return chr(number)
        if plain and match[3] in _PLAIN_ESCAPES:
            return _PLAIN_ESCAPES[match[3]]
        raise InputError(f"unknown escape {match[0]!r}")

    return _ESCAPE.sub(replace, text)


_MUST_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f]')


def format_term(term: str | Literal) -> str:
    """A term of N-Triples: ids as IRIs, blank nodes as such, literals with their datatype."""
    if isinstance(term, str):
        return blank_label(term) if term.startswith("_:") else f"<{id_to_iri(term)}>"
    text = '"' + _MUST_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04X}", term.value) + '"'
    if term.lang is not None:
        return f"{text}@{term.lang}"
    datatype = datatype_of(term)
    return text if datatype is None else f"{text}^^<{datatype}>"


def blank_label(id: str) -> str:
    """A label that N-Triples allows for a blank node."""
    return "_:b" + "".join(char if char.isascii() and char.isalnum() else f"x{ord(char):x}" for char in id[2:])
