"""Tables of any shape: maps, what they refuse, maps proposed from the data."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from kgqa.errors import InputError
from kgqa.graph.formats import load_map, propose_map, read
from kgqa.types import Entity, Literal, LiteralType, Triple

COUNTRIES = """\
code,name,name_fr,kind,population,area,founded,capital,neighbours,notes
fr,France,France,state,68000000,551695.5,1958-10-04,Paris,es;de,A country in Europe whose capital lies on the Seine
es,Spain,Espagne,state,48000000,505990,1978-12-29,Madrid,fr,A country in Europe whose capital lies on the Manzanares
de,Germany,Allemagne,state,84000000,357022,1949-05-23,Berlin,fr,A country in Europe whose capital lies on the Spree
"""
MAP = """\
id: code
id_pattern: "country:{}"
label: name
labels: {fr: name_fr}
aliases: {en: [code, name]}
types: [country]
type_columns: [kind]
description: notes
attributes:
  population: {type: integer}
  area: {relation: surface, type: decimal, unit: km^2}
  founded: {type: date}
links:
  capital: {relation: has_capital, to: "city:{}", label: true, type: city}
  neighbours: {relation: borders, to: "country:{}", separator: ";"}
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_map_makes_entities_and_statements(tmp_path: Path) -> None:
    records = list(read(write(tmp_path / "c.csv", COUNTRIES), map=write(tmp_path / "map.yaml", MAP)))
    assert records[:5] == [
        Entity(
            "country:fr",
            "France",
            {"fr": "France"},
            {"en": ("fr", "France")},
            ("country", "state"),
            "A country in Europe whose capital lies on the Seine",
            attributes={
                "population": Literal("68000000", LiteralType.INTEGER),
                "surface": Literal("551695.5", LiteralType.DECIMAL, "km^2"),
                "founded": Literal("1958-10-04", LiteralType.DATE),
            },
        ),
        Triple("country:fr", "has_capital", "city:Paris"),
        Entity("city:Paris", "Paris", types=("city",)),
        Triple("country:fr", "borders", "country:es"),
        Triple("country:fr", "borders", "country:de"),
    ]


def test_parquet_and_frames_give_what_csv_gives(tmp_path: Path) -> None:
    frame = pd.read_csv(write(tmp_path / "c.csv", COUNTRIES))
    frame.to_parquet(tmp_path / "c.parquet")
    expected = list(read(tmp_path / "c.csv", map=yaml.safe_load(MAP)))
    assert list(read(tmp_path / "c.parquet", map=yaml.safe_load(MAP))) == expected
    assert list(read(frame, map=yaml.safe_load(MAP))) == expected


def test_parquet_holds_lists_dates_and_triples(tmp_path: Path) -> None:
    pd.DataFrame({"id": ["a"], "tags": [["x", "y"]], "day": [datetime.date(1990, 1, 2)]}).to_parquet(
        tmp_path / "l.parquet"
    )
    mapping = {"id": "id", "attributes": {"day": {"type": "date"}}, "links": {"tags": {}}}
    assert list(read(tmp_path / "l.parquet", map=mapping)) == [
        Entity("a", attributes={"day": Literal("1990-01-02", LiteralType.DATE)}),
        Triple("a", "tags", "x"),
        Triple("a", "tags", "y"),
    ]
    pd.DataFrame([("a", "r", "b")], columns=["head", "relation", "tail"]).to_parquet(tmp_path / "t.parquet")
    assert list(read(tmp_path / "t.parquet")) == [Triple("a", "r", "b")]
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="no Parquet"):
        list(read(tmp_path / "bad.parquet"))


def test_links_by_label_find_rows_above_and_below(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "id,name,spouse\n1,Ada,Ben\n2,Ben,Ada\n3,Cleo,Dan\n")
    mapping = {"id": "id", "label": "name", "links": {"spouse": {"match": "label", "to": "person:{}"}}}
    assert [r for r in read(path, map=mapping) if isinstance(r, Triple)] == [
        Triple("1", "spouse", "2"),
        Triple("2", "spouse", "1"),
        Triple("3", "spouse", "person:Dan"),
    ]


