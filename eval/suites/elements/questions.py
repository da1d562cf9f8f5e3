"""The sample's questions: a wording, and a small function that computes its answer from the records.

The wordings were written before the engine answered any of them. In ``shapes``, the half marked "test" is not for
tuning: it has other entities and other wording than "dev".
"""

from __future__ import annotations

from collections.abc import Iterator

from eval.suites.elements import measures, paths, words
from eval.suites.elements.asking import (
    Ask,
    InPassage,
    attribute,
    c,
    e,
    false_premise,
    members,
    more,
    neighbours,
    p,
    unknown,
    year,
)
from eval.suites.elements.records import Graph

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
    for shape, splits in {**paths.SHAPES, **measures.SHAPES, **words.SHAPES}.items():
        for split, asked in splits.items():
            for question, answer in asked:
                yield Ask(shape, question, answer, split)
