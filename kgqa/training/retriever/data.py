"""What the retriever learns from: texts, entities and examples, held out by entity; kept as Parquet and safetensors.

A folder of data holds, so that every process of a distributed training reads the same:

manifest.json         format, revision, sources, encoder, counts
passages.parquet      id: string, text: string
plans.parquet         text: string
entities.parquet      id: string, node: int64, text: string, types: list<string>
examples.parquet      task: string, query: string, entity: int64, right: list<int64>, text: string, source: string,
                      part: string
features.safetensors  offsets, said, others (int64), statements, graph (float32); see ``EntityFeatures``
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from kgqa.embeddings.towers.features import EntityFeatures, share_of
from kgqa.embeddings.towers.tasks import Task
from kgqa.errors import InputError, UsageError

FORMAT = 1
TEST_SHARE, VALID_SHARE = 0.15, 0.1
MANIFEST = "manifest.json"


class Part(StrEnum):
    """What an example is for."""

    TRAIN = "train"
    VALID = "valid"
    TEST = "test"


class Source(StrEnum):
    """Where an example comes from; each can be left out, to see what it brings."""

    QUESTIONS = "questions"  # synthesised from walks over the graph
    NAMES = "names"  # aliases of entities
    CLOZE = "cloze"  # a sentence and the passage it was taken out of (Lee et al., 2019)
    VALUES = "values"  # entities with many rare statements in common
    LINKS = "links"  # statements between entities
    MENTIONS = "mentions"  # passages that mention two entities


@dataclass(frozen=True, slots=True)
class Example:
    """One query and what is right for it.

    ``query``: the text asked, or ``entity``: the entity asked with (else -1). ``right``: positions among what the
    task ranks: passages, plans or entities. ``text``: the passage's text without what the query was taken from, where
    that is so (it has one right passage then).
    """

    task: Task
    source: Source
    part: Part
    right: tuple[int, ...]
    query: str = ""
    entity: int = -1
    text: str = ""


@dataclass(frozen=True, slots=True)
class RetrieverData:
    """Everything that training and judging read. ``info`` names revision, sources and encoder."""

    passage_ids: tuple[str, ...]
    passages: tuple[str, ...]
    plans: tuple[str, ...]
    features: EntityFeatures
    examples: tuple[Example, ...]
    info: Mapping[str, Any]

    def size(self, task: Task) -> int:
        """How many things a task ranks."""
        if task is Task.PASSAGE:
            return len(self.passages)
        return len(self.plans) if task is Task.PLAN else len(self.features)

    def of(self, task: Task, part: Part) -> list[Example]:
        """The examples of a task in one part."""
        return [example for example in self.examples if example.task is task and example.part is part]

    def without(self, source: Source) -> RetrieverData:
        """The same with nothing learnt from one source; what it is judged on stays."""
        kept = (item for item in self.examples if item.part is not Part.TRAIN or item.source is not source)
        return replace(self, examples=tuple(kept))


def part_of(key: str) -> Part:
    """What an entity or passage is for, by the hash of its id."""
    share = share_of(key)
    if share < TEST_SHARE:
        return Part.TEST
    return Part.VALID if share < TEST_SHARE + VALID_SHARE else Part.TRAIN


def joint_part(parts: Sequence[Part]) -> Part:
    """The part of what concerns several: held out when one of them is."""
    if Part.TEST in parts:
        return Part.TEST
    return Part.VALID if Part.VALID in parts else Part.TRAIN


def save_data(data: RetrieverData, folder: Path) -> None:
    """Writes the data into a new folder. Raises UsageError when it exists and is not empty."""
    import pyarrow as pa
    from pyarrow import parquet
    from safetensors.numpy import save_file

    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: is there already; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    features = data.features
    tables: dict[str, dict[str, Any]] = {
        "passages": {"id": list(data.passage_ids), "text": list(data.passages)},
        "plans": {"text": list(data.plans)},
        "entities": {
            "id": list(features.ids),
            "node": features.nodes,
            "text": list(features.texts),
            "types": [sorted(types) for types in features.types],
        },
        "examples": {
            "task": [str(item.task) for item in data.examples],
            "query": [item.query for item in data.examples],
            "entity": np.asarray([item.entity for item in data.examples], dtype=np.int64),
            "right": [list(item.right) for item in data.examples],
            "text": [item.text for item in data.examples],
            "source": [str(item.source) for item in data.examples],
            "part": [str(item.part) for item in data.examples],
        },
    }
    kinds = {"types": pa.list_(pa.string()), "right": pa.list_(pa.int64()), "node": pa.int64(), "entity": pa.int64()}
    for name, columns in tables.items():
        arrays = {key: pa.array(values, type=kinds.get(key, pa.string())) for key, values in columns.items()}
        parquet.write_table(pa.table(arrays), folder / f"{name}.parquet")
    arrays = {name: getattr(features, name) for name in ("offsets", "said", "others", "statements", "graph")}
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / "features.safetensors")
    manifest = {"format": FORMAT, "kind": "retriever data", **data.info}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def load_data(folder: Path) -> RetrieverData:
    """Reads what ``save_data`` wrote. Raises InputError for a folder that holds no such data."""
    from pyarrow import ArrowException, parquet
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        info = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if info["format"] != FORMAT:
            raise ValueError(f"its format is {info['format']}, not {FORMAT}")
        names = ("passages", "plans", "entities", "examples")
        tables = {name: parquet.read_table(folder / f"{name}.parquet").to_pydict() for name in names}
        entities, rows = tables["entities"], tables["examples"]
        features = EntityFeatures(
            ids=tuple(entities["id"]),
            nodes=np.asarray(entities["node"], dtype=np.int64),
            texts=tuple(entities["text"]),
            types=tuple(frozenset(types) for types in entities["types"]),
            **load_file(folder / "features.safetensors"),
        )
        examples = tuple(
            Example(
                Task(rows["task"][i]),
                Source(rows["source"][i]),
                Part(rows["part"][i]),
                tuple(rows["right"][i]),
                rows["query"][i],
                rows["entity"][i],
                rows["text"][i],
            )
            for i in range(len(rows["task"]))
        )
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, ArrowException) as error:
        raise InputError(f"{folder}: no data for a retriever ({error}); write it with --prepare") from error
    passages = tables["passages"]
    return RetrieverData(
        tuple(passages["id"]), tuple(passages["text"]), tuple(tables["plans"]["text"]), features, examples, info
    )
