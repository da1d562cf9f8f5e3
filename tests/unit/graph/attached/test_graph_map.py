"""The map of an attached graph: read, checked, written; proposed from what was seen; values as literals."""

from __future__ import annotations

from pathlib import Path

import pytest
from neo4j import time
from neo4j.spatial import CartesianPoint, WGS84Point

from kgqa.errors import InputError
from kgqa.graph.attached.inspection import Inspection, Sampled
from kgqa.graph.attached.mapping import GraphMap, dump_graph_map, load_graph_map
from kgqa.graph.attached.proposal import propose_graph_map
from kgqa.graph.attached.values import literals, texts
from kgqa.types import Literal, LiteralType


def sampled(name: str, /, **properties: list[object]) -> Sampled:
    size = max((len(values) for values in properties.values()), default=1)
    return Sampled(name, size, size, properties, alone=size)


def test_a_map_survives_its_yaml_whatever_the_names_are() -> None:
    mapping = GraphMap.model_validate(
        {
            "nodes": {"a: b": {"name": "`x\n", "attributes": {"- y": {"unit": "km"}}}, "null": {}, "yes": {"id": "1"}},
            "unlabelled": {"aliases": ["#z"]},
            "relationships": {"R": {"qualifiers": {"since": {"name": "valid_from", "type": "date"}}}},
        }
    )
    text = dump_graph_map(mapping)
    import yaml

    assert load_graph_map(yaml.safe_load(text)) == mapping


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nodes: {A: {nam: x}}", "nodes.A.nam"),
        ("nodes: {A: {attributes: {x: {type: colour}}}}", "nodes.A.attributes.x.type"),
        ("relationships: {}", "names no label"),
        ("nodes: [", "no YAML"),
        ("!!python/object/apply:os.system [ls]", "no YAML"),
    ],
)
def test_a_bad_map_is_refused_by_file_and_field(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as raised:
        load_graph_map(path)
    assert str(path) in str(raised.value)


def test_the_property_that_reads_like_a_name_is_proposed() -> None:
    books = sampled(
        "Book",
        isbn=["978-3-16-148410-0", "978-1-86197-876-9"],
        title=["Emma", "Persuasion"],
        summary=["A long story of a young woman " * 4, "Another long story of another one " * 4],
        pageCount=[400, 250],
    )
    plants = sampled(
        "Plant", code=["X1", "X2"], latin=["Coffea arabica", "Theobroma cacao"], syns=[["coffee"], ["cocoa"]]
    )
    found = propose_graph_map(Inspection((books, plants), ()))
    assert (found.nodes["Book"].name, found.nodes["Book"].description) == ("title", "summary")
    assert set(found.nodes["Book"].attributes) == {"isbn", "pageCount"}
    assert (found.nodes["Plant"].name, found.nodes["Plant"].aliases) == ("latin", ["syns"])


@pytest.mark.parametrize(
    ("label", "properties", "name"),
    [
        ("Employee", {"firstName": ["Ada", "Bob"], "lastName": ["Lovell", "Stone"], "title": ["Clerk", "Head"]},
         ["firstName", "lastName"]),
        ("Person", {"name": ["Ada Lovell"], "first_name": ["Ada"], "surname": ["Lovell"]}, "name"),
        ("Order", {"freight": ["32.38"], "orderDate": ["1996-07-04 00:00:00.000"], "orderID": ["10248"],
                   "shipCity": ["Reims"]}, "orderID"),
        ("Order", {"orderId": [10248, 10249], "lines": [3, 4]}, "orderId"),
        ("Airport", {"city": ["Oslo", "Paris"], "iata": ["OSL", "CDG"]}, "iata"),
        ("City", {"city": ["Oslo", "Paris"], "iata": ["OSL", "CDG"]}, "city"),
        ("Email", {"email": ["a@example.org", "b@example.org"]}, "email"),
        ("Reading", {"value": [1.5, 2.5], "taken": ["2020-01-01"]}, None),
    ],
)  # fmt: skip
def test_a_name_may_have_two_parts_and_a_key_stands_in_for_one(
    label: str, properties: dict[str, list[object]], name: object
) -> None:
    assert propose_graph_map(Inspection((sampled(label, **properties),), ())).nodes[label].name == name


def test_numbers_and_moments_written_as_text_are_read_as_such_and_codes_are_not() -> None:
    order = sampled(
        "Order",
        name=["a", "b"],
        orderDate=["1996-07-04 00:00:00.000", "1996-07-05 10:30:00"],
        freight=["32.38", "11.61"],
        pieces=["12", "7"],
        postalCode=["12209", "05021"],
        categoryID=["1", "2"],
    )
    holds = sampled("HOLDS", to=["14.40"], on=["1996-07-04 00:00:00.000"])
    found = propose_graph_map(Inspection((order,), (holds,)))
    types = {name: item.type for name, item in found.nodes["Order"].attributes.items()}
    assert types == {
        "orderDate": LiteralType.DATE,
        "freight": LiteralType.DECIMAL,
        "pieces": LiteralType.INTEGER,
        "postalCode": None,
        "categoryID": None,
    }
    assert {name: item.name for name, item in found.relationships["HOLDS"].qualifiers.items()} == {
        "to": None,
        "on": "at",
    }


def test_a_short_description_may_be_asked_for_too() -> None:
    movie = sampled("Movie", title=["Heat"], tagline=["A crime saga"])
    node = propose_graph_map(Inspection((movie,), ())).nodes["Movie"]
    assert (node.description, set(node.attributes)) == ("tagline", {"tagline"})


def test_years_dates_units_and_times_are_seen_and_vectors_left_out() -> None:
    person = sampled("Person", name=["A B"], born=[1950], joined=["2020-05-01"], height_cm=[180], v=[[0.5] * 384])
    works = sampled("WORKS_AT", since=[time.Date(2001, 2, 3)], until=["2005"], role=["x"])
    found = propose_graph_map(Inspection((person,), (works,)))
    attributes = found.nodes["Person"].attributes
    assert attributes["born"].type is LiteralType.YEAR
    assert attributes["joined"].type is LiteralType.DATE
    assert (attributes["height_cm"].unit, attributes["height_cm"].label) == ("cm", "height")
    assert "v" not in attributes
    qualifiers = found.relationships["WORKS_AT"].qualifiers
    assert {name: item.name for name, item in qualifiers.items()} == {
        "since": "valid_from",
        "until": "valid_to",
        "role": None,
    }
    assert found.relationships["WORKS_AT"].label == "works at"


def test_an_attribute_that_shares_its_name_with_a_relationship_is_kept_apart() -> None:
    found = propose_graph_map(Inspection((sampled("A", owner=["x"], name=["n"]),), (sampled("owner"),)))
    assert found.nodes["A"].attributes["owner"].relation == "owner (property)"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, [Literal("true", LiteralType.BOOLEAN)]),
        (7, [Literal("7", LiteralType.INTEGER)]),
        (2.5, [Literal("2.5", LiteralType.DECIMAL)]),
        (time.Date(2020, 1, 2), [Literal("2020-01-02", LiteralType.DATE)]),
        (time.DateTime(2020, 1, 2), [Literal("2020-01-02", LiteralType.DATE)]),
        (time.DateTime(2020, 1, 2, 3, 4, 5), [Literal("2020-01-02T03:04:05", LiteralType.DATE)]),
        (["a", "", "b"], [Literal("a"), Literal("b")]),
        (None, []),
        (b"\x00", []),
        (float("nan"), [Literal("nan")]),
        (WGS84Point((11.1, 60.19)), [Literal("60.19, 11.1")]),
        (CartesianPoint((1.0, 2.0)), [Literal("1.0, 2.0")]),
    ],
)
def test_stored_values_become_literals(value: object, expected: list[Literal]) -> None:
    assert list(literals(value)) == expected


