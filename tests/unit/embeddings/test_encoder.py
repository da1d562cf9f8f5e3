"""The text encoder against sentence-transformers' own, and its refusals."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kgqa.embeddings import encoder as module
from kgqa.embeddings.encoder import Encoder, load_encoder
from kgqa.embeddings.encoder_files import packaged_folder, weights_hash
from kgqa.errors import ModelError
from kgqa.types import TextEncoder
from tests.tiny_bert import tiny_encoder

TEXTS = [
    "which films did the director make",
    "",
    "word " * 1000,
    "フランスの首都はどこですか",
    "Кто открыл полоний?",
    "Which films did the director make",
    "a",
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load_encoder(cache=tmp_path_factory.mktemp("cache"), device="cpu")


def test_vectors_equal_those_of_sentence_transformers(encoder: Encoder) -> None:
    reference = pytest.importorskip("sentence_transformers").SentenceTransformer(
        str(packaged_folder()), device="cpu", local_files_only=True
    )
    expected = reference.encode(TEXTS, normalize_embeddings=True)
    found = encoder.encode(TEXTS)
    assert isinstance(encoder, TextEncoder)
    assert found.shape == (len(TEXTS), encoder.dim) and found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_nothing_to_encode_gives_an_empty_matrix(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_repeated_texts_get_the_same_vector(encoder: Encoder) -> None:
    first = encoder.encode(["one", "two", "one"])
    assert (first[0] == first[2]).all() and (first[0] != first[1]).any()
    assert (encoder.encode(["two"])[0] == first[1]).all()


def test_a_vector_hardly_depends_on_what_is_encoded_beside_it(encoder: Encoder) -> None:
    texts = [f"{word} of films" * (1 + number % 7) for number, word in enumerate(encoder.vocabulary()[:90])]
    together = encoder.encode(texts)
    alone = [encoder.encode([f"{text} "])[0] for text in texts[::9]]  # the space: not remembered from before
    np.testing.assert_allclose(together[::9], alone, atol=1e-6)


def test_a_tokenizer_that_marks_no_ends_leaves_an_empty_text_a_vector(tmp_path: Path) -> None:
    tiny_encoder(tmp_path / "tiny")
    settings = json.loads((tmp_path / "tiny" / "tokenizer.json").read_text(encoding="utf-8"))
    settings["post_processor"] = None
    (tmp_path / "tiny" / "tokenizer.json").write_text(json.dumps(settings), encoding="utf-8")
    vectors = load_encoder(str(tmp_path / "tiny"), cache=tmp_path, device="cpu").encode(["", "who was born", ""])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_lone_surrogate_is_encoded(encoder: Encoder) -> None:
    assert np.isfinite(encoder.encode(["broken \ud800 text"])).all()


def test_progress_counts_the_texts(encoder: Encoder) -> None:
    seen: list[tuple[str, int, int | None]] = []
    encoder.encode([f"text {n}" for n in range(5)], progress=lambda *step: seen.append(step))
    assert seen[-1] == ("encode", 5, 5)


def test_vectors_without_torch_equal_those_of_transformers(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "is_bert", lambda folder: False)
    reference = load_encoder(cache=tmp_path, device="cpu")
    assert reference.fingerprint == encoder.fingerprint and reference.vocabulary() == encoder.vocabulary()
    texts = [*TEXTS, *(f"{'long ' * length}text {length}" for length in range(40))]
    np.testing.assert_allclose(encoder.encode(texts), reference.encode(texts), atol=1e-5)


def test_opening_the_packaged_encoder_loads_neither_torch_nor_transformers(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kgqa.embeddings.encoder import load_encoder; "
        f"load_encoder(cache=Path({str(tmp_path)!r}), device='cpu').encode(['a text']); "
        "print([name for name in ('torch', 'transformers', 'sklearn', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_the_hash_of_the_weights_is_remembered(tmp_path: Path) -> None:
    folder = packaged_folder()
    assert weights_hash(folder, tmp_path) == module._PACKAGED_SHA256
    known = json.loads((tmp_path / "encoder-hashes.json").read_text(encoding="utf-8"))
    (key,) = known
    (tmp_path / "encoder-hashes.json").write_text(json.dumps({key: "remembered"}), encoding="utf-8")
    assert weights_hash(folder, tmp_path) == "remembered"


def test_packaged_weights_with_another_hash_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(module, "packaged_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="official"):
        load_encoder(cache=tmp_path / "cache")


def test_a_hub_name_is_refused_offline(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="online"):
        load_encoder("someone/some-model", cache=tmp_path)


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="safetensors"):
        load_encoder(str(tmp_path), cache=tmp_path / "cache")


def test_an_unknown_pooling_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"x")
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_max_tokens": true}', encoding="utf-8")
    with pytest.raises(ModelError, match="max_tokens"):
        load_encoder(str(tmp_path), cache=tmp_path / "cache")


def test_a_plain_folder_works_as_the_packaged_one_does(encoder: Encoder, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(packaged_folder(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(packaged_folder() / "model.safetensors")
    other = load_encoder(str(folder), cache=tmp_path / "cache", device="cpu")
    assert other.fingerprint == encoder.fingerprint
    np.testing.assert_allclose(other.encode(TEXTS[:1]), encoder.encode(TEXTS[:1]), atol=1e-6)


def test_layers_run_apart_give_the_vectors_of_the_whole_model(encoder: Encoder) -> None:
    import torch

    states = encoder.token_states()
    assert states is not None
    ids = torch.tensor(states.tokenize(TEXTS[:1]))
    mask = torch.ones(ids.shape)
    hidden = states.higher(states.lower(ids, mask, skip=2), mask, states.upper(2), count=2)
    pooled = torch.nn.functional.normalize(hidden.mean(dim=1), dim=1).numpy()
    np.testing.assert_allclose(pooled, encoder.encode(TEXTS[:1]), atol=1e-5)
