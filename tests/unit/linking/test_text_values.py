"""Values read from text."""

from __future__ import annotations

import pytest

from kgqa.linking.values import find_values
from kgqa.types import Literal, LiteralType


@pytest.mark.parametrize(
    ("text", "span", "literal"),
    [
        ("in 1898?", "1898", Literal("1898", LiteralType.YEAR)),
        ("in 1898?", "1898", Literal("1898", LiteralType.INTEGER)),
        ("over 2,100,000 people", "2,100,000", Literal("2100000", LiteralType.INTEGER)),
        ("at -3.5 degrees", "-3.5", Literal("-3.5", LiteralType.DECIMAL)),
        ("on 1867-11-07.", "1867-11-07", Literal("1867-11-07", LiteralType.DATE)),
        ("on November 7, 1867", "November 7, 1867", Literal("1867-11-07", LiteralType.DATE)),
        ("on the 7th of november 1867", "7th of november 1867", Literal("1867-11-07", LiteralType.DATE)),
        ("in May 1867", "May 1867", Literal("1867-05", LiteralType.DATE)),
    ],
)
def test_a_value_is_read_in_the_forms_that_a_graph_may_hold(text: str, span: str, literal: Literal) -> None:
    (found,) = find_values(text)
    assert text[found.start : found.end] == span
    assert literal in found.literals


@pytest.mark.parametrize("text", ["H2O", "no numbers", "version 1.2.3", "B-52"])
def test_digits_within_a_word_are_no_value(text: str) -> None:
    assert list(find_values(text)) == []
