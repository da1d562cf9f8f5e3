"""Entities beside entities, and the paths that speak for a predicted fact."""

from __future__ import annotations

import numpy as np
import pytest

from kgqa.embeddings.neighbours import alike
from kgqa.embeddings.support import support
from kgqa.errors import NotFoundError, UsageError
from tests.unit.embeddings.people import WITHHELD, Trained, city_of, country_of


def test_alike_is_by_cosine_without_the_entity_itself() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0], [0.8, 0.6]], dtype=np.float32)
    assert [entity for entity, _ in alike(vectors, 0, k=10)] == [1, 4, 2, 3]
    assert alike(vectors, 0, k=1) == [(1, pytest.approx(0.8))]


def test_people_are_like_people_and_go_with_their_city(trained: Trained) -> None:
    predictor, snapshot = trained.predictor(), trained.snapshot
    found = [snapshot.id(number) for number, _ in predictor.similar("person/5", k=5)]
    assert all(name is not None and name.startswith("person/") for name in found)
    assert "person/5" not in found
    related = predictor.related("person/5", k=6)
    names = {snapshot.id(item.value) for item in related}
    assert {f"city/{city_of(5)}", f"country/{country_of(city_of(5))}"} <= names
    assert [item.share for item in related] == sorted((item.share for item in related), reverse=True)


def test_unknown_entities_and_bad_numbers_are_refused(trained: Trained) -> None:
    predictor = trained.predictor()
    with pytest.raises(NotFoundError, match="person/999"):
        predictor.similar("person/999")
    with pytest.raises(UsageError, match="k must"):
        predictor.related("person/5", k=0)


def test_a_prediction_is_supported_by_the_rule_that_holds(trained: Trained) -> None:
    snapshot = trained.snapshot
    head, tail = snapshot.node(WITHHELD[0]), snapshot.node(WITHHELD[2])
    relation = snapshot.relation_number("nationality")
    assert head is not None and tail is not None and relation is not None
    found = support(snapshot, head, relation, tail)
    best = found[0]
    names = [(snapshot.relation_ids[number], inverse) for number, inverse in best.steps]
    assert names in ([("lives_in", False), ("in_country", False)], [("works_in", False), ("in_country", False)])
    assert best.held == best.asked > 100
    assert best.nodes == (head, snapshot.node(f"city/{city_of(3)}"), tail)
    assert [item.confidence for item in found] == sorted((item.confidence for item in found), reverse=True)


def test_the_fact_itself_is_no_support(trained: Trained) -> None:
    snapshot = trained.snapshot
    head, tail = snapshot.node("person/5"), snapshot.node(f"country/{country_of(city_of(5))}")
    relation = snapshot.relation_number("nationality")
    assert head is not None and tail is not None and relation is not None
    assert all(item.steps != ((relation, False),) for item in support(snapshot, head, relation, tail))
