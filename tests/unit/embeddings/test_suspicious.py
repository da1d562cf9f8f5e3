"""Suspicious statements: planted errors come first."""

from __future__ import annotations

import numpy as np
import pytest

from kgqa.embeddings.graph import read_learning_graph
from kgqa.embeddings.suspicious import corrupted, suspect
from kgqa.errors import ModelError
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Triple
from tests.unit.embeddings.people import Trained, records

WRONG = [
    ("person/7", "lives_in", "country/1"),
    ("city/2", "in_country", "person/9"),
    ("country/3", "nationality", "city/1"),
]


def test_errors_come_before_nearly_all_that_is_right(tmp_path_factory: pytest.TempPathFactory) -> None:
    with SQLiteStore.create(tmp_path_factory.mktemp("suspicious") / "store") as store:
        store.write(records(), source="people")
        store.write([Triple(*row) for row in WRONG], source="errors")
        graph = read_learning_graph(store)
    found = suspect(graph, seed=1)
    again = suspect(graph, seed=1)
    np.testing.assert_array_equal(found.noise, again.noise)
    names, relations = graph.vocabulary.refs, graph.vocabulary.relations
    order = [
        (names[h], relations[r], names[t])
        for h, r, t in graph.triples[np.argsort(-found.noise, kind="stable")].tolist()
    ]
    assert set(WRONG) <= set(order[:10])
    assert all(len(values) == len(graph.triples) for values in found.features.values())


def test_corruptions_are_no_statements_and_change_one_end(trained: Trained) -> None:
    triples = read_learning_graph(trained.store).triples
    made = corrupted(triples, entities=300, rng=np.random.default_rng(0))
    here = set(map(tuple, triples.tolist()))
    assert not here & set(map(tuple, made.tolist()))
    assert ((triples != made).sum(axis=1) == 1).all()
    assert (triples[:, 1] == made[:, 1]).all()
    typed = set(triples[triples[:, 1] == 0, 2].tolist())
    changed = made[1::2][(made[1::2, 1] == 0) & (made[1::2, 2] != triples[1::2, 2])]
    assert np.isin(changed[:, 2], list(typed)).mean() > 0.8  # right in type wherever there is another


def test_too_small_a_graph_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    with SQLiteStore.create(tmp_path_factory.mktemp("small") / "store") as store:
        store.write([Triple("a", "r", f"b{i}") for i in range(20)], source="x")
        with pytest.raises(ModelError, match="at least 100"):
            suspect(read_learning_graph(store))
