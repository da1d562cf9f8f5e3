"""Ranges, multiplicity, coverage and the prior that something is missing."""

from __future__ import annotations

import numpy as np
import pytest

from kgqa.embeddings.domains import Domains

# Entities 0-9 are countries, 10-12 regions, 13 a region that nothing is in, 14 a thing of no type.
TYPES = [("country",)] * 10 + [("region",)] * 4 + [()]
REGION = [(i, 0, 10 + i % 3) for i in range(9)]
BORDERS = [(0, 1, i) for i in range(1, 6)] + [(1, 1, 0), (2, 1, 3)]
DOMAINS = Domains(np.array(REGION + BORDERS), TYPES)


def test_a_value_may_be_any_entity_of_the_types_that_were_seen() -> None:
    assert DOMAINS.side(0, False).values.tolist() == [10, 11, 12, 13]


def test_without_types_a_value_is_one_that_was_seen() -> None:
    untyped = Domains(np.array(REGION), [()] * 15)
    assert untyped.side(0, False).values.tolist() == [10, 11, 12]


def test_one_value_each_makes_a_relation_single_valued() -> None:
    assert DOMAINS.side(0, False).single
    assert not DOMAINS.side(0, True).single
    assert not DOMAINS.side(1, False).single


def test_what_the_graph_declares_wins_over_the_data() -> None:
    declared = Domains(np.array(REGION), TYPES, functional={0: False})
    assert not declared.side(0, False).single
    assert declared.side(0, True).exclusive is False


def test_coverage_counts_the_like_and_the_asked_node_as_one_without() -> None:
    assert DOMAINS.coverage(0, False, 9) == pytest.approx(0.9)
    assert DOMAINS.coverage_of_all(0, False)[9] == pytest.approx(0.9)
    assert DOMAINS.coverage(0, False, 14) == 0.0


def test_the_one_country_without_a_region_lacks_it() -> None:
    assert DOMAINS.chance_missing(0, False, 9, 0) == pytest.approx(1.0)


def test_a_relation_that_few_have_is_hardly_missing() -> None:
    # 3 of 10 countries border others as head: one five, two one. All lost: 0.2 ** 5 for the first, 0.2 for the others.
    all_lost = (0.2**5 + 0.2 + 0.2) / 3
    lost = 0.3 / (1 - all_lost) * all_lost
    assert DOMAINS.chance_missing(1, False, 9, 0) == pytest.approx(lost / (lost + 1 - 0.3 / (1 - all_lost)))
    assert DOMAINS.chance_missing(1, False, 9, 0) < 0.1


def test_a_single_valued_relation_with_its_value_lacks_nothing() -> None:
    assert DOMAINS.chance_missing(0, False, 3, 1) == 0.0


def test_more_known_values_make_a_further_one_likelier() -> None:
    few, many = (DOMAINS.chance_missing(1, False, 0, known) for known in (1, 8))
    assert 0 < few < many < 1
