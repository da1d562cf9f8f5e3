"""Runs a query that somebody else wrote, a model perhaps: explained first, read-only, with limits of time and rows.

The server itself refuses writes in a reading session. Beyond that the plan may hold no operator that reaches out of
the graph: procedures, LOAD CSV, commands about the server, other databases; and no function of an extension.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kgqa.errors import UsageError
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import View

LONGEST = 4_000
_NUMBERED = (
    "UNWIND $ids AS id MATCH (h)-[a]->(t) WHERE elementId(a) = id AND a.runs IS NOT NULL AND {shows} "
    "RETURN id, type(a), h.number, t.number"
)
_REFUSED = re.compile(r"LoadCSV|Procedure|Show|Terminate|Command|Create|Merge|Delete|Set[A-Z]|Remove|Foreach|System")
_EXTENSION = re.compile(r"\b[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)+\s*\(")
_OWN_NAMESPACES = frozenset(("date", "datetime", "localdatetime", "localtime", "time", "duration", "point", "vector"))
_OTHER_DATABASE = re.compile(r"(?:^|[{\s])USE\b|^\s*(?:EXPLAIN|PROFILE|CYPHER)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`]|``)*`|/\*.*?\*/|//[^\n]*", re.DOTALL)


def statements_of(server: Server, view: View, query: str, *, timeout: float, rows: int) -> list[tuple[str, int, int]]:
    """The statements among the results of a query: relationship type, numbers of head and tail; in order of coming.

    At most ``rows`` results are read. Raises UsageError for a query that is refused, StoreError for one that the server
    cannot run, DeadlineError when it takes longer than ``timeout`` seconds.
    """
    _check_text(query)
    if server.graph is not None:
        raise UsageError("queries of others are not run where several graphs share a database: they would see them all")
    kind, operators = server.explain(query, timeout=timeout)
    if kind != "r":
        raise UsageError("the query is refused: it does more than read")
    refused = sorted({name for name in operators if _REFUSED.search(name)})
    if refused:
        raise UsageError(f"the query is refused: it holds {refused[0]}")
    found: dict[str, None] = {}
    for values in server.plain(query, timeout=timeout, rows=rows):
        found |= dict.fromkeys(_relationships(values))
    known = {
        id: (type, head, tail)
        for id, type, head, tail in server.answer(
            _NUMBERED.format(shows=view.several("a")), {"ids": list(found), **view.parameters}, timeout=timeout
        )
    }
    return list(dict.fromkeys(known[id] for id in found if id in known))


def _check_text(query: str) -> None:
    if len(query) > LONGEST:
        raise UsageError(f"the query is refused: it is longer than {LONGEST} characters")
    if "\\u" in query:
        raise UsageError("the query is refused: it holds an escape that hides what it says")
    bare = _QUOTED.sub(" ", query)
    if _OTHER_DATABASE.search(bare):
        raise UsageError("the query is refused: it names another database, or how it is to be run")
    for call in _EXTENSION.findall(bare):
        if call.partition(".")[0].strip().lower() not in _OWN_NAMESPACES:
            raise UsageError(f"the query is refused: it calls {call.rstrip('( ')}, which is not part of Cypher")


def _relationships(value: Any) -> Iterator[str]:
    """The element id of every relationship in a result, in paths, lists and maps too."""
    from neo4j.graph import Path, Relationship

    if isinstance(value, Relationship):
        yield value.element_id
    elif isinstance(value, Path):
        yield from (part.element_id for part in value.relationships)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _relationships(part)
    elif isinstance(value, dict):
        yield from _relationships(list(value.values()))
