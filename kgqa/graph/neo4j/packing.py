"""How facts are stored, what a replacing write keeps, and the entries of the log for deltas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import starmap
from json.encoder import encode_basestring as _text
from typing import Any

from kgqa.graph.assertions import Said

LOG_AT_MOST = 100_000
"""What one revision changed at most to be told row by row."""
LOG = "CREATE (c:KgqaChange) SET c = $row"

ENTITIES, STATEMENTS, PASSAGES, ASSERTIONS = range(4)
"""Places in the counts of a source."""


@dataclass(slots=True)
class Kept:
    """What a replacing write says, by number: the rest of the source is removed."""

    statements: set[Any] = field(default_factory=set)
    facts: set[tuple[int, Said]] = field(default_factory=set)
    relation_facts: set[tuple[int, Said]] = field(default_factory=set)
    passages: set[str] = field(default_factory=set)
    mentions: set[tuple[str, int, int, int]] = field(default_factory=set)
    same: set[tuple[int, int]] = field(default_factory=set)
    batches: set[str] = field(default_factory=set)


def log_row(
    edges: Iterable[tuple[int, int, int, bool, bool]], nodes: Iterable[int], passages: Iterable[str]
) -> dict[str, Any]:
    """Columns of an entry of the log. An edge: head, relation, tail, stood before, is qualified."""
    table = list(zip(*edges, strict=True)) or [(), (), (), (), ()]
    columns = dict(zip(("heads", "relations", "tails", "stood", "qualified"), map(list, table), strict=True))
    return {**columns, "nodes": sorted(nodes), "passages": sorted(passages)}


def pack(fact: Said) -> str:
    """A fact as it is stored: a list in compact JSON, put together here because an encoder takes thrice as long."""
    field, language, value, source, inferred = fact
    said = "true" if inferred else "false"
    return f"[{int(field)},{_text(language)},{_text(value)},{_text(source)},{said}]"


def unpack(text: str) -> Said:
    return Said(*json.loads(text))


def unpack_all(texts: Iterable[str]) -> Iterator[Said]:
    """Many at once, which costs a third of one by one."""
    return starmap(Said, json.loads(f"[{','.join(texts)}]"))
