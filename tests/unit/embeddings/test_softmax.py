"""The softmax loop: its loss is the sum over single statements, however they are put into rows and parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kgqa.embeddings import softmax
from kgqa.embeddings.artefact import open_artefact
from kgqa.embeddings.models import build_model
from kgqa.embeddings.options import SMALL, Recipe, TrainingOptions, recipe_for
from kgqa.embeddings.rows import MAX_VALUES, Queries
from kgqa.embeddings.scoring import all_scores, entity_weights, relation_weights
from kgqa.embeddings.training import train_embeddings
from kgqa.errors import NotFoundError, UsageError
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Triple
from tests.unit.embeddings.people import SETTINGS, Trained

ENTITIES, RELATIONS = 30, 3


def triples() -> np.ndarray[Any, np.dtype[np.int64]]:
    rng = np.random.default_rng(5)
    hub = np.stack([np.zeros(25, dtype=np.int64), np.zeros(25, dtype=np.int64), np.arange(1, 26)], axis=1)
    rest = np.stack([rng.integers(0, ENTITIES, 60), rng.integers(0, RELATIONS, 60), rng.integers(0, ENTITIES, 60)], 1)
    return np.unique(np.concatenate([hub, rest]), axis=0)


def model_of(name: str, *, dim: int = 6) -> Any:
    arguments = {"embedding_dim": dim, "regularizer": None}
    model = build_model(
        name, arguments, triples(), entities=ENTITIES, relations=RELATIONS, inverses=True, seed=2
    ).double()
    for parameter in model.parameters():
        parameter.data = torch.randn(parameter.shape, dtype=torch.double, generator=torch.Generator().manual_seed(1))
    return model


def recipe(**changes: Any) -> Recipe:
    return Recipe(**{**{name: getattr(SMALL, name) for name in Recipe.__slots__}, **changes})


def reference(model: Any, known: Any, n3: float, weight: float) -> Any:
    """The loss as the papers give it: statement by statement, by PyKEEN's own scores."""
    entity, relation = model.entity_representations[0](), model.relation_representations[0]()
    total = torch.zeros((), dtype=torch.double)
    for h, r, t in known.tolist():
        for node, number, value in ((h, 2 * r, t), (t, 2 * r + 1, h)):
            scores = model.interaction(entity[node][None], relation[number][None], entity).flatten()
            others = model.interaction(entity[node][None], relation, entity[value][None]).flatten()
            cubes = sum((x.abs() ** 3).sum() for x in (entity[node], relation[number], entity[value]))
            total = total - torch.log_softmax(scores, 0)[value] + n3 * cubes
            total = total - weight * torch.log_softmax(others, 0)[number]
    return total


@pytest.mark.parametrize("name", ["complex", "distmult"])
def test_the_rows_sum_up_to_the_papers_loss_and_gradient(name: str) -> None:
    model = model_of(name)
    rows = Queries(triples(), relations=RELATIONS, inverses=True).shuffled((0, 1))
    assert rows.counts.max() == MAX_VALUES < 25  # the hub's values lie in several rows
    parts = np.array_split(np.arange(len(rows)), 4)
    chosen = recipe(n3=0.02, relation_weight=0.3)
    loss = sum(softmax.batch_loss(model, rows, part, chosen, precision="float32") for part in parts)
    expected = reference(model, triples(), 0.02, 0.3)
    assert float(loss) == pytest.approx(float(expected), rel=1e-9)
    ours = torch.autograd.grad(loss, entity_weights(model))[0]
    theirs = torch.autograd.grad(expected, entity_weights(model))[0]
    torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("candidates", [0, 6])
