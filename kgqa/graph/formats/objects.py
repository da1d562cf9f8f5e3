"""Readers of what is already in memory: native dicts, records, LangChain documents, pandas frames."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kgqa.errors import InputError
from kgqa.graph.formats.literals import identifier, literal_from_json, text
from kgqa.graph.formats.native_read import record_from_dict
from kgqa.graph.formats.options import LineErrors
from kgqa.graph.formats.triples import HEADERS
from kgqa.types import EMPTY, Entity, Literal, Passage, Record, Relation, Same, Triple

if TYPE_CHECKING:
    import pandas as pd

_RECORDS = (Entity, Triple, Relation, Passage, Same)


def read_records(items: Iterable[Any], errors: LineErrors) -> Iterator[Record]:
    """Native dicts, records and LangChain documents, in any mixture; errors name the position from 1."""
    seen: Counter[str] = Counter()
    for number, item in enumerate(items, 1):
        try:
            if isinstance(item, _RECORDS):
                record: Record = item
            elif isinstance(getattr(item, "page_content", None), str):
                record = _from_document(item, seen)
            else:
                record = record_from_dict(item)
        except InputError as error:
            errors.bad(error.problem, line=number, text=shown(item), hint=error.hint)
        else:
            yield record


def _from_document(item: Any, seen: Counter[str]) -> Passage:
    """A passage; its id is the document's own, or comes from where it was taken from and what it says."""
    content = text(item.page_content, "page_content")
    metadata = item.metadata or {}
    origin = metadata.get("source")
    document = None if origin is None else identifier(str(origin), "source")
    offset = metadata.get("start_index")
    name = getattr(item, "id", None) or metadata.get("id")
    if name is None:
        digest = hashlib.sha256(f"{document or ''}\n{content}".encode()).hexdigest()[:16]
        seen[digest] += 1
        name = f"{document or 'document'}#{digest}" + ("" if seen[digest] == 1 else f"-{seen[digest]}")
    return Passage(
        identifier(str(name), "id"),
        content,
        _said(metadata, "title"),
        _said(metadata, "language"),
        document,
        offset if isinstance(offset, int) and offset > 0 else 0,
    )


def _said(metadata: dict[str, Any], name: str) -> str | None:
    value = metadata.get(name)
    return None if value is None or not str(value).strip() else text(str(value), name)


def read_frame(frame: pd.DataFrame, errors: LineErrors) -> Iterator[Record]:
    """Columns head/relation/tail (or subject/predicate/object, source/relation/target); others become qualifiers."""
    rows = enumerate(frame.itertuples(index=False, name=None), 1)
    yield from named_triples([str(name) for name in frame.columns], rows, errors)


def named_triples(
    names: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]], errors: LineErrors
) -> Iterator[Record]:
    """Statements of rows whose columns are found by name, in any order."""
    by_name = {name.strip().casefold(): position for position, name in enumerate(names)}
    columns = next((triple for triple in HEADERS if all(name in by_name for name in triple)), None)
    if columns is None or len(by_name) != len(names):
        errors.fail(
            f"the columns {', '.join(names)} are no table of triples",
            hint="name three of them head, relation and tail, or give a map",
        )
    head, relation, tail = (by_name[name] for name in columns)
    rest = [(position, names[position]) for position in range(len(names)) if position not in (head, relation, tail)]
    for number, row in rows:
        try:
            record = Triple(
                _cell_id(row[head], columns[0]),
                _cell_id(row[relation], columns[1]),
                _cell_id(row[tail], columns[2]),
                {name: _qualifier(row[position]) for position, name in rest if not is_missing(row[position])}
                if rest
                else EMPTY,
            )
        except InputError as error:
            errors.bad(error.problem, line=number, text=shown(list(row)), hint=error.hint)
        else:
            yield record


def is_missing(value: Any) -> bool:
    """None, NaN, NaT and NA, without importing pandas."""
    return (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, str) and not value.strip())
    )


def plain(value: Any) -> Any:
    """numpy scalars as Python's own."""
    return value.item() if hasattr(value, "item") and callable(value.item) else value


def _cell_id(value: Any, what: str) -> str:
    if is_missing(value):
        raise InputError(f"empty {what}", hint="each statement needs all three")
    value = plain(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # pandas turns whole numbers beside gaps into floats
    return identifier(str(value).strip(), what)


def _qualifier(value: Any) -> Literal | str:
    value = plain(value)
    if isinstance(value, str):
        return text(value.strip(), "qualifier")
    return literal_from_json(value) if isinstance(value, bool | int | float) else str(value)


def shown(item: Any) -> str:
    try:
        return json.dumps(item, ensure_ascii=False, default=str)[:2000]
    except (TypeError, ValueError):
        return repr(item)[:2000]
