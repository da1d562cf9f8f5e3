"""The half that is not tuned on, worded by hand: hops, sets, filters. Other entities, other wording."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk


def write(q: Desk) -> None:
    hops(q)
    sets(q)
    filters(q)


def hops(q: Desk) -> None:
    q("1-hop", "Argentina's neighbours, please list them", q.near("Argentina"))
    q("1-hop", "I'm flying to Bulgaria. Which city is its capital?", q.co("Bulgaria").to("capital"))
    q("1-hop", "Nickel - who found it first?", q.el("Nickel").to("discovered_by"))
    q("1-hop", "Could you tell me what the currency of Zambia is called?", q.co("Zambia").to("currency"))
    q("1-hop", "How dense is platinum?", q.el("Platinum").measured("density"))
    q("inverse", "Of what country is Tashkent the capital?", q.ci("Tashkent").back("capital"))
    q("inverse", "Swiss francs are legal tender in which places?", q.paying("Swiss franc"))
    q("inverse", "What do we owe to Jöns Berzelius by way of elements?", q.found_by("Jöns Berzelius"))
    q("inverse", "For which elements is Chile the number one producer?", q.co("Chile").back("largest_producer"))
    q(
        "2-hop",
        "Copper comes above all from one country; what do people there pay with?",
        q.el("Copper").to("largest_producer").to("currency"),
    )
    q("2-hop", "What capitals do the states adjoining Turkey have?", q.near("Turkey").to("capital"))
    q(
        "2-hop",
        "To which families do the elements discovered by William Ramsay belong?",
        q.found_by("William Ramsay").to("series"),
    )
    q(
        "2-hop",
        "Where was yttrium discovered, and what is spoken in that country?",
        q.el("Yttrium").to("discovered_in").to("official_language"),
    )
    q(
        "2-hop",
        "Besides hafnium, what else was discovered in the land of its discovery?",
        q.el("Hafnium").to("discovered_in").back("discovered_in") - q.el("Hafnium"),
    )
    q(
        "3-hop",
        "Take the country that Madrid is the capital of. Its neighbours: what are their capitals?",
        q.ci("Madrid").back("capital").to("borders").to("capital"),
    )
    q(
        "3-hop",
        "By whom were the elements discovered that come from the country governed from Vienna?",
        q.ci("Vienna").back("capital").back("discovered_in").to("discovered_by"),
    )
    q(
        "3-hop",
        "Of the countries adjacent to the one where hafnium was discovered, tell me the money.",
        q.el("Hafnium").to("discovered_in").to("borders").to("currency"),
    )
    q(
        "3-hop",
        "Which subregions do the neighbours of the leading nickel producer lie in?",
        q.el("Nickel").to("largest_producer").to("borders").to("subregion"),
    )
    q(
        "4-hop",
        "Around the countries where Carl Wilhelm Scheele's elements were found lie others; what money do those have?",
        q.found_by("Carl Wilhelm Scheele").to("discovered_in").to("borders").to("currency"),
    )
    q(
        "4-hop",
        "Name the discoverers of whatever was found in a country that adjoins the one governed from Vienna.",
        q.ci("Vienna").back("capital").to("borders").back("discovered_in").to("discovered_by"),
    )
    q(
        "4-hop",
        "Look around the country where yttrium was discovered: which periods do its neighbours' elements belong to?",
        q.el("Yttrium").to("discovered_in").to("borders").back("discovered_in").to("period"),
    )
    q(
        "4-hop",
        "which tongues are official in the lands that adjoin the lands where Jean de Marignac discovered his elements",
        q.found_by("Jean de Marignac").to("discovered_in").to("borders").to("official_language"),
    )


def sets(q: Desk) -> None:
    q(
        "intersection",
        "Turkey and Russia have a neighbour or two in common - which?",
        q.near("Turkey") & q.near("Russia"),
    )
    q(
        "intersection",
        "Spanish speaking countries that use the US dollar",
        q.speaking("Spanish") & q.paying("United States dollar"),
    )
    q("intersection", "What is both in group 13 and in the fifth period?", q.in_group(13) & q.in_period(5))
    q(
        "intersection",
        "Among the transition metals, which ones were discovered in Spain?",
        q.in_series("Transition metals") & q.found_in("Spain"),
    )
    q(
        "union",
        "All the states adjoining Thailand, together with those adjoining Bulgaria",
        q.near("Thailand", "Bulgaria"),
    )
    q(
        "union",
        "Which elements are alkali metals or else alkaline earth metals?",
        q.in_series("Alkali metals") | q.in_series("Alkaline earth metals"),
    )
    q(
        "union",
        "elements credited to William Wollaston or to Louis Vauquelin",
        q.found_by("William Wollaston", "Louis Vauquelin"),
    )
    q("union", "Which currencies circulate in Switzerland or Panama?", q.co("Switzerland", "Panama").to("currency"))
    q(
        "difference",
        "Where do they border Russia without having Russian as an official language?",
        q.near("Russia") - q.speaking("Russian"),
    )
    q(
        "difference",
        "South American nations, leaving out the Spanish speaking ones",
        q.in_sub("South America") - q.speaking("Spanish"),
    )
    q(
        "difference",
        "Which actinides weren't found in the United Kingdom or France?",
        q.in_series("Actinides") - q.found_in("United Kingdom", "France"),
    )
    q(
        "difference",
        "Every country using the US dollar other than Panama",
        q.paying("United States dollar") - q.co("Panama"),
    )
    q(
        "middle",
        "Consider the Russian-speaking neighbours of China. What are their capitals?",
        (q.near("China") & q.speaking("Russian")).to("capital"),
    )
    q(
        "middle",
        "Which people are behind the lanthanides that were discovered in Switzerland?",
        (q.in_series("Lanthanides") & q.found_in("Switzerland")).to("discovered_by"),
    )
    q(
        "middle",
        "Money used in those neighbours of China whose population exceeds 100 million",
        q.near("China").where("population", lambda n: n > 100_000_000).to("currency"),
    )
    q(
        "middle",
        "By whom were the noble gases with a discovery date earlier than 1898 discovered?",
        q.in_series("Noble gases").where("discovery_year", lambda y: y < 1898).to("discovered_by"),
    )
    q(
        "several",
        "Find me a state adjoining Zambia and Zimbabwe and South Africa.",
        q.near("Zambia") & q.near("Zimbabwe") & q.near("South Africa"),
    )
    q(
        "several",
        "Per Theodor Cleve and William Ramsay both had a part in which element?",
        q.found_by("Per Theodor Cleve") & q.found_by("William Ramsay"),
    )
    q(
        "several",
        "Madrid, Vienna and Tashkent are capitals of which countries, respectively?",
        q.ci("Madrid").back("capital") | q.ci("Vienna").back("capital") | q.ci("Tashkent").back("capital"),
    )
    q(
        "several",
        "Argentina, Chile, Mexico: name the one tongue official in all of them",
        q.co("Argentina").to("official_language")
        & q.co("Chile").to("official_language")
        & q.co("Mexico").to("official_language"),
    )


def filters(q: Desk) -> None:
    q(
        "filter-type",
        "What in the 18th group counts as a radioactive element?",
        q.in_group(18) & q.every("radioactive element"),
    )
    q(
        "filter-type",
        "Name the organisations credited with elements from Japan.",
        q.found_in("Japan").to("discovered_by") & q.every("organisation"),
    )
    q(
        "filter-type",
        "French finds that happen to be radioactive elements",
        q.found_in("France") & q.every("radioactive element"),
    )
    q(
        "filter-type",
        "Which individual persons are named as discoverers of something Finnish, found in Finland I mean?",
        q.found_in("Finland").to("discovered_by") & q.every("person"),
    )
    q(
        "filter-number",
        "Countries larger than 9 million square kilometres",
        q.every("country").where("area", lambda a: a > 9_000_000),
    )
    q("filter-number", "What melts only above 3400 K?", q.every("element").where("melting_point", lambda k: k > 3400))
    q(
        "filter-number",
        "Are there lanthanides denser than 9 grams per cubic centimetre, and which?",
        q.in_series("Lanthanides").where("density", lambda d: d > 9),
    )
    q(
        "filter-number",
        "States adjoining China where at most 3 million people live",
        q.near("China").where("population", lambda n: n <= 3_000_000),
    )
    q(
        "filter-number",
        "Atomic number 53 belongs to what?",
        q.every("element").where("atomic_number", lambda n: n == 53),
    )
    q(
        "filter-date",
        "Elements that turned up during the 1830s",
        q.every("element").where("discovery_year", lambda y: 1830 <= y <= 1839),
    )
    q(
        "filter-date",
        "Since 1900, which elements were discovered in France?",
        q.found_in("France").where("discovery_year", lambda y: y >= 1900),
    )
    q(
        "filter-date",
        "Of the halogens, what had people found by 1815?",
        q.in_series("Halogens").where("discovery_year", lambda y: y <= 1815),
    )
    q(
        "filter-date",
        "1817 saw the discovery of which elements?",
        q.every("element").where("discovery_year", lambda y: y == 1817),
    )
    q("filter-text", "Pt is the chemical symbol of what?", q.every("element").where("symbol", lambda s: s == "Pt"))
    q(
        "filter-text",
        "Websites ending in .zm come from where?",
        q.every("country").where("top_level_domain", lambda s: s == ".zm"),
    )
    q("filter-text", "+90 is whose calling code?", q.every("country").where("calling_code", lambda s: s == "90"))
    q(
        "filter-text",
        "Which currency goes by the code TRY?",
        q.every("currency").where("currency_code", lambda s: s == "TRY"),
    )
