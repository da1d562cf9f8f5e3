"""Opens, builds, answers: wires the rooms together and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgqa.engine.engine import Engine

__all__ = ["Engine"]


def __getattr__(name: str) -> Any:
    if name == "Engine":  # loaded when used: the reports beside it are light
        from kgqa.engine.engine import Engine

        return Engine
    raise AttributeError(f"module 'kgqa.engine' has no attribute {name!r}")