@pytest.mark.parametrize("name", ["complex", "distmult"])
def test_members_learn_as_if_alone_and_their_scores_add_up(name: str, candidates: int) -> None:
    joint = model_of(name)
    width = entity_weights(joint).shape[1] // 2
    rows, part = Queries(triples(), relations=RELATIONS, inverses=True).shuffled((0, 1)), np.arange(9)
    chosen = recipe(n3=0.02, relation_weight=0.3, members=2, candidates=candidates)
    pool = softmax.draw_pool(ENTITIES, rows, part, chosen, seed=(0, 1))
    loss = softmax.batch_loss(joint, rows, part, chosen, precision="float32", pool=pool)
    gradient = torch.autograd.grad(loss, entity_weights(joint))[0]
    nodes, relations = torch.arange(10), torch.arange(10) % RELATIONS
    losses, scores = 0.0, torch.zeros((10, ENTITIES), dtype=torch.double)
    for columns in (slice(0, width), slice(width, 2 * width)):
        alone = model_of(name, dim=3)
        with torch.no_grad():
            for weights in (entity_weights, relation_weights):
                weights(alone).copy_(weights(joint)[:, columns])
        single = recipe(n3=0.02, relation_weight=0.3, candidates=candidates)
        own = softmax.batch_loss(alone, rows, part, single, precision="float32", pool=pool)
        torch.testing.assert_close(torch.autograd.grad(own, entity_weights(alone))[0], gradient[:, columns])
        losses += float(own)
        scores += all_scores(alone, nodes, relations, inverse=True)
    assert losses == pytest.approx(float(loss), rel=1e-12)
    torch.testing.assert_close(all_scores(joint, nodes, relations, inverse=True), scores)


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("inverses", [False, True])
@pytest.mark.parametrize("name", ["complex", "distmult"])
def test_scores_by_one_product_are_pykeens(name: str, inverses: bool, inverse: bool) -> None:
    arguments = {"embedding_dim": 6, "regularizer": None}
    model = build_model(
        name, arguments, triples(), entities=ENTITIES, relations=RELATIONS, inverses=inverses, seed=2
    ).eval()
    nodes, relations = torch.arange(10), torch.arange(10) % RELATIONS
    pair = torch.stack([relations, nodes] if inverse else [nodes, relations], dim=1)
    with torch.inference_mode():
        expected = model.predict_h(pair) if inverse else model.predict_t(pair)
    torch.testing.assert_close(all_scores(model, nodes, relations, inverse=inverse), expected, rtol=1e-4, atol=1e-5)


def test_epochs_deal_every_statement_once_and_differently() -> None:
    queries = Queries(triples(), relations=RELATIONS, inverses=True)
    dealt = []
    for epoch in (1, 2):
        rows = queries.shuffled((7, epoch))
        said = [
            (node, relation, value)
            for node, relation, start, count in zip(rows.nodes, rows.relations, rows.starts, rows.counts, strict=True)
            for value in rows.values[start : start + count].tolist()
        ]
        assert len(said) == len(set(said)) == queries.statements == 2 * len(triples())
        dealt.append(said)
    assert dealt[0] != dealt[1]
    assert set(dealt[0]) == set(dealt[1])


@pytest.mark.parametrize("settings", [{"accumulate": 3}, {"precision": "bfloat16"}])
def test_parts_and_short_numbers_learn_the_same(trained: Trained, tmp_path: Path, settings: dict[str, Any]) -> None:
    options = {**SETTINGS, "epochs": 12, "check_every": 12}
    plain = train_embeddings(trained.store, tmp_path / "plain", TrainingOptions(**options))
    other = train_embeddings(trained.store, tmp_path / "other", TrainingOptions(**options, **settings))
    assert other.metrics["mrr"] == pytest.approx(plain.metrics["mrr"], abs=0.1)


def test_sources_can_be_held_out_by_name(tmp_path: Path) -> None:
    said = [Triple(f"a{i}", f"r{i % 2}", f"a{(i * 7 + 1) % 40}") for i in range(120)]
    parts = {"train": said[:40] + said[60:], "valid": said[40:50], "test": said[50:60]}
    with SQLiteStore.create(tmp_path / "store") as store:
        for name, rows in parts.items():
            store.write(rows, source=name)
        options = TrainingOptions(dim=4, epochs=2, device="cpu", valid_source="valid", test_source="test")
        train_embeddings(store, tmp_path / "m", options)
        artefact = open_artefact(tmp_path / "m")[1]
        counts = artefact.manifest["training"]
        names, relations = artefact.vocabulary.refs, artefact.vocabulary.relations
        held = {(names[h], relations[r], names[t]) for h, r, t in artefact.triples[-counts["test"] :].tolist()}
        assert held == {(row.head, row.relation, row.tail) for row in parts["test"]}
        with pytest.raises(NotFoundError, match="nothing"):
            train_embeddings(store, tmp_path / "n", TrainingOptions(valid_source="nothing"))


