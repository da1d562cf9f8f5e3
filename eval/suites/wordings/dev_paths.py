"""The half that is looked at: walks over the graph, set operations and conditions in between."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk
from eval.suites.wordings.records import radioactive


def write(q: Desk) -> None:
    hops(q)
    sets(q)


def hops(q: Desk) -> None:
    q("1-hop", "To whom do we owe the discovery of tungsten?", q.el("Tungsten").to("discovered_by"))
    q("1-hop", "What do people pay with in Thailand?", q.co("Thailand").to("currency"))
    q("1-hop", "At how many kelvin does gallium turn liquid?", q.el("Gallium").measured("melting_point"))
    q("1-hop", "Morocco is governed from which city?", q.co("Morocco").to("capital"))
    q("1-hop", "iodine - when was it first identified?", q.el("Iodine").measured("discovery_year"))

    q("inverse", "Nairobi is the seat of government of what country?", q.ci("Nairobi").back("capital"))
    q("inverse", "What elements does William Ramsay get the credit for?", q.found_by("William Ramsay"))
    q("inverse", "Where is the Egyptian pound legal tender?", q.paying("Egyptian pound"))
    q("inverse", "Name everything in the periodic table that was first found on Swedish soil.", q.found_in("Sweden"))
    q("inverse", "Swahili has official status in which nations?", q.speaking("Swahili"))

    made = q.el("Nihonium").to("discovered_in")
    q("2-hop", "What money is used in the country where nihonium was first made?", made.to("currency"))
    q("2-hop", "Name the capital of hafnium's country of discovery.", q.el("Hafnium").to("discovered_in").to("capital"))
    q("2-hop", "By whom were the members of the halogen family found?", q.in_series("Halogens").to("discovered_by"))
    q("2-hop", "Kenya's neighbours: what are their capitals?", q.near("Kenya").to("capital"))
    q(
        "2-hop",
        "I'd like to know which languages have official standing next door to Austria.",
        q.near("Austria").to("official_language"),
    )

    around = q.el("Tellurium").to("discovered_in").to("borders")
    q(
        "3-hop",
        "Which currencies circulate in the countries adjacent to the one where tellurium came to light?",
        around.to("currency"),
    )
    around = q.found_by("André Debierne").to("discovered_in").to("borders")
    q(
        "3-hop",
        "capitals of the states that surround the country in which André Debierne's element was found",
        around.to("capital"),
    )
    astatine = q.el("Astatine")
    q(
        "3-hop",
        "I wonder who discovered the other elements sitting in the same column as astatine.",
        (astatine.to("group").back("group") - astatine).to("discovered_by"),
    )
    around = q.ci("Bangkok").back("capital").to("borders")
    q(
        "3-hop",
        "Give me the official languages of the lands around the country that is run from Bangkok.",
        around.to("official_language"),
    )
    where = q.found_by("Per Theodor Cleve").to("discovered_in")
    q(
        "3-hop",
        "Per Theodor Cleve's elements - what are the capital cities of the countries where they turned up?",
        where.to("capital"),
    )

    gallium, finder = q.el("Gallium"), q.el("Gallium").to("discovered_by")
    q(
        "4-hop",
        "Take the man who found gallium: in what capital is the country governed where his other elements were found?",
        (finder.back("discovered_by") - gallium).to("discovered_in").to("capital"),
    )
    around = q.found_by("Julius Scaliger").to("discovered_in").to("borders")
    q(
        "4-hop",
        "What do they pay with in the neighbours of the country where Julius Scaliger's element was found?",
        around.to("currency"),
    )
    langet = q.pe("Nils Langet")
    same = q.found_by("Nils Langet").to("series").back("series")
    q(
        "4-hop",
        "Besides Nils Langet himself, who found elements of the family that his element belongs to?",
        same.to("discovered_by") - langet,
    )
    peru = q.ci("Lima").back("capital")
    q(
        "4-hop",
        "Starting from Lima's country, which capitals do the neighbours of its neighbours have?",
        (peru.to("borders").to("borders") - peru).to("capital"),
    )
    where = q.found_by("Robert Bunsen").to("discovered_in")
    q(
        "4-hop",
        "In the country where Robert Bunsen's elements were discovered, who else discovered any?",
        where.back("discovered_in").to("discovered_by") - q.pe("Robert Bunsen"),
    )


def sets(q: Desk) -> None:
    french, spanish, arabic = q.speaking("French"), q.speaking("Spanish"), q.speaking("Arabic")
    q(
        "intersection",
        "Which metalloid do we have Marie Curie to thank for?",
        q.found_by("Marie Curie") & q.in_series("Metalloids"),
    )
    latin = q.in_sub("South America") & spanish & q.near("Brazil")
    q("intersection", "Countries in South America that touch Brazil and have Spanish as an official language", latin)
    q("intersection", "Where in Northern Europe can you pay in euros?", q.paying("Euro") & q.in_sub("Northern Europe"))
    q(
        "intersection",
        "List such elements of the p-block as were found in France.",
        q.in_block("p") & q.found_in("France"),
    )
    q("intersection", "Who borders Kenya as well as Ethiopia?", q.near("Kenya") & q.near("Ethiopia"))

    q("union", "What did Robert Bunsen or André Debierne discover?", q.found_by("Robert Bunsen", "André Debierne"))
    q("union", "Elements that were discovered either in Russia or in Japan", q.found_in("Russia", "Japan"))
    q("union", "List all countries that touch Thailand or Vietnam, or both.", q.near("Thailand") | q.near("Vietnam"))
    q("union", "Halogens plus noble gases: give me the lot.", q.in_series("Halogens") | q.in_series("Noble gases"))
    q("union", "Where is Swahili or Amharic an official tongue?", q.speaking("Swahili") | q.speaking("Amharic"))

    vauquelin = q.found_by("Louis Vauquelin")
    q(
        "difference",
        "Elements found in France, leaving out the ones due to Louis Vauquelin",
        q.found_in("France") - vauquelin,
    )
    q(
        "difference",
        "Which of Brazil's neighbours don't have Spanish as an official language?",
        q.near("Brazil") - spanish,
    )
    q("difference", "all noble gases minus the radioactive ones", q.in_series("Noble gases") - radioactive(q))
    q(
        "difference",
        "Which states sharing a frontier with Poland haven't got the euro?",
        q.near("Poland") - q.paying("Euro"),
    )
    berzelius = q.found_by("Jöns Berzelius").to("discovered_in")
    q("difference", "Other than Sweden, where were elements of Jöns Berzelius discovered?", berzelius - q.co("Sweden"))

    q(
        "middle",
        "Who is behind the radioactive elements found in France?",
        (q.found_in("France") & radioactive(q)).to("discovered_by"),
    )
    q(
        "middle",
        "What are the capitals of those of Turkey's neighbours that lie in Europe?",
        (q.near("Turkey") & q.in_region("Europe")).to("capital"),
    )
    q("middle", "Which currencies do Chad's Arabic-speaking neighbours use?", (q.near("Chad") & arabic).to("currency"))
    heavy = q.in_block("s") & q.in_period(6)
    q("middle", "In which countries were the period 6 elements of the s-block discovered?", heavy.to("discovered_in"))
    west = q.in_sub("Western Africa") & french
    q(
        "middle",
        "For the countries of Western Africa where French is official, give me the capitals.",
        west.to("capital"),
    )

    q("several", "Who found iodine and who found titanium?", q.el("Iodine", "Titanium").to("discovered_by"))
    q("several", "capitals of Peru, Chile and Portugal please", q.co("Peru", "Chile", "Portugal").to("capital"))
    q("several", "Can you tell me the currencies of both Japan and Mexico?", q.co("Japan", "Mexico").to("currency"))
    q(
        "several",
        "With which countries do Belgium and Portugal have a common border?",
        q.near("Belgium") | q.near("Portugal"),
    )
    q(
        "several",
        "Into which chemical families do helium, bismuth and chlorine fall?",
        q.el("Helium", "Bismuth", "Chlorine").to("series"),
    )
