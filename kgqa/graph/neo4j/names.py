"""Names in a database: the one function that escapes, and how ids become labels and relationship types.

Relations and entity types keep their ids as names wherever Neo4j can hold them. What it cannot hold, and what is ours,
becomes its beginning and a digest; so does a name that looks like such a one, so that no two ids share a name.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from kgqa.errors import UsageError

OURS = ("Entity", "Literal", "Passage", "Relation", "Source")
MENTIONS, SAME_AS = "MENTIONS", "SAME_AS"
STALE = "KgqaStale"
_INDEXED = (
    "KgqaVector",
    "KgqaVectorState",
    "KgqaName",
    "KgqaNameState",
    *(f"Kgqa{kind}Vector" for kind in ("Embedding", "Entity", "Passage", "Relation", "Type")),
)
_INTERNAL = ("KgqaMeta", "KgqaCounter", "KgqaBatch", "KgqaChange", "KgqaMigration", STALE, *_INDEXED)
_LABELS = frozenset((*OURS, *_INTERNAL))
_TYPES = frozenset((MENTIONS, SAME_AS))
ENTITY_PROPERTIES = frozenset(
    ("id", "long_id", "number", "name", "aliases", "description", "facts", "runs", "run", "dimension", "lo", "hi")
)
STATEMENT_PROPERTIES = frozenset(("sources", "runs", "qualifiers"))

_LONGEST = 1_000  # bytes of UTF-8
_SHORTENED = re.compile(r".*~[0-9a-f]{32}", re.DOTALL)
_GRAPH = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_OUR_LABELS = re.compile(r"`(?:[^`]|``)*`|:(" + "|".join((*OURS, *_INTERNAL)) + r")\b")


def escape(name: str) -> str:
    """A name between backticks, for a label, type or property in Cypher. Raises UsageError for one that cannot be.

    Every name that is put into the text of a query goes through here; values go as parameters.
    """
    if not name or "\0" in name:
        raise UsageError(f"no name for Neo4j: {name[:80]!r} (it is empty or holds a NUL)")
    # Cypher reads \uXXXX as the character that it names before anything else, backtick included. Every backslash is
    # written so: whether one that follows another begins such a name, no reader of this needs to know.
    return "`" + name.replace("\\", "\\u005C").replace("`", "``") + "`"


def label_of(type_id: str) -> str:
    """The label of an entity type."""
    return _name(type_id, reserved=_LABELS)


def type_of(relation_id: str) -> str:
    """The relationship type of a relation."""
    return _name(relation_id, reserved=_TYPES)


def property_of(name: str, reserved: frozenset[str]) -> str:
    """The property that shows an attribute or qualifier to people."""
    return _name(name, reserved=reserved)


@lru_cache(10_000)
def _name(id: str, *, reserved: frozenset[str]) -> str:
    if (
        id in reserved
        or "\0" in id
        or len(id.encode()) > _LONGEST
        or _SHORTENED.fullmatch(id)
        or (id.startswith("Kgqa") and id not in reserved)
        or any(id.endswith(f".{ours}") for ours in OURS)
    ):
        digest = hashlib.blake2b(id.encode(), digest_size=16).hexdigest()
        return f"{id[:60].replace(chr(0), '')}~{digest}"
    return id


def stored_id(id: str) -> tuple[str, str | None]:
    """What ``id`` and ``long_id`` of an entity or relation are: an index takes no more than some thousand bytes."""
    if len(id.encode()) <= _LONGEST and not id.startswith("blake2b:"):
        return id, None
    return "blake2b:" + hashlib.blake2b(id.encode(), digest_size=20).hexdigest(), id


def graph_name(name: str) -> str:
    """The name of a graph among several in one database. Raises UsageError for one that is no plain name."""
    if _GRAPH.fullmatch(name) is None:
        raise UsageError(f"no name for a graph: {name!r}; letters, digits, _ and -, a letter first, 63 at most")
    return name


def labelled(query: str, graph: str | None) -> str:
    """A query of ours with the labels of this graph; what stands between backticks is left as it is."""
    if graph is None:
        return query
    return _OUR_LABELS.sub(lambda match: ":" + escape(f"{graph}.{match[1]}") if match[1] else match[0], query)