def test_a_value_that_does_not_read_as_its_type_stays_text() -> None:
    assert list(literals("1999", LiteralType.YEAR)) == [Literal("1999", LiteralType.YEAR)]
    assert list(literals("n/a", LiteralType.INTEGER)) == [Literal("n/a")]
    assert list(literals("1996-07-04 00:00:00.000", LiteralType.DATE)) == [Literal("1996-07-04", LiteralType.DATE)]
    assert list(literals("1996-07-04 10:30:00", LiteralType.DATE)) == [Literal("1996-07-04T10:30:00", LiteralType.DATE)]
    assert list(literals(["NULL", "x"])) == [Literal("x")]
    assert list(texts([" a ", 5, None])) == ["a", "5"]


@pytest.mark.parametrize(
    ("data", "good"),
    [
        ({"nodes": {"A": {"name": "n", "attributes": {"x": {"type": "year", "unit": "m"}}}}}, True),
        ({"unlabelled": {}, "relationships": {"R": {"qualifiers": {"since": {"name": "valid_from"}}}}}, True),
        ({"nodes": {"A": {"name": ["first", "last"]}}}, True),
        ({"nodes": {"A": {"name": []}}}, False),
        ({"nodes": {}}, False),
        ({"nodes": {"A": {"nam": "n"}}}, False),
        ({"nodes": {"A": {"attributes": {"x": {"type": "colour"}}}}}, False),
    ],
)
def test_the_schema_and_the_reader_of_maps_agree(data: dict[str, object], good: bool) -> None:
    from jsonschema import Draft202012Validator

    from kgqa.evaluation.schemas import load_schema

    assert Draft202012Validator(load_schema("graph-map")).is_valid(data) == good
    if good:
        load_graph_map(data)
    else:
        with pytest.raises(InputError):
            load_graph_map(data)