def test_figures_go_to_a_tracker_when_asked(trained: Trained, tmp_path: Path) -> None:
    options = TrainingOptions(
        **{**SETTINGS, "epochs": 4}, tracker="json", tracker_arguments={"path": str(tmp_path / "run.jsonl")}
    )
    train_embeddings(trained.store, tmp_path / "m", options)
    written = (tmp_path / "run.jsonl").read_text(encoding="utf-8")
    assert "loss" in written and "mrr" in written
    with pytest.raises(UsageError, match="no such tracker"):
        train_embeddings(trained.store, tmp_path / "m", TrainingOptions(**SETTINGS, tracker="no such tracker"))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"loop": "softmax", "model": "TransE"}, "softmax"),
        ({"loop": "softmax", "loss": "softplus"}, "loss"),
        ({"loop": "slcwa", "relation_weight": 0.1}, "relation_weight"),
        ({"loop": "anything"}, "loop"),
        ({"precision": "int8"}, "precision"),
        ({"loop": "lcwa", "sampler": "basic"}, "sampler"),
        ({"loop": "slcwa", "sampler": "nobody"}, "nobody"),
        ({"n3": -1.0}, "n3"),
        ({"loop": "lcwa", "members": 2}, "members"),
        ({"members": 2, "model_arguments": {"embedding_dim": 4}}, "embedding_dim"),
        ({"model": "TransE", "loss": "nobody"}, "nobody"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    trained: Trained, tmp_path: Path, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        train_embeddings(trained.store, tmp_path, TrainingOptions(**settings, device="cpu", epochs=1))
    assert not (tmp_path / "current.json").exists()


def test_a_graph_gets_the_preset_of_its_size() -> None:
    sizes = [
        recipe_for(TrainingOptions(), linear=True, batched=True, entities=5_000, triples=n).dim
        for n in (5_000, 50_000, 500_000)
    ]
    assert sizes[0] < sizes[1] < sizes[2]
    large = recipe_for(TrainingOptions(dim=7), linear=True, batched=True, entities=10**6, triples=10**7)
    assert (large.loop, large.dim) == ("slcwa", 7)
    whole = TrainingOptions(model_arguments={"embedding_dim": 9})
    assert recipe_for(whole, linear=True, batched=True, entities=5_000, triples=50_000).members == 1


def test_members_are_kept_as_one_model_of_their_joint_dimension(trained: Trained, tmp_path: Path) -> None:
    options = TrainingOptions(**{**SETTINGS, "dim": 8, "epochs": 2, "members": 3})
    train_embeddings(trained.store, tmp_path, options)
    manifest = open_artefact(tmp_path)[1].manifest
    assert manifest["model"]["arguments"]["embedding_dim"] == 24
    assert (manifest["training"]["dim"], manifest["training"]["members"]) == (8, 3)


def test_drawn_entities_stand_for_all_others() -> None:
    model = model_of("complex")
    rows = Queries(triples(), relations=RELATIONS, inverses=True).shuffled((0, 1))
    part = np.arange(3)
    chosen = recipe(n3=0.0, relation_weight=0.0, candidates=6)
    whole = float(softmax.batch_loss(model, rows, part, chosen, precision="float32"))
    losses = []
    for draw in range(400):
        pool = softmax.draw_pool(ENTITIES, rows, part, chosen, seed=(0, draw))
        assert pool is not None and len(pool.entities) < ENTITIES
        assert pool.true + (len(pool.entities) - pool.true) * pool.weight == pytest.approx(ENTITIES)
        losses.append(float(softmax.batch_loss(model, rows, part, chosen, precision="float32", pool=pool)))
    # The logarithm of a mean: a little below on average, and nearer the more are drawn.
    assert np.mean(losses) == pytest.approx(whole, rel=0.1)
    assert softmax.draw_pool(ENTITIES, rows, part, recipe(candidates=10_000), seed=(0, 0)) is None
    assert softmax.draw_pool(ENTITIES, rows, part, recipe(candidates=0), seed=(0, 0)) is None


def test_very_many_entities_are_drawn_from_on_a_processor_only() -> None:
    sizes = {"linear": True, "batched": True, "entities": 30_000, "triples": 60_000}
    assert recipe_for(TrainingOptions(), **sizes, device="cpu").candidates > 0
    assert recipe_for(TrainingOptions(), **sizes, device="cuda").candidates == 0
    assert recipe_for(TrainingOptions(candidates=0), **sizes, device="cpu").candidates == 0
