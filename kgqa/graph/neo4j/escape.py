"""Names inside Cypher: the one place where text becomes part of a query."""

from __future__ import annotations


def escaped(name: str) -> str:
    r"""A label, relationship type or property as a quoted identifier that means exactly ``name``, whatever it holds.

    Cypher replaces ``\uXXXX`` before it reads anything else, so a backslash could bring in the closing backtick.
    """
    return "`" + name.replace("\\", "\\u005C").replace("`", "``") + "`"
