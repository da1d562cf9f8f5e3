"""RDF: what its vocabularies become, blank nodes, named graphs; every syntax gives the same records."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic

from kgqa.errors import InputError, UsageError
from kgqa.graph.formats import read, record_to_dict, to_rdflib, write_rdf
from kgqa.types import Entity, Literal, LiteralType, Passage, Record, Relation, Same, Triple

TURTLE = """
@prefix : <http://e.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix schema: <https://schema.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

:paris a :City, owl:NamedIndividual ; rdfs:label "Paris"@en, "パリ"@ja ; skos:prefLabel "Paris, France"@en ;
  skos:altLabel "City of Light"@en, "Lutetia"@la ; schema:description "A city."@en ; rdfs:comment "Eine Stadt."@de ;
  :population 2100000 ; :area 105.40 ; :big true ; :founded "-0259"^^xsd:gYear ; :day "1898-07-18"^^xsd:date ;
  :born "1989-01-01T10:00:00.50Z"^^xsd:dateTime ; :took "P3D"^^xsd:duration ; :motto "Fluctuat nec mergitur"@la ;
  :odd "abc"^^xsd:integer ; :shape "POINT(1 2)"^^:wkt ; :quoted "a \\"b\\"\\n\\\\ \\t é 😀" ; :small "01"^^xsd:byte ;
  :ratio 1.0e3 ; :capitalOf :france ; owl:sameAs :parigi ;
  :near [ :what :seine ; :far [ :metres 5 ] ], [ :what :oise ] .
:capitalOf a owl:ObjectProperty, owl:FunctionalProperty ; rdfs:label "capital of"@en, "Hauptstadt von"@de ;
  rdfs:domain :City ; rdfs:range :Country ; owl:inverseOf :hasCapital ; rdfs:comment "seat" .
