"""Rules counted from the graph: what they are sure of, and how much they weigh beside the model."""

from __future__ import annotations

import numpy as np
import pytest

from kgqa.embeddings.domains import Domains, type_matrix
from kgqa.embeddings.fusion import WEIGHTS, Fusion, fit_fusion, fused
from kgqa.embeddings.precedents import DOUBT, Precedents

LIVES, WORKS, NATION = 0, 1, 2
# People 0 to 7, cities 8 and 9, nations 10 and 11; person 7 has no nation.
TRIPLES = np.array(
    [(p, LIVES, 8 + p % 2) for p in range(8)]
    + [(p, WORKS, 8 + p % 2) for p in range(7)]
    + [(p, NATION, 10 + p % 2) for p in range(7)]
)
RULES = Precedents(TRIPLES, type_matrix([("person",)] * 8 + [()] * 4), entities=12)


def chances_of(relation: int, inverse: bool, node: int) -> np.ndarray:
    """The chance of every entity."""
    out = np.zeros(12)
    values, chances = RULES.chances(relation, inverse, node)
    assert np.all(np.diff(values) > 0)
    out[values] = chances
    return out


def test_what_the_like_have_is_expected() -> None:
    chances = chances_of(NATION, False, 7)
    assert chances.argmax() == 11
    # of those with a nation, three live where person 7 does, and all have nation 11; three of seven people have it
    city, person = 3 / (3 + DOUBT), 3 / (7 + DOUBT)
    assert chances[11] == pytest.approx(1 - (1 - city) * (1 - person))
    assert chances[8] == 0.0


def test_a_relation_that_leads_to_the_same_things_is_a_rule_of_its_own() -> None:
    chances = chances_of(WORKS, False, 7)  # who lives in a city works there
    assert chances.argmax() == 9
    assert chances[9] > chances_of(NATION, False, 7)[11]
    backwards = chances_of(WORKS, True, 9)
    assert backwards[7] > 0.5 > backwards[6]


def test_the_rules_weigh_as_much_as_held_out_queries_show() -> None:
    model_wins = np.tile(np.linspace(1.0, 0.1, len(WEIGHTS)), (80, 1))
    fitted = fit_fusion({"a": model_wins, "b": model_wins[:, ::-1], "rare": model_wins[:5, ::-1]})
    assert (fitted.weight("a"), fitted.weight("b"), fitted.weight("rare"), fitted.weight("new")) == (0, 1, 1, 1)
    assert Fusion.from_dict(fitted.to_dict()) == fitted
    assert fit_fusion({}).weight("a") == 0.0


def test_fusion_goes_from_the_models_order_to_that_of_the_rules() -> None:
    scores = np.array([3.0, 2.0, 1.0, 0.0], dtype=np.float32)
    places, chances = np.array([0, 1, 2]), np.array([0.1, 0.2, 0.9])
    assert np.argsort(-fused(scores, places, chances, 0.0)).tolist() == [0, 1, 2, 3]
    assert np.argsort(-fused(scores, places, chances, 1.0)).tolist() == [2, 1, 0, 3]
    half = fused(scores, places, chances, 0.5)
    shares = np.log(np.exp(scores) / np.exp(scores).sum())
    assert half == pytest.approx(0.5 * shares + 0.5 * np.log([0.1, 0.2, 0.9, 1e-4]), rel=1e-5)


def test_who_asks_as_if_there_were_a_value_makes_it_likelier_that_one_is_missing() -> None:
    one = Domains.presumed([0.25])[0]
    assert one == pytest.approx(20 * 0.25 / (20 * 0.25 + 0.75))
    many = Domains.presumed([0.25, 0.25, 0.0])
    assert many[2] == 0.0 and 0.25 < many[0] == many[1] < one
    assert Domains.presumed([0.0]) == [0.0]
