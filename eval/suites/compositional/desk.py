"""Where the suite's questions are written down: the records as sets that are walked, and a note of what each names.

The gold answers are these expressions' values over the recipe's records; nothing of the engine is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from eval.suites.elements.asking import Ask, InPassage, Measured, false_premise, unknown
from eval.suites.elements.records import Graph

OPEN_KINDS = ("element", "country", "person", "organisation", "city", "language", "currency", "politician")
"""Kinds whose members either half may use, never both; the classes of a few members serve in both."""


@dataclass(frozen=True, slots=True)
class Some:
    """A set of entities."""

    graph: Graph
    ids: frozenset[str]

    def _new(self, ids: Iterable[str]) -> Some:
        return Some(self.graph, frozenset(ids))

    def to(self, relation: str) -> Some:
        """What these point to by the relation."""
        return self._new(self.graph.to(self.ids, relation))

    def back(self, relation: str) -> Some:
        """What points to these by the relation."""
        return self._new(self.graph.back(self.ids, relation))

    def __and__(self, other: Some) -> Some:
        return self._new(self.ids & other.ids)

    def __or__(self, other: Some) -> Some:
        return self._new(self.ids | other.ids)

    def __sub__(self, other: Some) -> Some:
        return self._new(self.ids - other.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, other: Some) -> bool:
        """Whether another set lies in this one."""
        return bool(other.ids) and other.ids <= self.ids

    def where(self, attribute: str, test: Callable[[Any], bool]) -> Some:
        """Those with a value of the attribute that passes; what has none never does."""
        return self._new(ref for ref in self.ids if any(test(value) for value in _values(self.graph, ref, attribute)))

    def most(self, attribute: str) -> Some:
        return self._new(self.graph.extreme(self.ids, lambda ref: self.graph.value(ref, attribute)))

    def least(self, attribute: str) -> Some:
        return self._new(self.graph.extreme(self.ids, lambda ref: self.graph.value(ref, attribute), largest=False))

    def by(self, count: Callable[[Some], int], test: Callable[[int], bool]) -> Some:
        """Those whose count passes."""
        return self._new(ref for ref in self.ids if test(count(self._new([ref]))))

    def with_most(self, count: Callable[[Some], int]) -> Some:
        return self._new(self.graph.extreme(self.ids, lambda ref: count(self._new([ref]))))

    def value(self, attribute: str) -> Any:
        """The value of the only member."""
        (ref,) = self.ids
        return self.graph.value(ref, attribute)

    def values(self, attribute: str) -> set[Any]:
        return {value for ref in self.ids for value in _values(self.graph, ref, attribute)}

    def measured(self, attribute: str) -> Measured:
        """The value of the only member, with its unit."""
        (ref,) = self.ids
        return Measured(ref, attribute)


def _values(graph: Graph, ref: str, attribute: str) -> list[Any]:
    found = [value["value"] if isinstance(value, dict) else value for value in graph.attributes[ref].get(attribute, ())]
    return [int(value) for value in found] if attribute == "discovery_year" else found


class Desk:
    """Takes questions down, one after the other: ``desk(shape, wording, answer)``.

    The open-kind entities looked up since the question before are noted as those that this one names.
    """

    def __init__(self, graph: Graph, split: str) -> None:
        self.graph = graph
        self.split = split
        self.asked: list[tuple[Ask, frozenset[str]]] = []
        self._named: set[str] = set()

    def __call__(self, shape: str, question: str, answer: Any) -> None:
        value = set(answer.ids) if isinstance(answer, Some) else answer
        self.asked.append((Ask(shape, question, lambda _: value, self.split), frozenset(self._named)))
        self._named.clear()

    def one(self, kind: str, label: str) -> Some:
        """The thing of that type and label; KeyError when the packages no longer hold it."""
        ref = self.graph.id(kind, label)
        if kind in OPEN_KINDS:
            self._named.add(ref)
        return Some(self.graph, frozenset([ref]))

    def every(self, kind: str) -> Some:
        return Some(self.graph, frozenset(self.graph.all(kind)))

    def el(self, *labels: str) -> Some:
        return self._join("element", labels)

    def co(self, *labels: str) -> Some:
        return self._join("country", labels)

    def pe(self, *labels: str) -> Some:
        return self._join("person", labels)

    def ci(self, label: str) -> Some:
        return self.one("city", label)

    def found_in(self, *countries: str) -> Some:
        """Elements discovered in the countries."""
        return self.co(*countries).back("discovered_in")

    def found_by(self, *people: str) -> Some:
        return self.pe(*people).back("discovered_by")

    def near(self, *countries: str) -> Some:
        """Countries that border them."""
        return self.co(*countries).to("borders")

    def speaking(self, language: str) -> Some:
        return self.one("language", language).back("official_language")

    def paying(self, currency: str) -> Some:
        return self.one("currency", currency).back("currency")

    def in_series(self, series: str) -> Some:
        return self.one("series", series).back("series")

    def in_region(self, region: str) -> Some:
        return self.one("region", region).back("region")

    def in_sub(self, subregion: str) -> Some:
        return self.one("subregion", subregion).back("subregion")

    def in_block(self, letter: str) -> Some:
        return self.one("block", f"{letter}-block").back("block")

    def in_period(self, number: int) -> Some:
        return self.one("period", f"Period {number}").back("period")

    def in_group(self, number: int) -> Some:
        return self.one("group", f"Group {number}").back("group")

    def led(self, country: str, first: str, last: str) -> Some:
        """Who led it at any time from ``first`` to ``last``, ISO dates of any precision, closed."""
        (head,) = self.co(country).ids
        terms = [term for term in self.graph.dated if term["head"] == head]
        during = (t["tail"] for t in terms if t["qualifiers"]["valid_from"][: len(last)] <= last)
        after = {t["tail"] for t in terms if t["qualifiers"]["valid_to"][: len(first)] >= first}
        return Some(self.graph, frozenset(ref for ref in during if ref in after))

    def passage(self, id: str, *phrases: str, entity: Some | None = None) -> InPassage:
        return InPassage(id, phrases, entity.ids if entity else frozenset())

    def _join(self, kind: str, labels: tuple[str, ...]) -> Some:
        out = Some(self.graph, frozenset())
        for label in labels:
            out |= self.one(kind, label)
        return out

    @staticmethod
    def unknown(code: str, premise: Any = False) -> Any:
        """No answer; ``premise`` is what would be one, and must come out empty."""
        return unknown(code, premise)

    @staticmethod
    def untrue(premise: Any = False) -> Any:
        """What the question takes for granted is not so; ``premise`` must come out false."""
        return false_premise(premise)
