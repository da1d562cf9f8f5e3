"""Documents as passages: offsets, titles, sizes, ids that an edit elsewhere leaves alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kgqa.errors import InputError
from kgqa.graph.formats import read, split_document
from kgqa.types import Passage

WORDS = ("river", "stone", "under", "heavy", "light", "across", "narrow", "fields", "while", "quiet", "people", "home")


def paragraph(seed: int, words: int) -> str:
    chosen = random.Random(seed)
    out = []
    while len(out) < words:
        sentence = [chosen.choice(WORDS) for _ in range(chosen.randint(6, 18))]
        out += [sentence[0].capitalize(), *sentence[1:-1], sentence[-1] + "."]
    return " ".join(out)


def document(paragraphs: int) -> list[str]:
    sizes = random.Random(7)
    return [paragraph(n, sizes.choice([15, 40, 80, 120, 160, 300])) for n in range(paragraphs)]


def test_passages_are_exact_slices_in_order_and_hold_every_word(tmp_path: Path) -> None:
    text = "\ufeff" + "\r\n\r\n".join(document(40)) + "\n"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("utf-8"))
    passages = [p for p in read(path) if isinstance(p, Passage)]
    plain = text.removeprefix("\ufeff")
    assert all(plain[p.offset : p.offset + len(p.text)] == p.text for p in passages)
    assert [p.offset for p in passages] == sorted(p.offset for p in passages)
    assert " ".join(p.text for p in passages).split() == plain.split()
    assert {p.document for p in passages} == {str(path)} and {p.title for p in passages} == {"a"}


def test_passages_are_of_a_size_to_be_read_and_ranked() -> None:
    sizes = [len(p.text.split()) for p in split_document("\n\n".join(document(200)), document="d")]
    assert max(sizes) <= 200
    assert 100 <= sum(sizes) / len(sizes) <= 180
    assert sum(size >= 60 for size in sizes) / len(sizes) > 0.9


@pytest.mark.parametrize("edited", [0, 3, 11, 25, 39])
def test_an_edit_changes_only_the_passages_around_it(edited: int) -> None:
    paragraphs = document(40)
    before = list(split_document("\n\n".join(paragraphs), document="d"))
    for addition in (" Changed.", " " + paragraph(99, 60)):
        changed = list(paragraphs)
        changed[edited] += addition
        after = list(split_document("\n\n".join(changed), document="d"))
        gone = {p.id for p in before} - {p.id for p in after}
        assert 1 <= len(gone) <= 2
        holds = [p for p in before if p.id in gone]
        assert any(paragraphs[edited][-20:] in p.text for p in holds)


def test_the_same_text_twice_gets_two_ids_and_the_same_ids_again() -> None:
    text = "\n\n".join([paragraph(1, 190)] * 3)
    ids = [p.id for p in split_document(text, document="d")]
    assert len(set(ids)) == len(ids) == 3 and ids[1] == ids[0] + "-2"
    assert ids == [p.id for p in split_document(text, document="d")]
    assert not set(ids) & {p.id for p in split_document(text, document="other")}


MARKDOWN = """\
---
title: not a passage
---
Before any heading.

# Guide #

Welcome.

## Install

First.

```sh
# no heading

echo done
```

Linux
-----

Second.

Usage
=====

- one
- two

#hashtag, no heading
"""


def test_markdown_titles_are_the_path_of_headings() -> None:
    passages = list(split_document(MARKDOWN, document="d", title="readme", markdown=True))
    assert [(p.title, p.text) for p in passages] == [
        ("readme", "Before any heading."),
        ("Guide", "Welcome."),
        ("Guide > Install", "First.\n\n```sh\n# no heading\n\necho done\n```"),
        ("Guide > Linux", "Second."),
        ("Usage", "- one\n- two\n\n#hashtag, no heading"),
    ]
    assert all(MARKDOWN[p.offset : p.offset + len(p.text)] == p.text for p in passages)


def test_text_without_blanks_or_sentences_is_cut_too() -> None:
    endless = list(split_document("word " * 1000, document="d"))
    assert len(endless) >= 5 and max(len(p.text.split()) for p in endless) <= 200
    japanese = list(split_document("東京は日本の首都である。" * 200, document="d"))
    assert len(japanese) > 3 and all(p.text.endswith("。") for p in japanese)


@pytest.mark.parametrize("text", ["", " \n\n\t\n", "# Only a heading\n"])
def test_a_document_without_text_gives_no_passage(text: str) -> None:
    assert list(split_document(text, document="d", markdown=True)) == []


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"one\ntwo \xff\n")
    with pytest.raises(InputError, match="no text") as caught:
        list(read(path))
    assert caught.value.line == 2
