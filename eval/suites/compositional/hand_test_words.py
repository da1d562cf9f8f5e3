"""The half that is not tuned on, worded by hand: dates, measures, names, passages, and what has no answer."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk


def write(q: Desk) -> None:
    times(q)
    measures(q)
    names(q)
    nothing(q)
    passages(q)


def times(q: Desk) -> None:
    q("temporal", "In 1983 the United Kingdom was governed by whom?", q.led("United Kingdom", "1983", "1983"))
    q("temporal", "France, June 1980: who was in charge?", q.led("France", "1980-06", "1980-06"))
    q("temporal", "From 1991 to 2009, which people led the United Kingdom?", q.led("United Kingdom", "1991", "2009"))
    q("temporal", "Up to 1973, who had been leading France?", q.led("France", "0001", "1973"))
    q("temporal", "Leaders of the United Kingdom after 2011", q.led("United Kingdom", "2012", "9999"))
    q("temporal", "France's earliest leader in the data is who?", q.led("France", "1959-01-08", "1959-01-08"))
    q("temporal", "Most recently, who led the United Kingdom?", q.led("United Kingdom", "2021", "9999"))
    q(
        "temporal",
        "Which alkaline earth metal was found earliest?",
        q.in_series("Alkaline earth metals").least("discovery_year"),
    )
    q(
        "temporal",
        "Of all that was discovered in Sweden, what came first?",
        q.found_in("Sweden").least("discovery_year"),
    )
    q(
        "temporal",
        "Later than iodine, what else did French soil give us, i.e. which elements were discovered in France after it?",
        q.found_in("France").where("discovery_year", lambda y: y > q.el("Iodine").value("discovery_year")),
    )


def measures(q: Desk) -> None:
    q("count", "Give me the number of states that adjoin Turkey.", len(q.near("Turkey")))
    q("count", "Spanish is official in how many countries altogether?", len(q.speaking("Spanish")))
    q(
        "count",
        "What is the total of lanthanides that were found in Sweden?",
        len(q.in_series("Lanthanides") & q.found_in("Sweden")),
    )
    q(
        "count",
        "count the neighbours of China in which Russian is official",
        len(q.near("China") & q.speaking("Russian")),
    )
    q(
        "count",
        "How many noble gases did Louis Vauquelin find?",
        len(q.found_by("Louis Vauquelin") & q.in_series("Noble gases")),
    )
    q(
        "superlative",
        "Name the South American country with the most inhabitants.",
        q.in_sub("South America").most("population"),
    )
    q("superlative", "Which state adjoining China covers the least ground?", q.near("China").least("area"))
    q("superlative", "Among the metalloids, nothing is denser than what?", q.in_series("Metalloids").most("density"))
    q(
        "superlative",
        "Heaviest element by atomic weight ever discovered in the United Kingdom",
        q.found_in("United Kingdom").most("atomic_weight"),
    )
    q(
        "superlative",
        "What is the most widespread currency, counting countries?",
        q.every("currency").with_most(lambda x: len(x.back("currency"))),
    )
    q(
        "comparison",
        "Between Zambia and Zimbabwe, where do more people live?",
        q.co("Zambia", "Zimbabwe").most("population"),
    )
    q(
        "comparison",
        "Nickel versus silver: the higher boiling point belongs to?",
        q.el("Nickel", "Silver").most("boiling_point"),
    )
    q(
        "comparison",
        "Does Argentina cover more ground than Mexico?",
        q.co("Argentina").value("area") > q.co("Mexico").value("area"),
    )
    q(
        "comparison",
        "Had nickel already been found when platinum was, that is, was nickel the earlier discovery?",
        q.el("Nickel").value("discovery_year") < q.el("Platinum").value("discovery_year"),
    )
    q(
        "comparison",
        "Of William Ramsay and Jöns Berzelius, who discovered more elements?",
        q.pe("William Ramsay", "Jöns Berzelius").with_most(lambda x: len(x.back("discovered_by"))),
    )
    q("yes-no", "Russia and Turkey, are they neighbours?", q.co("Russia") in q.near("Turkey"))
    q("yes-no", "Is the Swiss franc what they use in Austria?", q.co("Austria") in q.paying("Swiss franc"))
    q(
        "yes-no",
        "Is William Wollaston one of those who discovered rhodium?",
        q.el("Rhodium") in q.found_by("William Wollaston"),
    )
    q("yes-no", "platinum was discovered in Spain, wasn't it?", q.el("Platinum") in q.found_in("Spain"))
    q(
        "yes-no",
        "Do any alkali metals exist that are radioactive?",
        bool(q.in_series("Alkali metals").ids & q.every("radioactive element").ids),
    )


def names(q: Desk) -> None:
    q("ambiguous", "How many people live in Singapore, the country?", q.co("Singapore").measured("population"))
    q("ambiguous", "Djibouti - which state has it as its capital?", q.ci("Djibouti").back("capital"))
    q("ambiguous", "Where is Lao an official language?", q.speaking("Lao"))
    q(
        "ambiguous",
        "What did Thatcher and Blair discover?",
        q.untrue(q.one("politician", "Tony Blair").back("discovered_by")),
    )
    q("ambiguous", "Brown led which country?", q.one("politician", "Gordon Brown").back("led_by"))
    q("ambiguous", "Rutherford was the finder of what?", q.found_by("Daniel Rutherford"))
    q("ambiguous", "Which countries adjoin Monaco?", q.near("Monaco"))
    q("misspelt", "Which curencies are used in Switserland?", q.co("Switzerland").to("currency"))
    q("misspelt", "Year in which iodinne was discoverd?", q.el("Iodine").measured("discovery_year"))
    q("misspelt", "What borders Argentinia?", q.near("Argentina"))
    q("misspelt", "Things Carl Wilhelm Sheele discovered", q.found_by("Carl Wilhelm Scheele"))
    q("misspelt", "languages of Zimbabwee", q.co("Zimbabwe").to("official_language"))
    q("lower-case", "finland language", q.co("Finland").to("official_language"))
    q("lower-case", "who first found platinum", q.el("Platinum").to("discovered_by"))
    q("lower-case", "tashkent is capital of", q.ci("Tashkent").back("capital"))
    q("lower-case", "south africa official languages list", q.co("South Africa").to("official_language"))
    q("lower-case", "least populous country in south america", q.in_sub("South America").least("population"))
    q("partial-name", "Boisbaudran is known for which elements?", q.found_by("Paul Émile Lecoq de Boisbaudran"))
    q("partial-name", "Ghiorso was involved in discovering what?", q.found_by("A. Ghiorso"))
    q(
        "partial-name",
        "What did the institute in Dubna, the Joint Institute, discover?",
        q.one("organisation", "Joint Institute for Nuclear Research").back("discovered_by"),
    )
    q("partial-name", "Which country was Sarkozy the leader of?", q.one("politician", "Nicolas Sarkozy").back("led_by"))
    q("other-name", "España adjoins what?", q.near("Spain"))
    q("other-name", "Quelle est la monnaie de la Turquie ?", q.co("Turkey").to("currency"))
    q("other-name", "Which languages are official in Suomi?", q.co("Finland").to("official_language"))
    q("other-name", "Who isolated aluminium for the first time?", q.el("Aluminum").to("discovered_by"))
    q("other-name", "Capital of Österreich?", q.co("Austria").to("capital"))


def nothing(q: Desk) -> None:
    q("unanswerable", "Where did Jöns Berzelius go to school?", q.unknown("no_plan"))
    q("unanswerable", "Money of the kingdom of Gondor?", q.unknown("no_entity"))
    q("unanswerable", "Which football club from Madrid is the best?", q.unknown("no_plan"))
    q(
        "unanswerable",
        "Boiling point of seaborgium, in kelvin?",
        q.unknown("no_answer", q.el("Seaborgium").value("boiling_point")),
    )
    q("unanswerable", "Was William Ramsay married?", q.unknown("no_plan"))
    q("unanswerable", "Japan adjoins which countries?", q.unknown("no_answer", q.near("Japan")))
    q(
        "unanswerable",
        "In what year was silver discovered?",
        q.unknown("no_answer", q.el("Silver").value("discovery_year")),
    )
    q("unanswerable", "Adamantium: who found it?", q.unknown("no_entity"))
    q("unanswerable", "Life expectancy in Zambia", q.unknown("no_plan"))
    q("unanswerable", "can you book me a table for two", q.unknown("no_entity"))
    q(
        "false-premise",
        "How many kelvin does it take to melt Argentina?",
        q.untrue(q.co("Argentina").value("melting_point")),
    )
    q(
        "false-premise",
        "Scheele's discovery of platinum happened when?",
        q.untrue(q.el("Platinum") in q.found_by("Carl Wilhelm Scheele")),
    )
    q("false-premise", "Who discovered nickel in Zambia?", q.untrue(q.el("Nickel") in q.found_in("Zambia")))
    q("false-premise", "What does one pay with in iodine?", q.untrue(q.el("Iodine").to("currency")))
    q(
        "false-premise",
        "Vienna became the capital of Turkey in which year?",
        q.untrue(q.ci("Vienna") in q.co("Turkey").to("capital")),
    )
    q(
        "false-premise",
        "Name the halogen discovered by William Ramsay.",
        q.untrue(q.found_by("William Ramsay") & q.in_series("Halogens")),
    )
    q(
        "false-premise",
        "From when to when was Tony Blair in charge of Bulgaria?",
        q.untrue(q.one("politician", "Tony Blair") in q.co("Bulgaria").to("led_by")),
    )
    q("false-premise", "Where do Finland and Spain share their border?", q.untrue(q.co("Finland") in q.near("Spain")))


def passages(q: Desk) -> None:
    q(
        "passage",
        "What part of a nuclear reactor is hafnium used for?",
        q.passage("hafnium/uses", "control rods"),
    )
    q("passage", "Water pipes are made from which element?", q.passage("copper/uses", entity=q.el("Copper")))
    q(
        "passage",
        "Which gas comes from the electrolysis of brine out of salt mines?",
        q.passage("chlorine/sources", entity=q.el("Chlorine")),
    )
    q("passage", "The word iodine goes back to which colour?", q.passage("iodine/name", "violet"))
    q("passage", "uses of nickel?", q.passage("nickel/uses", "electroplating", "alloys", "batteries", "coins"))
    q("passage", "Moscovium takes its name from what?", q.passage("moscovium/name", "Moscov"))
