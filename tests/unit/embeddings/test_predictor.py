"""Link prediction on the graph with a rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from kgqa.embeddings.artefact import Artefact, open_artefact
from kgqa.embeddings.graph import Vocabulary
from kgqa.embeddings.models import build_model, weights_from_bytes, weights_to_bytes
from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.plain_scores import plain_scores
from kgqa.embeddings.predictor import load_predictor
from kgqa.embeddings.ranking import score_triples
from kgqa.embeddings.training import train_embeddings
from kgqa.errors import ModelError, NotFoundError, UsageError
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, FactSource, Literal, Triple
from tests.unit.embeddings.people import SETTINGS, WITHHELD, Trained, city_of, country_of, records


def test_the_withheld_fact_is_predicted_first_and_probably(trained: Trained) -> None:
    head, relation, tail = WITHHELD
    best = trained.predictor().predict(relation=relation, head=head)[0]
    assert trained.snapshot.id(best.tail) == tail
    assert best.probability > 0.5


def test_it_completes_hops_as_a_fact_source(trained: Trained) -> None:
    predictor = trained.predictor()
    assert isinstance(predictor, FactSource)
    head, relation, _ = WITHHELD
    node = trained.snapshot.node(head)
    assert node is not None
    facts = predictor.complete([node], relation, k=3)
    assert [fact.head for fact in facts] == [node] * 3
    assert [fact.probability for fact in facts] == sorted((fact.probability for fact in facts), reverse=True)
    assert sum(fact.probability for fact in facts) <= 1.0


def test_the_inverse_asks_for_heads(trained: Trained) -> None:
    head, relation, tail = WITHHELD
    country = trained.snapshot.node(tail)
    assert country is not None
    facts = trained.predictor().complete([country], relation, inverse=True, k=3)
    assert {fact.tail for fact in facts} == {country}
    assert trained.snapshot.node(head) in {fact.head for fact in facts}


def test_known_facts_are_left_out(trained: Trained) -> None:
    snapshot = trained.snapshot
    country, relation = snapshot.node("country/0"), snapshot.relation_number("nationality")
    assert country is not None and relation is not None
    known = set(snapshot.hop([country], relation, True).tolist())
    facts = trained.predictor().complete([country], "nationality", inverse=True, k=200)
    assert facts and known and not known & {fact.head for fact in facts}


def test_a_single_valued_relation_with_its_value_is_not_completed(trained: Trained) -> None:
    node = trained.snapshot.node("person/5")
    assert node is not None
    assert trained.predictor().complete([node], "nationality") == []


def test_values_are_of_the_kind_that_the_relation_has(trained: Trained) -> None:
    facts = trained.predictor().predict(relation="nationality", head=WITHHELD[0], k=100)
    assert {trained.snapshot.types_of(fact.tail) for fact in facts} == {("country",)}


def test_a_class_given_as_a_literal_can_be_asked_about(trained: Trained) -> None:
    assert trained.predictor().score([("person/1", "hand", Literal("right"))]).shape == (1,)


def test_scores_equal_those_of_pykeen_after_saving_and_loading(trained: Trained) -> None:
    _, artefact = open_artefact(trained.folder)
    said, vocabulary = artefact.manifest["model"], artefact.vocabulary
    model = build_model(
        said["name"],
        said["arguments"],
        artefact.triples,
        entities=len(vocabulary.refs),
        relations=len(vocabulary.relations),
        inverses=said["inverses"],
        seed=99,
    )
    weights_from_bytes(model, artefact.weights)
    model.eval()
    rows = artefact.triples[::7]
    batch = torch.from_numpy(rows.copy())
    batch[:, 1] *= 2 if said["inverses"] else 1  # PyKEEN numbers a relation and its inverse in turn
    with torch.inference_mode():
        expected = model.score_hrt(batch)[:, 0].numpy()
    named = [(vocabulary.refs[h], vocabulary.relations[r], vocabulary.refs[t]) for h, r, t in rows.tolist()]
    np.testing.assert_array_equal(trained.predictor().score(named), expected)


def test_what_the_model_has_not_seen_is_not_found(trained: Trained) -> None:
    predictor = trained.predictor()
    with pytest.raises(NotFoundError, match="nobody"):
        predictor.predict(relation="nationality", head="nobody")
    with pytest.raises(NotFoundError, match="no_relation"):
        predictor.predict(relation="no_relation", head="person/1")
    with pytest.raises(UsageError, match="head or tail"):
        predictor.predict(relation="nationality")
    assert predictor.complete([10**6], "nationality") == [] == predictor.complete([0], "no_relation")


def test_additions_make_it_stale_and_deletions_unusable(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "store") as store:
        store.write(records(), source="people")
        train_embeddings(store, tmp_path / "models", TrainingOptions(**{**SETTINGS, "epochs": 5}))
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        fresh = load_predictor(tmp_path / "models", store, snapshot)
        assert fresh.stale is None and fresh.usable

        store.write(
            [Entity("person/new", types=("person",)), Triple("person/new", "lives_in", "city/1")], source="more"
        )
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        stale = load_predictor(tmp_path / "models", store, snapshot)
        assert stale.stale is not None and "revision" in stale.stale
        assert stale.usable and stale.predict(relation="nationality", head=WITHHELD[0])

        remaining = [record for record in records() if record != Triple("person/1", "lives_in", "city/7")]
        store.write(remaining, source="people", replace=True)
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        cut = load_predictor(tmp_path / "models", store, snapshot)
        assert not cut.usable and "1 statements" in str(cut.unusable)
        node = snapshot.node(WITHHELD[0])
        assert node is not None
        assert cut.complete([node], "nationality") == []
        with pytest.raises(ModelError, match="train again"):
            cut.predict(relation="nationality", head=WITHHELD[0])

        store.delete(source="people")
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        gone = load_predictor(tmp_path / "models", store, snapshot)
        assert "'people'" in str(gone.unusable)


def test_triples_get_probabilities_that_part_true_from_false(trained: Trained) -> None:
    predictor = trained.predictor()
    true = [(f"person/{i}", "nationality", f"country/{country_of(city_of(i))}") for i in range(30)]
    false = [(h, r, f"country/{(int(t[-1]) + 2) % 5}") for h, r, t in true]
    right, wrong = predictor.probabilities(true), predictor.probabilities(false)
    assert right.mean() > 0.8 > 0.3 > wrong.mean()
    assert "triple_ece" in predictor.manifest["metrics"]
    assert predictor.probabilities([]).shape == (0,)


def test_edges_are_scored_in_the_snapshots_numbers_and_unknown_ones_are_nan(trained: Trained) -> None:
    predictor, snapshot = trained.predictor(), trained.snapshot
    said = [("person/1", "lives_in", f"city/{city}") for city in (1, 7)]
    relation = snapshot.relation_number("lives_in")
    rows = np.array([[snapshot.node(h), relation, snapshot.node(t)] for h, _, t in said], dtype=np.int64)
    unknown = np.array([[rows[0, 0], relation, snapshot.size + 5]], dtype=np.int64)
    found = predictor.edge_scores(np.concatenate([rows, unknown]))
    np.testing.assert_allclose(found[:2], predictor.score(said), rtol=1e-5)
    assert np.isnan(found[2])


@pytest.mark.parametrize("name", ["complex", "distmult"])
@pytest.mark.parametrize("inverses", [False, True])
def test_plain_scores_are_those_of_the_model(name: str, inverses: bool) -> None:
    arguments = {"embedding_dim": 8}
    triples = np.array([[0, 0, 1], [2, 1, 0]], dtype=np.int64)
    model = build_model(name, arguments, triples, entities=3, relations=2, inverses=inverses, seed=0)
    told = {"name": name, "arguments": arguments, "inverses": inverses, "seed": 0}
    known, weights = Vocabulary((), (), (), ()), weights_to_bytes(model)
    ours = plain_scores(Artefact({"model": told}, known, triples, weights))
    assert ours is not None
    np.testing.assert_allclose(ours(triples), score_triples(model, triples), rtol=1e-4, atol=1e-6)
    assert plain_scores(Artefact({"model": told | {"name": "transe"}}, known, triples, weights)) is None
