"""Settings are searched for on the validation part, within what is given."""

from __future__ import annotations

import pytest

from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.tuning import N3, RATES, RELATION_WEIGHTS, tune
from kgqa.errors import UsageError
from tests.unit.embeddings.people import Trained

SHORT = {"dim": 8, "epochs": 2, "check_every": 1, "device": "cpu"}


def test_what_is_given_stays_and_the_rest_is_found(trained: Trained) -> None:
    seen: list[tuple[int, int | None]] = []
    options = TrainingOptions(**SHORT, n3=0.005)
    found = tune(trained.store, options, trials=3, progress=lambda what, done, whole: seen.append((done, whole)))
    assert (found.n3, found.dim, found.epochs) == (0.005, 8, 2)
    assert found.learning_rate is not None and RATES[0] <= found.learning_rate <= RATES[1]
    assert found.relation_weight in RELATION_WEIGHTS
    assert seen == [(0, 3), (1, 3), (2, 3)]
    again = tune(trained.store, options, trials=3)
    assert (again.learning_rate, again.relation_weight) == (found.learning_rate, found.relation_weight)


def test_nothing_to_search_is_said(trained: Trained) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        tune(trained.store, TrainingOptions(**SHORT), trials=0)
    with pytest.raises(UsageError, match="leave one out"):
        tune(trained.store, TrainingOptions(**SHORT, learning_rate=0.1, n3=N3[0], relation_weight=0.0), trials=1)
