"""SHACL validation of records and graphs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import rdflib

from kgqa.assets import asset
from kgqa.errors import InputError, MissingDependencyError
from kgqa.graph.validation import validate
from kgqa.types import Entity, Literal, LiteralType, Triple

SHAPES = asset("graph/shapes/example.ttl")
GOOD = [
    Entity("fr", "France", types=("country",), attributes={"population": Literal("68000000", LiteralType.INTEGER)}),
    Entity("de", "Germany", types=("country",)),
    Triple("fr", "borders", "de"),
    Triple("fr", "capital", "paris"),
]


def test_a_graph_that_keeps_to_the_shapes_conforms() -> None:
    report = validate(GOOD, SHAPES)
    assert report.conforms and report.violations == ()


def test_violations_name_entities_and_relations_by_our_ids() -> None:
    bad = [*GOOD, Triple("fr", "capital", "lyon"), Entity("es", types=("country",)), Triple("fr", "borders", "sea")]
    report = validate(bad, SHAPES)
    assert not report.conforms
    assert [(v.focus, v.path, v.value) for v in report.violations] == [
        ("es", "http://www.w3.org/2000/01/rdf-schema#label", None),
        ("fr", "borders", "sea"),
        ("fr", "capital", None),
    ]
    assert report.violations[2].severity == "violation" and "one capital" in report.violations[2].message


def test_an_rdflib_graph_can_be_checked(tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(data="<urn:kgqa:id:x> <urn:kgqa:id:population> -5 .", format="turtle")
    assert [v.value for v in validate(graph, SHAPES).violations] == ["-5"]


def test_shapes_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    with pytest.raises(InputError, match="cannot be read"):
        validate(GOOD, path)
    path.write_text("no turtle", encoding="utf-8")
    with pytest.raises(InputError, match="no Turtle"):
        validate(GOOD, path)


def test_without_pyshacl_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    with pytest.raises(MissingDependencyError, match=r"kgqa\[shacl\]"):
        validate(GOOD, SHAPES)
