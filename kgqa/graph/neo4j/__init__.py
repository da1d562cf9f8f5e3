"""The store on a Neo4j server."""

from kgqa.graph.neo4j.store import FORMAT, Neo4jStore

__all__ = ["FORMAT", "Neo4jStore"]
