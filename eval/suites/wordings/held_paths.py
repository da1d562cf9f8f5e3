"""The half that is not looked at: walks over the graph, set operations and conditions in between."""

from __future__ import annotations

from eval.suites.compositional.desk import Desk
from eval.suites.wordings.records import radioactive


def write(q: Desk) -> None:
    hops(q)
    sets(q)


def hops(q: Desk) -> None:
    q("1-hop", "Vanadium owes its discovery to which chemist?", q.el("Vanadium").to("discovered_by"))
    q("1-hop", "Could you let me know what Hungary has for money?", q.co("Hungary").to("currency"))
    q("1-hop", "how hot before niobium melts", q.el("Niobium").measured("melting_point"))
    q("1-hop", "Which tongue does the state of Cambodia use officially?", q.co("Cambodia").to("official_language"))
    q("1-hop", "The year germanium became known, please.", q.el("Germanium").measured("discovery_year"))

    q("inverse", "What elements were Carl Wilhelm Scheele's work?", q.found_by("Carl Wilhelm Scheele"))
    q("inverse", "Which state has made Tehran its capital?", q.ci("Tehran").back("capital"))
    q("inverse", "Dutch is official - but where?", q.speaking("Dutch"))
    q("inverse", "I need the places in which one spends Swiss francs.", q.paying("Swiss franc"))
    q("inverse", "Denmark can lay claim to the discovery of which elements?", q.found_in("Denmark"))

    found = q.el("Technetium").to("discovered_in")
    q("2-hop", "From what capital is the land governed in which technetium was discovered?", found.to("capital"))
    q("2-hop", "Find the currencies of all countries adjoining Tanzania.", q.near("Tanzania").to("currency"))
    q(
        "2-hop",
        "Scheele, Carl Wilhelm: to which series do the elements he discovered belong?",
        q.found_by("Carl Wilhelm Scheele").to("series"),
    )
    q(
        "2-hop",
        "Do you happen to know the capitals of the countries Argentina is bounded by?",
        q.near("Argentina").to("capital"),
    )
    q("2-hop", "discoverers of the alkali metals", q.in_series("Alkali metals").to("discovered_by"))

    around = q.el("Yttrium").to("discovered_in").to("borders")
    q(
        "3-hop",
        "Yttrium was discovered somewhere; what languages are official in the countries next to that place?",
        around.to("official_language"),
    )
    around = q.ci("Baghdad").back("capital").to("borders")
    q("3-hop", "What sorts of money do Baghdad's country's neighbours use?", around.to("currency"))
    bromine = q.el("Bromine")
    q(
        "3-hop",
        "Who was it that discovered bromine's fellow members of its series?",
        (bromine.to("series").back("series") - bromine).to("discovered_by"),
    )
    around = q.found_by("Fausto de Elhuyar").to("discovered_in").to("borders")
    q(
        "3-hop",
        "Fausto de Elhuyar's element was found in a certain country. Its neighbours' capitals?",
        around.to("capital"),
    )
    where = q.found_by("Martin Klaproth").to("discovered_in")
    q(
        "3-hop",
        "In the countries where Martin Klaproth's discoveries were made, what is the official language?",
        where.to("official_language"),
    )

    fluorine, finder = q.el("Fluorine"), q.el("Palladium").to("discovered_by")
    others = (finder.back("discovered_by") - q.el("Palladium")).to("discovered_in")
    q(
        "4-hop",
        "What currency is used where the other element by the discoverer of palladium was found?",
        others.to("currency"),
    )
    around = q.found_by("Henri Moissan").to("discovered_in").to("borders")
    q(
        "4-hop",
        "Which languages would an official use in the states round the country that gave us Henri Moissan's element?",
        around.to("official_language"),
    )
    column = (fluorine.to("group").back("group") - fluorine).to("discovered_in")
    q(
        "4-hop",
        "Elements below fluorine in its group were found in several countries. Which capitals do those have?",
        column.to("capital"),
    )
    athens = q.ci("Athens").back("capital")
    q(
        "4-hop",
        "Give the languages that are official in countries two borders away from the one ruled from Athens.",
        (athens.to("borders").to("borders") - athens).to("official_language"),
    )
    mosander = q.found_by("Carl Mosander").to("discovered_in").back("discovered_in")
    q(
        "4-hop",
        "Who, apart from Carl Mosander, made finds in the country where his elements were found?",
        mosander.to("discovered_by") - q.pe("Carl Mosander"),
    )


