"""Counts, extremes, comparisons, and yes or no."""

from __future__ import annotations

from eval.suites.elements.asking import (
    Asked,
    attribute,
    c,
    e,
    found_in,
    in_subregion,
    members,
    more,
    neighbours,
    p,
    speaking,
)

SHAPES: dict[str, dict[str, Asked]] = {
    "count": {
        "dev": [
            ("How many countries border Germany?", lambda g: len(neighbours(g, c(g, "Germany")))),
            ("how many elements were discovered in France", lambda g: len(found_in(g, "France"))),
            (
                "How many official languages does South Africa have?",
                lambda g: len(g.to(c(g, "South Africa"), "official_language")),
            ),
            ("How many noble gases are there?", lambda g: len(members(g, "Noble gases"))),
        ],
        "test": [
            ("In how many countries is Portuguese spoken?", lambda g: len(speaking(g, "Portuguese"))),
            (
                "number of elements found by G. T. Seaborg",
                lambda g: len(g.back(p(g, "G. T. Seaborg"), "discovered_by")),
            ),
            ("Count the neighbours of Zambia.", lambda g: len(neighbours(g, c(g, "Zambia")))),
            ("How many elements belong to period 2?", lambda g: len(g.back(g.id("period", "Period 2"), "period"))),
        ],
    },
    "superlative": {
        "dev": [
            (
                "Which country has the largest population?",
                lambda g: g.extreme(g.all("country"), attribute(g, "population")),
            ),
            ("What is the densest element?", lambda g: g.extreme(g.all("element"), attribute(g, "density"))),
            (
                "Which noble gas has the lowest boiling point?",
                lambda g: g.extreme(members(g, "Noble gases"), attribute(g, "boiling_point"), largest=False),
            ),
            (
                "Which person discovered the most elements?",
                lambda g: g.extreme(g.all("person"), lambda ref: len(g.back(ref, "discovered_by"))),
            ),
        ],
        "test": [
            (
                "the smallest country in South America",
                lambda g: g.extreme(in_subregion(g, "South America"), attribute(g, "area"), largest=False),
            ),
            (
                "Of the countries bordering France, which is the least populous?",
                lambda g: g.extreme(neighbours(g, c(g, "France")), attribute(g, "population"), largest=False),
            ),
            (
                "Which alkali metal was discovered first?",
                lambda g: g.extreme(members(g, "Alkali metals"), attribute(g, "discovery_year"), largest=False),
            ),
            (
                "what country has the most neighbours?",
                lambda g: g.extreme(g.all("country"), lambda ref: len(neighbours(g, ref))),
            ),
        ],
    },
    "comparison": {
        "dev": [
            (
                "Which country has more inhabitants, Italy or Spain?",
                lambda g: more(g, c(g, "Italy"), c(g, "Spain"), "population"),
            ),
            (
                "Was iodine discovered before bromine?",
                lambda g: g.value(e(g, "Iodine"), "discovery_year") < g.value(e(g, "Bromine"), "discovery_year"),
            ),
            (
                "Which has a higher melting point, iron or copper?",
                lambda g: more(g, e(g, "Iron"), e(g, "Copper"), "melting_point"),
            ),
            (
                "Is Chile larger than Peru?",
                lambda g: g.value(c(g, "Chile"), "area") > g.value(c(g, "Peru"), "area"),
            ),
        ],
        "test": [
            (
                "Kenya or Tanzania: which has the larger area?",
                lambda g: more(g, c(g, "Kenya"), c(g, "Tanzania"), "area"),
            ),
            (
                "which of zirconium and titanium was discovered earlier",
                lambda g: more(g, e(g, "Zirconium"), e(g, "Titanium"), "discovery_year", largest=False),
            ),
            (
                "Does helium boil at a lower temperature than hydrogen?",
                lambda g: g.value(e(g, "Helium"), "boiling_point") < g.value(e(g, "Hydrogen"), "boiling_point"),
            ),
            (
                "Is platinum cheaper than gold?",
                lambda g: g.value(e(g, "Platinum"), "price") < g.value(e(g, "Gold"), "price"),
            ),
        ],
    },
    "yes-no": {
        "dev": [
            ("Is Portuguese spoken in Angola?", lambda g: c(g, "Angola") in speaking(g, "Portuguese")),
            (
                "Did Marie Curie discover uranium?",
                lambda g: p(g, "Marie Curie") in g.to(e(g, "Uranium"), "discovered_by"),
            ),
            ("Is argon a noble gas?", lambda g: e(g, "Argon") in members(g, "Noble gases")),
            ("does Norway use the euro?", lambda g: g.id("currency", "Euro") in g.to(c(g, "Norway"), "currency")),
        ],
        "test": [
            ("Was gallium discovered in France?", lambda g: e(g, "Gallium") in found_in(g, "France")),
            ("Do Chad and Niger share a border?", lambda g: c(g, "Niger") in neighbours(g, c(g, "Chad"))),
            (
                "Is Chile one of the top producers of copper?",
                lambda g: c(g, "Chile") in g.to(e(g, "Copper"), "top_producer"),
            ),
            (
                "is canberra the capital of new zealand",
                lambda g: g.id("city", "Canberra") in g.to(c(g, "New Zealand"), "capital"),
            ),
        ],
    },
}
