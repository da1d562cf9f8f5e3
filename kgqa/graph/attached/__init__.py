"""Somebody else's property graph on a Neo4j server: inspected, mapped, and answered from read-only."""

from __future__ import annotations

from kgqa.graph.attached.inspection import inspect_graph
from kgqa.graph.attached.mapping import GraphMap, dump_graph_map, load_graph_map
from kgqa.graph.attached.proposal import propose_graph_map
from kgqa.graph.attached.store import AttachedStore, is_attached

__all__ = [
    "AttachedStore",
    "GraphMap",
    "dump_graph_map",
    "inspect_graph",
    "is_attached",
    "load_graph_map",
    "propose_graph_map",
]
