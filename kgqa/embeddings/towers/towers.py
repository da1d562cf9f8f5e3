"""The trained towers at work: entities alike, entities that go together, and texts for the dense channel. No torch."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.encoder import Encoder, load_encoder
from kgqa.embeddings.freshness import Freshness
from kgqa.embeddings.towers.artefact import TowersArtefact, open_towers
from kgqa.embeddings.towers.fusion import Fusion
from kgqa.embeddings.towers.tasks import Task
from kgqa.errors import ModelError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AGAIN = "train again: `kgqa train retriever`"


def load_towers(folder: Path, store: GraphStore, snapshot: Snapshot) -> Towers:
    """Opens the retriever published below ``folder`` for the graph in ``snapshot``.

    Raises ModelError when none was trained or a file is not what was written.
    """
    artefact = open_towers(folder)
    return Towers(artefact, snapshot, _freshness(artefact, store))


class Towers:
    """Ranks a graph's entities beside one. Safe to use from many threads."""

    def __init__(self, artefact: TowersArtefact, snapshot: Snapshot, freshness: Freshness) -> None:
        self._artefact, self._freshness = artefact, freshness
        self._fusion = Fusion(artefact.weights)
        found = [snapshot.node(id) for id in artefact.ids]
        # A thing that is gone, or that is now another's other name, is passed over.
        here = [node is not None and snapshot.representative(node) == node for node in found]
        self._nodes = np.asarray([-1 if node is None or not ok else node for node, ok in zip(found, here, strict=True)])
        self._row = {int(node): row for row, node in enumerate(self._nodes) if node >= 0}

    @property
    def manifest(self) -> Any:
        """The manifest as written: tasks, figures, revision, sources."""
        return self._artefact.manifest

    @property
    def stale(self) -> str | None:
        """Why the towers no longer know the whole graph, None when they do. They are used all the same."""
        return self._freshness.stale

    @property
    def unusable(self) -> str | None:
        """Why the towers must not be used until trained again, None when they may."""
        return self._freshness.unusable

    def kept(self, task: Task) -> bool:
        """Whether the towers were at least as good at a task as the encoder that they started from."""
        return str(task) in self.manifest["kept"]

    def knows(self, node: int) -> bool:
        """Whether the node was there when the towers were trained."""
        return node in self._row

    def near(self, task: Task, node: int, *, k: int) -> list[tuple[int, float]]:
        """The ``k`` best entities for one that is known, itself left out, with their cosines; ties by number.

        ``task``: SIMILAR or RELATED.
        """
        row = self._row[node]
        query = self._fusion.query(task, self._artefact.vectors[row : row + 1])[0]
        scores = self._artefact.vectors @ query
        scores[row] = -np.inf
        scores[self._nodes < 0] = -np.inf
        order = np.lexsort((self._nodes, -scores))[:k]
        return [(int(self._nodes[place]), float(scores[place])) for place in order if np.isfinite(scores[place])]

    def text_encoder(self, *, cache: Path, device: str, threads: int | None) -> TowerEncoder:
        """The text tower as an encoder of passages and queries; opened when it first encodes."""
        return TowerEncoder(self._artefact, cache=cache, device=device, threads=threads)


class TowerEncoder:
    """The trained text tower. Its fingerprint is that of the artefact, so that vectors of another are made again."""

    def __init__(self, artefact: TowersArtefact, *, cache: Path, device: str, threads: int | None) -> None:
        self._artefact, self._cache, self._device, self._threads = artefact, cache, device, threads
        hashes = [f"{name} {digest}" for name, digest in artefact.manifest["files"].items() if name.startswith("text/")]
        self._fingerprint = hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
        self._opened: Encoder | None = None
        self._opening = threading.Lock()

    @property
    def name(self) -> str:
        return f"retriever of revision {self._artefact.manifest['revision']}"

    @property
    def dim(self) -> int:
        return int(self._artefact.manifest["dim"])

    @property
    def fingerprint(self) -> str:
        """A hash of the text tower's files."""
        return self._fingerprint

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors. shape: (len(texts), dim). Raises ModelError when the text tower's files were changed."""
        with self._opening:
            if self._opened is None:
                self._artefact.check_text()
                self._opened = load_encoder(
                    str(self._artefact.text), cache=self._cache, device=self._device, threads=self._threads
                )
        return self._opened.encode(texts, progress=progress)


def _freshness(artefact: TowersArtefact, store: GraphStore) -> Freshness:
    """Additions make the towers stale; when one of their sources is gone they are not used."""
    try:
        learnt, sources = int(artefact.manifest["revision"]), set(artefact.manifest["sources"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{artefact.folder}: no manifest of a retriever ({error!r}); {_AGAIN}") from error
    if learnt == store.revision:
        return Freshness()
    stale = f"the retriever learnt from revision {learnt}, the graph is at {store.revision}; {_AGAIN}"
    gone = sorted(sources - {info.name for info in store.sources()})
    if gone:
        return Freshness(stale, f"the retriever learnt from source {gone[0]!r}, which was deleted; {_AGAIN}")
    return Freshness(stale)
