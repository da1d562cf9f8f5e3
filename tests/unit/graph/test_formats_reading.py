"""The entry for reading: formats found, standard input, gzip, skipping, options that do not fit."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kgqa.errors import InputError, UsageError
from kgqa.graph.formats import ErrorPolicy, Format, default_source_name, detect_format, read
from kgqa.types import Entity, Passage, Triple


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.jsonl", Format.JSONL),
        ("a.TSV", Format.TSV),
        ("a.b.csv", Format.CSV),
        ("a.nt.gz", Format.NTRIPLES),
        ("a.nq", Format.NQUADS),
        ("a.ttl", Format.TURTLE),
        ("a.trig", Format.TRIG),
        ("a.jsonld", Format.JSONLD),
        ("a.rdf", Format.RDFXML),
        ("a.owl", Format.RDFXML),
        ("a.md", Format.MARKDOWN),
        ("a.parquet", Format.PARQUET),
        ("-", Format.JSONL),
    ],
)
def test_the_suffix_names_the_format(name: str, format: Format) -> None:
    assert detect_format(name) is format


@pytest.mark.parametrize("name", ["a.json", "a", ".gz"])
def test_an_unknown_suffix_is_refused_with_the_known_formats(name: str) -> None:
    with pytest.raises(InputError, match="ntriples"):
        detect_format(name)


def test_txt_is_triples_when_the_first_twenty_lines_have_two_bars(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n\n" + "a|r|b\n\n" * 20 + "no table at all\n", encoding="utf-8")
    assert detect_format(path) is Format.PIPE
    path.write_text("a|r|b\n" * 19 + "a|r|b|c\n", encoding="utf-8")
    assert detect_format(path) is Format.TEXT
    path.write_text("", encoding="utf-8")
    assert detect_format(path) is Format.TEXT
    path.write_text("a|r|b\n", encoding="utf-8")
    assert isinstance(next(read(path, format="text")), Passage)
    assert isinstance(next(read(path)), Triple)


def test_a_source_is_named_by_its_path_as_given() -> None:
    assert default_source_name("data\\kb.txt") == "data/kb.txt"
    assert default_source_name(Path("data/kb.txt")) == "data/kb.txt"
    assert default_source_name("C:\\data\\kb.txt") == "C:/data/kb.txt"
    assert default_source_name("-") == "stdin"
    assert default_source_name([]) == "records"


def test_standard_input_is_jsonl_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(b'\xef\xbb\xbf{"entity": {"id": "a"}}\n'), encoding="utf-8")
    )
    assert list(read("-")) == [Entity("a")]
    monkeypatch.setattr(sys, "stdin", io.StringIO("a\tr\tb\n"))
    assert list(read("-", format="tsv")) == [Triple("a", "r", "b")]
    monkeypatch.setattr(sys, "stdin", io.StringIO("a\tr\tb\n"))
    with pytest.raises(InputError, match="jsonl unless"):
        list(read("-"))


def test_rdf_from_standard_input_reads_like_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = '<http://e/p> <http://www.w3.org/2000/01/rdf-schema#label> "p" .\n<http://e/a> <http://e/p> <http://e/b> .\n'
    path = tmp_path / "a.nt"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    said: list[str] = []
    records = list(read("-", format="nt", progress=lambda what, *_: said.append(what)))
    assert records == list(read(path))
    assert any("whole" in what for what in said)


def test_gzip_is_unpacked_whatever_the_name(tmp_path: Path) -> None:
    packed = gzip.compress(b"a\tr\tb\n" * 1000)
    (tmp_path / "kb.tsv.gz").write_bytes(packed)
    (tmp_path / "kb.tsv").write_bytes(packed)
    assert len(list(read(tmp_path / "kb.tsv.gz"))) == len(list(read(tmp_path / "kb.tsv"))) == 1000
    (tmp_path / "torn.tsv.gz").write_bytes(packed[:-9])
    with pytest.raises(InputError, match="gzip"):
        list(read(tmp_path / "torn.tsv.gz"))


def test_skipping_writes_the_bad_lines_to_a_file_and_counts_them(tmp_path: Path) -> None:
    path, skipped = tmp_path / "kb.tsv", tmp_path / "skipped.jsonl"
    path.write_bytes("a\tr\tb\nonly two\tcells\nc\tr\té\n".encode() + b"\xff\tr\tb\n\tr\tb\nd\tr\te")
    reader = read(path, on_error="skip", skipped=skipped)
    assert [record.head for record in reader] == ["a", "c", "d"]  # type: ignore[union-attr]
    assert reader.report.skipped == 3
    lines = [json.loads(line) for line in skipped.read_text(encoding="utf-8").splitlines()]
    assert [line["line"] for line in lines] == [2, 4, 5]
    assert lines[0] == {"line": 2, "error": "2 columns where 3 are expected", "text": "only two\tcells"}
    assert [error.line for error in reader.report.errors] == [2, 4, 5]


@pytest.mark.parametrize(
    ("name", "text", "bad"),
    [
        ("a.jsonl", '{"entity": {"id": "a"}}\n{"entity"\n{"entity": {"id": "b"}}\n', [2]),
        ("a.csv", "a,r,b\na,r\nc,r,d\n", [2]),
        ("a.nt", "<http://e/a> <http://e/r> <http://e/b> .\nnonsense\n<http://e/c> <http://e/r> <http://e/b> .\n", [2]),
    ],
)
def test_every_format_of_lines_can_skip(tmp_path: Path, name: str, text: str, bad: list[int]) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    out = io.StringIO()
    reader = read(path, on_error=ErrorPolicy.SKIP, skipped=out)
    assert len(list(reader)) == 2
    assert [json.loads(line)["line"] for line in out.getvalue().splitlines()] == bad


def test_the_skipped_lines_never_overwrite_the_source(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"entity": {"id": "a"}}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="overwrite"):
        read(path, on_error="skip", skipped=path)
    assert list(read(path)) == [Entity("a")]


def test_options_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="on_error"):
        read(path, skipped=tmp_path / "s")
    with pytest.raises(UsageError, match="unknown policy"):
        read(path, on_error="ignore")
    with pytest.raises(UsageError, match="unknown format"):
        read(path, format="excel")
    with pytest.raises(UsageError, match="a map is for tables"):
        read(path, map={"id": "x"})
    with pytest.raises(UsageError, match="files"):
        read([], format="jsonl")
    with pytest.raises(UsageError, match="cannot be read"):
        read(5)
    with pytest.raises(UsageError, match="encoding"):
        list(read(path, encoding="klingon"))
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "absent.tsv")
    with pytest.raises(InputError, match="folder"):
        read(tmp_path)


def test_utf16_is_recognised_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes("a\tr\tb\n".encode("utf-16"))
    with pytest.raises(InputError, match="UTF-16"):
        list(read(path))
    assert list(read(path, encoding="utf-16")) == [Triple("a", "r", "b")]


def test_reading_holds_no_more_than_a_stretch_of_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgqa.graph.formats.triples._CHUNK", 5_000)
    path = tmp_path / "a.tsv"
    path.write_text("a\tr\tb\n" * 200_000, encoding="utf-8")
    reader = read(path)
    next(reader)
    import tracemalloc

    tracemalloc.start()
    assert sum(1 for _ in reader) == 199_999
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = "pandas torch pykeen rdflib networkx pyarrow pyshacl langchain_core yaml numpy"
    code = f"import sys, kgqa.graph.formats; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
