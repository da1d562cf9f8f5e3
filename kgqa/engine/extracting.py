"""Triples read off the passages by a chat model, into a file for people to look at and ``ingest`` to take.

The file grows by whole passages; beside it stands FILE.run.json, which says how far it is good. So a run that was
killed goes on where it was, and no passage is asked about twice.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgqa.engine.folders import Folders
from kgqa.engine.rooms import open_linker
from kgqa.errors import UsageError
from kgqa.generation.chat import ChatModel
from kgqa.generation.extraction import PROMPT, Extraction, NamedTriple, Refusal, extract_triples
from kgqa.generation.prompts import load_prompt
from kgqa.graph.formats.jsonl import record_line, writing
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words
from kgqa.index.normalise import name_key
from kgqa.index.text import TextIndex
from kgqa.types import Literal, LiteralType, Passage, Progress, Record, Relation, Triple

RUN_FORMAT = 1
_TOGETHER = 64  # passages read from the store at once
EVIDENCE = "passage"
"""The qualifier that names the passage a triple was read off."""


@dataclass(frozen=True, slots=True)
class ExtractReport:
    """``triples`` were read off ``passages``; ``refused`` lines of the model were not taken, by reason."""

    out: str
    source: str
    passages: int
    triples: int
    refused: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def extract_into(
    store: GraphStore,
    folders: Folders,
    model: ChatModel,
    out: Path,
    *,
    source: str,
    resume: bool = False,
    overwrite: bool = False,
    limit: int | None = None,
    progress: Progress | None = None,
) -> ExtractReport:
    """Asks the model about every passage, or the first ``limit`` that are left, by id.

    Raises UsageError when ``out`` exists and neither ``resume`` nor ``overwrite`` is set, and when it cannot be gone on
    with because graph, source or prompt are others.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"limit is {limit}; it must be at least 1")
    if resume and overwrite:
        raise UsageError("resume goes on with a file, overwrite begins it anew: give one of them")
    state_path = out.with_name(f"{out.name}.run.json")
    snapshot = open_snapshot(folders.snapshot, store, progress=progress)
    settings = {
        "format": RUN_FORMAT,
        "prompt": load_prompt(PROMPT).version,
        "source": source,
        "store": store.identity,
        "revision": snapshot.revision,
    }
    state: dict[str, Any] = {**settings, "last": None, "bytes": 0, "passages": 0, "triples": 0, "refused": {}}
    if out.exists() and not overwrite:
        if not resume:
            raise UsageError(f"{out} exists: go on with it by --resume, or write it anew with --overwrite")
        state = _read_state(state_path, settings, out)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        state_path.unlink(missing_ok=True)
        out.write_bytes(b"")
        _write_state(state_path, state)
    refused = Counter(state["refused"])
    with TextIndex.open(folders.text) as text, out.open("r+b") as file:
        text.refresh(store, progress=progress)
        names = _Names(store, snapshot, text)
        file.truncate(state["bytes"])
        file.seek(state["bytes"])
        for done, passage in enumerate(_left(store, state["last"], limit), start=1):
            records, extraction = names.records(passage, extract_triples(passage, model), source)
            file.write(b"".join(record_line(record).encode("utf-8") for record in records))
            file.flush()
            os.fsync(file.fileno())
            refused.update(str(reason) for reason in extraction.refused)
            state |= {
                "last": passage.id,
                "bytes": file.tell(),
                "passages": state["passages"] + 1,
                "triples": state["triples"] + len(extraction.triples),
                "refused": dict(sorted(refused.items())),
            }
            _write_state(state_path, state)
            if progress is not None:
                progress("extracting", done, limit)
    return ExtractReport(str(out), source, state["passages"], state["triples"], state["refused"])


def _left(store: GraphStore, last: str | None, limit: int | None) -> Iterator[Passage]:
    """Read some at a time: a model takes its time, and a store should not be held open meanwhile."""
    ids = [row.id for row in store.passage_rows() if last is None or row.id > last][:limit]
    for start in range(0, len(ids), _TOGETHER):
        yield from list(store.passages(ids=ids[start : start + _TOGETHER]))


def _read_state(path: Path, settings: dict[str, Any], out: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        other = [name for name in settings if state[name] != settings[name]]
        whole = 0 <= int(state["bytes"]) <= out.stat().st_size
        last, _ = state["last"], state["refused"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} does not say how far {out} is good ({error}): write it anew with --overwrite"
        ) from error
    if other:
        raise UsageError(f"{out} was begun with another {other[0]}: write it anew with --overwrite")
    if not whole or not (last is None or isinstance(last, str)):
        raise UsageError(f"{out} is shorter than {path} says: write it anew with --overwrite")
    return state


def _write_state(path: Path, state: dict[str, Any]) -> None:
    with writing(path) as stream:
        stream.write(json.dumps(state, ensure_ascii=False, indent=2) + "\n")


class _Names:
    """Names to entities and relations of the graph; what it does not know becomes an entity called so."""

    def __init__(self, store: GraphStore, snapshot: Snapshot, text: TextIndex) -> None:
        self._snapshot, self._text = snapshot, text
        self._linker = open_linker(store, snapshot, text)
        self._relations = {
            name_key(name): relation.id
            for relation in reversed(store.relations())
            for name in (*_aliases(relation), as_words(relation.id), relation.label or "")
            if name
        }
        self._told: set[str] = set()

    def records(self, passage: Passage, extraction: Extraction, source: str) -> tuple[list[Record], Extraction]:
        """The triples as records; names that may be several entities, none of them clear here, are refused."""
        linked: dict[str, set[str]] = {}
        for span in (*passage.mentions, *self._linker.link_passage(passage)):
            linked.setdefault(name_key(passage.text[span.start : span.end]), set()).add(span.entity)
        evidence = {EVIDENCE: Literal(passage.id, LiteralType.STRING)}
        records: list[Record] = []
        kept: list[NamedTriple] = []
        refused = list(extraction.refused)
        for triple in extraction.triples:
            head, tail = self._entity(triple.head, linked), self._entity(triple.tail, linked)
            if head is None or tail is None or head == tail:
                refused.append(Refusal.AMBIGUOUS)
                continue
            relation = self._relations.get(triple.relation)
            if relation is None:
                relation = "_".join(triple.relation.split())
                if relation not in self._told:
                    self._told.add(relation)
                    records.append(Relation(relation, label=triple.relation, source=source))
            kept.append(triple)
            records.append(Triple(head, relation, tail, evidence, source))
        return records, Extraction(tuple(kept), tuple(refused))

    def _entity(self, name: str, linked: dict[str, set[str]]) -> str | None:
        """The entity that the passage's mention of the name is, or that alone is called so; None where several are."""
        key = name_key(name)
        if len(here := linked.get(key, set())) == 1:
            return next(iter(here))
        snapshot = self._snapshot
        entries = [entry for entry in self._text.lookup([key]) if entry.kind != "value"]
        nodes = {snapshot.representative(entry.node) for entry in entries if snapshot.exists([entry.node])[0]}
        if len(nodes) > 1 or len(here) > 1:
            return None
        return snapshot.id(next(iter(nodes))) if nodes else name


def _aliases(relation: Relation) -> Iterator[str]:
    for aliases in relation.aliases.values():
        yield from aliases
