"""A Neo4j server of one's own, without Docker: fetched with Maven, started with Java, on a loopback port."""

from kgqa.graph.neo4j.local.server import LocalServer, RunningServer, Status
from kgqa.graph.neo4j.local.software import fetch_jars, missing_programs

__all__ = ["LocalServer", "RunningServer", "Status", "fetch_jars", "missing_programs"]
