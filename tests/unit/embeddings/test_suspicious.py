"""Suspicious statements: planted errors come first."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from kgqa.embeddings.graph import read_learning_graph
from kgqa.embeddings.known import known_both_ways
from kgqa.embeddings.models import build_model, normalise_name
from kgqa.embeddings.plausibility import corrupted, plausibility
from kgqa.embeddings.scoring import all_scores
from kgqa.embeddings.suspicious import suspect
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
    made = corrupted(triples, true=triples, entities=300, rng=np.random.default_rng(0))
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


@pytest.mark.parametrize("name", ["complex", "distmult", "TransE"])
def test_plausibility_is_what_the_scores_say(trained: Trained, name: str) -> None:
    triples = read_learning_graph(trained.store).triples
    entities, relations = int(triples[:, [0, 2]].max()) + 1, int(triples[:, 1].max()) + 1
    arguments = {"embedding_dim": 6}
    model = build_model(
        normalise_name(name), arguments, triples, entities=entities, relations=relations, inverses=False, seed=1
    ).eval()
    asked = triples[::40]
    said = plausibility(model, asked, known_both_ways(triples, relations=relations))
    for place, (h, r, t) in enumerate(asked.tolist()):
        scores = all_scores(model, torch.tensor([h]), torch.tensor([r]), inverse=False)[0].clone().double().numpy()
        others = [c for a, b, c in triples.tolist() if (a, b) == (h, r) and c != t]
        lead = scores[t] - scores[others].max() if others else 50.0
        scores[others] = -np.inf
        assert said["tail share"][place] == pytest.approx(scores[t] - np.logaddexp.reduce(scores), abs=1e-4)
        assert said["tail rank"][place] == pytest.approx(np.log((scores > scores[t]).sum() + 1))
        assert said["tail margin"][place] == pytest.approx(lead, abs=1e-4)
        grid = torch.tensor([[h, other, t] for other in range(relations)])
        ways = model.predict_hrt(grid).detach().double().numpy()[:, 0]
        assert said["relation share"][place] == pytest.approx(ways[r] - np.logaddexp.reduce(ways), abs=1e-4)
