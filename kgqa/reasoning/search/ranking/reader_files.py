"""A reader's files: safetensors with the columns and the encoder that the weights are for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kgqa.embeddings.bert import Bert
from kgqa.errors import ModelError
from kgqa.graph.publish import read_pointer
from kgqa.reasoning.search.ranking.reading import PlanReader
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.types import TextEncoder

Floats = NDArray[np.float32]

FORMAT = 2
READER = "reader.safetensors"


def column_ids(schema: Schema) -> list[str]:
    """Names of the columns that last when the graph changes."""
    return [*(("^" if step.inverse else "") + step.relation for step in schema.steps), *schema.types]


def save_reader(path: Path, weights: Mapping[str, Floats], schema: Schema, *, fingerprint: str) -> None:
    """Writes the weights with the columns and the encoder that they are for."""
    from safetensors.numpy import save_file

    about = {
        "format": str(FORMAT),
        "columns": json.dumps(column_ids(schema)),
        "encoder": fingerprint,
    }
    save_file({name: np.ascontiguousarray(array) for name, array in weights.items()}, str(path), metadata=about)


def save_general(path: Path, weights: Mapping[str, Floats], encoder: TextEncoder) -> None:
    """Writes weights that belong to no graph, in half precision, for ``general_reader``."""
    from safetensors.numpy import save_file

    about = {"format": str(FORMAT), "columns": "[]", "encoder": fingerprint_of(encoder)}
    save_file({name: array.astype(np.float16) for name, array in weights.items()}, str(path), metadata=about)


def general_reader(path: Path | None, encoder: TextEncoder, schema: Schema) -> PlanReader | None:
    """The reader in a file that ``save_general`` wrote, for a graph that none was trained on; None without a file.

    Raises ModelError for one that is missing, damaged, of another format, or for another encoder.
    """
    if path is None:
        return None
    bert = bert_of(encoder)
    if bert is None:
        raise ModelError(f"{path}: a reader needs an encoder of BERT's kind; leave out the setting reader")
    return load_reader(path, bert, schema, fingerprint=fingerprint_of(encoder), trained=False)


def open_reader(folder: Path, encoder: TextEncoder, schema: Schema) -> PlanReader | None:
    """The reader that training published in ``folder``; None where it trained none.

    Raises ModelError for one that is damaged, of another format, or for another encoder.
    """
    pointer = read_pointer(folder)
    path = None if pointer is None or not pointer["parts"] else folder / str(pointer["parts"][0]) / READER
    if path is None or not path.exists():
        return None
    bert = bert_of(encoder)
    if bert is None:
        raise ModelError(f"{path}: the reader was trained with another text encoder; run: kgqa train planner")
    return load_reader(path, bert, schema, fingerprint=fingerprint_of(encoder))


def bert_of(encoder: TextEncoder) -> Bert | None:
    """The encoder's layers, where it is of BERT's kind and knows a word for something hidden."""
    found: Bert | None = getattr(encoder, "bert", None)
    return None if found is None or found.mask_id is None else found


def fingerprint_of(encoder: TextEncoder) -> str:
    """The hash of the encoder's weights, or what stands for it: its name."""
    return str(getattr(encoder, "fingerprint", encoder.name))


def load_reader(path: Path, bert: Bert, schema: Schema, *, fingerprint: str, trained: bool = True) -> PlanReader:
    """Reads what ``save_reader`` wrote; columns that are new since then have no weights of their own.

    Raises ModelError for a file that is damaged, of another format, or for another encoder.
    """
    from safetensors import SafetensorError, safe_open

    again = "run: kgqa train planner" if trained else "name another file in the setting reader, or none"
    try:
        with safe_open(str(path), framework="numpy") as file:
            about = file.metadata() or {}
            names = list(file.keys())
            weights = {name: file.get_tensor(name).astype(np.float32) for name in names}
        known = {name: place for place, name in enumerate(json.loads(about["columns"]))}
        version, made_for = about["format"], about["encoder"]
        own = np.zeros((len(schema.phrasings), weights["head.own"].shape[1]), dtype=np.float32)
        for place, name in enumerate(column_ids(schema)):
            if name in known:
                own[place] = weights["head.own"][known[name]]
    except (OSError, SafetensorError, KeyError, ValueError, IndexError) as error:
        raise ModelError(f"{path}: no reader of questions ({error!r}); {again}") from error
    if version != str(FORMAT):
        raise ModelError(f"{path}: reader format {version} is not {FORMAT}; {again}")
    if made_for != fingerprint:
        raise ModelError(f"{path}: the reader was trained with another text encoder; {again}")
    return PlanReader({**weights, "head.own": own}, bert, schema, trained=trained)
