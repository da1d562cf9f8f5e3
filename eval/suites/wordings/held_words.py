"""The half that is not looked at: filters, time, numbers, comparison, yes or no, other names, passages, no answer."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk, Some
from eval.suites.wordings.records import called, leaders, radioactive


def write(q: Desk) -> None:
    filters(q)
    time_and_number(q)
    judgements(q)
    names(q)
    passages(q)
    nothing(q)


def filters(q: Desk) -> None:
    finders = q.found_in("Germany").to("discovered_by")
    q(
        "filter-type",
        "Name the human beings, not the laboratories, who discovered elements in Germany.",
        finders & q.every("person"),
    )
    q(
        "filter-type",
        "Which organisations have a hand in elements discovered in the United States?",
        q.found_in("United States").to("discovered_by") & q.every("organisation"),
    )
    q("filter-type", "alkali metals which count as radioactive elements", q.in_series("Alkali metals") & radioactive(q))
    q(
        "filter-type",
        "Was any radioactive element found in Italy, and if so which?",
        q.found_in("Italy") & radioactive(q),
    )
    q("filter-type", "Give the radioactive elements of group 16.", q.in_group(16) & radioactive(q))

    q("filter-number", "Which countries around Italy have fewer than 100,000 inhabitants?", italy_small(q))
    q(
        "filter-number",
        "Alkali metals you could melt at less than 320 K",
        q.in_series("Alkali metals").where("melting_point", lambda v: v < 320),
    )
    q(
        "filter-number",
        "Who among Argentina's neighbours is larger than a million km²?",
        q.near("Argentina").where("area", lambda v: v > 1e6),
    )
    q(
        "filter-number",
        "Show me transition metals with a density no less than 22 g/cm³ that were found in Germany.",
        (q.in_series("Transition metals") & q.found_in("Germany")).where("density", lambda v: v >= 22),
    )
    q(
        "filter-number",
        "nations of Northern Africa exceeding forty million in population",
        q.in_sub("Northern Africa").where("population", lambda v: v > 40e6),
    )

    q(
        "filter-date",
        "What did people in Germany discover earlier than 1820?",
        q.found_in("Germany").where("discovery_year", lambda v: v < 1820),
    )
    q(
        "filter-date",
        "Metalloids that were only discovered from 1850 onwards",
        q.in_series("Metalloids").where("discovery_year", lambda v: v >= 1850),
    )
    q("filter-date", "1808 was a good year for Humphrey Davy: which elements did he find in it?", davy_in(q, 1808))
    q(
        "filter-date",
        "Halogens discovered no later than 1830",
        q.in_series("Halogens").where("discovery_year", lambda v: v <= 1830),
    )
    q(
        "filter-date",
        "American discoveries: what elements did the United States add from 1950 to 1960?",
        q.found_in("United States").where("discovery_year", lambda v: 1950 <= v <= 1960),
    )

    q(
        "filter-text",
        "Are there neighbours of Iran with a name that starts with A? Which?",
        called(q.near("Iran"), lambda s: s.startswith("a")),
    )
    q(
        "filter-text",
        "Name each country in Eastern Europe that ends in -ia.",
        called(q.in_sub("Eastern Europe"), lambda s: s.endswith("ia")),
    )
    q(
        "filter-text",
        "Lanthanides having a symbol with T as first letter",
        q.in_series("Lanthanides").where("symbol", lambda s: s.startswith("T")),
    )
    q(
        "filter-text",
        "Which countries of Western Africa contain the word Guinea?",
        called(q.in_sub("Western Africa"), lambda s: "guinea" in s),
    )
    q(
        "filter-text",
        "Alkaline earth metals: those beginning with B",
        called(q.in_series("Alkaline earth metals"), lambda s: s.startswith("b")),
    )


def italy_small(q: Desk) -> Some:
    return q.near("Italy").where("population", lambda v: v < 100_000)


def davy_in(q: Desk, year: int) -> Some:
    return q.found_by("Humphrey Davy").where("discovery_year", lambda v: v == year)


def time_and_number(q: Desk) -> None:
    q("temporal", "Germany in 1971: who was leading it?", q.led("Germany", "1971", "1971"))
    q(
        "temporal",
        "Name whoever led the United States at some point from 1978 to 1988.",
        q.led("United States", "1978", "1988"),
    )
    q("temporal", "By whom was Germany led first of all?", leaders(q, "Germany")[0])
    q(
        "temporal",
        "Up to the end of 1965, what leaders had the United States had?",
        q.led("United States", "0001", "1965"),
    )
    q("temporal", "Who has been the last one in charge of Germany?", leaders(q, "Germany")[-1])

    q("count", "How many alkali metals exist?", len(q.in_series("Alkali metals")))
    q("count", "Into how many neighbouring countries can you walk from Hungary?", len(q.near("Hungary")))
    q("count", "I'd be interested in how many elements Germany has discovered.", len(q.found_in("Germany")))
    q("count", "Humphrey Davy, element tally", len(q.found_by("Humphrey Davy")))
    loose = q.near("Tanzania") - q.speaking("English")
    q("count", "Of Tanzania's neighbours, how many don't have English as an official language?", len(loose))

    q("superlative", "Which of the countries round Iraq has the fewest people?", q.near("Iraq").least("population"))
    q("superlative", "lightest halogen", q.in_series("Halogens").least("atomic_weight"))
    q(
        "superlative",
        "Nothing found in Germany has a higher density than which element?",
        q.found_in("Germany").most("density"),
    )
    q(
        "superlative",
        "What is the biggest country by area in Northern Africa?",
        q.in_sub("Northern Africa").most("area"),
    )
    most = q.every("person").with_most(lambda one: len(one.back("discovered_by")))
    q("superlative", "Who holds the record for the largest number of elements discovered?", most)

    q(
        "comparison",
        "Is Hungary home to more people than Greece, or the other way round?",
        q.co("Hungary", "Greece").most("population"),
    )
    q("comparison", "vanadium vs niobium: higher melting point?", q.el("Vanadium", "Niobium").most("melting_point"))
    q(
        "comparison",
        "What was discovered later, bromine or fluorine?",
        q.el("Bromine", "Fluorine").most("discovery_year"),
    )
    q("comparison", "Of Iran and Libya, name the one with the greater territory.", q.co("Iran", "Libya").most("area"))
    q("comparison", "Which is the less dense of manganese and yttrium?", q.el("Manganese", "Yttrium").least("density"))


def judgements(q: Desk) -> None:
    q("yes-no", "Has Hungary got a common border with Greece?", q.co("Hungary") in q.near("Greece"))
    q("yes-no", "Did Humphrey Davy find sodium?", q.el("Sodium") in q.found_by("Humphrey Davy"))
    q("yes-no", "Is German an official language in Switzerland?", q.co("Switzerland") in q.speaking("German"))
    q("yes-no", "Isn't argon a noble gas?", q.el("Argon") in q.in_series("Noble gases"))
    q("yes-no", "Can I spend Swiss francs in Hungary?", q.co("Hungary") in q.paying("Swiss franc"))


def names(q: Desk) -> None:
    q("ambiguous", "Which languages are official in Luxembourg?", q.co("Luxembourg").to("official_language"))
    q("ambiguous", "Of what country is Gibraltar the capital?", q.ci("Gibraltar").back("capital"))
    kingston = q.co("Jamaica", "Norfolk Island")
    q("ambiguous", "Which places are governed from a city called Kingston?", kingston)
    q("ambiguous", "What is the area of Vatican City?", q.co("Vatican City State").measured("area"))
    q("ambiguous", "In what country is Lao spoken officially?", q.speaking("Lao"))

    q("misspelt", "who discoverd germainium", q.el("Germanium").to("discovered_by"))
    q("misspelt", "Whats the curency of Hungray", q.co("Hungary").to("currency"))
    q("misspelt", "Witch countries are arround Camboda?", q.near("Cambodia"))
    q("misspelt", "The boilling point of flourine?", q.el("Fluorine").measured("boiling_point"))
    q("misspelt", "Elments found in Itally", q.found_in("Italy"))

    q("lower-case", "what language do they speak in iran", q.co("Iran").to("official_language"))
    q("lower-case", "vanadium discovered by whom", q.el("Vanadium").to("discovered_by"))
    q("lower-case", "give me the capital of libya", q.co("Libya").to("capital"))
    q("lower-case", "elements found by martin klaproth", q.found_by("Martin Klaproth"))
    q("lower-case", "which of tanzanias neighbours has the most people", q.near("Tanzania").most("population"))

    q("partial-name", "Which elements did Klaproth find?", q.found_by("Martin Klaproth"))
    q("partial-name", "Wollaston's discoveries", q.found_by("William Wollaston"))
    q("partial-name", "What did Nilson come across?", q.found_by("Lars Nilson"))
    q("partial-name", "What was Seaborg involved in discovering?", q.found_by("G. T. Seaborg"))
    livermore = q.one("organisation", "Lawrence Livermore National Laboratory").back("discovered_by")
    q("partial-name", "Which element was made at Lawrence Livermore?", livermore)

    q("other-name", "Capital of the Magyarorszag?", q.co("Hungary").to("capital"))
    q("other-name", "Which states border the Hellenic Republic?", q.near("Greece"))
    q("other-name", "When was Natrium discovered?", q.el("Sodium").measured("discovery_year"))
    q("other-name", "What is the melting point of Blei?", q.el("Lead").measured("melting_point"))
    q("other-name", "Who lives beside the Swiss Confederation? I mean which countries.", q.near("Switzerland"))


def passages(q: Desk) -> None:
    q("passage", "What is it that radium is used to treat?", q.passage("radium/uses", "cancer"))
    q(
        "passage",
        "Which element got its name from a Scandinavian goddess?",
        q.passage("vanadium/name", "goddess", entity=q.el("Vanadium")),
    )
    q("passage", "From what minerals do we get uranium?", q.passage("uranium/sources", "pitchblende", "carnotite"))
    q("passage", "Galena is an ore in which you find what?", q.passage("lead/sources", "galena", entity=q.el("Lead")))
    q("passage", "What does the Greek word mean that argon is called after?", q.passage("argon/name", "inactive"))


def nothing(q: Desk) -> None:
    q("unanswerable", "Who wrote the constitution of Hungary?", q.unknown("no_plan"))
    q("unanswerable", "average wage in Iran", q.unknown("no_plan"))
    q("unanswerable", "Which planet has the most moons?", q.unknown("no_entity"))
    q("unanswerable", "When was lead discovered?", q.unknown("no_answer", q.el("Lead").values("discovery_year")))
    q("unanswerable", "What language do the people of Wakanda speak?", q.unknown("no_entity"))

    q(
        "false-premise",
        "What year saw Martin Klaproth discover argon?",
        q.untrue(q.el("Argon") in q.found_by("Martin Klaproth")),
    )
    q(
        "false-premise",
        "How long is the Hungarian stretch of the border between Hungary and Libya?",
        q.untrue(q.co("Libya") in q.near("Hungary")),
    )
    q(
        "false-premise",
        "Given that Iran pays with the Swiss franc, what is its population?",
        q.untrue(q.co("Iran") in q.paying("Swiss franc")),
    )
    q(
        "false-premise",
        "Which Italian discovered vanadium in Italy?",
        q.untrue(q.co("Italy") in q.el("Vanadium").to("discovered_in")),
    )
    q(
        "false-premise",
        "Why is the noble gas sodium so abundant in the sea?",
        q.untrue(q.el("Sodium") in q.in_series("Noble gases")),
    )
