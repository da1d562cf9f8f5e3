"""A Neo4j server of one's own, without Docker: fetched with Maven, started with Java, on a loopback port."""

from kgqa.graph.neo4j.local.server import LocalServer, Status, running
from kgqa.graph.neo4j.local.software import fetch_jars, missing_programs

__all__ = ["LocalServer", "Status", "fetch_jars", "missing_programs", "running"]
