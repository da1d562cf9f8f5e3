"""The grammar's rules for paths, sets and filters: see ``grammar.py``."""

from __future__ import annotations

from typing import Any

from eval.suites.compositional.desk import Some
from eval.suites.compositional.grammar import Rule

MANY = 10_000_000
YEAR = 1850


def rules() -> tuple[Rule, ...]:
    return (*_paths(), *_sets())


def _paths() -> tuple[Rule, ...]:
    return (
        Rule(
            "1-hop",
            ("country",),
            lambda x: x.to("capital"),
            ("(what|which) city is the capital of {x}?", "name the capital of {x}", "what is {x}'s capital city?"),
            ("{x}: (capital|capital city)?", "the government of {x} sits in (which|what) city?"),
            3,
        ),
        Rule(
            "1-hop",
            ("element",),
            lambda x: x.to("discovered_by"),
            ("(who|which scientists) discovered {x}?", "{x} was discovered by whom?"),
            ("the discovery of {x} is (due to|the work of) whom?", "tell me the (discoverer|discoverers) of {x}"),
            3,
        ),
        Rule(
            "inverse",
            ("city",),
            lambda x: x.back("capital"),
            ("{x} is the capital of (which|what) country?", "(which|what) country has {x} as its capital?"),
            ("whose capital is {x}?", "from {x}, which country is (governed|ruled)?"),
            3,
        ),
        Rule(
            "inverse",
            ("person",),
            lambda x: x.back("discovered_by"),
            ("(which|what) elements did {x} discover?", "list the elements discovered by {x}"),
            ("(everything|all) that {x} (found|discovered)", "{x} is the discoverer of what?"),
            3,
        ),
        Rule(
            "inverse",
            ("language",),
            lambda x: x.back("official_language"),
            ("in (which|what) countries is {x} spoken?", "where do people speak {x}?"),
            ("{x} is the language of (which|what) (nations|countries)?", "countries having {x} as official language"),
            3,
        ),
        Rule(
            "2-hop",
            ("element",),
            lambda x: x.to("discovered_in").to("capital"),
            (
                "what is the capital of the country where {x} was discovered?",
                "name the capital of the country in which {x} was found",
            ),
            (
                "{x} was first found in a country with (which|what) capital?",
                "the country of discovery of {x} has which capital?",
            ),
        ),
        Rule(
            "2-hop",
            ("country",),
            lambda x: x.to("borders").to("currency"),
            (
                "(which|what) currencies are used in the countries that border {x}?",
                "list the currencies of {x}'s neighbours",
            ),
            (
                "money in use (next to|around) {x}, in its neighbouring states?",
                "what does one pay with in the states adjoining {x}?",
            ),
            3,
        ),
        Rule(
            "3-hop",
            ("element",),
            lambda x: x.to("discovered_in").to("borders").to("capital"),
            (
                "what are the capitals of the countries that border the country where {x} was discovered?",
                "list the capitals of the neighbours of the country in which {x} was found",
            ),
            (
                "{x} was discovered somewhere: what capitals do that country's neighbours have?",
                "capitals around the country of discovery of {x}, one per neighbour",
            ),
        ),
        Rule(
            "3-hop",
            ("city",),
            lambda x: x.back("capital").to("borders").to("official_language"),
            ("(which|what) languages are spoken in the countries that border the country whose capital is {x}?",),
            ("{x} is a capital; the neighbours of its country (speak|have) which languages?",),
            3,
        ),
        Rule(
            "4-hop",
            ("person",),
            lambda x: x.back("discovered_by").to("discovered_in").to("borders").to("capital"),
            ("what are the capitals of the neighbours of the countries where the elements of {x} were discovered?",),
            ("{x} made discoveries in a country (or more); its neighbours have which capitals?",),
        ),
    )


def _sets() -> tuple[Rule, ...]:
    return (
        Rule(
            "intersection",
            ("country", "country"),
            lambda x, y: x.to("borders") & y.to("borders"),
            (
                "(which|what) countries border both {x} and {y}?",
                "which neighbours do {x} and {y} (share|have in common)?",
            ),
            ("what lies (next to|beside) {x} and also (next to|beside) {y}?", "a state adjoining {x} as well as {y}?"),
        ),
        Rule(
            "union",
            ("country", "country"),
            lambda x, y: x.to("borders") | y.to("borders") if x.to("borders") and y.to("borders") else None,
            ("(which|what) countries border {x} or {y}?", "list all neighbours of {x} or of {y}"),
            (
                "states adjoining {x}, plus the ones adjoining {y}",
                "either {x} or {y} has which states (next to|beside) it?",
            ),
            3,
        ),
        Rule(
            "difference",
            ("country", "currency"),
            lambda x, y: _less(x.to("borders"), y.back("currency")),
            (
                "(which|what) countries that border {x} do not use the {y}?",
                "neighbours of {x} without the {y} as currency",
            ),
            ("where (next to|around) {x} does one not pay with the {y}, in which states?",),
            3,
        ),
        Rule(
            "middle",
            ("country", "language"),
            lambda x, y: _part(x.to("borders"), y.back("official_language"), "capital"),
            (
                "what are the capitals of the countries that border {x} and where {y} is spoken?",
                "name the capitals of those neighbours of {x} where people speak {y}",
            ),
            ("of the {y} speaking states adjoining {x}, give the capitals",),
        ),
        Rule(
            "several",
            ("element", "element"),
            lambda x, y: x.to("discovered_by") & y.to("discovered_by"),
            ("who discovered both {x} and {y}?", "who had a part in discovering {x} and also {y}?"),
            ("{x} and {y} have which discoverer in common?",),
            3,
        ),
        Rule(
            "filter-number",
            ("country",),
            lambda x: _some(x.to("borders"), "population", lambda n: n > MANY),
            (
                "(which|what) neighbours of {x} have more than 10 million inhabitants?",
                "list countries bordering {x} with a population above 10,000,000",
            ),
            ("states adjoining {x} in which (over|more than) ten million people live",),
        ),
        Rule(
            "filter-date",
            ("country",),
            lambda x: _some(x.back("discovered_in"), "discovery_year", lambda y: y < YEAR),
            ("(which|what) elements were discovered in {x} before 1850?", "list elements found in {x} before 1850"),
            ("prior to 1850, what was discovered in {x}?",),
            3,
        ),
        Rule(
            "filter-text",
            ("element",),
            lambda x: x,
            ("which element has the chemical symbol {x}?", "what element is written {x}?"),
            ("{x} stands for which element in the periodic table?", "in formulas, {x} is short for what?"),
            3,
            names=lambda q, ref, _: q.graph.value(ref, "symbol"),
        ),
    )


def _less(whole: Some, without: Some) -> Some | None:
    """The difference, where something is taken away."""
    return whole - without if whole.ids & without.ids else None


def _part(whole: Some, condition: Some, relation: str) -> Some | None:
    """Where a relation leads from those that meet the condition, when not all do."""
    meet = whole & condition
    return meet.to(relation) if meet.ids != whole.ids else None


def _some(whole: Some, attribute: str, test: Any) -> Some | None:
    """Those whose value passes, when not all do."""
    passing = whole.where(attribute, test)
    return passing if len(passing) < len(whole) else None