:near a owl:SymmetricProperty .
:hasCapital rdfs:label "has capital" .
"""


def graph() -> rdflib.Graph:
    return rdflib.Graph().parse(data=TURTLE, format="turtle")


def said(records: object) -> list[dict]:  # type: ignore[type-arg]
    return sorted((record_to_dict(record) for record in records), key=repr)  # type: ignore[attr-defined]


def test_vocabularies_become_names_types_relations_and_statements() -> None:
    records = list(read(graph(), name="s"))
    [paris] = [r for r in records if isinstance(r, Entity)]
    assert paris == Entity(
        "http://e.org/paris",
        "Paris",
        {"ja": "パリ"},
        {"en": ("City of Light", "Paris, France"), "la": ("Lutetia",)},
        ("http://e.org/City", "http://www.w3.org/2002/07/owl#NamedIndividual"),
        "A city.",
        {"de": "Eine Stadt."},
    )
    relations = {r.id.rsplit("/")[-1]: r for r in records if isinstance(r, Relation)}
    assert relations["capitalOf"] == Relation(
        "http://e.org/capitalOf",
        "capital of",
        {"de": "Hauptstadt von"},
        description="seat",
        inverse_of="http://e.org/hasCapital",
        functional=True,
        domain="http://e.org/City",
        range="http://e.org/Country",
    )
    assert relations["near"].symmetric is True and relations["hasCapital"].label == "has capital"
    assert Same("http://e.org/paris", "http://e.org/parigi") in records
    assert Triple("http://e.org/paris", "http://e.org/capitalOf", "http://e.org/france") in records


@pytest.mark.parametrize(
    ("name", "literal"),
    [
        ("population", Literal("2100000", LiteralType.INTEGER)),
        ("area", Literal("105.4", LiteralType.DECIMAL)),
        ("ratio", Literal("1000", LiteralType.DECIMAL)),
        ("small", Literal("1", LiteralType.INTEGER)),
        ("big", Literal("true", LiteralType.BOOLEAN)),
        ("founded", Literal("-0259", LiteralType.YEAR)),
        ("day", Literal("1898-07-18", LiteralType.DATE)),
        ("born", Literal("1989-01-01T10:00:00.5Z", LiteralType.DATE)),
        ("took", Literal("P3D", LiteralType.DURATION)),
        ("motto", Literal("Fluctuat nec mergitur", lang="la")),
        ("odd", Literal("abc")),
        ("shape", Literal("POINT(1 2)")),
        ("quoted", Literal('a "b"\n\\ \t é 😀')),
    ],
)
def test_literals_keep_their_type(name: str, literal: Literal) -> None:
    tails = [r.tail for r in read(graph()) if isinstance(r, Triple) and r.relation == f"http://e.org/{name}"]
    assert tails == [literal]


@pytest.mark.parametrize(
    ("suffix", "syntax"), [("ttl", "turtle"), ("nt", "nt"), ("nq", "nquads"), ("rdf", "xml"), ("trig", "trig")]
)
def test_every_syntax_gives_what_rdflib_holds(tmp_path: Path, suffix: str, syntax: str) -> None:
    path = tmp_path / f"g.{suffix}"
    source = graph() if syntax not in ("nquads", "trig") else rdflib.Dataset().parse(data=TURTLE, format="turtle")
    path.write_text(source.serialize(format=syntax), encoding="utf-8")
    assert said(read(path, name="s")) == said(read(graph(), name="s"))


def test_json_ld_gives_what_rdflib_holds(tmp_path: Path) -> None:
    path = tmp_path / "g.jsonld"
    path.write_text(graph().serialize(format="json-ld"), encoding="utf-8")
    assert said(read(path, name="s")) == said(read(graph(), name="s"))


def test_the_default_language_decides_which_label_is_shown() -> None:
    [paris] = [r for r in read(graph(), language="ja") if isinstance(r, Entity)]
    assert paris.label == "パリ" and paris.labels["en"] == "Paris"


def test_blank_nodes_keep_their_ids_whatever_they_were_called(tmp_path: Path) -> None:
    ids = []
    for run in range(3):
        renamed = rdflib.Graph()
        names: dict[rdflib.BNode, rdflib.BNode] = {}
        for triple in sorted(graph(), reverse=run == 2):
            renamed.add(
                tuple(names.setdefault(t, rdflib.BNode()) if isinstance(t, rdflib.BNode) else t for t in triple)
            )
        path = tmp_path / f"{run}.nt"
        path.write_text(renamed.serialize(format="nt"), encoding="utf-8")
        ids.append({r.head for r in read(path, name="s") if isinstance(r, Triple) and str(r.head).startswith("_:")})
    assert len(ids[0]) == 3 and ids[0] == ids[1] == ids[2]
    other = {r.head for r in read(path, name="t") if isinstance(r, Triple) and str(r.head).startswith("_:")}
    assert not other & ids[0]


@pytest.mark.parametrize(
    "body",
    [
        ":a :p [], [], [] .",  # twins
        "_:a :p _:b . _:b :p _:c . _:c :p _:d . _:d :p _:a .",  # a cycle
        "_:a :p _:b . _:b :p _:a . _:c :p _:d . _:d :p _:a .",  # a cycle with a tail
        ":a :list (1 2 3) . :b :list (1 2 3) . :c :list (1 2) .",  # equal lists
        "_:a :p _:b . _:b :p _:c . _:c :p _:a . _:d :p _:e . _:e :p _:f . _:f :p _:d .",  # two triangles
        ":a :p [ :q 1 ], [ :q 1 ], [ :q 2 ] .",
    ],
)
def test_alike_blank_nodes_stay_apart_and_the_graph_stays_the_same(body: str, tmp_path: Path) -> None:
    source = rdflib.Graph().parse(data=f"@prefix : <http://e.org/> . {body}", format="turtle")
    first = set(said_triples(read(source, name="s")))
    for _ in range(3):
        names: dict[rdflib.BNode, rdflib.BNode] = {}
        again = rdflib.Graph()
        for triple in source:
            again.add(tuple(names.setdefault(t, rdflib.BNode()) if isinstance(t, rdflib.BNode) else t for t in triple))
        assert set(said_triples(read(again, name="s"))) == first
    assert len(first) == len(source)
    assert isomorphic(source, to_rdflib(read(source, name="s"), named=False).default_graph)


def said_triples(records: object) -> list[tuple[object, str, object]]:
    return [(r.head, r.relation, r.tail) for r in records if isinstance(r, Triple)]  # type: ignore[attr-defined]


def test_a_long_list_is_read_in_time_that_goes_with_its_length() -> None:
    numbers = " ".join(str(n % 7) for n in range(3000))
    text = f"@prefix : <http://e.org/> . :a :l ({numbers}) . :b :l ({numbers}) ."
    records = said_triples(read(rdflib.Graph().parse(data=text, format="turtle"), name="s"))
    assert len(set(records)) == 2 * 6000 + 2


def test_named_graphs_are_sources(tmp_path: Path) -> None:
    path = tmp_path / "g.nq"
    path.write_text(
        '<http://e/a> <http://e/p> <http://e/b> <http://e/g1> .\n<http://e/a> <http://e/p> "x" .\n'
        "<http://e/a> <http://e/p> <http://e/b> <urn:kgqa:source:data%2Fkb.txt> .\n",
        encoding="utf-8",
    )
    records = list(read(path))
    assert [r.source for r in records] == ["http://e/g1", None, "data/kb.txt"]
    dataset = rdflib.Dataset().parse(path, format="nquads")
    assert said(read(dataset)) == said(records)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("<http://e/a> <http://e/p> .", "no N-Triples"),
        ('<http://e/a> <http://e/p> "open .', "no N-Triples"),
        ("<http://e/a> <http://e/p> <b> .", "no absolute IRI"),
        ("<http://e/a> <http://e/p> <C:/b> .", "no absolute IRI"),
        ("<http://e/a> <http://e/p> <http://e/b>", "no N-Triples"),
        ('<http://e/a> <http://e/p> "\\uD800" .', "no Unicode character"),
        ('<http://e/a> <http://e/p> "\\q" .', "unknown escape"),
        ("<http://e/a> <http://e/p> <http://e/b> <http://e/g> .", "fourth term"),
        ('"x" <http://e/p> <http://e/b> .', "no N-Triples"),
    ],
)
def test_a_bad_line_of_n_triples_is_told_with_its_number(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "g.nt"
    path.write_text(f"# a comment\n\n<http://e/a><http://e/p>_:x.# more\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        list(read(path))
    assert caught.value.line == 4


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.ttl", "@prefix : <http://e/> .\n:a :b .\n", 2),
        ("a.ttl", '@prefix : <http://e/> .\n\n:a :b "x\n', 3),
        ("a.jsonld", '{\n"@id": }', 2),
        ("a.rdf", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<a></b>', 2),
    ],
)
def test_a_document_that_does_not_parse_is_told_with_its_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(read(path))
    assert caught.value.line == line and caught.value.path == str(path)


def test_a_context_elsewhere_is_never_fetched(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonld"
    for context in ('"https://schema.org"', '[{}, "x.json"]', '{"@import": "http://e/c"}'):
        path.write_text(f'{{"a": [{{"@context": {context}, "@id": "http://e/a"}}]}}', encoding="utf-8")
        with pytest.raises(InputError, match="not fetched"):
            list(read(path))


def test_entities_of_xml_elsewhere_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush", encoding="utf-8")
    path = tmp_path / "a.rdf"
    path.write_text(
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
        '<rdf:Description rdf:about="http://e/a"><e:p>&x;</e:p></rdf:Description></rdf:RDF>',
        encoding="utf-8",
    )
    with contextlib.suppress(InputError):
        assert "hush" not in repr(list(read(path)))


RECORDS: list[Record] = [
    Relation("capital of", "capital of", {"de": "Hauptstadt"}, {"en": ("seat",)}, "d", {}, "has capital", "inv"),
    Relation("borders", symmetric=True, functional=True, domain="city", range="C:\\x"),
    Entity("Q90", "Paris", {"ja": "パリ"}, {"en": ("City of Light",)}, ("city",), "A city", source="data/a b.txt"),
    Triple("Q90", "capital of", "C:\\france", source="data/a b.txt"),
    Triple("Q90", "area", Literal("105.4", LiteralType.DECIMAL, "km^2"), source="http://e.org/g"),
    Triple("Q90", "day", Literal("1898-07-18", LiteralType.DATE)),
    Triple("Q90", "month", Literal("1898-07", LiteralType.DATE)),
    Triple("Q90", "year", Literal("-0044", LiteralType.YEAR)),
    Triple("Q90", "says", Literal('tab\t "quote" \\ \n\r \x07 é', lang="fr")),
    Same("Q90", "urn:kgqa:id:odd"),
]


def test_n_quads_written_are_read_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "out.nq"
    assert write_rdf(RECORDS, path, format="nquads") == {}
    assert said(read(path)) == said(RECORDS)
    rdflib.Dataset().parse(path, format="nquads")


@pytest.mark.parametrize("format", ["nt", "turtle"])
def test_triples_and_turtle_lose_only_the_sources(tmp_path: Path, format: str) -> None:
    path = tmp_path / ("out.nt" if format == "nt" else "out.ttl")
    write_rdf(RECORDS, path, format=format)
    bare = [{k: v for k, v in record.items() if k != "source"} for record in said(RECORDS)]
    assert said(read(path)) == sorted(bare, key=repr)


def test_what_rdf_has_no_place_for_is_counted(tmp_path: Path) -> None:
    records = [Passage("p", "text"), Triple("a", "r", "b", {"at": "1990"}), Triple(Literal("x"), "r", "b")]
    left_out = write_rdf(records, tmp_path / "out.nt", format="nt")
    assert left_out == {"passages": 1, "qualifiers": 1, "statements about literals": 1}
    with pytest.raises(UsageError, match="not written"):
        write_rdf(records, tmp_path / "out.rdf", format="rdfxml")
