"""Personalised PageRank against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgqa.errors import UsageError
from kgqa.retrieval.links.pagerank import pagerank, push
from kgqa.retrieval.links.rows import Edges, Transitions, arrays_of

SIZE = 12
EDGES = st.dictionaries(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), st.floats(0.1, 5.0), min_size=1, max_size=40
)
SEEDS = st.dictionaries(st.integers(0, SIZE - 1), st.floats(0.1, 3.0), min_size=1, max_size=4)


def transitions(edges: dict[tuple[int, int], float], size: int = SIZE) -> Transitions:
    pairs = np.array(sorted(edges), dtype=np.int64)
    weights = np.array([edges[pair] for pair in sorted(edges)])
    rows = Edges(pairs[:, 0], pairs[:, 1], weights, np.zeros(len(pairs), dtype=np.int64))
    return Transitions(arrays_of(rows, None, size), None, size=size)


def reference(edges: dict[tuple[int, int], float], seeds: dict[int, float], damping: float) -> list[float]:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(SIZE))
    graph.add_weighted_edges_from((head, tail, weight) for (head, tail), weight in edges.items())
    ranks = nx.pagerank(
        graph, alpha=damping, personalization=seeds, dangling=seeds, tol=1e-12, max_iter=1000, weight="weight"
    )
    return [ranks[node] for node in range(SIZE)]


@settings(max_examples=60, deadline=None)
@given(EDGES, SEEDS, SEEDS, st.sampled_from((0.3, 0.7, 0.85)))
def test_ranks_of_many_questions_are_those_of_networkx(
    edges: dict[tuple[int, int], float], one: dict[int, float], other: dict[int, float], damping: float
) -> None:
    seeds = np.zeros((2, SIZE))
    for row, given_seeds in enumerate((one, other)):
        seeds[row, list(given_seeds)] = list(given_seeds.values())
    found = pagerank(transitions(edges), seeds, damping=damping, tolerance=1e-9)
    expected = [reference(edges, given_seeds, damping) for given_seeds in (one, other)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(EDGES, SEEDS)
def test_push_comes_as_near_as_it_is_asked_to(edges: dict[tuple[int, int], float], seeds: dict[int, float]) -> None:
    nodes, weights = np.array(list(seeds), dtype=np.int64), np.array(list(seeds.values()))
    found, ranks = push(transitions(edges), nodes, weights, damping=0.7, tolerance=1e-9)
    whole = np.zeros(SIZE)
    whole[found] = ranks
    np.testing.assert_allclose(whole, reference(edges, seeds, 0.7), atol=1e-5)


def test_push_stays_near_the_seeds_in_a_long_chain() -> None:
    chain = transitions({(node, node + 1): 1.0 for node in range(9_999)}, size=10_000)
    found, _ = push(chain, np.array([0]), np.array([1.0]), damping=0.5, tolerance=1e-3)
    assert 5 < len(found) < 20


def test_each_kind_of_edge_gets_an_equal_share() -> None:
    edges = Edges(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([1.0, 3.0, 9.0]), np.array([0, 0, 1]))
    graph = Transitions(arrays_of(edges, None, 4), None, size=4)
    _, targets, shares = graph.edges(np.array([0]), *graph.extents(np.array([0])))
    assert dict(zip(targets.tolist(), shares.tolist(), strict=True)) == {1: 0.125, 2: 0.375, 3: 0.5}


def test_rows_of_a_delta_replace_those_of_the_base() -> None:
    base = Edges(np.array([0, 1]), np.array([1, 2]), np.ones(2), np.zeros(2, dtype=np.int64))
    new = Edges(np.array([1, 1, 4]), np.array([0, 3, 0]), np.ones(3), np.zeros(3, dtype=np.int64))
    graph = Transitions(arrays_of(base, None, 4), arrays_of(new, np.array([1, 4]), 5), size=5)
    dense = graph.incoming().T.toarray()
    assert dense.tolist() == [[0, 1, 0, 0, 0], [0.5, 0, 0, 0.5, 0], [0] * 5, [0] * 5, [1, 0, 0, 0, 0]]


def test_bad_seeds_and_settings_are_refused() -> None:
    graph = transitions({(0, 1): 1.0})
    for seeds in (np.zeros((1, SIZE)), np.ones((1, 3)), -np.ones((1, SIZE))):
        with pytest.raises(UsageError, match="seeds"):
            pagerank(graph, seeds)
    with pytest.raises(UsageError, match="damping"):
        pagerank(graph, np.ones((1, SIZE)), damping=1.0)
    with pytest.raises(UsageError, match="tolerance"):
        pagerank(graph, np.ones((1, SIZE)), tolerance=0)
    with pytest.raises(UsageError, match="seeds"):
        push(graph, np.array([0]), np.array([0.0]))
