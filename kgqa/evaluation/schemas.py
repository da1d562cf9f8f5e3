"""The JSON Schemas of the formats, as they ship under ``eval/schemas``."""

from __future__ import annotations

import json
from typing import Any

from kgqa.assets import asset
from kgqa.errors import NotFoundError

PREFIX = "urn:kgqa:schema:"


def schema_names() -> list[str]:
    """The formats that have a schema."""
    return sorted(path.stem for path in asset("eval/schemas").glob("*.json"))


def load_schema(name: str) -> dict[str, Any]:
    """The schema of a format, whole: schemas that it refers to are bundled in its ``$defs``, as JSON Schema 2020-12
    (section 9.3) has it. Raises NotFoundError for an unknown name.
    """
    names = schema_names()
    if name not in names:
        raise NotFoundError(f"no schema {name!r}; there are {', '.join(names)}")
    schema = _read(name)
    waiting, bundled = _references(schema), {name}
    while waiting:
        other = waiting.pop()
        if other in bundled:
            continue
        bundled.add(other)
        part = _read(other)
        waiting |= _references(part)
        schema.setdefault("$defs", {})[PREFIX + other] = part
    return schema


def _read(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(asset(f"eval/schemas/{name}.json").read_text(encoding="utf-8"))
    return schema


def _references(node: Any) -> set[str]:
    """The other schemas that a schema refers to."""
    found: set[str] = set()
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(PREFIX):
            found.add(target.removeprefix(PREFIX).partition("#")[0])
        for value in node.values():
            found |= _references(value)
    elif isinstance(node, list):
        for value in node:
            found |= _references(value)
    return found
