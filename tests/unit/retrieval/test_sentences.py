"""Sentences with exact offsets, and the best one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kgqa.retrieval.sentences import best_sentence, split_sentences
from kgqa.types import Progress
from tests.unit.retrieval.library import CURIE


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It weighs 3.5 kg. Yes.", ["It weighs 3.5 kg.", "Yes."]),
        ("Dr. Curie met J. J. Thomson. They talked.", ["Dr. Curie met J. J. Thomson.", "They talked."]),
        ("Metals, e.g. iron, rust. See fig. 3 for it.", ["Metals, e.g. iron, rust.", "See fig. 3 for it."]),
        ("He lay in the sun. It shone.", ["He lay in the sun.", "It shone."]),
        ("He left (in May.) She stayed.", ["He left (in May.)", "She stayed."]),
        ('"Stop." He did.', ['"Stop."', "He did."]),
        ("Wait... what? No", ["Wait... what?", "No"]),
        ("東京は首都です。人口は多い。", ["東京は首都です。", "人口は多い。"]),
        ("A title\n\nThe text\n- one\n- two", ["A title", "The text", "- one", "- two"]),
        ("", []),
        ("  \n ", []),
    ],
)
def test_sentences_are_split_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet='ab .!?\n。éX1")', max_size=60))
def test_sentences_cover_everything_but_white_space_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert all(start < end for start, end in spans)
    assert [position for span in spans for position in range(*span)] == sorted(
        {position for span in spans for position in range(*span)}
    )
    assert "".join(sentences(text)).replace(" ", "").replace("\n", "") == "".join(text.split())


def test_the_sentence_with_the_rare_words_of_the_question_is_best() -> None:
    span = best_sentence("Where was Marie Curie born?", CURIE)
    assert span is not None
    assert CURIE[span.start : span.end] == "She was born in Warsaw."
    assert 0 < span.score <= 1


def test_blank_text_has_no_best_sentence() -> None:
    assert best_sentence("who?", " \n") is None


class TowardsThird:
    """An encoder for which the question means the same as any text about a prize."""

    name, dim = "test", 2

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        near = [i == 0 or "prize" in text for i, text in enumerate(texts)]
        return np.array([[1.0, 0.0] if yes else [0.0, 1.0] for yes in near], dtype=np.float32)


def test_an_encoder_finds_what_words_alone_do_not() -> None:
    span = best_sentence("Any honours?", CURIE, encoder=TowardsThird())
    assert span is not None
    assert CURIE[span.start :].startswith("Dr. Curie won 2 prizes")
