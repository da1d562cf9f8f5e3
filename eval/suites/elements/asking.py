"""What a question of the suite is, and small steps over the records of which its answer is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eval.suites.elements.records import Graph


@dataclass(frozen=True, slots=True)
class Measured:
    """The value of one attribute."""

    id: str
    attribute: str


@dataclass(frozen=True, slots=True)
class InPassage:
    """What only this passage says: an entity, or phrases of which one must be in the answer."""

    passage: str
    phrases: tuple[str, ...] = ()
    entities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Abstain:
    """No answer: ``code`` is the reason looked for, ``also`` are others that are accepted.

    ``premise`` is what the question takes for granted; it must come out false (or empty).
    """

    code: str
    also: tuple[str, ...] = ()
    premise: Any = False


@dataclass(frozen=True, slots=True)
class Ask:
    shape: str
    question: str
    answer: Callable[[Graph], Any]
    split: str | None = None


NOT_KNOWN = ("no_answer", "no_entity", "no_plan", "low_confidence", "unsupported")
NOT_SO = ("false_premise", "no_answer", "no_plan", "unsupported")


def unknown(code: str, premise: Any = False) -> Abstain:
    return Abstain(code, tuple(other for other in NOT_KNOWN if other != code), premise)


def false_premise(premise: Any = False) -> Abstain:
    return Abstain("false_premise", NOT_SO[1:], premise)


def e(g: Graph, label: str) -> str:
    return g.id("element", label)


def c(g: Graph, label: str) -> str:
    return g.id("country", label)


def p(g: Graph, label: str) -> str:
    return g.id("person", label)


def members(g: Graph, series: str) -> set[str]:
    return g.back(g.id("series", series), "series")


def found_in(g: Graph, label: str) -> set[str]:
    return g.back(c(g, label), "discovered_in")


def neighbours(g: Graph, countries: str | set[str]) -> set[str]:
    return g.to(countries, "borders") - ({countries} if isinstance(countries, str) else set())


def speaking(g: Graph, label: str) -> set[str]:
    return g.back(g.id("language", label), "official_language")


def in_subregion(g: Graph, label: str) -> set[str]:
    return g.back(g.id("subregion", label), "subregion")


def in_region(g: Graph, label: str) -> set[str]:
    return g.back(g.id("region", label), "region")


def year(g: Graph, ids: set[str], first: int, last: int) -> set[str]:
    return g.where(ids, "discovery_year", lambda value: first <= value <= last)


def attribute(g: Graph, name: str) -> Callable[[str], Any]:
    return lambda ref: g.value(ref, name)


def more(g: Graph, a: str, b: str, name: str, *, largest: bool = True) -> set[str]:
    return g.extreme({a, b}, attribute(g, name), largest=largest)


Asked = list[tuple[str, Callable[[Graph], Any]]]
"""Wordings, each with what computes its answer."""
