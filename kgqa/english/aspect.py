"""English words for the beginning and the end of what lasts: "since when", "when did she leave"."""

from __future__ import annotations

BEGINNINGS = frozenset(
    """
    since from start starts started starting begin begins began begun beginning join joins joined joining enter entered
    """.split()
)
ENDINGS = frozenset(
    """
    until till end ends ended ending stop stops stopped stopping finish finishes finished leave leaves left leaving
    quit cease ceased
    """.split()
)
DATES = frozenset("year month day date time".split())
"""Nouns that ask for a moment: "in which year"."""
