"""A reader's files: safetensors with the columns and the encoder that the weights are for; one is packaged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kgqa.errors import ModelError
from kgqa.graph.publish import read_pointer
from kgqa.reasoning.search.ranking.reading import PlanReader
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.types import TextEncoder

if TYPE_CHECKING:
    from torch import Tensor

    from kgqa.embeddings.token_states import TokenStates

FORMAT = 2
READER = "reader.safetensors"
GENERAL = Path(__file__).with_name(READER)
"""The packaged reader: it learnt from many graphs and has weights of its own for no relation."""


def column_ids(schema: Schema) -> list[str]:
    """Names of the columns that last when the graph changes."""
    return [*(("^" if step.inverse else "") + step.relation for step in schema.steps), *schema.types]


def save_reader(path: Path, weights: Mapping[str, Tensor], schema: Schema, *, fingerprint: str) -> None:
    """Writes the weights with the columns and the encoder that they are for."""
    from safetensors.torch import save_file

    about = {
        "format": str(FORMAT),
        "columns": json.dumps(column_ids(schema)),
        "encoder": fingerprint,
    }
    save_file({name: tensor.detach().contiguous() for name, tensor in weights.items()}, str(path), metadata=about)


def save_general(path: Path, weights: Mapping[str, Tensor], encoder: TextEncoder) -> None:
    """Writes weights that belong to no graph, in half precision: the packaged reader."""
    from safetensors.torch import save_file

    about = {"format": str(FORMAT), "columns": "[]", "encoder": fingerprint_of(encoder)}
    save_file({name: tensor.half().contiguous() for name, tensor in weights.items()}, str(path), metadata=about)


def general_reader(encoder: TextEncoder, schema: Schema) -> PlanReader | None:
    """The packaged reader for a graph that none was trained on; None where another encoder is in use."""
    states = token_states(encoder)
    if states is None or fingerprint_of(encoder) != _general_encoder():
        return None
    return load_reader(GENERAL, states, schema, fingerprint=fingerprint_of(encoder), trained=False)


@cache
def _general_encoder() -> str:
    """The encoder that the packaged reader was trained with."""
    from safetensors import safe_open

    with safe_open(str(GENERAL), framework="pt") as file:
        return str((file.metadata() or {}).get("encoder"))


def open_reader(folder: Path, encoder: TextEncoder, schema: Schema) -> PlanReader | None:
    """The reader that training published in ``folder``; None where it trained none.

    Raises ModelError for one that is damaged, of another format, or for another encoder.
    """
    pointer = read_pointer(folder)
    path = None if pointer is None or not pointer["parts"] else folder / str(pointer["parts"][0]) / READER
    if path is None or not path.exists():
        return None
    states = token_states(encoder)
    if states is None:
        raise ModelError(f"{path}: the reader was trained with another text encoder; run: kgqa train planner")
    return load_reader(path, states, schema, fingerprint=fingerprint_of(encoder))


def token_states(encoder: TextEncoder) -> TokenStates | None:
    """The encoder's layers, where it lets them be tuned."""
    make = getattr(encoder, "token_states", None)
    found: TokenStates | None = None if make is None else make()
    return found


def fingerprint_of(encoder: TextEncoder) -> str:
    """The hash of the encoder's weights, or what stands for it: its name."""
    return str(getattr(encoder, "fingerprint", encoder.name))


def load_reader(
    path: Path, states: TokenStates, schema: Schema, *, fingerprint: str, trained: bool = True
) -> PlanReader:
    """Reads what ``save_reader`` wrote; columns that are new since then have no weights of their own.

    Raises ModelError for a file that is damaged, of another format, or for another encoder.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    again = "run: kgqa train planner"
    try:
        with safe_open(str(path), framework="pt") as file:
            about = file.metadata() or {}
            names = list(file.keys())
            weights = {name: file.get_tensor(name).float() for name in names}
        known = {name: place for place, name in enumerate(json.loads(about["columns"]))}
        version, made_for = about["format"], about["encoder"]
        own = torch.zeros(len(schema.phrasings), weights["head.own"].shape[1])
        for place, name in enumerate(column_ids(schema)):
            if name in known:
                own[place] = weights["head.own"][known[name]]
    except (OSError, SafetensorError, KeyError, ValueError, IndexError) as error:
        raise ModelError(f"{path}: no reader of questions ({error!r}); {again}") from error
    if version != str(FORMAT):
        raise ModelError(f"{path}: reader format {version} is not {FORMAT}; {again}")
    if made_for != fingerprint:
        raise ModelError(f"{path}: the reader was trained with another text encoder; {again}")
    return PlanReader({**weights, "head.own": own}, states, schema, trained=trained)
