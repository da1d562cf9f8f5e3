"""Normalisation: what is equal, and where it stood."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgqa.index.normalise import Token, _word_tokens, name_key, name_keys, tokenise

WORDS = st.text(max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marie Curie", "marie  CURIE"),
        ("ludwig_ii_of_bavaria", "Ludwig II of Bavaria"),
        ("Spider-Man", "spider man"),
        ("Gödel", "godel"),
        ("Straße", "STRASSE"),
        ("Côte d’Ivoire", "cote d'ivoire"),
        ("Ｔｏｋｙｏ", "tokyo"),
        ("Łódź", "lodz"),
        ("ﾌﾗﾝｽ", "フランス"),
        ("İstanbul", "istanbul"),
        ("Æthelred", "aethelred"),
    ],
)
def test_these_are_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("C++", "C"), ("が", "か"), ("プラハ", "フラハ"), ("US", "U S"), ("a b", "ab")]
)
def test_these_are_two_names(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_possessive_leaves_the_name_a_token_of_its_own() -> None:
    text = "What is France's capital?"
    token = tokenise(text)[2]
    assert (token.key, text[token.start : token.end]) == ("france", "France")


def test_names_with_apostrophes_and_full_stops_have_a_joined_key() -> None:
    assert name_keys("Schindler's List") == ("schindler s list", "schindlers list")
    assert name_keys("J.R.R. Tolkien") == ("j r r tolkien", "jrr tolkien")
    assert name_keys("plain name") == ("plain name",)
    assert name_keys("!?") == ()


def test_scripts_without_spaces_give_a_token_a_character() -> None:
    text = "フランスの首都"
    assert [text[t.start : t.end] for t in tokenise(text)] == list(text)


def test_hangul_words_say_where_they_start() -> None:
    assert [token.starts for token in tokenise("프랑스의 수도")] == [True, False, False, False, True, False]


@given(WORDS)
@example("e\u0301")
@example("\u1112\u1161\u11ab")
@example("㍿")
def test_offsets_lie_in_the_text_in_order_and_give_the_key_back(text: str) -> None:
    tokens = tokenise(text)
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.key in [part.key for part in tokenise(text[token.start : token.end])]
    for before, after in pairwise(tokens):
        assert before.end <= after.start or before.end == after.end or before.start == after.start


@given(WORDS)
@example("\u1112\u1161\u11ab")
@example("ガ゙")
def test_composed_and_decomposed_text_have_one_key(text: str) -> None:
    assert name_key(unicodedata.normalize("NFD", text)) == name_key(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_plain_text_gives_the_same_tokens_on_the_fast_and_the_general_path(text: str) -> None:
    general = [
        Token(key, chunk.start() + start, chunk.start() + end, starts, ends)
        for chunk in re.finditer(r"\S+", text)
        for key, start, end, starts, ends in _word_tokens(chunk.group())
    ]
    assert general == tokenise(text)


@given(WORDS)
def test_a_key_is_its_own_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.lists(st.text(max_size=12), max_size=4))
def test_the_key_of_joined_words_joins_their_keys(words: list[str]) -> None:
    assert name_key(" ".join(words)) == " ".join(key for word in words if (key := name_key(word)))
