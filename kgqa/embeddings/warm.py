"""Training that goes on from what was learnt of an earlier state of the graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kgqa.embeddings.artefact import open_artefact
from kgqa.embeddings.graph import Vocabulary
from kgqa.errors import ModelError, UsageError


def start_from(model: Any, vocabulary: Vocabulary, folder: Path, *, name: str) -> int:
    """Gives what the published embeddings know of ``vocabulary`` to ``model``, in place; the rest stays as it is.

    Entities and relations go by their ids. Returns how many entities were known. Raises UsageError where there are no
    embeddings below ``folder``, or those of another model or size.
    """
    import torch
    from safetensors.torch import load

    try:
        artefact = open_artefact(folder)[1]
    except ModelError as error:
        raise UsageError(f"there is nothing to start warm from ({error}); train without warm") from error
    said = artefact.manifest["model"]
    if said["name"] != name or bool(said["inverses"]) != bool(model.use_inverse_triples):
        raise UsageError(f"the embeddings there are a {said['name']}: start a {name} without warm")
    old = load(artefact.weights)
    entities = _places(artefact.vocabulary.refs, vocabulary.refs)
    relations = _places(artefact.vocabulary.relations, vocabulary.relations)
    if model.use_inverse_triples:
        relations = [pair for a, b in relations for pair in ((2 * a, 2 * b), (2 * a + 1, 2 * b + 1))]
    state = model.state_dict()
    for key, tensor in state.items():
        if not key.endswith("_embeddings.weight"):
            continue  # a setting, or weights of the model itself, which are none of an entity or relation
        known, rows = old.get(key), entities if key.startswith("entity") else relations
        if known is None or known.shape[1:] != tensor.shape[1:]:
            raise UsageError(f"the embeddings there have other sizes ({key}); give theirs, or train without warm")
        if rows:
            before, now = torch.tensor(rows).T
            with torch.no_grad():
                tensor[now] = known[before].to(tensor)
    return len(entities)


def _places(old: tuple[Any, ...], new: tuple[Any, ...]) -> list[tuple[int, int]]:
    """Where each thing stood and stands."""
    before = {thing: place for place, thing in enumerate(old)}
    return [(before[thing], place) for place, thing in enumerate(new) if thing in before]
