"""From a question to ranked executable plans; ``docs/planner.md`` tells how."""

from kgqa.reasoning.search.planner import Planner
from kgqa.reasoning.search.ranking.ranker import Ranker, load_ranker
from kgqa.reasoning.search.results import PlanSearch, ScoredPlan
from kgqa.reasoning.search.vocabulary.schema import Schema, build_schema

__all__ = ["PlanSearch", "Planner", "Ranker", "Schema", "ScoredPlan", "build_schema", "load_ranker"]
