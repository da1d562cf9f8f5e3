"""Passages encoded with Ray Data, on a local cluster."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kgqa.embeddings.corpus import EncodedCorpus, encode_corpus_with_ray
from tests.tiny_bert import tiny_encoder


def test_ray_gives_the_vectors_of_the_encoder(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray", reason="needs Ray: install kgqa[ray]")
    import pyarrow as pa
    from pyarrow import parquet

    encoder = tiny_encoder(tmp_path / "encoder")
    table = pa.table({"id": ["p1", "p2"], "title": ["Rome", None], "text": ["the capital", "who was born in"]})
    parquet.write_table(table, tmp_path / "passages.parquet")
    arguments = {"name": encoder.name, "cache": tmp_path / "cache", "device": "cpu"}
    try:
        done = encode_corpus_with_ray(tmp_path / "passages.parquet", tmp_path / "out", encoder=arguments, processes=1)
    finally:
        ray.shutdown()
    assert done == 2
    found = EncodedCorpus(encoder, tmp_path / "out")
    texts = ["Rome\nthe capital", "who was born in"]
    np.testing.assert_allclose(found.encode(texts), encoder.encode(texts), atol=1e-6)
    assert found.fingerprint == encoder.fingerprint
