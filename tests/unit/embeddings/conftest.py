"""The embeddings of the small graph, trained once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.training import train_embeddings
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from tests.unit.embeddings.people import SETTINGS, Trained, records


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """A store with its snapshot and embeddings; not to be written to."""
    place = tmp_path_factory.mktemp("embeddings")
    with SQLiteStore.create(place / "store") as store:
        store.write(records(), source="people")
        report = train_embeddings(store, place / "models", TrainingOptions(**SETTINGS))
        yield Trained(store, open_snapshot(place / "snapshot", store), place / "models", report)
