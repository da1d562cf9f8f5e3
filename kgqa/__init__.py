"""kgqa answers questions from a knowledge graph and its documents, and shows why each answer holds."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kgqa.config import Settings, load_settings
    from kgqa.engine import Engine
    from kgqa.errors import KgqaError
    from kgqa.retrieval.filters import Filter
    from kgqa.types import Answer, Entity, Literal, Passage, Relation, Same, Triple

# Loaded when first used (PEP 562), so that importing the package costs nothing.
_EXPORTS = {
    "Engine": "kgqa.engine",
    "Settings": "kgqa.config",
    "load_settings": "kgqa.config",
    "KgqaError": "kgqa.errors",
    "Filter": "kgqa.retrieval.filters",
    "Answer": "kgqa.types",
    "Entity": "kgqa.types",
    "Literal": "kgqa.types",
    "Passage": "kgqa.types",
    "Relation": "kgqa.types",
    "Same": "kgqa.types",
    "Triple": "kgqa.types",
}

__all__ = [
    "Answer",
    "Engine",
    "Entity",
    "Filter",
    "KgqaError",
    "Literal",
    "Passage",
    "Relation",
    "Same",
    "Settings",
    "Triple",
    "__version__",
    "load_settings",
]


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module 'kgqa' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


def _show_answers_in_notebooks() -> None:
    """Lets answers show themselves where IPython runs already; the page is made when the first one is shown."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is not None:
        pages = shell.display_formatter.formatters["text/html"]
        pages.for_type_by_name(
            "kgqa.answers", "Answer", lambda answer: import_module("kgqa.notebook").answer_html(answer)
        )


_show_answers_in_notebooks()
