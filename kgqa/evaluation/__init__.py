"""Judges answers of any system: metrics, intervals, reports; batch files."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgqa.evaluation.evaluator import evaluate
    from kgqa.evaluation.report import Report

__all__ = ["Report", "evaluate"]

_EXPORTS = {"evaluate": "kgqa.evaluation.evaluator", "Report": "kgqa.evaluation.report"}


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module 'kgqa.evaluation' has no attribute {name!r}")
