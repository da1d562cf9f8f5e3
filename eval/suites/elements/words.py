"""Passages, slips of the pen, other languages, and questions that have no answer."""

from __future__ import annotations

from eval.suites.elements.asking import (
    Asked,
    InPassage,
    Measured,
    c,
    e,
    false_premise,
    found_in,
    neighbours,
    p,
    unknown,
)

SHAPES: dict[str, dict[str, Asked]] = {
    "passage": {
        "dev": [
            ("What is gold used in?", lambda g: InPassage("gold/uses", ("electronics", "jewelry", "coins"))),
            (
                "After which country is polonium named?",
                lambda g: InPassage("polonium/name", entities=frozenset({c(g, "Poland")})),
            ),
            (
                "Which element is used in thermometers and barometers?",
                lambda g: InPassage("mercury/uses", entities=frozenset({e(g, "Mercury")})),
            ),
            ("From which ore is aluminum obtained?", lambda g: InPassage("aluminum/sources", ("bauxite",))),
        ],
        "test": [
            ("What does the name of neon mean?", lambda g: InPassage("neon/name", ("new",))),
            (
                "Which element is used in lamps that outline airport runways?",
                lambda g: InPassage("krypton/uses", entities=frozenset({e(g, "Krypton")})),
            ),
            ("what is hafnium used for", lambda g: InPassage("hafnium/uses", ("reactor control rods",))),
            ("Which planet is neptunium named for?", lambda g: InPassage("neptunium/name", ("Neptune",))),
        ],
    },
    "misspelt": {
        "dev": [
            ("What is the capital of Switzerlnd?", lambda g: g.to(c(g, "Switzerland"), "capital")),
            ("Who discovered poloniun?", lambda g: g.to(e(g, "Polonium"), "discovered_by")),
            ("Which countries border Germnay?", lambda g: neighbours(g, c(g, "Germany"))),
            ("In which year was berilium discovered?", lambda g: Measured(e(g, "Beryllium"), "discovery_year")),
        ],
        "test": [
            ("what languages are spoken in Beligum", lambda g: g.to(c(g, "Belgium"), "official_language")),
            ("Which currency does Thialand use?", lambda g: g.to(c(g, "Thailand"), "currency")),
            ("Boiling point of hellium?", lambda g: Measured(e(g, "Helium"), "boiling_point")),
            (
                "Which elements were discovered by Humphry Davie?",
                lambda g: g.back(p(g, "Humphrey Davy"), "discovered_by"),
            ),
        ],
    },
    "other-language": {
        "dev": [
            ("What is the capital of Deutschland?", lambda g: g.to(c(g, "Germany"), "capital")),
            ("Which countries border Österreich?", lambda g: neighbours(g, c(g, "Austria"))),
            ("What languages are spoken in Svizzera?", lambda g: g.to(c(g, "Switzerland"), "official_language")),
            ("Was ist die Hauptstadt von Spanien?", lambda g: g.to(c(g, "Spain"), "capital")),
        ],
        "test": [
            ("what is the currency of Schweden", lambda g: g.to(c(g, "Sweden"), "currency")),
            ("Which elements were discovered in Frankreich?", lambda g: found_in(g, "France")),
            ("Quelle est la capitale de l'Allemagne ?", lambda g: g.to(c(g, "Germany"), "capital")),
            (
                "Which countries share a border with ブラジル?",
                lambda g: neighbours(g, c(g, "Brazil")),
            ),
        ],
    },
    "no-answer": {
        "dev": [
            (
                "What is the melting point of oganesson?",
                lambda g: unknown("no_answer", g.value(e(g, "Oganesson"), "melting_point")),
            ),
            ("What is the capital of Atlantis?", lambda g: unknown("no_entity")),
            ("who won the football world cup in 1998", lambda g: unknown("no_entity")),
            ("Which countries border Iceland?", lambda g: unknown("no_answer", neighbours(g, c(g, "Iceland")))),
        ],
        "test": [
            ("Who discovered unobtainium?", lambda g: unknown("no_entity")),
            ("How old is the mayor of Berlin?", lambda g: unknown("no_plan")),
            (
                "At what temperature does tennessine boil?",
                lambda g: unknown("no_answer", g.value(e(g, "Tennessine"), "boiling_point")),
            ),
            ("Which currency is used in Narnia?", lambda g: unknown("no_entity")),
        ],
    },
    "false-premise": {
        "dev": [
            ("What is the capital of helium?", lambda g: false_premise(g.to(e(g, "Helium"), "capital"))),
            ("Who discovered France?", lambda g: false_premise(g.to(c(g, "France"), "discovered_by"))),
            (
                "In which year did Humphrey Davy discover helium?",
                lambda g: false_premise(p(g, "Humphrey Davy") in g.to(e(g, "Helium"), "discovered_by")),
            ),
            (
                "Why is Paris the capital of Germany?",
                lambda g: false_premise(g.id("city", "Paris") in g.to(c(g, "Germany"), "capital")),
            ),
        ],
        "test": [
            ("Which languages are spoken in xenon?", lambda g: false_premise(g.to(e(g, "Xenon"), "official_language"))),
            ("boiling point of Belgium", lambda g: false_premise(g.value(c(g, "Belgium"), "boiling_point"))),
            (
                "In which country did Henri Moissan discover chlorine?",
                lambda g: false_premise(p(g, "Henri Moissan") in g.to(e(g, "Chlorine"), "discovered_by")),
            ),
            (
                "What is the atomic weight of the Swiss franc?",
                lambda g: false_premise(g.value(g.id("currency", "Swiss franc"), "atomic_weight")),
            ),
        ],
    },
}
