"""Identifiers read as words."""

import pytest

from kgqa.graph.words import as_words, path_parts


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("place_of_birth", "place of birth"),
        ("placeOfBirth", "place of birth"),
        ("__film__cinematographer__film", "film cinematographer"),
        ("/people/person/place_of_birth", "people person place of birth"),
        ("http://example.org/ns#dateOfBirth", "date of birth"),
        ("http://example.org/prop/capital", "capital"),
        ("isDVDOf", "is DVD of"),
        ("has-part", "has part"),
        ("P31", "P31"),
        ("ludwig_ii_of_bavaria", "ludwig ii of bavaria"),
        ("größeÜber", "größe über"),
        ("  spaced   out ", "spaced out"),
        ("___", "___"),
        ("", ""),
        ("首都", "首都"),
    ],
)
def test_identifiers_read_as_words(identifier: str, words: str) -> None:
    assert as_words(identifier) == words


def test_an_identifier_written_as_a_path_comes_apart() -> None:
    assert path_parts("/film/film/directed_by") == ("film", "film", "directed_by")
    assert path_parts("people.person.place_of_birth") == ("people", "person", "place_of_birth")
    assert path_parts("/award/nominee/nominations./award/nomination/award") == ("award", "nominee", "award")
    assert path_parts("place_of_birth") == ()
    assert path_parts("http://example.org/a.b/c") == ()
