"""The half that is looked at: filters, time, numbers, comparison, yes or no, other names, passages, no answer."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk
from eval.suites.wordings.records import called, leaders, radioactive


def write(q: Desk) -> None:
    filters(q)
    time_and_number(q)
    judgements(q)
    names(q)
    passages(q)
    nothing(q)


def filters(q: Desk) -> None:
    finders = q.found_in("Russia").to("discovered_by")
    q(
        "filter-type",
        "What organisations, as opposed to individuals, are credited with elements found in Russia?",
        finders & q.every("organisation"),
    )
    q(
        "filter-type",
        "Of the elements that France discovered, which ones are radioactive elements?",
        q.found_in("France") & radioactive(q),
    )
    q("filter-type", "the radioactive elements in group 17", q.in_group(17) & radioactive(q))
    q(
        "filter-type",
        "Which persons have found an actinide?",
        q.in_series("Actinides").to("discovered_by") & q.every("person"),
    )
    q(
        "filter-type",
        "Show me the radioactive elements of the d-block that were discovered in Russia.",
        q.in_block("d") & q.found_in("Russia") & radioactive(q),
    )

    q(
        "filter-number",
        "Which noble gases boil below 100 kelvin?",
        q.in_series("Noble gases").where("boiling_point", lambda v: v < 100),
    )
    q(
        "filter-number",
        "South American countries home to more than thirty million people",
        q.in_sub("South America").where("population", lambda v: v > 30e6),
    )
    q(
        "filter-number",
        "Name the halogens whose atomic number is fifty or higher.",
        q.in_series("Halogens").where("atomic_number", lambda v: v >= 50),
    )
    q(
        "filter-number",
        "Which neighbours of Peru cover upwards of a million square kilometres?",
        q.near("Peru").where("area", lambda v: v > 1e6),
    )
    q(
        "filter-number",
        "elements found in Sweden with density over 10",
        q.found_in("Sweden").where("density", lambda v: v > 10),
    )

    q(
        "filter-date",
        "What elements had been found in France prior to 1800?",
        q.found_in("France").where("discovery_year", lambda v: v < 1800),
    )
    q(
        "filter-date",
        "Which noble gases came to light between 1890 and 1896?",
        q.in_series("Noble gases").where("discovery_year", lambda v: 1890 <= v <= 1896),
    )
    q(
        "filter-date",
        "What did William Ramsay discover in 1898?",
        q.found_by("William Ramsay").where("discovery_year", lambda v: v == 1898),
    )
    q(
        "filter-date",
        "Which of the Swedish finds date from after 1850?",
        q.found_in("Sweden").where("discovery_year", lambda v: v > 1850),
    )
    q(
        "filter-date",
        "Alkali metals nobody had discovered by the end of 1860",
        q.in_series("Alkali metals").where("discovery_year", lambda v: v > 1860),
    )

    q(
        "filter-text",
        "Which of Russia's neighbours have a name beginning with K?",
        called(q.near("Russia"), lambda s: s.startswith("k")),
    )
    q(
        "filter-text",
        "South American countries whose names end in 'guay'",
        called(q.in_sub("South America"), lambda s: s.endswith("guay")),
    )
    q(
        "filter-text",
        "Name the actinides with a symbol that starts with the letter A.",
        q.in_series("Actinides").where("symbol", lambda s: s.startswith("A")),
    )
    q(
        "filter-text",
        'Which countries in Southern Asia have "stan" in their name?',
        called(q.in_sub("Southern Asia"), lambda s: "stan" in s),
    )
    q(
        "filter-text",
        "Which noble gases are spelt with the ending -on?",
        called(q.in_series("Noble gases"), lambda s: s.endswith("on")),
    )


def time_and_number(q: Desk) -> None:
    q("temporal", "Who was at the head of France in 1975?", q.led("France", "1975", "1975"))
    q("temporal", "Between 1992 and 1996, who governed the United Kingdom?", q.led("United Kingdom", "1992", "1996"))
    q("temporal", "Who is the earliest leader of France on record?", leaders(q, "France")[0])
    q("temporal", "Which leaders did France have after 2007?", q.led("France", "2008", "9999"))
    q("temporal", "the most recent person to lead the United Kingdom", leaders(q, "United Kingdom")[-1])

    q("count", "What's the total number of halogens?", len(q.in_series("Halogens")))
    q("count", "Count the countries that border Poland.", len(q.near("Poland")))
    q("count", "number of elements credited to Jöns Berzelius", len(q.found_by("Jöns Berzelius")))
    spanish = q.near("Brazil") & q.speaking("Spanish")
    q("count", "Brazil touches quite a few countries; how many of them speak Spanish?", len(spanish))
    euro = q.paying("Euro") & q.in_region("Europe")
    q("count", "How many European nations have adopted the euro?", len(euro))

    q("superlative", "Peru's most populous neighbour", q.near("Peru").most("population"))
    q("superlative", "Of all the noble gases, which weighs the most?", q.in_series("Noble gases").most("atomic_weight"))
    q("superlative", "What's the tiniest country of Central America?", q.in_sub("Central America").least("area"))
    earliest = q.found_in("France").least("discovery_year")
    q("superlative", "Which is the oldest of the discoveries made in France?", earliest)
    touching = q.every("country").with_most(lambda one: len(one.to("borders")))
    q("superlative", "Which country is surrounded by more neighbours than any other?", touching)

    q("comparison", "tungsten or platinum - which is denser?", q.el("Tungsten", "Platinum").most("density"))
    q("comparison", "Do more people live in Peru or in Chile?", q.co("Peru", "Chile").most("population"))
    q(
        "comparison",
        "Between Morocco and Portugal, which covers the larger area?",
        q.co("Morocco", "Portugal").most("area"),
    )
    earlier = q.el("Titanium", "Iodine").least("discovery_year")
    q("comparison", "Titanium and iodine: which of the pair was known first?", earlier)
    colder = q.el("Helium", "Radon").least("boiling_point")
    q("comparison", "Does helium or radon boil at the lower temperature?", colder)


def judgements(q: Desk) -> None:
    q("yes-no", "Does Poland share a border with Turkey?", q.co("Turkey") in q.near("Poland"))
    q("yes-no", "Is it the euro that people in Portugal pay with?", q.co("Portugal") in q.paying("Euro"))
    q("yes-no", "Was Robert Bunsen among the discoverers of cesium?", q.el("Cesium") in q.found_by("Robert Bunsen"))
    q("yes-no", "Would you call thorium radioactive?", q.el("Thorium") in radioactive(q))
    q("yes-no", "Kenya and Ethiopia: are they neighbours?", q.co("Kenya") in q.near("Ethiopia"))


def names(q: Desk) -> None:
    q("ambiguous", "What do you pay with in Djibouti?", q.co("Djibouti").to("currency"))
    q("ambiguous", "How many inhabitants does Monaco count?", q.co("Monaco").measured("population"))
    q("ambiguous", "Where is Thai an official language?", q.speaking("Thai"))
    q("ambiguous", "Which countries make up Micronesia?", q.in_sub("Micronesia"))
    q("ambiguous", "Singapore is the capital of which state?", q.ci("Singapore").back("capital"))

    q("misspelt", "Who dicovered colbalt?", q.el("Cobalt").to("discovered_by"))
    q("misspelt", "Waht is the captial of Vietnm?", q.co("Vietnam").to("capital"))
    q("misspelt", "In wich countrys do they speek Swahilli officially?", q.speaking("Swahili"))
    q("misspelt", "neigbours of Marocco", q.near("Morocco"))
    q("misspelt", "What is the meltig point of bismut?", q.el("Bismuth").measured("melting_point"))

    q("lower-case", "who found titanium", q.el("Titanium").to("discovered_by"))
    q("lower-case", "countries next to ethiopia", q.near("Ethiopia"))
    q("lower-case", "where do they use the egyptian pound", q.paying("Egyptian pound"))
    q("lower-case", "capital cities of the countries bordering vietnam", q.near("Vietnam").to("capital"))
    heavy = q.in_series("Halogens") & radioactive(q)
    q("lower-case", "halogens that are radioactive", heavy)

    q("partial-name", "What is Ramsay known to have discovered?", q.found_by("William Ramsay"))
    q("partial-name", "elements by Berzelius", q.found_by("Jöns Berzelius"))
    boisbaudran = q.found_by("Paul Émile Lecoq de Boisbaudran")
    q("partial-name", "Which elements go back to Lecoq de Boisbaudran?", boisbaudran)
    oersted = q.found_by("Hans Christian Oersted").to("discovered_in")
    q("partial-name", "In what country did Oersted's discovery happen?", oersted)
    dubna = q.one("organisation", "GSI Helmholtz Centre for Heavy Ion Research").back("discovered_by")
    q("partial-name", "What did the Helmholtz Centre discover?", dubna)

    q("other-name", "Who were the discoverers of wolfram?", q.el("Tungsten").to("discovered_by"))
    q("other-name", "Tell me the capital of Suomi.", q.co("Finland").to("capital"))
    q("other-name", "Which countries lie next to Czechia?", q.near("Czech Republic"))
    q("other-name", "At what temperature does Quecksilber boil?", q.el("Mercury").measured("boiling_point"))
    q("other-name", "What's the currency used in Burma?", q.co("Myanmar").to("currency"))


def passages(q: Desk) -> None:
    q(
        "passage",
        "Which element goes into balloons and the gas that deep-sea divers breathe?",
        q.passage("helium/uses", "balloons", entity=q.el("Helium")),
    )
    q("passage", "After which god was thorium named?", q.passage("thorium/name", "Thor"))
    q("passage", "What is lithium made use of for?", q.passage("lithium/uses", "batteries", "lubricants"))
    q("passage", "What did the word behind cobalt's name originally mean?", q.passage("cobalt/name", "goblin"))
    q("passage", "Cinnabar is the ore of what metal?", q.passage("mercury/sources", "cinnabar", entity=q.el("Mercury")))


def nothing(q: Desk) -> None:
    q("unanswerable", "Who came up with the microwave oven?", q.unknown("no_entity"))
    q("unanswerable", "What is Peru's national anthem called?", q.unknown("no_plan"))
    q("unanswerable", "mayor of Bangkok", q.unknown("no_plan"))
    q(
        "unanswerable",
        "By whom was mercury discovered?",
        q.unknown("no_answer", q.el("Mercury").to("discovered_by").ids),
    )
    q("unanswerable", "How many inhabitants has Atlantis got?", q.unknown("no_entity"))

    ramsay = q.found_by("William Ramsay")
    q("false-premise", "In which year did William Ramsay discover gallium?", q.untrue(q.el("Gallium") in ramsay))
    q(
        "false-premise",
        "Since Poland pays in euros, which other neighbours of it do so too?",
        q.untrue(q.co("Poland") in q.paying("Euro")),
    )
    q(
        "false-premise",
        "Where along the frontier between Kenya and Peru can one cross?",
        q.untrue(q.co("Kenya") in q.near("Peru")),
    )
    halogens = q.in_series("Halogens")
    q(
        "false-premise",
        "Titanium being a halogen, at what temperature does it boil?",
        q.untrue(q.el("Titanium") in halogens),
    )
    q(
        "false-premise",
        "Who found cobalt while working in Japan?",
        q.untrue(q.co("Japan") in q.el("Cobalt").to("discovered_in")),
    )
