"""A tiny encoder and what a made-up land teaches, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgqa.embeddings.encoder import Encoder
from kgqa.training.retriever.data import RetrieverData
from tests.tiny_bert import tiny_encoder
from tests.unit.training.retriever.towns import town_data


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny encoder."""
    folder = tmp_path_factory.mktemp("towers") / "encoder"
    tiny_encoder(folder)
    return folder


@pytest.fixture(scope="session")
def encoder(base: Path) -> Encoder:
    from kgqa.embeddings.encoder import load_encoder

    return load_encoder(str(base), cache=base / "cache", device="cpu")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> RetrieverData:
    return town_data(tmp_path_factory.mktemp("towns"), encoder)
