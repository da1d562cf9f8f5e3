"""English words about what lasts: its beginning and end ("since when"), and as what somebody took part in it."""

from __future__ import annotations

BEGINNINGS = frozenset(
    """
    since from start starts started starting begin begins began begun beginning join joins joined joining enter entered
    """.split()
)
ENDINGS = frozenset(
    """
    until till end ends ended ending stop stops stopped stopping finish finishes finished leave leaves left leaving
    quit cease ceased resign resigned retire retired expire expired divorce divorced
    """.split()
)
DATES = frozenset("year month day date time".split())
"""Nouns that ask for a moment: "in which year"."""
ROLES = frozenset("role capacity function part".split())
"""Nouns that ask as what somebody takes part in something, whatever a graph calls it."""
