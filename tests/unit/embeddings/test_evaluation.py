"""The evaluator against PyKEEN's own: the same figures, with ties, reciprocals and known values."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
import torch
from pykeen.evaluation import RankBasedEvaluator

from kgqa.embeddings.evaluation import RankEvaluator
from kgqa.embeddings.models import build_model
from kgqa.embeddings.scoring import is_linear
from kgqa.errors import ModelError, UsageError

ENTITIES, RELATIONS = 60, 5
NAMES = {"mean_rank": "arithmetic_mean_rank", "mrr": "inverse_harmonic_mean_rank"}


def triples(seed: int, count: int = 400) -> np.ndarray[Any, np.dtype[np.int64]]:
    rng = np.random.default_rng(seed)
    ends = rng.zipf(1.5, size=(count, 2)) % ENTITIES  # hubs: many values of one query
    rows = np.stack([ends[:, 0], rng.integers(0, RELATIONS, count), ends[:, 1]], axis=1)
    return np.unique(rows, axis=0).astype(np.int64)


def model_of(name: str, *, inverses: bool, ties: bool, double: bool = True) -> Any:
    known = triples(0)
    model = build_model(
        name, {"embedding_dim": 8}, known, entities=ENTITIES, relations=RELATIONS, inverses=inverses, seed=1
    )
    if ties:
        for parameter in model.parameters():  # whole numbers score alike, and sum without rounding
            parameter.data = torch.round(2 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(4)))
    return (model.double() if double else model).eval()


def pykeens(model: Any, asked: Any, known: Any) -> dict[str, float]:
    logging.getLogger("torch_max_mem").setLevel(logging.ERROR)
    result = RankBasedEvaluator(filtered=True).evaluate(
        model, torch.from_numpy(asked), additional_filter_triples=[torch.from_numpy(known)], batch_size=7,
        use_tqdm=False,
    )  # fmt: skip
    out = {}
    for side in ("head", "tail", "both"):
        for kind in ("optimistic", "realistic", "pessimistic"):
            for name in ("mean_rank", "mrr", "hits_at_1", "hits_at_3", "hits_at_5", "hits_at_10"):
                out[f"{side}.{kind}.{name}"] = float(result.get_metric(f"{side}.{kind}.{NAMES.get(name, name)}"))
    return out


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("inverses", [False, True])
@pytest.mark.parametrize("name", ["ComplEx", "DistMult", "TransE", "RotatE"])
def test_the_figures_are_pykeens(name: str, inverses: bool, ties: bool) -> None:
    known = triples(0)
    asked = known[np.random.default_rng(2).permutation(len(known))[:90]]
    # Products are summed in another order than PyKEEN's: in doubles no two scores change places by that.
    model = model_of(name, inverses=inverses, ties=ties)
    assert is_linear(model) == (name in ("ComplEx", "DistMult"))
    expected = pykeens(model, asked, known)
    if ties and name in ("ComplEx", "DistMult"):
        assert expected["both.optimistic.mrr"] > expected["both.pessimistic.mrr"]
    for max_scores in (1, 500, 10_000_000):
        figures = RankEvaluator([known], relations=RELATIONS, max_scores=max_scores).figures(model, asked)
        assert set(figures) == set(expected)
        for key, value in expected.items():
            assert figures[key] == pytest.approx(value, abs=1e-6), key


def test_candidates_are_those_that_are_not_known() -> None:
    known = triples(0)
    ranks = RankEvaluator([known], relations=RELATIONS).rank(model_of("ComplEx", inverses=True, ties=False), known)
    for (h, r, t), (heads, tails) in zip(known.tolist(), ranks.candidates.tolist(), strict=True):
        assert tails == ENTITIES - sum(1 for a, b, c in known.tolist() if (a, b) == (h, r) and c != t)
        assert heads == ENTITIES - sum(1 for a, b, c in known.tolist() if (b, c) == (r, t) and a != h)


def test_a_triple_asked_twice_is_counted_twice_and_order_is_kept() -> None:
    known = triples(0)
    model = model_of("ComplEx", inverses=True, ties=False)
    evaluator = RankEvaluator([known], relations=RELATIONS, max_scores=200)
    once = evaluator.rank(model, known)
    order = np.concatenate([np.arange(len(known))[::-1], [3, 3]])
    again = evaluator.rank(model, known[order])
    np.testing.assert_array_equal(again.realistic, once.realistic[order])


def test_no_triples_give_no_figures_and_bad_settings_or_scores_are_said() -> None:
    model = model_of("DistMult", inverses=False, ties=False)
    evaluator = RankEvaluator([], relations=RELATIONS)
    assert evaluator.figures(model, np.empty((0, 3), dtype=np.int64)) == {}
    with pytest.raises(UsageError, match="max_scores"):
        RankEvaluator([], relations=RELATIONS, max_scores=0)
    for parameter in model.parameters():
        parameter.data.fill_(float("nan"))
    with pytest.raises(ModelError, match="no numbers"):
        evaluator.rank(model, triples(0))