def sets(q: Desk) -> None:
    english, german, portuguese = q.speaking("English"), q.speaking("German"), q.speaking("Portuguese")
    davy, italy = q.found_by("Humphrey Davy"), q.near("Italy")
    q(
        "intersection",
        "Humphrey Davy's discoveries that happen to be alkali metals",
        davy & q.in_series("Alkali metals"),
    )
    q("intersection", "Who speaks German officially and is right beside Italy?", german & italy)
    q("intersection", "Which countries are adjacent to Iran and to Iraq alike?", q.near("Iran") & q.near("Iraq"))
    q(
        "intersection",
        "Transition metals of German discovery: what are they?",
        q.in_series("Transition metals") & q.found_in("Germany"),
    )
    q(
        "intersection",
        "Give me places in Southern Africa with English among their languages and the South African rand as money.",
        q.in_sub("Southern Africa") & english & q.paying("South African rand"),
    )

    q(
        "union",
        "Everything Martin Klaproth or William Wollaston found",
        q.found_by("Martin Klaproth", "William Wollaston"),
    )
    q("union", "In which countries is either Portuguese or Dutch official?", portuguese | q.speaking("Dutch"))
    q("union", "Which nations are bordered by Cambodia or by Argentina?", q.near("Cambodia") | q.near("Argentina"))
    q(
        "union",
        "Elements whose discovery took place in Italy, Spain or Denmark",
        q.found_in("Italy", "Spain", "Denmark"),
    )
    q(
        "union",
        "I want the metalloids together with the alkali metals.",
        q.in_series("Metalloids") | q.in_series("Alkali metals"),
    )

    q("difference", "Humphrey Davy's elements, save those that are alkali metals", davy - q.in_series("Alkali metals"))
    q(
        "difference",
        "Which countries next to Tanzania lack English as an official language?",
        q.near("Tanzania") - english,
    )
    q("difference", "halogens without radioactivity", q.in_series("Halogens") - radioactive(q))
    q(
        "difference",
        "What has been discovered in Germany that isn't a transition metal?",
        q.found_in("Germany") - q.in_series("Transition metals"),
    )
    q("difference", "Countries whose official language is German, Switzerland excepted", german - q.co("Switzerland"))

    q(
        "middle",
        "Who can take credit for the radioactive alkaline earth metals?",
        (q.in_series("Alkaline earth metals") & radioactive(q)).to("discovered_by"),
    )
    q(
        "middle",
        "Among the states around South Africa, those speaking English: name their capitals.",
        (q.near("South Africa") & english).to("capital"),
    )
    q(
        "middle",
        "Iran has neighbours in Western Asia. What currencies have they got?",
        (q.near("Iran") & q.in_sub("Western Asia")).to("currency"),
    )
    q(
        "middle",
        "By whom were the metalloids that come from Germany discovered?",
        (q.in_series("Metalloids") & q.found_in("Germany")).to("discovered_by"),
    )
    q(
        "middle",
        "Which languages are used officially by the countries of Europe that pay in pounds sterling?",
        (q.paying("Pound sterling") & q.in_region("Europe")).to("official_language"),
    )

    q("several", "Hungary's and Cambodia's capital cities", q.co("Hungary", "Cambodia").to("capital"))
    q(
        "several",
        "Which persons found vanadium, manganese and fluorine respectively?",
        q.el("Vanadium", "Manganese", "Fluorine").to("discovered_by"),
    )
    q("several", "Whom do Libya and Greece have as neighbours?", q.near("Libya") | q.near("Greece"))
    q("several", "bromine, radium, argon: series?", q.el("Bromine", "Radium", "Argon").to("series"))
    q(
        "several",
        "Please look up the languages of Iran, Iraq and Hungary.",
        q.co("Iran", "Iraq", "Hungary").to("official_language"),
    )
