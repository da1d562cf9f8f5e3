"""Reading the native record form, one JSON object a record; the schema is eval/schemas/fact.json."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kgqa.errors import InputError
from kgqa.graph.formats.literals import identifier, literal_from_json, text
from kgqa.types import EMPTY, Entity, Literal, MentionSpan, Passage, Record, Relation, Same, Triple

_ENTITY = {"id", "label", "labels", "aliases", "types", "description", "descriptions", "attributes"}
_TRIPLE = {"head", "relation", "tail", "qualifiers"}
_FLAGS = ("symmetric", "functional")
_LINKS = ("inverse_of", "domain", "range")
_RELATION = {"id", "label", "labels", "aliases", "description", "descriptions", "inverse_label", "inferred"}
_RELATION |= {*_FLAGS, *_LINKS}
_PASSAGE = {"id", "text", "title", "language", "document", "offset", "mentions"}
_MENTION = {"start", "end", "entity", "found"}


def record_from_dict(data: Any) -> Record:
    """A record from its native form. Raises InputError that says what is wrong; the caller adds the place."""
    if not isinstance(data, dict):
        raise InputError("a record is a JSON object", hint='such as {"triple": {...}}')
    kinds = [name for name in data if name != "source"]
    if len(kinds) != 1 or kinds[0] not in _PARSERS:
        found = ", ".join(repr(name) for name in kinds) or "nothing"
        raise InputError(
            f"a record has exactly one of {', '.join(_PARSERS)}; found {found}",
            hint='write {"entity": {...}}, with "source" beside it if wanted',
        )
    kind = kinds[0]
    body = data[kind]
    if not isinstance(body, dict):
        raise InputError(f"{kind} must be an object, not {body!r:.80}")
    source = data.get("source")
    return _PARSERS[kind](body, None if source is None else identifier(source, "source"))


def _check(body: dict[str, Any], known: set[str], what: str, required: Iterable[str]) -> None:
    if not body.keys() <= known:
        unknown = min(str(name) for name in body.keys() - known)
        raise InputError(f"unknown field {unknown!r} of {what}", hint=f"known: {', '.join(sorted(known))}")
    for name in required:
        if name not in body:
            raise InputError(f"{what} has no {name}", hint=f"add {name!r}")


def _triple(body: dict[str, Any], source: str | None) -> Triple:
    _check(body, _TRIPLE, "triple", ("head", "relation", "tail"))
    head, tail, qualifiers = body["head"], body["tail"], body.get("qualifiers")
    return Triple(
        literal_from_json(head) if isinstance(head, dict) else identifier(head, "head"),
        identifier(body["relation"], "relation"),
        _tail(tail),
        _qualifiers(qualifiers) if qualifiers else EMPTY,
        source,
    )


def _tail(value: Any) -> str | Literal:
    return identifier(value, "tail") if isinstance(value, str) else literal_from_json(value)


def _qualifiers(value: Any) -> dict[str, Literal | str]:
    return {
        identifier(name, "qualifier name"): text(item, f"qualifier {name!r}")
        if isinstance(item, str)
        else literal_from_json(item)
        for name, item in _mapping(value, "qualifiers").items()
    }


def _entity(body: dict[str, Any], source: str | None) -> Entity:
    _check(body, _ENTITY, "entity", ("id",))
    return Entity(
        identifier(body["id"], "id"),
        **_names(body),
        types=tuple(identifier(item, "type") for item in _list(body.get("types"), "types")),
        attributes={
            identifier(name, "attribute name"): _values(name, value)
            for name, value in _mapping(body.get("attributes"), "attributes").items()
        },
        source=source,
    )


def _relation(body: dict[str, Any], source: str | None) -> Relation:
    _check(body, _RELATION, "relation", ("id",))
    inferred = tuple(text(item, "inferred") for item in _list(body.get("inferred"), "inferred"))
    if unknown := [name for name in inferred if name not in _RELATION]:
        raise InputError(f"inferred names no field of a relation: {unknown[0]!r}")
    return Relation(
        identifier(body["id"], "id"),
        **_names(body),
        inverse_label=_optional(body, "inverse_label", text),
        **{name: _optional(body, name, _flag) for name in _FLAGS},
        **{name: _optional(body, name, identifier) for name in _LINKS},
        inferred=inferred,
        source=source,
    )


def _passage(body: dict[str, Any], source: str | None) -> Passage:
    _check(body, _PASSAGE, "passage", ("id", "text"))
    content = text(body["text"], "text")
    return Passage(
        identifier(body["id"], "id"),
        content,
        _optional(body, "title", text),
        _optional(body, "language", text),
        _optional(body, "document", identifier),
        _count(body.get("offset", 0), "offset"),
        tuple(_mention(item, len(content)) for item in _list(body.get("mentions"), "mentions")),
        source,
    )


def _mention(body: Any, length: int) -> MentionSpan:
    if not isinstance(body, dict):
        raise InputError(f"a mention must be an object, not {body!r:.80}")
    _check(body, _MENTION, "mention", ("start", "end", "entity"))
    start, end = _count(body["start"], "start"), _count(body["end"], "end")
    if not start < end <= length:
        raise InputError(
            f"the mention {start} to {end} lies outside the text, which has {length} characters",
            hint="offsets count Unicode code points from 0; end is exclusive",
        )
    return MentionSpan(start, end, identifier(body["entity"], "entity"), _flag(body.get("found", False), "found"))


def _same(body: dict[str, Any], source: str | None) -> Same:
    _check(body, {"a", "b"}, "same", ("a", "b"))
    return Same(identifier(body["a"], "a"), identifier(body["b"], "b"), source)


_PARSERS: dict[str, Callable[[dict[str, Any], str | None], Record]] = {
    "entity": _entity,
    "triple": _triple,
    "relation": _relation,
    "passage": _passage,
    "same": _same,
}


def _names(body: dict[str, Any]) -> dict[str, Any]:
    """The fields that entities and relations share."""
    return {
        "label": _optional(body, "label", text),
        "labels": _by_language(body, "labels"),
        "aliases": {
            text(tag, "language"): tuple(text(item, "alias") for item in _list(names, f"aliases in {tag!r}"))
            for tag, names in _mapping(body.get("aliases"), "aliases", '{"en": ["City of Light"]}').items()
        },
        "description": _optional(body, "description", text),
        "descriptions": _by_language(body, "descriptions"),
    }


def _by_language(body: dict[str, Any], name: str) -> dict[str, str]:
    given = _mapping(body.get(name), name, '{"ja": "..."}')
    return {text(tag, "language"): text(value, f"{name} in {tag!r}") for tag, value in given.items()}


def _values(name: str, value: Any) -> Literal | tuple[Literal, ...]:
    try:
        if isinstance(value, list | tuple):
            return tuple(literal_from_json(item) for item in value)
        return literal_from_json(value)
    except InputError as error:
        raise InputError(f"attribute {name!r}: {error.problem}", hint=error.hint) from None


def _optional(body: dict[str, Any], name: str, parse: Callable[[Any, str], Any]) -> Any:
    value = body.get(name)
    return None if value is None else parse(value, name)


def _mapping(value: Any, what: str, example: str = '{"name": "value"}') -> Mapping[Any, Any]:
    if value is None:
        return EMPTY
    if not isinstance(value, dict):
        raise InputError(f"{what} must be an object, not {value!r:.80}", hint=f"such as {example}")
    return value


def _list(value: Any, what: str) -> list[Any] | tuple[Any, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise InputError(f"{what} must be a list, not {value!r:.80}", hint="put it in [ ]")
    return value


def _flag(value: Any, what: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{what} must be true or false, not {value!r:.80}")
    return value


def _count(value: Any, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(f"{what} must be a whole number from 0, not {value!r:.80}")
    return value
