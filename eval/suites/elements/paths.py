"""Paths of one to three hops, where they meet, and dates."""

from __future__ import annotations

from eval.suites.elements.asking import (
    Asked,
    Measured,
    c,
    e,
    found_in,
    in_region,
    members,
    neighbours,
    p,
    speaking,
    year,
)

SHAPES: dict[str, dict[str, Asked]] = {
    "1-hop": {
        "dev": [
            ("What is the capital of Mongolia?", lambda g: g.to(c(g, "Mongolia"), "capital")),
            ("who discovered radium", lambda g: g.to(e(g, "Radium"), "discovered_by")),
            ("In which year was helium discovered?", lambda g: Measured(e(g, "Helium"), "discovery_year")),
            ("name the countries bordering Laos", lambda g: neighbours(g, c(g, "Laos"))),
            ("What elements did Martin Klaproth discover?", lambda g: g.back(p(g, "Martin Klaproth"), "discovered_by")),
        ],
        "test": [
            ("Budapest is the capital of which country?", lambda g: g.back(g.id("city", "Budapest"), "capital")),
            ("which languages do people speak in Singapore?", lambda g: g.to(c(g, "Singapore"), "official_language")),
            ("Tell me the currency of Japan.", lambda g: g.to(c(g, "Japan"), "currency")),
            ("atomic number of tungsten", lambda g: Measured(e(g, "Tungsten"), "atomic_number")),
            ("By whom was chlorine found?", lambda g: g.to(e(g, "Chlorine"), "discovered_by")),
        ],
    },
    "2-hop": {
        "dev": [
            (
                "What is the currency of the country in which yttrium was discovered?",
                lambda g: g.to(g.to(e(g, "Yttrium"), "discovered_in"), "currency"),
            ),
            (
                "Which languages are spoken in the country whose capital is Bern?",
                lambda g: g.to(g.back(g.id("city", "Bern"), "capital"), "official_language"),
            ),
            (
                "capitals of the countries that border Austria",
                lambda g: g.to(neighbours(g, c(g, "Austria")), "capital"),
            ),
            (
                "Which countries border the largest producer of uranium?",
                lambda g: neighbours(g, g.to(e(g, "Uranium"), "largest_producer")),
            ),
        ],
        "test": [
            ("Who discovered the halogens?", lambda g: g.to(members(g, "Halogens"), "discovered_by")),
            (
                "what elements were discovered in the country with the capital Stockholm?",
                lambda g: g.back(g.back(g.id("city", "Stockholm"), "capital"), "discovered_in"),
            ),
            (
                "Tell me which currencies are used in the neighbouring countries of Thailand.",
                lambda g: g.to(neighbours(g, c(g, "Thailand")), "currency"),
            ),
            (
                "In which countries were the elements found by Carl Wilhelm Scheele discovered?",
                lambda g: g.to(g.back(p(g, "Carl Wilhelm Scheele"), "discovered_by"), "discovered_in"),
            ),
        ],
    },
    "3-hop": {
        "dev": [
            (
                "What are the capitals of the countries that border the country where germanium was discovered?",
                lambda g: g.to(neighbours(g, g.to(e(g, "Germanium"), "discovered_in")), "capital"),
            ),
            (
                "Which currencies are used in the countries neighbouring the country where tungsten was discovered?",
                lambda g: g.to(neighbours(g, g.to(e(g, "Tungsten"), "discovered_in")), "currency"),
            ),
            (
                "what languages are spoken by the neighbours of the country whose capital is Vientiane?",
                lambda g: g.to(neighbours(g, g.back(g.id("city", "Vientiane"), "capital")), "official_language"),
            ),
            (
                "Who discovered the elements that were found in the country whose capital is Bern?",
                lambda g: g.to(g.back(g.back(g.id("city", "Bern"), "capital"), "discovered_in"), "discovered_by"),
            ),
        ],
        "test": [
            (
                "Name the capitals of all countries next to the largest producer of silver.",
                lambda g: g.to(neighbours(g, g.to(e(g, "Silver"), "largest_producer")), "capital"),
            ),
            (
                "In the countries adjacent to the one where tellurium was discovered, what languages are spoken?",
                lambda g: g.to(neighbours(g, g.to(e(g, "Tellurium"), "discovered_in")), "official_language"),
            ),
            (
                "which subregions do the countries bordering the place of discovery of yttrium belong to",
                lambda g: g.to(neighbours(g, g.to(e(g, "Yttrium"), "discovered_in")), "subregion"),
            ),
            (
                "list elements discovered in any country that borders the country with the capital Copenhagen",
                lambda g: g.back(neighbours(g, g.back(g.id("city", "Copenhagen"), "capital")), "discovered_in"),
            ),
        ],
    },
    "intersection": {
        "dev": [
            (
                "Which countries border both France and Germany?",
                lambda g: neighbours(g, c(g, "France")) & neighbours(g, c(g, "Germany")),
            ),
            (
                "Which lanthanides were discovered in France?",
                lambda g: members(g, "Lanthanides") & found_in(g, "France"),
            ),
            (
                "What elements were discovered by both Robert Bunsen and Gustov Kirchoff?",
                lambda g: (
                    g.back(p(g, "Robert Bunsen"), "discovered_by") & g.back(p(g, "Gustov Kirchoff"), "discovered_by")
                ),
            ),
            (
                "countries in Oceania where French is spoken",
                lambda g: in_region(g, "Oceania") & speaking(g, "French"),
            ),
        ],
        "test": [
            ("Which halogens are radioactive?", lambda g: members(g, "Halogens") & g.all("radioactive element")),
            (
                "name countries that neighbour China and also Russia",
                lambda g: neighbours(g, c(g, "China")) & neighbours(g, c(g, "Russia")),
            ),
            (
                "Which elements of period 4 were found in Sweden?",
                lambda g: g.back(g.id("period", "Period 4"), "period") & found_in(g, "Sweden"),
            ),
            (
                "In which countries is German spoken and the euro used?",
                lambda g: speaking(g, "German") & g.back(g.id("currency", "Euro"), "currency"),
            ),
        ],
    },
    "date": {
        "dev": [
            ("Which elements were discovered before 1700?", lambda g: year(g, g.all("element"), 0, 1699)),
            ("Which noble gases were discovered after 1897?", lambda g: year(g, members(g, "Noble gases"), 1898, 9999)),
            ("What elements were discovered in 1774?", lambda g: year(g, g.all("element"), 1774, 1774)),
            (
                "Which elements were discovered in Germany between 1860 and 1890?",
                lambda g: year(g, found_in(g, "Germany"), 1860, 1890),
            ),
        ],
        "test": [
            ("list the elements found in France since 1900", lambda g: year(g, found_in(g, "France"), 1900, 9999)),
            (
                "Who discovered an element in 1898?",
                lambda g: g.to(year(g, g.all("element"), 1898, 1898), "discovered_by"),
            ),
            ("elements discovered from 1950 to 1960", lambda g: year(g, g.all("element"), 1950, 1960)),
            ("Name the alkali metals discovered before 1850.", lambda g: year(g, members(g, "Alkali metals"), 0, 1849)),
        ],
    },
}