def test_an_inverse_link_makes_the_row_the_tail(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "id;parent\nx;y\n")
    mapping = {"id": "id", "delimiter": ";", "links": {"parent": {"relation": "parent_of", "inverse": True}}}
    assert list(read(path, map=mapping)) == [Entity("x"), Triple("y", "parent_of", "x")]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({}, "id: Field required"),
        ({"id": "code", "labl": "name"}, "labl"),
        ({"id": "code", "attributes": {"area": {"type": "number"}}}, "attributes.area.type"),
        ({"id": "code", "links": {"capital": {"to": "city"}}}, "must hold {} once"),
        ({"id": "key"}, "the map names the column 'key'.*the table has code, name"),
        ({"id": "code", "links": {"capital": {"match": "label"}}}, "names no label column"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(tmp_path: Path, mapping: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        list(read(write(tmp_path / "c.csv", COUNTRIES), map=mapping))


def test_a_map_is_only_data(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no YAML"):
        load_map(write(tmp_path / "m.yaml", "id: !!python/object/apply:os.getcwd []\n"))
    with pytest.raises(InputError, match="no YAML") as caught:
        load_map(write(tmp_path / "m.yaml", "id: code\nlabel: [\n"))
    assert caught.value.line is not None


@pytest.mark.parametrize(
    ("row", "line", "says"),
    [
        ("fr,many", 3, "column 'n': 'many' does not read as integer"),
        (",5", 3, "empty id in column 'id'"),
        ("fr", 3, "1 columns where 2 are expected"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_can_be_skipped(tmp_path: Path, row: str, line: int, says: str) -> None:
    path = write(tmp_path / "c.csv", f"id,n\na,1\n{row}\nb,2\n")
    mapping = {"id": "id", "attributes": {"n": {"type": "integer"}}}
    with pytest.raises(InputError, match=says) as caught:
        list(read(path, map=mapping))
    assert caught.value.line == line
    assert [r.id for r in read(path, map=mapping, on_error="skip")] == ["a", "b"]  # type: ignore[union-attr]


def test_a_proposed_map_names_id_label_attributes_and_links(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", COUNTRIES)
    text = propose_map(path)
    assert text.startswith("# Proposed from the first 3 rows")
    assert yaml.safe_load(text) == {
        "id": "code",
        "label": "name",
        "description": "notes",
        "type_columns": ["kind"],
        "attributes": {
            "name_fr": {"type": "string"},
            "population": {"type": "integer"},
            "area": {"type": "decimal"},
            "founded": {"type": "date"},
            "capital": {"type": "string"},
        },
        "links": {"neighbours": {"to": "{}", "separator": ";"}},
    }
    records = list(read(path, map=yaml.safe_load(text)))
    assert Triple("fr", "neighbours", "de") in records


def test_a_proposed_map_finds_labels_repeated_values_years_and_delimiters(tmp_path: Path) -> None:
    text = "name;city;born_year;friend\n" + "".join(
        f"Person {n};{'Oslo' if n % 2 else 'Bergen'};{1900 + n};Person {(n + 1) % 6}\n" for n in range(6)
    )
    data = yaml.safe_load(propose_map(write(tmp_path / "p.csv", text)))
    assert data["delimiter"] == ";" and data["id"] == data["label"] == "name"
    assert data["links"]["city"] == {"to": "city:{}", "label": True, "type": "city"}
    assert data["links"]["friend"] == {"to": "{}"}
    assert data["attributes"] == {"born_year": {"type": "year"}}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [("a.csv", "", "no rows"), ("a.csv", "x\n1\n1\n", "no column could be the id"), ("a.md", "x", "no table")],
)
def test_what_no_map_can_be_proposed_for_is_told(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        propose_map(write(tmp_path / name, text))
