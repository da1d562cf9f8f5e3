"""The schema of a database: numbered scripts in graph/schema/neo4j, each applied once and recorded in the database."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgqa.assets import asset
from kgqa.errors import StoreVersionError
from kgqa.graph.neo4j.names import escape
from kgqa.graph.neo4j.server import Server

_FOLDER = "graph/schema/neo4j"
_INDEX = re.compile(r"\bkgqa_[a-z_]+\b")
_DONE = "MATCH (m:KgqaMigration) RETURN m.number"
_RECORD = "MERGE (m:KgqaMigration {number: $number}) ON CREATE SET m.at = datetime()"


def apply_migrations(server: Server) -> bool:
    """Applies what this database has not had, in order; tells whether there was any.

    Raises StoreVersionError when it has had newer ones.
    """
    done = {int(row[0]) for row in server.read(_DONE)}
    known = dict(_scripts())
    if newer := sorted(done - set(known)):
        raise StoreVersionError(
            f"{server.location}: the database has had migration {newer[-1]}; this kgqa knows up to {max(known)}: "
            "install a newer kgqa"
        )
    for number, script in known.items():
        if number not in done:
            for statement in filter(str.strip, script.split(";")):
                server.schema(_named(statement, server.graph))
            server.write(_RECORD, number=number)
    return bool(known.keys() - done)


def index_name(name: str, graph: str | None) -> str:
    """The name of one of our indexes in this graph."""
    return name if graph is None else f"{graph}.{name}"


def _scripts() -> Iterator[tuple[int, str]]:
    for path in sorted(asset(_FOLDER).glob("*.cypher")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield int(path.stem), "\n".join(line for line in lines if not line.startswith("//"))


def _named(statement: str, graph: str | None) -> str:
    return _INDEX.sub(lambda match: escape(index_name(match[0], graph)), statement)
