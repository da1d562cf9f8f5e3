"""What the retriever is taught with, brought together from the open rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgqa.config import Settings
from kgqa.engine.folders import Folders
from kgqa.engine.rooms import Rooms
from kgqa.types import Progress

if TYPE_CHECKING:
    from kgqa.training.retriever.data import RetrieverData


def retriever_data(
    rooms: Rooms, folders: Folders, settings: Settings, *, questions: int, progress: Progress | None = None
) -> RetrieverData:
    """Examples of every task from the graph and its passages; with its PyKEEN embeddings where there are any."""
    from kgqa.embeddings.towers.features import read_features
    from kgqa.embeddings.towers.graph_vectors import graph_vectors
    from kgqa.training.planner import paraphrases
    from kgqa.training.retriever.synthesis import synthesise
    from kgqa.training.synthesis import Synthesiser

    store, snapshot, encoder = rooms.store, rooms.snapshot, rooms.encoder
    vocabulary = getattr(encoder, "vocabulary", None)
    near = paraphrases(rooms.planner, encoder, () if vocabulary is None else vocabulary(), progress=progress)
    synthesiser = Synthesiser(snapshot, rooms.planner.schema, seed=settings.seed, max_hops=2, near=near)
    graph = graph_vectors(folders.embeddings, store, snapshot)
    features = read_features(store, snapshot, encoder, graph=graph, progress=progress)
    info = {
        "revision": snapshot.revision,
        "sources": sorted(source.name for source in store.sources() if source.finished),
        "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint},
    }
    drawn = synthesiser.draw(questions)
    return synthesise(store, snapshot, features, drawn, linked=rooms.linker.link_passage, info=info)
