"""Who discovered an element, out of one line of text."""

import pytest

from examples.elements import people


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Pierre and Marie Curie", ["Pierre Curie", "Marie Curie"]),
        ("Fausto and Juan José de Elhuyar", ["Fausto de Elhuyar", "Juan José de Elhuyar"]),
        ("Ferdinand Reich, T. Richter", ["Ferdinand Reich", "T. Richter"]),
        ("Sir William Ramsay; M. W. Travers", ["Sir William Ramsay", "M. W. Travers"]),
        ("E.M. McMillan, P.H. Abelson", ["E. M. McMillan", "P. H. Abelson"]),
        ("A. Ghiorso, et al", ["A. Ghiorso"]),
        ("Known to the ancients.", []),
        (None, []),
    ],
)
def test_a_line_names_its_people(text: str | None, names: list[str]) -> None:
    assert people.split(text) == [("person", name) for name in names]


def test_a_list_with_an_institution_is_of_organisations() -> None:
    assert people.split("Argonne, Los Alamos, U of Calif") == [
        ("organisation", "Argonne"),
        ("organisation", "Los Alamos"),
        ("organisation", "U of Calif"),
    ]
    assert people.split("Heavy Ion Research Laboratory (HIRL)") == [("organisation", "Heavy Ion Research Laboratory")]


def test_spellings_of_one_person_are_joined_and_the_fullest_is_shown() -> None:
    spellings = ["Sir Humphrey Davy", "Sir H. Davy"]
    merged = people.merge([("person", name) for name in spellings])
    davy = merged["person", "Sir H. Davy"]
    assert davy is merged["person", "Sir Humphrey Davy"]
    assert davy.label == "Humphrey Davy"
    assert {"H. Davy", "Sir H. Davy", "Sir Humphrey Davy", "Davy"} <= set(davy.names)


def test_one_letter_apart_is_one_person_when_the_first_name_is_the_same() -> None:
    merged = people.merge([("person", "William Ramsay"), ("person", "William Ramsey"), ("person", "Walter Ramsoy")])
    assert merged["person", "William Ramsay"] is merged["person", "William Ramsey"]
    assert merged["person", "William Ramsay"] is not merged["person", "Walter Ramsoy"]


def test_a_shared_surname_names_nobody() -> None:
    merged = people.merge([("person", "Pierre Curie"), ("person", "Marie Curie")])
    assert merged["person", "Pierre Curie"] is not merged["person", "Marie Curie"]
    assert all("Curie" not in person.names for person in merged.values())
