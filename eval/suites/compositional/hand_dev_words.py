"""The half for tuning, worded by hand: dates, measures, names, passages, and what has no answer."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk


def write(q: Desk) -> None:
    times(q)
    measures(q)
    names(q)
    nothing(q)
    passages(q)


def times(q: Desk) -> None:
    q("temporal", "Who led Germany in 1985?", q.led("Germany", "1985", "1985"))
    q("temporal", "who was running the United States in March 1962", q.led("United States", "1962-03", "1962-03"))
    q("temporal", "Name everyone who governed Germany between 1960 and 1970.", q.led("Germany", "1960", "1970"))
    q("temporal", "Which politicians led the United States before 1970?", q.led("United States", "0001", "1969"))
    q("temporal", "Who has led Germany since 2000?", q.led("Germany", "2000", "9999"))
    q("temporal", "Who was the first to lead Germany?", q.led("Germany", "1949-09-15", "1949-09-15"))
    q("temporal", "Who was the last leader of the United States on record?", q.led("United States", "2016", "2017"))
    q("temporal", "Which halogen was the first to be discovered?", q.in_series("Halogens").least("discovery_year"))
    q("temporal", "what was the last element to be discovered in Germany", q.found_in("Germany").most("discovery_year"))
    q(
        "temporal",
        "What elements had been found in Germany before gallium was discovered?",
        q.found_in("Germany").where("discovery_year", lambda y: y < q.el("Gallium").value("discovery_year")),
    )


def measures(q: Desk) -> None:
    q("count", "How many neighbours has Poland got?", len(q.near("Poland")))
    q("count", "In how many countries do they speak German?", len(q.speaking("German")))
    q(
        "count",
        "Number of radioactive elements found in Germany?",
        len(q.found_in("Germany") & q.every("radioactive element")),
    )
    q("count", "how many of Italy's neighbours pay with the euro", len(q.near("Italy") & q.paying("Euro")))
    q("count", "How many elements have been found in Kenya?", len(q.found_in("Kenya")))
    q("superlative", "Biggest country in Africa by area?", q.in_region("Africa").most("area"))
    q("superlative", "Which of Germany's neighbours has the fewest people?", q.near("Germany").least("population"))
    q("superlative", "What's the cheapest of the transition metals?", q.in_series("Transition metals").least("price"))
    q(
        "superlative",
        "Tell me the lightest element, by atomic weight, found in Germany.",
        q.found_in("Germany").least("atomic_weight"),
    )
    q(
        "superlative",
        "which language is official in the most countries",
        q.every("language").with_most(lambda x: len(x.back("official_language"))),
    )
    q("comparison", "Who has more people, Kenya or Uganda?", q.co("Kenya", "Uganda").most("population"))
    q(
        "comparison",
        "Out of cobalt and gallium, which one melts at the lower temperature?",
        q.el("Cobalt", "Gallium").least("melting_point"),
    )
    q("comparison", "Is Poland bigger than Italy?", q.co("Poland").value("area") > q.co("Italy").value("area"))
    q(
        "comparison",
        "was radium discovered later than tellurium?",
        q.el("Radium").value("discovery_year") > q.el("Tellurium").value("discovery_year"),
    )
    q(
        "comparison",
        "Which has more neighbouring countries: Brazil or Germany?",
        q.co("Brazil", "Germany").with_most(lambda x: len(x.to("borders"))),
    )
    q("yes-no", "Do Germany and Poland have a common border?", q.co("Germany") in q.near("Poland"))
    q("yes-no", "Can I pay with euros in Norway?", q.co("Norway") in q.paying("Euro"))
    q("yes-no", "did robert bunsen discover cesium", q.el("Cesium") in q.found_by("Robert Bunsen"))
    q("yes-no", "Was technetium found in Italy?", q.el("Technetium") in q.found_in("Italy"))
    q(
        "yes-no",
        "Are there any noble gases that are radioactive?",
        bool(q.in_series("Noble gases").ids & q.every("radioactive element").ids),
    )


def names(q: Desk) -> None:
    q("ambiguous", "What is the official language of Luxembourg?", q.co("Luxembourg").to("official_language"))
    q("ambiguous", "Luxembourg is the capital of which country?", q.ci("Luxembourg").back("capital"))
    q("ambiguous", "Which countries belong to Micronesia?", q.in_sub("Micronesia"))
    q(
        "ambiguous",
        "Which elements did Bush discover?",
        q.untrue(q.one("politician", "George W. Bush").back("discovered_by")),
    )
    q("ambiguous", "Kennedy discovered which element?", q.found_by("J. W. Kennedy"))
    q("ambiguous", "In which countries is Thai spoken?", q.speaking("Thai"))
    q("ambiguous", "Which country was led by Brandt?", q.one("politician", "Willy Brandt").back("led_by"))
    q("misspelt", "What is the captial of Vietnm?", q.co("Vietnam").to("capital"))
    q("misspelt", "who discoverd teluriumm", q.el("Tellurium").to("discovered_by"))
    q("misspelt", "Which countries border Etheopia?", q.near("Ethiopia"))
    q("misspelt", "elements found by humfrey davy", q.found_by("Humphrey Davy"))
    q("misspelt", "What is the curency of Noway?", q.co("Norway").to("currency"))
    q("lower-case", "whats the capital of belgium", q.co("Belgium").to("capital"))
    q("lower-case", "poland neighbours", q.near("Poland"))
    q("lower-case", "which year tellurium discovered", q.el("Tellurium").measured("discovery_year"))
    q("lower-case", "elements marie curie", q.found_by("Marie Curie"))
    q("lower-case", "country with most people in africa", q.in_region("Africa").most("population"))
    q("partial-name", "What did Klaproth discover?", q.found_by("Martin Klaproth"))
    q("partial-name", "Which elements did Seaborg have a hand in finding?", q.found_by("G. T. Seaborg"))
    q(
        "partial-name",
        "Which element was found by the lab in Darmstadt called GSI?",
        q.one("organisation", "GSI Helmholtz Centre for Heavy Ion Research").back("discovered_by"),
    )
    q("partial-name", "Merkel led which country?", q.one("politician", "Angela Merkel").back("led_by"))
    q("other-name", "What is the capital of Polska?", q.co("Poland").to("capital"))
    q("other-name", "Which countries border Deutschland?", q.near("Germany"))
    q("other-name", "Who lives next to Italien, which countries?", q.near("Italy"))
    q("other-name", "Where was caesium discovered?", q.el("Cesium").to("discovered_in"))
    q("other-name", "Welche Währung hat Norwegen?", q.co("Norway").to("currency"))


def nothing(q: Desk) -> None:
    q("unanswerable", "Who won the election in Norway?", q.unknown("no_plan"))
    q("unanswerable", "What is the capital of Wakanda?", q.unknown("no_entity"))
    q("unanswerable", "how many museums are there in Rome", q.unknown("no_plan"))
    q(
        "unanswerable",
        "At what temperature does hassium melt?",
        q.unknown("no_answer", q.el("Hassium").value("melting_point")),
    )
    q("unanswerable", "Who is Humphrey Davy's wife?", q.unknown("no_plan"))
    q("unanswerable", "Which countries share a border with Madagascar?", q.unknown("no_answer", q.near("Madagascar")))
    q(
        "unanswerable",
        "What's the price of a kilo of astatine?",
        q.unknown("no_answer", q.el("Astatine").value("price")),
    )
    q("unanswerable", "Who discovered kryptonite?", q.unknown("no_entity"))
    q("unanswerable", "What is the average income in Kenya?", q.unknown("no_plan"))
    q("unanswerable", "is it going to rain tomorrow", q.unknown("no_entity"))
    q("false-premise", "What is the boiling point of Brazil?", q.untrue(q.co("Brazil").value("boiling_point")))
    q(
        "false-premise",
        "In what year did Robert Bunsen discover gallium?",
        q.untrue(q.el("Gallium") in q.found_by("Robert Bunsen")),
    )
    q("false-premise", "Why was tellurium discovered in Kenya?", q.untrue(q.el("Tellurium") in q.found_in("Kenya")))
    q("false-premise", "Which language is spoken in cobalt?", q.untrue(q.el("Cobalt").to("official_language")))
    q(
        "false-premise",
        "Since when is Hanoi the capital of Norway?",
        q.untrue(q.ci("Hanoi") in q.co("Norway").to("capital")),
    )
    q(
        "false-premise",
        "Which noble gas did Marie Curie discover?",
        q.untrue(q.found_by("Marie Curie") & q.in_series("Noble gases")),
    )
    q(
        "false-premise",
        "When did Angela Merkel lead Kenya?",
        q.untrue(q.one("politician", "Angela Merkel") in q.co("Kenya").to("led_by")),
    )
    q("false-premise", "How long is the border between Peru and Norway?", q.untrue(q.co("Norway") in q.near("Peru")))


def passages(q: Desk) -> None:
    q("passage", "What is cobalt-60 good for?", q.passage("cobalt/uses", "cancer"))
    q("passage", "Which element is in toothpaste?", q.passage("fluorine/uses", entity=q.el("Fluorine")))
    q("passage", "From what is radon formed?", q.passage("radon/sources", "radium"))
    q("passage", "After which god was promethium named?", q.passage("promethium/name", "Prometheus"))
    q("passage", "what do they use gadolinium for", q.passage("gadolinium/uses", "steel"))
    q("passage", "Which country is germanium named after?", q.passage("germanium/name", entity=q.co("Germany")))
