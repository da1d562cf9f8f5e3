"""Tables of triples: separators, headers, qualifiers, bad lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgqa.errors import InputError
from kgqa.graph.formats import read
from kgqa.types import Triple


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kb.tsv", "Paris\tcapital_of\tFrance\nOslo\tcapital_of\tNorway\n"),
        ("kb.tsv", "\ufeffParis\tcapital_of\tFrance\r\n\r\nOslo\tcapital_of\tNorway"),
        ("kb.tsv", "head\tRelation\ttail\nParis\tcapital_of\tFrance\nOslo\tcapital_of\tNorway\n"),
        ("kb.csv", "Paris,capital_of,France\nOslo,capital_of,Norway\n"),
        ("kb.csv", 'subject,predicate,object\n"Paris", capital_of ,"France"\n\nOslo,capital_of,Norway\n'),
        ("kb.csv", "source,relation,target\r\nParis,capital_of,France\r\nOslo,capital_of,Norway\r\n"),
        ("kb.txt", "Paris|capital_of|France\n\nOslo | capital_of | Norway\n"),
    ],
)
def test_each_spelling_of_two_triples_reads_the_same(tmp_path: Path, name: str, text: str) -> None:
    assert list(read(write(tmp_path / name, text))) == [
        Triple("Paris", "capital_of", "France"),
        Triple("Oslo", "capital_of", "Norway"),
    ]


def test_tabs_and_bars_know_no_quotes(tmp_path: Path) -> None:
    [first] = read(write(tmp_path / "kb.tsv", '"a\tr\t"b"\n'))
    [second] = read(write(tmp_path / "kb.txt", "\"a|r|it's\n"))
    assert first == Triple('"a', "r", '"b"') and second == Triple('"a', "r", "it's")


def test_csv_quotes_hold_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    [record] = read(write(tmp_path / "kb.csv", '"Washington, D.C.",says,"a ""b""\nc"\n'))
    assert record == Triple("Washington, D.C.", "says", 'a "b"\nc')


def test_only_a_known_header_or_a_declared_one_is_a_header(tmp_path: Path) -> None:
    path = write(tmp_path / "kb.tsv", "name\tlikes\tname\na\tr\tb\n")
    assert [record.head for record in read(path)] == ["name", "a"]  # type: ignore[union-attr]
    assert [record.head for record in read(path, header=True)] == ["a"]  # type: ignore[union-attr]
    known = write(tmp_path / "known.tsv", "head\trelation\ttail\n")
    assert list(read(known)) == []
    assert list(read(known, header=False)) == [Triple("head", "relation", "tail")]


@pytest.mark.parametrize("name", ["kb.tsv", "kb.csv"])
def test_named_columns_become_qualifiers_and_empty_cells_say_nothing(tmp_path: Path, name: str) -> None:
    text = "head\trelation\ttail\tvalid_from\trole\na\tr\tb\t1990\t\nc\tr\td\t\tchair\n"
    path = write(tmp_path / name, text.replace("\t", "," if name.endswith("csv") else "\t"))
    assert list(read(path)) == [
        Triple("a", "r", "b", {"valid_from": "1990"}),
        Triple("c", "r", "d", {"role": "chair"}),
    ]


@pytest.mark.parametrize(
    ("name", "text", "line", "says"),
    [
        ("kb.tsv", "a\tr\tb\tc\n", 1, "columns without names"),
        ("kb.csv", "a,r,b,c\n", 1, "columns without names"),
        ("kb.tsv", "head\trelation\ttail\tyear\tyear\n", 1, "the column 'year' twice"),
        ("kb.tsv", "head\trelation\ttail\t\n", 1, "a column without a name"),
        ("kb.tsv", "a\tr\tb\n\na\tr\n", 3, "2 columns where 3 are expected"),
        ("kb.tsv", "a\tr\tb\na\tr\tb\tc\n", 2, "4 columns where 3 are expected"),
        ("kb.tsv", "a\tr\tb\na\t \tb\n", 2, "empty relation"),
        ("kb.txt", "a|r|b\na||b\n", 2, "empty relation"),
        ("kb.csv", 'a,r,b\n"x\ny",r,b\na,r\n', 4, "2 columns where 3 are expected"),
        ("kb.csv", 'a,r,b\n"a,r,b\n', 2, "no CSV"),
        ("kb.csv", "head,relation,tail,q\na,r,,1\n", 2, "empty tail"),
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, name: str, text: str, line: int, says: str) -> None:
    path = write(tmp_path / name, text)
    with pytest.raises(InputError, match=says) as caught:
        list(read(path))
    assert caught.value.line == line


def test_ids_are_brought_to_nfc(tmp_path: Path) -> None:
    for name in ("kb.tsv", "kb.csv"):
        separator = "," if name.endswith("csv") else "\t"
        [record] = read(write(tmp_path / name, separator.join(("Cafe\u0301", "r", "b")) + "\n"))
        assert record == Triple("Café", "r", "b")


@pytest.mark.parametrize("name", ["kb.tsv", "kb.csv"])
def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    separator = b"," if name.endswith("csv") else b"\t"
    path.write_bytes(separator.join((b"a", b"r", b"b")) + b"\n" + separator.join((b"Caf\xe9", b"r", b"b")) + b"\n")
    with pytest.raises(InputError, match="no text") as caught:
        list(read(path))
    assert caught.value.line == 2
    assert list(read(path, encoding="latin-1"))[1] == Triple("Café", "r", "b")


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@pytest.mark.parametrize("separator", ["\t", "|"])
def test_a_table_reads_the_same_in_stretches_of_any_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, separator: str
) -> None:
    monkeypatch.setattr("kgqa.graph.formats.triples._CHUNK", chunk)
    good = [f"h{number}{separator}r{separator} Cafe\u0301 {number}\u00a0" for number in range(6)]
    lines = [*good[:3], "", f"a{separator}b", f"a{separator}{separator}b", "x", *good[3:]]
    path = write(tmp_path / ("kb.tsv" if separator == "\t" else "kb.txt"), "\n".join(lines))
    reader = read(path, on_error="skip", format="tsv" if separator == "\t" else "pipe")
    assert list(reader) == [Triple(f"h{number}", "r", f"Café {number}") for number in range(6)]
    assert [skipped.line for skipped in reader.report.errors] == [5, 6, 7]
