"""Plans as English and as pictures."""

import pytest

from kgqa.graph.snapshot import RelationInfo
from kgqa.reasoning.explain import explain
from kgqa.reasoning.picture import plan_graph
from kgqa.reasoning.plan import (
    Compare,
    Comparison,
    Count,
    Difference,
    Exists,
    HasFilter,
    Having,
    Hop,
    Intersect,
    OfType,
    Plan,
    Start,
    Step,
    Superlative,
    TimeSpan,
    TypeFilter,
    Union,
    ValueFilter,
)
from kgqa.types import Literal, LiteralType

KNOWN = {
    "borders": RelationInfo("borders", symmetric=True),
    "lang": RelationInfo("lang", "language"),
    "found": RelationInfo("found", "discovered by", "discovered", domain="element"),
    "place": RelationInfo(
        "place", "discovered in", "country where it was discovered", domain="element", range="country"
    ),
    "spoken": RelationInfo("spoken", "official language", "spoken in", domain="country"),
    "odd": RelationInfo("odd", "a {part} of"),
    "capitalOf": RelationInfo("capitalOf", "capital of", "has capital"),
}


class Words:
    """Names for the tests: ids stand for themselves, some relations have labels."""

    def node(self, ref: str | Literal) -> str:
        return ref if isinstance(ref, str) else ref.label()

    def relation(self, id: str) -> RelationInfo | None:
        return KNOWN.get(id)

    def type(self, id: str) -> str:
        return id


POLONIUM = Hop(Start(("Polonium",)), Step("country_of_discovery"))
NEIGHBOURS = Hop(POLONIUM, Step("borders"))
BORDERING = "the things that border the country of discovery of Polonium"


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (Hop(NEIGHBOURS, Step("lang")), f"the language of {BORDERING}"),
        (TypeFilter(NEIGHBOURS, "country"), "the countries that border the country of discovery of Polonium"),
        (Count(NEIGHBOURS), f"the number of {BORDERING.removeprefix('the ')}"),
        (Count(Hop(Start(("X",)), Step("lang"))), "the number of languages of X"),
        (Count(Hop(Start(("X",)), Step("country_of_discovery"))), "the number of countries of discovery of X"),
        (Count(Hop(Start(("Davy",)), Step("found", True))), "the number of elements that Davy discovered"),
        (Count(Hop(Start(("Italy",)), Step("place", True))), "the number of elements discovered in Italy"),
        (Hop(Start(("X",)), Step("place")), "the countries that X was discovered in"),
        (
            TypeFilter(Hop(Start(("X",)), Step("place")), "country"),
            "the countries that X was discovered in (countries only)",
        ),
        (TypeFilter(Hop(Start(("X",)), Step("place")), "city"), "the cities that X was discovered in"),
        (Exists(Hop(Start(("X",)), Step("place"))), "whether there are countries that X was discovered in"),
        (Hop(Start(("X",)), Step("spoken", True)), "the countries that X is spoken in"),
        (
            Superlative(OfType("country"), (Step("place", True),), count=True),
            "those of all countries that the most elements were discovered in",
        ),
        (Hop(Start(("X",)), Step("works_for", True)), "the things that work for X"),
        (Hop(Start(("X",)), Step("odd")), "the things that X is a {part} of"),
        (Superlative(NEIGHBOURS, (Step("area"),)), f"those of {BORDERING} with the largest area"),
        (
            Superlative(OfType("country"), (Step("area"),), False, rank=2),
            "those of all countries with the second smallest area",
        ),
        (
            Superlative(OfType("country"), (Step("borders"),), count=True),
            "those of all countries that border the most things",
        ),
        (Superlative(OfType("country"), (Step("lang"),), count=True), "those of all countries with the most languages"),
        (Hop(Start(("X",)), Step("directed_by")), "the things that directed X"),
        (TypeFilter(Hop(Start(("X",)), Step("directed_by", True)), "film"), "the films directed by X"),
        (Hop(Start(("X",)), Step("has_genre", True)), "the things whose genre is X"),
        (Hop(Start(("X",)), Step("capitalOf")), "the things that X is capital of"),
        (Hop(Start(("X",)), Step("capitalOf", True)), "the capital of X"),
        (Hop(Start(("X",)), Step("placeOfBirth")), "the place of birth of X"),
        (
            ValueFilter(
                OfType("element"), (Step("discovery_year"),), Comparison.LESS, Literal("1900", LiteralType.YEAR)
            ),
            "all elements whose discovery year is before 1900",
        ),
        (
            ValueFilter(OfType("city"), (Step("population"),), Comparison.GREATER, Literal("5", LiteralType.INTEGER)),
            "all cities whose population is more than 5",
        ),
        (
            HasFilter(OfType("film"), (Step("directed_by"),), Start(("X",)), True),
            "all films other than those directed by X",
        ),
        (HasFilter(OfType("country"), (Step("lang"),), Start(("French",))), "all countries whose language is French"),
        (Exists(NEIGHBOURS, Start(("Spain",))), f"whether Spain is among {BORDERING}"),
        (Exists(OfType("film")), "whether there are films"),
        (Having(Step("area")), "all things that have an area"),
        (Having(Step("lang")), "all things that have a language"),
        (Having(Step("works_for")), "all things that work for something"),
        (Having(Step("directed_by", True)), "all things that directed something"),
        (Having(Step("capitalOf", True)), "all things that have a capital"),
        (Count(Having(Step("directed_by"))), "the number of things directed by something"),
        (
            Superlative(Having(Step("area")), (Step("area"),)),
            "those of all things that have an area with the largest area",
        ),
        (TypeFilter(Having(Step("area")), "film"), "all things that have an area that are films"),
        (Intersect((OfType("film"), Start(("X", "Y")))), "all films that are also X or Y"),
        (Union((Start(("X",)), OfType("film"))), "X together with all films"),
        (Difference(OfType("film"), Start(("X",))), "all films except X"),
        (
            Compare(Start(("X",)), Start(("Y",)), (Step("area"),), Comparison.GREATER),
            "which of X and Y has the larger area",
        ),
        (
            Compare(Start(("X",)), Start(("Y",)), (Step("lang"),), Comparison.LESS, which=False, count=True),
            "whether the number of languages of X is smaller than that of Y",
        ),
        (
            Hop(Start(("X",)), Step("seat"), during=TimeSpan("1949", "1990"), completed=True),
            "the seat of X from 1949 to 1990 (predicted where missing)",
        ),
    ],
)
def test_plans_read_as_english(plan: Plan, text: str) -> None:
    assert explain(plan, Words()) == text


def test_a_plan_is_a_picture_with_the_answer_last() -> None:
    picture = plan_graph(Count(Hop(NEIGHBOURS, Step("lang", True), completed=True)), Words())
    assert [node["op"] for node in picture["nodes"]] == ["start", "hop", "hop", "hop", "count"]
    assert picture["nodes"][0]["text"] == "Polonium"
    edges = picture["edges"]
    assert [edge["label"] for edge in edges] == ["country of discovery", "borders", "language", ""]
    assert [(edge["source"], edge["target"]) for edge in edges] == [
        ("n0", "n1"),
        ("n1", "n2"),
        ("n2", "n3"),
        ("n3", "n4"),
    ]
    assert [edge["inverse"] for edge in edges] == [False, False, True, False]
    assert [edge["predicted"] for edge in edges] == [False, False, True, False]
