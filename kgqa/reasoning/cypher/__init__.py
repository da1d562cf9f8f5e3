"""Plans on a graph that stays on its server: compiled to parameterised, read-only Cypher."""

from __future__ import annotations

from kgqa.reasoning.cypher.execution import execute_on_server

__all__ = ["execute_on_server"]
