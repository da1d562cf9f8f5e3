"""The half for tuning, worded by hand: hops, sets, filters."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk


def write(q: Desk) -> None:
    hops(q)
    sets(q)
    filters(q)


def hops(q: Desk) -> None:
    q("1-hop", "What do they speak in Vietnam?", q.co("Vietnam").to("official_language"))
    q("1-hop", "capital city of peru please", q.co("Peru").to("capital"))
    q("1-hop", "Who was it that discovered tellurium?", q.el("Tellurium").to("discovered_by"))
    q("1-hop", "What money would I need in Kenya?", q.co("Kenya").to("currency"))
    q("1-hop", "At how many kelvin does gallium melt?", q.el("Gallium").measured("melting_point"))
    q("inverse", "Ouagadougou is the capital of which country?", q.ci("Ouagadougou").back("capital"))
    q("inverse", "Where do people pay with the euro?", q.paying("Euro"))
    q("inverse", "Give me everything Humphrey Davy discovered.", q.found_by("Humphrey Davy"))
    q("inverse", "Of which elements is Brazil the largest producer?", q.co("Brazil").back("largest_producer"))
    q(
        "2-hop",
        "What is the seat of government of the country that mines the most lithium?",
        q.el("Lithium").to("largest_producer").to("capital"),
    )
    q("2-hop", "Name the languages of Germany's neighbours.", q.near("Germany").to("official_language"))
    q("2-hop", "In which countries were Bunsen's elements found?", q.found_by("Robert Bunsen").to("discovered_in"))
    q(
        "2-hop",
        "Which other elements come from the same country as germanium, i.e. were discovered there?",
        q.el("Germanium").to("discovered_in").back("discovered_in") - q.el("Germanium"),
    )
    q(
        "2-hop",
        "Who else worked on the discovery of radium besides Marie Curie?",
        q.el("Radium").to("discovered_by") - q.pe("Marie Curie"),
    )
    q(
        "3-hop",
        "Starting from the country with Hanoi as its capital, what are its neighbours' currencies?",
        q.ci("Hanoi").back("capital").to("borders").to("currency"),
    )
    q(
        "3-hop",
        "Who found the elements that were found in Rome's country?",
        q.ci("Rome").back("capital").back("discovered_in").to("discovered_by"),
    )
    q(
        "3-hop",
        "I want the capitals of all countries which share a border with the place where technetium was first found.",
        q.el("Technetium").to("discovered_in").to("borders").to("capital"),
    )
    q(
        "3-hop",
        "what languages are official in the countries next to the biggest producer of cobalt",
        q.el("Cobalt").to("largest_producer").to("borders").to("official_language"),
    )
    q(
        "4-hop",
        "What are the official languages of the countries around the one where Carlo Perrier made his discoveries?",
        q.found_by("Carlo Perrier").to("discovered_in").to("borders").to("official_language"),
    )
    q(
        "4-hop",
        "Who discovered the elements that were found in countries bordering the country with Prague as capital?",
        q.ci("Prague").back("capital").to("borders").back("discovered_in").to("discovered_by"),
    )
    q(
        "4-hop",
        "To which series belong the elements discovered in the neighbours of the country where gallium was discovered?",
        q.el("Gallium").to("discovered_in").to("borders").back("discovered_in").to("series"),
    )
    q(
        "4-hop",
        "What are the currencies of the countries next to those where the elements of Martin Klaproth were discovered?",
        q.found_by("Martin Klaproth").to("discovered_in").to("borders").to("currency"),
    )


def sets(q: Desk) -> None:
    q("intersection", "Which countries touch both Italy and Germany?", q.near("Italy") & q.near("Germany"))
    q(
        "intersection",
        "Where is Arabic official and the CFA franc of central Africa the money?",
        q.speaking("Arabic") & q.paying("Central African CFA franc"),
    )
    q("intersection", "name all d-block elements from period 4", q.in_block("d") & q.in_period(4))
    q("intersection", "Metalloids that were discovered in Germany?", q.in_series("Metalloids") & q.found_in("Germany"))
    q("union", "Which countries border Peru or Kenya?", q.near("Peru") | q.near("Kenya"))
    q("union", "list the noble gases and the halogens", q.in_series("Noble gases") | q.in_series("Halogens"))
    q(
        "union",
        "What was discovered by either Marie Curie or Carl Mosander?",
        q.found_by("Marie Curie", "Carl Mosander"),
    )
    q(
        "union",
        "Languages spoken in Norway or in Belgium, all of them.",
        q.co("Norway", "Belgium").to("official_language"),
    )
    q("difference", "Which neighbours of Germany do not use the euro?", q.near("Germany") - q.paying("Euro"))
    q(
        "difference",
        "Countries of Western Europe where German isn't an official language",
        q.in_sub("Western Europe") - q.speaking("German"),
    )
    q("difference", "Which halogens are not radioactive?", q.in_series("Halogens") - q.every("radioactive element"))
    q(
        "difference",
        "Except for Brazil, where is Portuguese an official language?",
        q.speaking("Portuguese") - q.co("Brazil"),
    )
    q(
        "middle",
        "What are the capitals of those neighbours of Poland that pay in euro?",
        (q.near("Poland") & q.paying("Euro")).to("capital"),
    )
    q(
        "middle",
        "Who discovered the alkali metals that were found in Germany?",
        (q.in_series("Alkali metals") & q.found_in("Germany")).to("discovered_by"),
    )
    q(
        "middle",
        "languages of the countries bordering Italy that have fewer than 10 million people",
        q.near("Italy").where("population", lambda n: n < 10_000_000).to("official_language"),
    )
    q(
        "middle",
        "In which countries were elements found before 1750 discovered?",
        q.every("element").where("discovery_year", lambda y: y < 1750).to("discovered_in"),
    )
    q(
        "several",
        "Which country borders Kenya, Uganda and Ethiopia all at once?",
        q.near("Kenya") & q.near("Uganda") & q.near("Ethiopia"),
    )
    q(
        "several",
        "What did Marie Curie and Pierre Curie find together?",
        q.found_by("Marie Curie") & q.found_by("Pierre Curie"),
    )
    q("several", "give me the capitals of Peru, Kenya and Norway", q.co("Peru", "Kenya", "Norway").to("capital"))
    q(
        "several",
        "Which language do Peru, Ecuador and Colombia have in common?",
        q.co("Peru").to("official_language")
        & q.co("Ecuador").to("official_language")
        & q.co("Colombia").to("official_language"),
    )


def filters(q: Desk) -> None:
    q(
        "filter-type",
        "Which of the things discovered in Italy are radioactive elements?",
        q.found_in("Italy") & q.every("radioactive element"),
    )
    q(
        "filter-type",
        "Which organisations discovered an element in Germany?",
        q.found_in("Germany").to("discovered_by") & q.every("organisation"),
    )
    q(
        "filter-type",
        "radioactive elements of period 7 in the s-block",
        q.in_period(7) & q.in_block("s") & q.every("radioactive element"),
    )
    q(
        "filter-type",
        "What persons, not institutes, discovered something in Italy?",
        q.found_in("Italy").to("discovered_by") & q.every("person"),
    )
    q(
        "filter-number",
        "Which countries have more than 200 million inhabitants?",
        q.every("country").where("population", lambda n: n > 200_000_000),
    )
    q("filter-number", "elements with a density over 25 g/cm3", q.every("element").where("density", lambda d: d > 25))
    q(
        "filter-number",
        "What elements boil below 100 kelvin?",
        q.every("element").where("boiling_point", lambda k: k < 100),
    )
    q(
        "filter-number",
        "Neighbours of Germany with an area of under 50,000 square kilometres?",
        q.near("Germany").where("area", lambda a: a < 50_000),
    )
    q("filter-number", "Which element has 48 protons?", q.every("element").where("atomic_number", lambda n: n == 48))
    q(
        "filter-date",
        "What got discovered in the 1790s?",
        q.every("element").where("discovery_year", lambda y: 1790 <= y <= 1799),
    )
    q(
        "filter-date",
        "Name elements found in Germany after 1900.",
        q.found_in("Germany").where("discovery_year", lambda y: y > 1900),
    )
    q(
        "filter-date",
        "Which metalloids were known before 1800, going by their year of discovery?",
        q.in_series("Metalloids").where("discovery_year", lambda y: y < 1800),
    )
    q("filter-date", "Anything discovered in 1861?", q.every("element").where("discovery_year", lambda y: y == 1861))
    q("filter-text", "Which element has the symbol Sb?", q.every("element").where("symbol", lambda s: s == "Sb"))
    q(
        "filter-text",
        "Which country's internet domain is .ke?",
        q.every("country").where("top_level_domain", lambda s: s == ".ke"),
    )
    q(
        "filter-text",
        "where does a phone number start with the dialling code 47",
        q.every("country").where("calling_code", lambda s: s == "47"),
    )
    q(
        "filter-text",
        "The ISO code PER stands for which country?",
        q.every("country").where("iso_code", lambda s: s == "PER"),
    )
