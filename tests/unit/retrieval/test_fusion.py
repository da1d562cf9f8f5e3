"""Reciprocal-rank fusion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgqa.errors import UsageError
from kgqa.retrieval.fusion import convex, rrf

RANKINGS = st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(0, 9), max_size=8), max_size=3)


def test_the_score_is_the_sum_of_reciprocal_ranks() -> None:
    fused = rrf({"words": ["x", "y"], "meaning": ["y"]}, k=60)
    assert [(item.key, item.ranks) for item in fused] == [("y", {"words": 2, "meaning": 1}), ("x", {"words": 1})]
    assert fused[0].score == pytest.approx(1 / 62 + 1 / 61)


def test_ties_go_to_the_better_single_rank_then_to_the_key() -> None:
    assert [item.key for item in rrf({"a": ["y"], "b": ["x"]})] == ["x", "y"]


@given(RANKINGS)
def test_the_order_of_the_rankings_does_not_matter(rankings: dict[str, list[int]]) -> None:
    assert rrf(rankings) == rrf(dict(reversed(rankings.items())))


@given(RANKINGS)
def test_every_key_comes_once_and_each_first_place_is_kept(rankings: dict[str, list[int]]) -> None:
    fused = rrf(rankings)
    assert sorted(item.key for item in fused) == sorted({key for keys in rankings.values() for key in keys})
    for item in fused:
        for name, rank in item.ranks.items():
            assert list(dict.fromkeys(rankings[name]))[rank - 1] == item.key


def test_a_negative_constant_is_refused() -> None:
    with pytest.raises(UsageError, match="k must be"):
        rrf({}, k=-1)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 9])
def test_the_first_few_are_those_of_the_whole_ranking_ties_included(limit: int) -> None:
    rankings = {"a": ["x", "y", "z", "u"], "b": ["y", "x", "v", "w"]}
    assert rrf(rankings, limit=limit) == rrf(rankings)[:limit]
    shares = {name: [(key, 0.25) for key in keys] for name, keys in rankings.items()}
    assert convex(shares, {"a": 1.0}, limit=limit) == convex(shares, {"a": 1.0})[:limit]
