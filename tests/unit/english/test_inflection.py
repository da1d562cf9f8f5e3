"""Verbs and nouns change their form by the rules of English."""

import pytest

from kgqa.english.inflection import base, past, plural, singular


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
