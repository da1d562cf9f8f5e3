"""The sample's questions: a wording, and a small function that computes its answer from the records.

The wordings were written before the engine answered any of them. In ``shapes``, the half marked "test" is not for
tuning: it has other entities and other wording than "dev".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from eval.suites.elements.records import Graph


@dataclass(frozen=True)
class Measured:
    """The value of one attribute."""

    id: str
    attribute: str


@dataclass(frozen=True)
class InPassage:
    """What only this passage says: an entity, or phrases of which one must be in the answer."""

    passage: str
    phrases: tuple[str, ...] = ()
    entities: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Abstain:
    """No answer: ``code`` is the reason looked for, ``also`` are others that are accepted.

    ``premise`` is what the question takes for granted; it must come out false (or empty).
    """

    code: str
    also: tuple[str, ...] = ()
    premise: Any = False


@dataclass(frozen=True)
class Nobody:
    """The data no longer hold what is asked about."""


@dataclass(frozen=True)
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
    return lambda id: g.value(id, name)


def more(g: Graph, a: str, b: str, name: str, *, largest: bool = True) -> set[str]:
    return g.extreme({a, b}, attribute(g, name), largest=largest)


PREDICTED = {
    "region": (
        "In which region of the world is {}?",
        "What continent does {} belong to?",
        "{} is in which part of the world?",
    ),
    "subregion": ("In which subregion does {} lie?", "Name the subregion of {}."),
    "official_language": ("What is the official language of {}?", "Which language is spoken in {}?", "Language of {}?"),
    "block": ("Which block of the periodic table does {} belong to?", "What block is {} in?"),
}


def predicted(g: Graph) -> list[Ask]:
    """One question for each fact that the recipe keeps back; wording after wording."""
    used: dict[str, int] = {}
    out = []
    for fact in g.withheld:
        wordings = PREDICTED[fact["relation"]]
        n = used.get(fact["relation"], 0)
        used[fact["relation"]] = n + 1
        tail = fact["tail"]
        label = g.labels[fact["head"]]
        name = label.lower() if fact["head"] in g.all("element") else label
        wording = wordings[n % len(wordings)].format(name)
        out.append(Ask("predicted", wording, lambda _, tail=tail: {tail}))
    return out


def dozen(g: Graph) -> Iterator[Ask]:
    """The questions of ``make demo``, one of each shape."""
    yield Ask("1-hop", "Who discovered polonium?", lambda g: g.to(e(g, "Polonium"), "discovered_by"))
    yield Ask(
        "2-hop",
        "What is the capital of the country where gallium was discovered?",
        lambda g: g.to(g.to(e(g, "Gallium"), "discovered_in"), "capital"),
    )
    yield Ask(
        "3-hop",
        "Which languages are spoken in the countries that border the country where polonium was discovered?",
        lambda g: g.to(neighbours(g, g.to(e(g, "Polonium"), "discovered_in")), "official_language"),
    )
    yield Ask(
        "intersection",
        "Which noble gases were discovered in Scotland?",
        lambda g: members(g, "Noble gases") & g.back(g.id("part of a country", "Scotland"), "discovery_region"),
    )
    yield Ask(
        "count",
        "How many elements did Humphrey Davy discover?",
        lambda g: len(g.back(p(g, "Humphrey Davy"), "discovered_by")),
    )
    yield Ask(
        "superlative",
        "Which element has the highest melting point?",
        lambda g: g.extreme(g.all("element"), attribute(g, "melting_point")),
    )
    yield Ask(
        "comparison",
        "Which is denser, gold or lead?",
        lambda g: more(g, e(g, "Gold"), e(g, "Lead"), "density"),
    )
    yield Ask(
        "yes-no", "Does Switzerland border Austria?", lambda g: c(g, "Austria") in neighbours(g, c(g, "Switzerland"))
    )
    yield Ask(
        "date",
        "Which elements were discovered between 1895 and 1900?",
        lambda g: year(g, g.all("element"), 1895, 1900),
    )
    yield Ask(
        "passage",
        "What is americium used in?",
        lambda g: InPassage("americium/uses", ("smoke detectors",)),
    )
    first = predicted(g)
    yield next((ask for ask in first if "region of the world" in ask.question), first[0])
    yield Ask("misspelt", "What is the capital of Kazakstan?", lambda g: g.to(c(g, "Kazakhstan"), "capital"))
    yield Ask(
        "other-language",
        "Welche Länder grenzen an Frankreich?",
        lambda g: neighbours(g, c(g, "France")),
    )
    yield Ask("no-answer", "Who is the president of France?", lambda g: unknown("no_plan"))
    yield Ask(
        "false-premise",
        "In which year did Marie Curie discover oxygen?",
        lambda g: false_premise(p(g, "Marie Curie") in g.to(e(g, "Oxygen"), "discovered_by")),
    )


def shapes(g: Graph) -> Iterator[Ask]:
    """At least six more of each shape, half "dev" and half "test"."""
    first = next(dozen_predicted for dozen_predicted in dozen(g) if dozen_predicted.shape == "predicted").question
    others = [ask for ask in predicted(g) if ask.question != first]
    for n, ask in enumerate(others):
        yield Ask(ask.shape, ask.question, ask.answer, ("dev", "test")[n % 2])
    for shape, splits in SHAPES.items():
        for split, asked in splits.items():
            for question, answer in asked:
                yield Ask(shape, question, answer, split)


Asked = list[tuple[str, Callable[[Graph], Any]]]

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
                lambda g: g.extreme(g.all("person"), lambda id: len(g.back(id, "discovered_by"))),
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
                lambda g: g.extreme(g.all("country"), lambda id: len(neighbours(g, id))),
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
