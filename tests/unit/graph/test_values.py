"""Comparable values of literals and labels."""

import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgqa.graph.values import (
    Comparable,
    as_year,
    comparable_label,
    comparable_literal,
    date_interval,
    day_number,
    month_length,
)
from kgqa.types import Literal, LiteralType

EPOCH = datetime.date(1970, 1, 1)


@given(st.dates())
def test_days_agree_with_the_calendar_that_the_library_knows(date: datetime.date) -> None:
    assert day_number(date.year, date.month, date.day) == (date - EPOCH).days


@given(st.integers(-9999, 9998), st.integers(1, 12))
def test_every_month_follows_the_one_before(year: int, month: int) -> None:
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    assert day_number(*following, 1) - day_number(year, month, 1) == month_length(year, month)


@pytest.mark.parametrize(
    ("text", "days"),
    [("1990", 365), ("2000", 366), ("0000", 366), ("-0043", 365), ("0987-05", 31), ("1900-02", 28), ("-0004-02", 29)],
)
def test_a_date_of_reduced_precision_is_the_interval_of_its_days(text: str, days: int) -> None:
    lo, hi = date_interval(text)
    assert hi - lo + 1 == days


def test_dates_lie_in_order_across_year_one() -> None:
    texts = ["-0043-03-15", "-0001", "0000", "0001-01", "0987-05", "1969-12-31", "1970-01-01", "+12345"]
    intervals = [date_interval(text) for text in texts]
    assert all(a[1] < b[0] for a, b in pairwise(intervals))
    assert date_interval("1970-01-01") == (0, 0)


@pytest.mark.parametrize("text", ["1990-05-17T12:00:00Z", "1990-05-17T12:00:00.5+02:00", "1990-05-17Z", " 1990-05-17 "])
def test_a_time_of_day_is_dropped(text: str) -> None:
    assert date_interval(text) == date_interval("1990-05-17")


@pytest.mark.parametrize("text", ["", "90", "1990-13", "1990-02-30", "1900-02-29", "1990-5", "x", "1990-05-17T", "５"])
def test_what_is_no_date_has_no_interval(text: str) -> None:
    assert date_interval(text) is None


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        (Literal("5", LiteralType.INTEGER), Comparable("number", 5, 5)),
        (Literal("5e3", LiteralType.DECIMAL), Comparable("number", 5000, 5000)),
        (Literal("5", LiteralType.DECIMAL, "km"), Comparable("[length]", 5000, 5000)),
        (Literal("20", LiteralType.DECIMAL, "degC"), Comparable("[temperature]", 293.15, 293.15)),
        (Literal("50", LiteralType.DECIMAL, "%"), Comparable("number", 0.5, 0.5)),
        (Literal("3", LiteralType.DECIMAL, "quatloos"), Comparable("unit:quatloos", 3, 3)),
        (Literal("true", LiteralType.BOOLEAN), Comparable("boolean", 1, 1)),
        (Literal("PT1H30M", LiteralType.DURATION), Comparable("[time]", 5400, 5400)),
        (Literal("P1M", LiteralType.DURATION), Comparable("[time]", 28 * 86400, 31 * 86400)),
        (Literal("-P1D", LiteralType.DURATION), Comparable("[time]", -86400, -86400)),
        (Literal("5", LiteralType.STRING), None),
        (Literal("many", LiteralType.INTEGER), None),
        (Literal("nan", LiteralType.DECIMAL), None),
        (Literal("1e999", LiteralType.DECIMAL), None),
        (Literal("P", LiteralType.DURATION), None),
        (Literal("soon", LiteralType.DATE), None),
        (Literal("maybe", LiteralType.BOOLEAN), None),
    ],
)
def test_literals_have_the_value_that_their_type_says(literal: Literal, expected: Comparable | None) -> None:
    assert comparable_literal(literal) == expected


def test_a_length_in_feet_equals_the_same_length_in_metres() -> None:
    feet = comparable_literal(Literal("1000", LiteralType.INTEGER, "ft"))
    assert feet == comparable_literal(Literal("304.8", LiteralType.DECIMAL, "m"))


@pytest.mark.parametrize("unit", ["9**9**9**9", "m**99999", "__import__('os')", "km;", "m" * 100, "dBm", "(", "km km^"])
def test_a_unit_that_is_none_is_kept_apart_and_never_computed(unit: str) -> None:
    assert comparable_literal(Literal("1", LiteralType.INTEGER, unit)).dimension == f"unit:{unit}"


@pytest.mark.parametrize("unit", ["m/s", "km^2", "kg*m**2/s**2", "1/s", "g/cm^3"])
def test_products_and_powers_of_units_are_converted(unit: str) -> None:
    assert not comparable_literal(Literal("1", LiteralType.INTEGER, unit)).dimension.startswith("unit:")


@pytest.mark.parametrize(
    ("label", "dimension"),
    [("1990", "number"), ("-5.5", "number"), ("1990-06", "date"), ("Paris", None), ("", None), ("4 Non Blondes", None)],
)
def test_an_entity_whose_label_reads_as_a_number_or_date_has_that_value(label: str, dimension: str | None) -> None:
    value = comparable_label(label)
    assert (None if value is None else value.dimension) == dimension


def test_a_bare_whole_number_reads_as_a_year() -> None:
    assert as_year(1990.0) == date_interval("1990")
    assert as_year(1990.5) is None
    assert as_year(12345.0) is None
