"""Passages encoded apart from a store, here and with Ray Data, and taken up by the index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.embeddings.corpus import EncodedCorpus, encode_corpus
from kgqa.embeddings.encoder import Encoder
from kgqa.errors import InputError, UsageError
from kgqa.index.vector_items import VectorKey, VectorKind
from kgqa.index.vectors import VectorIndex
from tests.tiny_bert import tiny_encoder

PASSAGES = [("p1", "Rome", "the capital of a country"), ("p2", None, "what is the year"), ("p3", "", "who was born in")]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return tiny_encoder(tmp_path_factory.mktemp("corpus") / "encoder")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    import pyarrow as pa
    from pyarrow import parquet

    ids, titles, texts = zip(*PASSAGES, strict=True)
    table = pa.table({"id": ids, "title": pa.array(titles, pa.string()), "text": texts, "rank": [1, 2, 3]})
    parquet.write_table(table, tmp_path / "passages.parquet")
    return tmp_path / "passages.parquet"


def test_a_corpus_is_encoded_as_the_index_encodes(corpus: Path, encoder: Encoder, tmp_path: Path) -> None:
    from pyarrow import parquet

    assert encode_corpus(corpus, tmp_path / "out.parquet", encoder) == 3
    rows = parquet.read_table(tmp_path / "out.parquet").to_pydict()
    assert rows["id"] == ["p1", "p2", "p3"]
    wanted = encoder.encode(["Rome\nthe capital of a country", "what is the year", "who was born in"])
    np.testing.assert_allclose(np.asarray(rows["vector"], dtype=np.float32), wanted, atol=1e-6)
    with pytest.raises(UsageError, match="there already"):
        encode_corpus(corpus, tmp_path / "out.parquet", encoder)


def test_the_index_takes_vectors_that_are_made_and_makes_the_rest(
    corpus: Path, encoder: Encoder, tmp_path: Path
) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    settings = load_settings(encoder=encoder.name, device="cpu", cache=tmp_path / "cache")
    with Engine.create(tmp_path / "store", settings=settings) as engine:
        engine.ingest([{"passage": {"id": id, "text": text, "title": title or None}} for id, title, text in PASSAGES])
        engine.encode(corpus, tmp_path / "out.parquet")
        rows = parquet.read_table(tmp_path / "out.parquet").slice(0, 2).to_pydict()
        rows["vector"][1] = np.eye(encoder.dim)[5].tolist()  # to be told from what the encoder would give
        parquet.write_table(pa.table(rows), tmp_path / "told.parquet")
        engine.index(vectors=tmp_path / "told.parquet")
    vectors = VectorIndex.open(tmp_path / "store" / "vectors")
    found = {id: vectors.vector(VectorKey(VectorKind.PASSAGE, id)) for id in ("p1", "p2", "p3")}
    np.testing.assert_array_equal(found["p2"], np.eye(encoder.dim, dtype=np.float32)[5])
    np.testing.assert_allclose(found["p3"], encoder.encode(["who was born in"])[0], atol=1e-6)


def test_vectors_of_another_encoder_are_refused(corpus: Path, encoder: Encoder, tmp_path: Path) -> None:
    encode_corpus(corpus, tmp_path / "out.parquet", encoder)
    other = tiny_encoder(tmp_path / "other", seed=1)
    with pytest.raises(InputError, match="another encoder"):
        EncodedCorpus(other, tmp_path / "out.parquet")


def test_what_is_no_table_of_passages_is_refused_by_name(encoder: Encoder, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"id": ["a"], "body": ["b"]}), tmp_path / "bad.parquet")
    with pytest.raises(InputError, match="no column 'text'"):
        encode_corpus(tmp_path / "bad.parquet", tmp_path / "out.parquet", encoder)
    with pytest.raises(InputError, match="no table of vectors"):
        EncodedCorpus(encoder, tmp_path / "bad.parquet")
    assert not (tmp_path / "out.parquet").exists() and not list(tmp_path.glob("*.part"))
