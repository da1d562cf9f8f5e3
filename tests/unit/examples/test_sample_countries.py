"""What the rules make of countryinfo's entries."""

from typing import Any

from examples.elements.countries import Countries, load_countries, names


def entry(name: str, alpha2: str, alpha3: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "ISO": {"alpha2": alpha2, "alpha3": alpha3, "numeric": "001"}, "altSpellings": [], **more}


def outline(*points: tuple[float, float]) -> dict[str, Any]:
    return {"features": [{"geometry": {"coordinates": [[list(point) for point in points]]}}]}


def test_a_border_told_by_one_side_stands_only_where_the_outlines_touch() -> None:
    countries = Countries(
        [
            entry("Near", "NE", "NEA", borders=["MID"], geoJSON=outline((0, 0), (1, 1))),
            entry("Middle", "MI", "MID", borders=[], geoJSON=outline((1, 1), (2, 2))),
            entry("Far", "FA", "FAR", borders=["MID"], geoJSON=outline((9, 9), (8, 8))),
        ]
    )
    assert countries.borders == {("NEA", "MID"), ("MID", "NEA")}


def test_a_border_written_with_a_two_letter_code_is_understood() -> None:
    countries = Countries([entry("Small", "SM", "SMA", borders=["LA"]), entry("Large", "LA", "LAR", borders=[])])
    assert ("SMA", "LAR") in countries.borders


def test_entries_of_one_code_are_one_country_called_by_all_their_names() -> None:
    countries = Countries(
        [entry("Burma", "MM", "MMR"), entry("Myanmar", "MM", "MMR", population=5, area=3, capital="Naypyidaw")]
    )
    assert list(countries.by_code) == ["MMR"]
    assert countries.label("MMR") == "Myanmar"
    assert countries.find("Burma") == "MMR"


def test_withdrawn_codes_and_parts_are_no_countries() -> None:
    countries = load_countries()
    labels = {str(data["name"]) for data in countries.by_code.values()}
    assert len(countries.by_code) > 240
    assert not labels & {"Serbia and Montenegro", "Antilles néerlandaises", "Scotland", "Wales"}


def test_iso_codes_that_are_words_are_no_names() -> None:
    found = names(entry("Andorra", "AD", "AND", altSpellings=["AD", "AND", "Principality of Andorra"]))
    assert found == ["Andorra", "Principality of Andorra"]
    assert "USA" in names(entry("United States", "US", "USA", altSpellings=["US", "USA", "United States of America"]))


def test_names_in_other_data_find_their_country() -> None:
    countries = load_countries()
    assert countries.find("USA") == "USA"
    assert countries.find("DRC") == "COD"
    assert countries.find("Austrailia") == "AUS"
    assert countries.find("Kyrgzstan") == "KGZ"
    assert countries.find("England") == "GBR"
    assert countries.find("Poland: Chile") is None
    assert countries.find("CIS Countries (inc. Russia)") is None
