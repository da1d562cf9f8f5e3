"""Brings snapshot, text, passage graph and vectors up to the store's revision; only what changed is done again."""

from __future__ import annotations

import time
from pathlib import Path

from kgqa.config import Settings
from kgqa.engine.folders import Folders
from kgqa.engine.reports import IndexReport
from kgqa.engine.rooms import dense_encoder, name_reader, open_linker, open_retriever, server_store
from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.contract import NameIndex
from kgqa.index.server_names import refresh_names
from kgqa.index.server_vectors import copy_vectors
from kgqa.index.text import TextIndex
from kgqa.index.vector_refresh import Encoder, EncodingEstimate, refresh_vectors
from kgqa.retrieval.links.refresh import refresh_links
from kgqa.types import Progress


def bring_up_to_date(
    store: GraphStore,
    folders: Folders,
    settings: Settings,
    encoder: Encoder,
    *,
    vectors_of: Path | None = None,
    progress: Progress | None = None,
) -> IndexReport:
    """Snapshot, text index, passage graph and vectors at the store's revision.

    ``vectors_of``: a table of vectors that need not be made (``kgqa.embeddings.corpus``).
    """
    started = time.perf_counter()
    snapshot = open_snapshot(folders.snapshot, store, progress=progress)
    text = TextIndex.open(folders.text)
    names: NameIndex = text
    if settings.server_names:
        names = refresh_names(server_store(store, "server_names"), progress=progress)
    text.refresh(store, names=names is text, progress=progress)
    linker = open_linker(store, snapshot, names)
    refresh_links(folders.links, store, name_reader(store, snapshot, text, names, linker), progress=progress)
    towers, _ = open_retriever(store, snapshot, folders)
    encoder = dense_encoder(towers, settings) or encoder
    if vectors_of is not None:
        from kgqa.embeddings.corpus import EncodedCorpus

        encoder = EncodedCorpus(encoder, vectors_of)
    estimates: list[EncodingEstimate] = []

    def announce(estimate: EncodingEstimate) -> None:
        estimates.append(estimate)
        if progress is not None:
            progress(f"encoding, about {estimate.seconds:.0f} s", 0, estimate.texts)

    vectors = refresh_vectors(
        folders.vectors,
        store,
        snapshot,
        encoder,
        encode_entities=settings.encode_entities,
        approximate_above=settings.approximate_above,
        announce=announce,
        progress=progress,
    )
    if settings.server_vectors:
        owner = server_store(store, "server_vectors")
        copy_vectors(vectors, owner.server)
        if read_pointer(folders.embeddings) is not None:
            from kgqa.embeddings.on_server import copy_embeddings

            copy_embeddings(folders.embeddings, owner, snapshot)
    passages, _ = text.counts()
    encoded = sum(estimate.texts for estimate in estimates)
    seconds = time.perf_counter() - started
    return IndexReport(store.revision, passages, encoded, len(vectors) - encoded, seconds, vectors.graphs)
