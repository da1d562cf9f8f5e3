"""Writing the native record form; what is written reads back equal."""

from __future__ import annotations

from typing import Any

from kgqa.graph.formats.literals import literal_to_dict, literal_to_json
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Record, Relation, Same, Triple


def record_to_dict(record: Record) -> dict[str, Any]:
    """The native form; what is empty or not said is left out, mappings are sorted: equal records, equal JSON."""
    kind, body = _body(record)
    out: dict[str, Any] = {kind: {name: value for name, value in body.items() if value not in (None, {}, [])}}
    if record.source is not None:
        out["source"] = record.source
    return out


def _body(record: Record) -> tuple[str, dict[str, Any]]:
    match record:
        case Triple():
            return "triple", {
                "head": _term(record.head),
                "relation": record.relation,
                "tail": _term(record.tail),
                "qualifiers": {
                    name: value if isinstance(value, str) else _qualifier(value)
                    for name, value in sorted(record.qualifiers.items())
                },
            }
        case Entity():
            return "entity", {
                **_names_to_dict(record),
                "types": list(record.types),
                "attributes": {
                    name: literal_to_json(value) if isinstance(value, Literal) else [literal_to_json(v) for v in value]
                    for name, value in sorted(record.attributes.items())
                },
            }
        case Relation():
            return "relation", {
                **_names_to_dict(record),
                "inverse_label": record.inverse_label,
                "inverse_of": record.inverse_of,
                "symmetric": record.symmetric,
                "functional": record.functional,
                "domain": record.domain,
                "range": record.range,
                "inferred": list(record.inferred),
            }
        case Passage():
            return "passage", {
                "id": record.id,
                "title": record.title,
                "text": record.text,
                "language": record.language,
                "document": record.document,
                "offset": record.offset or None,
                "mentions": [_mention_to_dict(mention) for mention in record.mentions],
            }
        case Same():
            return "same", {"a": record.a, "b": record.b}


def _names_to_dict(record: Entity | Relation) -> dict[str, Any]:
    return {
        "id": record.id,
        "label": record.label,
        "labels": dict(sorted(record.labels.items())),
        "aliases": {tag: list(names) for tag, names in sorted(record.aliases.items())},
        "description": record.description,
        "descriptions": dict(sorted(record.descriptions.items())),
    }


def _mention_to_dict(mention: MentionSpan) -> dict[str, Any]:
    out = {"start": mention.start, "end": mention.end, "entity": mention.entity}
    return {**out, "found": True} if mention.found else out


def _term(term: str | Literal) -> str | dict[str, Any]:
    return term if isinstance(term, str) else literal_to_dict(term)


def _qualifier(value: Literal) -> Any:
    return literal_to_dict(value) if value.type is LiteralType.STRING else literal_to_json(value)
