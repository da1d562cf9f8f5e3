"""What several integration tests do with the server behind the store's back."""

from __future__ import annotations

from typing import Any

from kgqa.graph.neo4j.local import RunningServer


def run(server: RunningServer, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of a query, through the bare driver."""
    from neo4j import GraphDatabase

    address = server.uri.rpartition("/")[0]
    with (
        GraphDatabase.driver(address, auth=("neo4j", server.password), notifications_min_severity="OFF") as driver,
        driver.session() as session,
    ):
        return [tuple(row.values()) for row in session.run(query, values)]
