"""HTML, PDF and DOCX as passages, and what is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from kgqa.errors import InputError, UsageError
from kgqa.graph.documents import docx as docx_reader
from kgqa.graph.documents.extracted import Builder, DocumentError
from kgqa.graph.formats import read
from kgqa.graph.formats.documents import extract
from kgqa.graph.formats.options import Format
from kgqa.types import Passage

PAGE = """<!DOCTYPE html><html><head><meta charset="iso-8859-1"><title>The  river</title>
<script>var hidden = 1;</script><style>p { color: red }</style></head>
<body><nav>Home | About</nav><h1>Course</h1><p>It rises in the <b>hills</b>
 near caf\xe9s.</p><h2>Towns</h2><ul><li>Ulm</li><li>Linz</li></ul>
<table><tr><th>Town</th><th>km</th></tr><tr><td>Ulm</td><td>75</td></tr></table>
<img src="http://example.org/x.png"><pre>a
  b</pre><h1>Name</h1>Loose text<br>goes on</body></html>"""


def passages(path: Path, **options: int) -> list[Passage]:
    return [record for record in read(path, **options) if isinstance(record, Passage)]


def a_pdf(pages: list[str]) -> bytes:
    """A PDF of one line of text a page, with an outline."""
    pypdf = pytest.importorskip("pypdf")
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = pypdf.PdfWriter()
    for number, text in enumerate(pages):
        page = writer.add_blank_page(300, 300)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
        writer.add_outline_item(f"Chapter {number + 1}", number)
    writer.add_metadata({"/Title": "A report"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_html_gives_its_text_by_section_without_scripts_and_navigation(tmp_path: Path) -> None:
    pytest.importorskip("lxml")
    path = tmp_path / "river.html"
    path.write_bytes(PAGE.encode("latin-1"))
    found = {passage.title: passage.text for passage in passages(path)}
    assert found == {
        "Course": "It rises in the hills near cafés.",
        "Course > Towns": "Ulm\n\nLinz\n\nTown | km\n\nUlm | 75\n\na\n  b",
        "Name": "Loose text\ngoes on",
    }


def test_offsets_lie_in_the_text_that_the_document_gives(tmp_path: Path) -> None:
    pytest.importorskip("lxml")
    path = tmp_path / "river.html"
    path.write_bytes(PAGE.encode("latin-1"))
    text = extract(path.read_bytes(), Format.HTML).text
    assert all(text[p.offset : p.offset + len(p.text)] == p.text for p in passages(path))


def test_a_pdf_gives_a_section_a_page_under_its_outline(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(a_pdf(["Iron melts.", "Gold shines."]))
    assert [(p.title, p.text) for p in passages(path)] == [
        ("Chapter 1 > page 1", "Iron melts."),
        ("Chapter 2 > page 2", "Gold shines."),
    ]


def test_a_docx_gives_headings_paragraphs_and_rows(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_heading("Metals", 1)
    document.add_paragraph("Iron rusts.")
    document.add_heading("Noble", 2)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Gold", "Au"
    document.save(str(tmp_path / "a.docx"))
    assert [(p.title, p.text) for p in passages(tmp_path / "a.docx")] == [
        ("Metals", "Iron rusts."),
        ("Metals > Noble", "Gold | Au"),
    ]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
@pytest.mark.parametrize("data", [b"", b"no such thing", b"%PDF-1.7\n\x00\xff trailer", b"PK\x03\x04 torn"])
def test_a_damaged_file_is_bad_input(name: str, data: bytes, tmp_path: Path) -> None:
    pytest.importorskip({"a.pdf": "pypdf", "a.docx": "docx"}[name])
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=name):
        list(read(tmp_path / name))


def test_an_archive_that_unpacks_too_far_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("docx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 200_000)
    monkeypatch.setattr(docx_reader, "MAX_UNPACKED", 100_000)
    with pytest.raises(DocumentError, match=r"unpacks to 200,000 bytes"):
        docx_reader.extract_docx(out.getvalue())


def test_a_page_brings_nothing_from_outside_itself(tmp_path: Path) -> None:
    pytest.importorskip("lxml")
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden", encoding="utf-8")
    page = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><p>a &e; b<iframe src="{secret.as_uri()}"></iframe></p>'
    )
    assert "hidden" not in extract(page.encode(), Format.HTML).text
    assert extract(b"<p>" + b"<div>" * 5_000 + b"deep", Format.HTML).text in ("", "deep")


def test_a_heading_stands_over_what_follows_until_one_of_its_level() -> None:
    builder = Builder()
    for level, name in ((1, "A"), (3, "B"), (2, "C"), (1, "")):
        builder.heading(level, name)
        builder.block(f"under {name}")
    assert [heading for heading, _, _ in builder.done().sections] == ["A", "A > B", "A > C", ""]


def test_a_passage_repeats_the_words_before_it_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "\n\n".join(f"p{n} " + " ".join(f"w{n}x{i}" for i in range(90)) + "." for n in range(8)), encoding="utf-8"
    )
    text = path.read_text(encoding="utf-8")
    plain, overlapping = passages(path), passages(path, overlap=10)
    assert len(plain) == len(overlapping) > 2
    for before, after in zip(plain[1:], overlapping[1:], strict=True):
        assert text[after.offset : after.offset + len(after.text)] == after.text
        assert after.text.endswith(before.text)
        assert len(after.text.split()) == len(before.text.split()) + 10
    with pytest.raises(UsageError, match="overlap is 500"):
        read(path, overlap=500)
