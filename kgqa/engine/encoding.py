"""Encoding a corpus apart from the index, with the encoder that the index would take."""

from __future__ import annotations

from pathlib import Path

from kgqa.config import Settings
from kgqa.embeddings.corpus import encode_corpus, encode_corpus_with_ray
from kgqa.engine.rooms import Rooms, dense_encoder
from kgqa.errors import UsageError
from kgqa.types import Progress


def encode_passages(
    rooms: Rooms,
    settings: Settings,
    source: Path,
    target: Path,
    *,
    ray: bool,
    processes: int,
    progress: Progress | None = None,
) -> int:
    """Passages of a Parquet table to vectors; see ``kgqa.embeddings.corpus``. Gives their number."""
    tower = dense_encoder(rooms.towers, settings)
    if not ray:
        return encode_corpus(source, target, tower or rooms.encoder, progress=progress)
    if tower is not None:
        raise UsageError("with --ray passages are encoded by the encoder of the settings, not by a trained retriever")
    encoder = {
        "name": settings.encoder,
        "cache": settings.cache,
        "device": settings.device,
        "threads": settings.threads,
        "online": settings.online,
    }
    return encode_corpus_with_ray(source, target, encoder=encoder, processes=processes)
