"""Properties of readers and writers: round trips, agreement with reference parsers, exact offsets."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import unicodedata
from pathlib import Path

import jsonschema
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from kgqa.assets import asset
from kgqa.graph.formats import read, record_to_dict, split_document, to_networkx, to_rdflib, write_jsonl
from kgqa.graph.formats.rdf_terms import format_term, id_to_iri, iri_to_id, parse_line
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Relation, Same, Triple

FACT_SCHEMA = jsonschema.Draft202012Validator(json.loads(asset("eval/schemas/fact.json").read_text(encoding="utf-8")))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
FILLED = TEXT.filter(lambda value: value.strip() != "")
IDS = FILLED.map(lambda value: unicodedata.normalize("NFC", value))
TAGS = st.sampled_from(["en", "de", "ja", "zh-Hant"])
FORMS = {
    LiteralType.INTEGER: st.integers().map(str) | st.just("007"),
    LiteralType.DECIMAL: st.decimals(allow_nan=False, allow_infinity=False).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr),
    LiteralType.BOOLEAN: st.sampled_from(["true", "false", "1"]),
    LiteralType.DATE: st.dates().map(str) | st.sampled_from(["-0044-03", "1898", "2001-02-03T04:05:06Z"]),
    LiteralType.YEAR: st.integers(-9999, 9999).map(str),
    LiteralType.DURATION: st.sampled_from(["P1Y2M", "PT3.5S", "-P1D"]),
}
TYPED = st.one_of(
    *(st.builds(Literal, form, st.just(kind), st.none() | FILLED) for kind, form in FORMS.items()),
    st.builds(Literal, TEXT, st.just(LiteralType.STRING), st.none(), st.none() | TAGS),
)
BY_TAG = st.dictionaries(TAGS, FILLED, max_size=2)
NAMES = {
    "label": st.none() | FILLED,
    "labels": BY_TAG,
    "aliases": st.dictionaries(TAGS, st.lists(FILLED, min_size=1, max_size=2).map(tuple), max_size=2),
    "description": st.none() | FILLED,
    "descriptions": BY_TAG,
    "source": st.none() | IDS,
}
FLAG = st.none() | st.booleans()


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    text = draw(FILLED)
    spans = draw(st.lists(st.tuples(st.integers(0, len(text) - 1), IDS, st.booleans()), max_size=2))
    mentions = tuple(
        MentionSpan(start, draw(st.integers(start + 1, len(text))), name, found) for start, name, found in spans
    )
    optional = st.none() | FILLED
    return Passage(
        draw(IDS), text, draw(optional), draw(optional), draw(st.none() | IDS), draw(st.integers(0, 9)), mentions
    )


TERMS = IDS | TYPED
QUALIFIERS = st.dictionaries(IDS, TEXT | TYPED, max_size=2)
RECORDS = st.one_of(
    st.builds(
        Entity,
        IDS,
        types=st.lists(IDS, max_size=2).map(tuple),
        attributes=st.dictionaries(IDS, TYPED | st.lists(TYPED, max_size=2).map(tuple), max_size=2),
        **NAMES,
    ),
    st.builds(Triple, TERMS, IDS, TERMS, QUALIFIERS, st.none() | IDS),
    st.builds(
        Relation,
        IDS,
        inverse_label=st.none() | FILLED,
        inverse_of=st.none() | IDS,
        symmetric=FLAG,
        functional=FLAG,
        domain=st.none() | IDS,
        range=st.none() | IDS,
        inferred=st.lists(st.sampled_from(["symmetric", "inverse_of"]), max_size=2).map(tuple),
        **NAMES,
    ),
    passages(),
    st.builds(Same, IDS, IDS, st.none() | IDS),
)


@given(st.lists(RECORDS, max_size=5))
def test_native_records_come_back_equal(records: list[object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.jsonl"
        write_jsonl(records, path)  # type: ignore[arg-type]
        assert list(read(path)) == records


@given(RECORDS)
def test_the_native_form_is_json_that_the_published_schema_accepts(record: object) -> None:
    data = record_to_dict(record)  # type: ignore[arg-type]
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    FACT_SCHEMA.validate(data)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r|\0"), max_size=8)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), st.sampled_from(["\t", "|"]))
def test_separated_tables_agree_with_the_csv_module_without_quotes(
    rows: list[tuple[str, str, str]], separator: str
) -> None:
    text = "".join(separator.join(row) + "\n" for row in rows)
    expected = [
        Triple(*cells)
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=csv.QUOTE_NONE)
        if all(cells := [nfc(cell).strip() for cell in row])
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kb"
        path.write_text(text, encoding="utf-8", newline="")
        got = read(path, format="tsv" if separator == "\t" else "pipe", header=False, on_error="skip")
        assert list(got) == expected


@given(
    st.lists(st.tuples(FILLED, FILLED, FILLED).filter(lambda row: all("\0" not in cell for cell in row)), max_size=6)
)
def test_csv_written_by_the_csv_module_reads_back(rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kb.csv"
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
        assert list(read(path, header=False)) == [Triple(*(nfc(cell).strip() for cell in row)) for row in rows]


def nfc(value: str) -> str:
    return unicodedata.normalize("NFC", value)


@given(IDS)
def test_every_id_becomes_an_iri_and_comes_back(name: str) -> None:
    assert iri_to_id(id_to_iri(name)) == name
    quad = parse_line(f"{format_term(name)} <http://e/p> {format_term(name)} .\n")
    if not name.startswith("_:"):
        assert quad == (name, "http://e/p", name, None)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.none() | TAGS)
def test_our_literal_lines_read_alike_here_and_in_rdflib(value: str, tag: str | None) -> None:
    literal = Literal(value, lang=tag)
    line = f"<http://e/a> <http://e/p> {format_term(literal)} .\n"
    assert parse_line(line) == ("http://e/a", "http://e/p", literal, None)
    [(_, _, theirs)] = rdflib.Graph().parse(data=line, format="nt")
    assert str(theirs) == value


NODES = st.sampled_from(["_:a", "_:b", "_:c", "_:d", "<http://e/x>", "<http://e/y>"])
EDGES = st.lists(st.tuples(NODES, st.sampled_from(["<http://e/p>", "<http://e/q>"]), NODES), max_size=7, unique=True)


@settings(deadline=None)
@given(EDGES, st.permutations(["_:a", "_:b", "_:c", "_:d"]), st.randoms(use_true_random=False))
def test_blank_nodes_keep_graph_and_ids_under_renaming_and_reordering(
    edges: list[tuple[str, str, str]], names: list[str], random: object
) -> None:
    renaming = dict(zip(["_:a", "_:b", "_:c", "_:d"], names))
    renamed = [tuple(renaming.get(term, term) for term in edge) for edge in edges]
    random.shuffle(renamed)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for number, lines in enumerate((edges, renamed)):
            path = Path(folder) / f"{number}.nt"
            path.write_text("".join(" ".join(line) + " .\n" for line in lines), encoding="utf-8")
            results.append({(r.head, r.relation, r.tail) for r in read(path, name="s") if isinstance(r, Triple)})
        assert results[0] == results[1]
        assert len(results[0]) == len(edges)
        original = rdflib.Graph().parse(Path(folder) / "0.nt", format="nt")
        ours = to_rdflib((Triple(*triple) for triple in results[0]), named=False).default_graph
        assert isomorphic(original, ours)


PARAGRAPH = st.text(st.sampled_from("ab é。.!? \n\r\t#-`😀") | st.characters(exclude_categories=["Cs"]), max_size=60)


@given(st.lists(PARAGRAPH | st.integers(1, 400).map(lambda n: "word. " * n), max_size=6), st.booleans())
def test_passages_are_exact_slices_in_order_with_their_own_ids(paragraphs: list[str], markdown: bool) -> None:
    text = "\n\n".join(paragraphs)
    passages = list(split_document(text, document="d", markdown=markdown))
    end = 0
    for passage in passages:
        assert text[passage.offset : passage.offset + len(passage.text)] == passage.text
        assert passage.offset >= end and passage.text == passage.text.strip() != ""
        end = passage.offset + len(passage.text)
    assert len({passage.id for passage in passages}) == len(passages)
    if not markdown:
        assert "".join(word for p in passages for word in p.text.split()) == "".join(text.split())


@given(st.lists(st.builds(Triple, IDS, IDS, IDS, st.dictionaries(IDS, FILLED, max_size=1)), max_size=6))
def test_statements_survive_a_networkx_graph(triples: list[Triple]) -> None:
    back = [record for record in read(to_networkx(triples)) if isinstance(record, Triple)]
    assert sorted(map(repr, back)) == sorted({repr(triple) for triple in triples})
