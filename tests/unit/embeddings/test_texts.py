"""What texts say of vectors: itself left out, believed as far as it helps on the validation part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kgqa.embeddings.artefact import open_artefact
from kgqa.embeddings.encoder import load_encoder
from kgqa.embeddings.options import TrainingOptions
from kgqa.embeddings.texts import STRENGTHS, blended, fit_texts
from kgqa.embeddings.training import train_embeddings
from kgqa.errors import UsageError
from tests.unit.embeddings.people import SETTINGS, Trained


def test_what_a_text_says_of_a_vector_does_not_know_that_vector() -> None:
    rng = np.random.default_rng(0)
    encodings = rng.standard_normal((40, 6)).astype(np.float32)
    own = (encodings @ rng.standard_normal((6, 4)) + rng.standard_normal((40, 4))).astype(np.float32)
    said, fitted = fit_texts(encodings, own, seed=0)
    slopes = []
    for strength in STRENGTHS:  # one of them is the ridge that was chosen, fitted without the first row
        middle, mean = encodings.mean(axis=0), own.mean(axis=0)
        inputs = np.vstack([encodings - middle, np.sqrt(strength) * np.eye(6)])
        slopes.append(np.linalg.lstsq(inputs, np.vstack([own - mean, np.zeros((6, 4))]), rcond=None)[0])
    distances = [np.abs(fitted.matrix[:-1] - slope).max() for slope in slopes]
    assert min(distances) < 1e-4
    strength = STRENGTHS[int(np.argmin(distances))]
    rest, outputs = encodings[1:].astype(np.float64), own[1:].astype(np.float64)
    design = np.hstack([rest, np.ones((39, 1))])
    penalty = np.diag([strength] * 6 + [0.0])
    alone = np.linalg.solve(design.T @ design + penalty, design.T @ outputs)
    # The centre is that of all rows, so that the two agree but for its shift.
    np.testing.assert_allclose(said[0], np.append(encodings[0], 1.0) @ alone, atol=0.05)
    assert np.abs(said[0] - fitted.vectors(encodings[:1])[0]).max() > 1e-3


def test_the_more_statements_the_less_the_text_counts() -> None:
    own, said = np.zeros((3, 2), dtype=np.float32), np.ones((3, 2), dtype=np.float32)
    statements = np.array([0.0, 1.0, 9.0], dtype=np.float32)
    np.testing.assert_allclose(blended(own, said, statements, 1.0)[:, 0], [1.0, 0.5, 0.1])
    np.testing.assert_array_equal(blended(own, said, statements, 0.0), own)


def test_texts_never_rank_the_validation_part_lower(trained: Trained, tmp_path: Path) -> None:
    encoder = load_encoder(cache=tmp_path / "cache", device="cpu")
    options = TrainingOptions(**{**SETTINGS, "epochs": 4}, text=True)
    train_embeddings(trained.store, tmp_path, options, encoder=encoder)
    artefact = open_artefact(tmp_path)[1]
    said = artefact.manifest["text"]
    tried = dict(map(tuple, said["tried"]))
    assert said["encoder"]["fingerprint"] == encoder.fingerprint
    assert tried[said["weight"]] == max(tried.values()) >= tried[0.0]
    assert artefact.text is not None and artefact.text.shape == (encoder.dim + 1, 64)


def test_text_without_an_encoder_or_a_bilinear_model_is_refused(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="encoder"):
        train_embeddings(trained.store, tmp_path, TrainingOptions(**SETTINGS, text=True))
    encoder = load_encoder(cache=tmp_path / "cache", device="cpu")
    with pytest.raises(UsageError, match="TransE"):
        options = TrainingOptions(**SETTINGS, text=True, model="TransE")
        train_embeddings(trained.store, tmp_path, options, encoder=encoder)
