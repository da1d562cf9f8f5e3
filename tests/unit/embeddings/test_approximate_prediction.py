"""Values found by product codes, beside those found by looking at every one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from kgqa.embeddings import ranking
from kgqa.embeddings.coded import CodedScan, scan_of
from kgqa.embeddings.domains import Domains
from kgqa.embeddings.fusion import Fusion
from kgqa.embeddings.models import build_model
from kgqa.embeddings.precedents import Precedents
from kgqa.embeddings.ranking import Ranking, ValueRanker, best_places
from kgqa.errors import UsageError
from tests.unit.embeddings.people import Trained

pytest.importorskip("faiss")
ENTITIES, WIDTH, K = 6_000, 32, 10
VALUES = np.tile(np.arange(ENTITIES), 2)  # each of two nodes, so that none is taken
TRIPLES = np.stack([np.arange(2 * ENTITIES) % 97, np.zeros_like(VALUES), VALUES], axis=1)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MIN_SCANNED", 1_000)
    monkeypatch.setattr(ranking, "SAMPLE", 1_000)


@pytest.fixture(scope="module", params=["complex", "distmult"])
def ranker(request: pytest.FixtureRequest) -> ValueRanker:
    model = build_model(
        request.param,
        {"embedding_dim": WIDTH, "regularizer": None},
        TRIPLES[:10],
        entities=ENTITIES,
        relations=1,
        inverses=True,
        seed=3,
    )
    return ValueRanker(
        model.eval(),
        Domains(TRIPLES, [()] * ENTITIES),
        ("r",),
        precedents=Precedents(TRIPLES[:500], Domains(TRIPLES, [()] * ENTITIES).types, entities=ENTITIES),
        fusion=Fusion({"r": 0.5}),
    )


def both(ranker: ValueRanker, nodes: Sequence[int], known: list[int]) -> tuple[list[Ranking], list[Ranking]]:
    scan = scan_of(ranker.model, TRIPLES)
    exact = list(ranker.rank(0, False, nodes, [known] * len(nodes), k=K))
    return exact, list(ranker.rank(0, False, nodes, [known] * len(nodes), k=K, scan=scan))


def test_nearly_the_same_values_come_with_nearly_the_same_features(ranker: ValueRanker) -> None:
    exact, near = both(ranker, range(30), [])
    shared = [len(np.intersect1d(a.values, b.values)) / K for a, b in zip(exact, near, strict=True)]
    assert np.mean(shared) >= 0.95
    gaps = [np.abs(a.features[0, :2] - b.features[0, :2]).max() for a, b in zip(exact, near, strict=True)]
    assert np.median(gaps) < 0.2
    assert all(np.all(np.diff(b.scores) <= 0) for b in near)


def test_what_is_known_and_the_node_itself_are_not_found(ranker: ValueRanker) -> None:
    (exact,), _ = both(ranker, [5], [])
    known = exact.values[:4].tolist()
    _, (near,) = both(ranker, [5], known)
    assert not {*known, 5} & set(near.values.tolist())
    assert set(exact.values[4:].tolist()) <= set(near.values.tolist())


def test_it_says_how_much_of_the_exact_ten_it_finds(ranker: ValueRanker) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((3_000, 16), dtype=np.float32)
    assert CodedScan(vectors, vectors[:20]).recall_at_10 >= 0.95
    far = np.zeros((3_000, 16), dtype=np.float32)
    far[:, 0] = 1e6  # codes that leave nothing of what tells the vectors apart
    assert CodedScan(far + 1e-2 * vectors, vectors[:20]).recall_at_10 < 0.9


def test_few_candidates_are_ranked_exactly(trained: Trained) -> None:
    predictor = trained.predictor()
    exact = predictor.predict(relation="nationality", head="person/7")
    assert predictor.predict(relation="nationality", head="person/7", approximate=True) == exact


def test_another_kind_of_model_is_refused() -> None:
    model = build_model("transe", {"embedding_dim": 8}, TRIPLES[:10], entities=20, relations=1, inverses=False, seed=0)
    with pytest.raises(UsageError, match="ComplEx and DistMult"):
        scan_of(model, TRIPLES)


@pytest.mark.parametrize("size", [3, 700, 20_000])
def test_the_best_places_are_those_of_a_whole_sort_with_the_first_of_equals(size: int) -> None:
    scores = np.random.default_rng(size).integers(0, 50, size).astype(np.float32)
    for k in (1, 10, size):
        assert best_places(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()
