"""What is learnt from, and how it is split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgqa.embeddings.graph import mirror_relations, read_learning_graph, split_triples
from kgqa.errors import UsageError
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Literal, LiteralType, Same, Triple


def store_of(folder: Path, *records: object) -> SQLiteStore:
    store = SQLiteStore.create(folder)
    store.write(records, source="test")  # type: ignore[arg-type]  # any records
    return store


def named(store: SQLiteStore, **options: bool) -> set[tuple[object, str, object]]:
    graph = read_learning_graph(store, **options)
    refs, relations = graph.vocabulary.refs, graph.vocabulary.relations
    return {(refs[h], relations[r], refs[t]) for h, r, t in graph.triples.tolist()}


def test_measurements_are_left_out_and_classes_take_part(tmp_path: Path) -> None:
    blocks = [Triple(f"e{i}", "block", Literal("s" if i % 2 else "p")) for i in range(12)]
    masses = [Triple(f"e{i}", "mass", Literal(f"{i}.5", LiteralType.DECIMAL)) for i in range(12)]
    with store_of(tmp_path / "s", Triple("e0", "next", "e1"), *blocks, *masses) as store:
        found = named(store)
        assert ("e1", "block", Literal("s")) in found and ("e0", "next", "e1") in found
        assert not any(relation == "mass" for _, relation, _ in found)
        assert named(store, categories=False) == {("e0", "next", "e1")}


def test_values_that_are_used_once_are_no_classes(tmp_path: Path) -> None:
    names = [Triple(f"e{i}", "nickname", Literal(f"n{i}")) for i in range(12)]
    with store_of(tmp_path / "s", Triple("e0", "next", "e1"), *names) as store:
        assert named(store) == {("e0", "next", "e1")}


def test_things_that_are_the_same_are_one_entity(tmp_path: Path) -> None:
    with store_of(tmp_path / "s", Triple("a", "r", "b"), Triple("a2", "r", "c"), Same("a", "a2")) as store:
        heads = {head for head, _, _ in named(store)}
        assert len(heads) == 1


def test_held_out_facts_leave_every_entity_and_relation_behind() -> None:
    rng = np.random.default_rng(1)
    triples = np.unique(
        np.stack([rng.integers(0, 30, 400), rng.integers(0, 3, 400), rng.integers(0, 30, 400)], 1), axis=0
    )
    split = split_triples(triples, valid_share=0.1, test_share=0.1, seed=0, mirrors={})
    assert len(split.valid) == len(split.test) == int(len(triples) * 0.1)
    assert set(np.unique(triples[:, [0, 2]])) == set(np.unique(split.train[:, [0, 2]]))
    parts = [set(map(tuple, part.tolist())) for part in (split.train, split.valid, split.test)]
    assert set.union(*parts) == set(map(tuple, triples.tolist())) and sum(map(len, parts)) == len(triples)


@given(seed=st.integers(0, 50))
def test_a_fact_and_its_mirror_image_are_never_parted(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = np.unique(rng.integers(0, 20, (60, 2)), axis=0)
    there = np.insert(pairs, 1, 0, axis=1)
    back = np.insert(pairs[:, ::-1], 1, 1, axis=1)
    triples = np.unique(np.concatenate([there, back]), axis=0)
    mirrors = mirror_relations(triples)
    assert mirrors[0] >= {1} and mirrors[1] >= {0}
    split = split_triples(triples, valid_share=0.2, test_share=0.1, seed=seed, mirrors=mirrors)
    learnt = set(map(tuple, split.train.tolist()))
    for h, r, t in np.concatenate([split.valid, split.test]).tolist():
        assert h == t or (t, 1 - r, h) not in learnt


def test_shares_that_leave_nothing_to_learn_from_are_refused() -> None:
    with pytest.raises(UsageError, match=r"at most 0\.5"):
        split_triples(np.zeros((4, 3), dtype=np.int64), valid_share=0.4, test_share=0.2, seed=0, mirrors={})
