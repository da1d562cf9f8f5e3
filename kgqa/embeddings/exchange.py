"""Trained embeddings to PyKEEN and numpy, and a PyKEEN model's weights into the store; nothing is unpickled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.artefact import Artefact, network, open_artefact, publish_artefact
from kgqa.embeddings.calibration import Calibration
from kgqa.embeddings.domains import MISSING_SHARE
from kgqa.embeddings.fusion import Fusion
from kgqa.embeddings.graph import Vocabulary, read_learning_graph
from kgqa.embeddings.heldout import TRIPLE_FEATURES
from kgqa.embeddings.models import build_model, normalise_name, weights_to_bytes
from kgqa.embeddings.neighbours import entity_vectors, relation_vectors
from kgqa.errors import InputError, ModelError, UsageError
from kgqa.graph.store import GraphStore
from kgqa.types import Literal

if TYPE_CHECKING:
    pass

STATE = "state.pt"
MODEL = "model.json"
NAMES = "names.json"


def to_numpy(folder: Path, target: Path) -> None:
    """Writes the current embeddings as ``entities.npy`` and ``relations.npy`` with ``names.json`` into a new folder.

    Complex numbers are pairs of reals; of a model with reciprocal relations, relation 2r is r and 2r + 1 its inverse.
    Raises UsageError when ``target`` exists, ModelError when none were trained.
    """
    _, artefact = open_artefact(folder)
    model = network(artefact)
    _new(target)
    np.save(target / "entities.npy", entity_vectors(model), allow_pickle=False)
    np.save(target / "relations.npy", relation_vectors(model), allow_pickle=False)
    _write_json(target / NAMES, _names(artefact.vocabulary))


def to_pykeen(folder: Path, target: Path) -> None:
    """Writes a state that PyKEEN loads: ``state.pt`` (torch, plain tensors), ``model.json`` (class, arguments), and
    ``names.json`` (ids by number). Errors as ``to_numpy``.

    There: ``model_resolver.lookup(name)(triples_factory=..., **arguments)``, then ``load_state_dict`` of what
    ``torch.load("state.pt", weights_only=True)`` gives.
    """
    import torch

    _, artefact = open_artefact(folder)
    model = network(artefact)
    _new(target)
    torch.save(model.state_dict(), target / STATE)
    _write_json(target / MODEL, artefact.manifest["model"])
    _write_json(target / NAMES, _names(artefact.vocabulary))


def from_pykeen(
    store: GraphStore,
    folder: Path,
    state: Path,
    *,
    model: str,
    arguments: Mapping[str, Any],
    entities: Mapping[str, int],
    relations: Mapping[str, int],
    inverses: bool = False,
) -> Path:
    """Publishes the weights of a model that PyKEEN trained on this graph. Gives the version's folder.

    state: what ``torch.save(model.state_dict(), state)`` wrote, read with weights only. ``entities`` and ``relations``:
    the numbers of ids of this graph (a TriplesFactory's ``entity_to_id``, ``relation_to_id``). Nothing is known of what
    the model has not seen, so that its probabilities are not calibrated and stay at 0.5 or below.

    Raises InputError for a file that holds no weights, ModelError when they do not fit, UsageError for ids that the
    graph lacks.
    """
    import torch

    name = normalise_name(model)
    try:
        loaded = torch.load(state, map_location="cpu", weights_only=True)
    except OSError as error:
        raise InputError(f"{state}: cannot be read ({error.strerror})") from error
    except Exception as error:  # torch has no one error for what is no state, or holds code
        raise InputError(f"{state}: holds no plain weights; save model.state_dict(), not the model") from error
    graph = read_learning_graph(store, categories=False)
    vocabulary = _renumbered(graph.vocabulary, entities, relations)
    order = np.array([entities.get(str(ref), -1) for ref in graph.vocabulary.refs])
    kinds = np.array([relations.get(name, -1) for name in graph.vocabulary.relations])
    triples = np.stack([order[graph.triples[:, 0]], kinds[graph.triples[:, 1]], order[graph.triples[:, 2]]], axis=1)
    triples = triples[(triples >= 0).all(axis=1)].astype(np.int64)
    built = build_model(
        name, arguments, triples, entities=len(entities), relations=len(relations), inverses=inverses, seed=0
    )
    try:
        built.load_state_dict(loaded)
    except (RuntimeError, AttributeError, TypeError) as error:
        raise ModelError(f"{state}: does not fit {name!r} with {dict(arguments)!r} ({error})") from error
    manifest = {
        "kind": "embeddings",
        "model": {"name": name, "arguments": dict(arguments), "inverses": inverses, "seed": 0},
        "training": {"train": len(triples), "valid": 0, "test": 0},
        "functional": {},
        "missing_share": MISSING_SHARE,
        "revision": store.revision,
        "sources": {info.name: info.revision for info in store.sources() if info.finished},
        "metrics": {},
        "fusion": Fusion().to_dict(),
        "calibration": Calibration().to_dict(),
        "triple_calibration": Calibration(names=TRIPLE_FEATURES).to_dict(),
    }
    return publish_artefact(Artefact(manifest, vocabulary, triples, weights_to_bytes(built)), folder)


def _renumbered(vocabulary: Vocabulary, entities: Mapping[str, int], relations: Mapping[str, int]) -> Vocabulary:
    """The graph's words in the model's order."""
    place = {ref: number for number, ref in enumerate(vocabulary.refs)}
    for what, ids, known in (("entity", entities, place), ("relation", relations, set(vocabulary.relations))):
        if sorted(ids.values()) != list(range(len(ids))):
            raise UsageError(f"the numbers of the model's {what} ids are not 0 to {len(ids) - 1}")
        if missing := sorted(id for id in ids if id not in known):
            raise UsageError(f"the graph has no {what} {missing[0]!r}, which the model has")
    refs = sorted(entities, key=entities.__getitem__)
    return Vocabulary(
        refs=tuple(refs),
        labels=tuple(vocabulary.labels[place[ref]] for ref in refs),
        types=tuple(vocabulary.types[place[ref]] for ref in refs),
        relations=tuple(sorted(relations, key=relations.__getitem__)),
    )


def _names(vocabulary: Vocabulary) -> dict[str, list[str]]:
    refs = [ref.value if isinstance(ref, Literal) else ref for ref in vocabulary.refs]
    return {"entities": refs, "relations": list(vocabulary.relations)}


def _new(target: Path) -> None:
    try:
        target.mkdir(parents=True)
    except FileExistsError as error:
        raise UsageError(f"{target} exists: name a folder that does not") from error


def _write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
