"""The grammar's rules for measures, names, and what has no answer: see ``grammar.py``."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk, Some
from eval.suites.compositional.grammar import Rule, misspell, plain
from eval.suites.elements.asking import Measured

MANY = 10_000_000
YEAR = 1850


def rules() -> tuple[Rule, ...]:
    return (*_measures(), *_names(), *_nothing())


def _measures() -> tuple[Rule, ...]:
    return (
        Rule(
            "count",
            ("country",),
            lambda x: len(x.to("borders")) or None,
            ("how many countries border {x}?", "how many neighbours does {x} have?"),
            ("{x} adjoins how many states?", "number of states (next to|adjoining) {x}?"),
        ),
        Rule(
            "superlative",
            ("country",),
            lambda x: x.to("borders").most("area") if len(x.to("borders").values("area")) > 1 else None,
            ("(which|what) neighbour of {x} has the largest area?", "which is the largest country that borders {x}?"),
            ("out of the states adjoining {x}, the (most extensive|biggest by area) is?",),
        ),
        Rule(
            "comparison",
            ("country", "country"),
            lambda x, y: (x | y).most("population"),
            ("which has the larger population, {x} or {y}?", "do more people live in {x} or in {y}?"),
            ("{x} and {y}: name the more populous one", "by population, which is ahead: {x} or {y}?"),
            3,
        ),
        Rule(
            "comparison",
            ("element", "element"),
            lambda x, y: _earlier(x, y),
            ("which was discovered earlier, {x} or {y}?", "what was found first, {x} or {y}?"),
            ("{x} and {y}: name the one found (sooner|at the earlier date)",),
            3,
        ),
        Rule(
            "yes-no",
            ("country", "country"),
            lambda x, y: True if y in x.to("borders") else None,
            ("does {x} border {y}?", "is {y} a neighbour of {x}?"),
            (
                "are {x} and {y} next to each other?",
                "can one walk from {x} straight into {y}, i.e. do they share a border?",
            ),
            3,
        ),
        Rule(
            "yes-no",
            ("element", "country"),
            lambda x, y: (
                False if x.to("discovered_in") and y not in x.to("discovered_in") and y.back("discovered_in") else None
            ),
            ("was {x} discovered in {y}?", "is {y} the country where {x} was found?"),
            ("would you say that {x} was first found in {y}?",),
            3,
        ),
        Rule(
            "temporal",
            ("country",),
            lambda x: (
                x.back("discovered_in").least("discovery_year")
                if x.back("discovered_in").values("discovery_year")
                else None
            ),
            ("which element was the first to be discovered in {x}?", "what was the earliest element found in {x}?"),
            (
                "the history of discoveries in {x} begins with which element?",
                "in {x}, which element came to light before all others?",
            ),
        ),
    )


def _names() -> tuple[Rule, ...]:
    return (
        Rule(
            "misspelt",
            ("country",),
            lambda x: x.to("capital"),
            ("what is the capital of {x}?", "{x} has which capital?"),
            ("{x}'s capital, please", "the capital city belonging to {x}?"),
            3,
            names=misspell,
        ),
        Rule(
            "misspelt",
            ("element",),
            lambda x: x.to("discovered_by"),
            ("who discovered {x}?", "who found the element {x}?"),
            ("the finder of {x} was who?",),
            3,
            names=misspell,
        ),
        Rule(
            "lower-case",
            ("country",),
            lambda x: x.to("official_language"),
            ("what languages are spoken in {x}?", "official language of {x}"),
            ("{x} people speak which language", "language used in {x}"),
            3,
            text=plain,
        ),
        Rule(
            "lower-case",
            ("element",),
            lambda x: _value(x, "discovery_year"),
            ("in which year was {x} discovered?", "when was {x} discovered?"),
            ("year of the {x} discovery",),
            3,
            text=plain,
        ),
    )


def _nothing() -> tuple[Rule, ...]:
    return (
        Rule(
            "unanswerable",
            ("country",),
            lambda x: Desk.unknown("no_plan"),
            (
                "who is the (best|most famous) singer of {x}?",
                "how many (hospitals|trains) are there in {x}?",
                "what is the national anthem of {x}?",
            ),
            (
                "which (sport|dish) do people in {x} like best?",
                "{x}'s gross domestic product?",
                "how warm does it get in {x} in July?",
            ),
        ),
        Rule(
            "unanswerable",
            ("element",),
            lambda x: None if x.value("boiling_point") is not None else Desk.unknown("no_answer"),
            ("what is the boiling point of {x}?", "at what temperature does {x} boil?"),
            ("how hot must {x} be before it boils?",),
            3,
        ),
        Rule(
            "unanswerable",
            ("country",),
            lambda x: None if x.to("borders") else Desk.unknown("no_answer"),
            ("which countries border {x}?",),
            ("what adjoins {x} by land?",),
            3,
        ),
        Rule(
            "false-premise",
            ("person", "element"),
            lambda x, y: (
                Desk.untrue(y in x.back("discovered_by"))
                if y.to("discovered_by") and x not in y.to("discovered_by")
                else None
            ),
            ("in which year did {x} discover {y}?", "where did {x} discover {y}?"),
            ("{x} found {y} - in what year was that?",),
        ),
        Rule(
            "false-premise",
            ("element",),
            lambda x: Desk.untrue(x.to("capital")),
            ("what is the capital of {x}?", "which countries border {x}?"),
            ("people in {x} pay with what currency?", "what tongue is official in {x}?"),
            3,
        ),
    )


def _earlier(x: Some, y: Some) -> Some | None:
    years = [one.value("discovery_year") for one in (x, y)]
    return None if None in years or years[0] == years[1] else (x | y).least("discovery_year")


def _value(x: Some, attribute: str) -> Measured | None:
    return None if x.value(attribute) is None else x.measured(attribute)
