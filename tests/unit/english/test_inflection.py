"""Verbs and nouns change their form by the rules of English."""

import pytest

from kgqa.english.inflection import agent_noun, base, ing, past, plural, singular


@pytest.mark.parametrize(
    ("word", "bare", "before"),
    [
        ("directed", "direct", "directed"),
        ("written", "write", "wrote"),
        ("carried", "carry", "carried"),
        ("borders", "border", "bordered"),
        ("touches", "touch", "touched"),
        ("passes", "pass", "passed"),
    ],
)
def test_a_verb_is_found_from_its_participle_or_third_person(word: str, bare: str, before: str) -> None:
    assert base(word) == bare
    assert past(word) == before


@pytest.mark.parametrize(
    ("one", "many"), [("country", "countries"), ("film", "films"), ("church", "churches"), ("day", "days")]
)
def test_nouns_have_regular_plurals(one: str, many: str) -> None:
    assert plural(one) == many
    assert plural(many) == many
    assert plural("") == ""


def test_a_singular_is_found_from_its_plural() -> None:
    assert [singular(word) for word in ("countries", "films", "churches", "class")] == [
        "country",
        "film",
        "church",
        "class",
    ]


@pytest.mark.parametrize(("one", "many"), [("child", "children"), ("person", "people"), ("wife", "wives")])
def test_irregular_plurals_go_both_ways(one: str, many: str) -> None:
    assert (plural(one), plural(many), singular(many)) == (many, many, one)


@pytest.mark.parametrize(
    ("verb", "present"),
    [("directed", "directing"), ("written", "writing"), ("tagged", "tagging"), ("borders", "bordering")],
)
def test_a_present_participle_drops_its_e_and_doubles_a_short_ending(verb: str, present: str) -> None:
    assert ing(verb) == present


def test_one_who_does_something_is_told_by_the_ending() -> None:
    assert [word for word in ("director", "artist", "actress", "film", "darkness") if agent_noun(word)] == [
        "director",
        "artist",
        "actress",
    ]
