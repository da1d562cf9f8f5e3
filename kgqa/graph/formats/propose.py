"""Proposes a map for a table from its first rows, as YAML to be read and mended by a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kgqa.errors import InputError
from kgqa.graph.formats.literals import is_form
from kgqa.graph.formats.objects import is_missing
from kgqa.graph.formats.options import ErrorPolicy, Format, LineErrors, ReadOptions, ReadReport
from kgqa.graph.formats.tables import file_rows
from kgqa.types import LiteralType

SAMPLE_ROWS = 5_000
_ID_NAME = re.compile(r"(.*[_\W])?(id|code|key|iri|uri|qid)", re.IGNORECASE)
_LABEL_NAME = re.compile(r"(.*[_\W])?(label|name|title)", re.IGNORECASE)
_TEXT_NAME = re.compile(r"(.*[_\W])?(description|abstract|summary|notes?|comment)", re.IGNORECASE)
_TYPE_NAME = re.compile(r"types?|kind|category|class", re.IGNORECASE)
_YEAR_NAME = re.compile(r"(.*[_\W])?year([_\W].*)?", re.IGNORECASE)
_FULL_DATE = re.compile(r"\d{4}-\d\d(-\d\d.*)?")
_SEPARATORS = (";", "|", ",")
_KNOWN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    cells: tuple[str, ...]  # those that are not empty
    rows: int

    @property
    def unique(self) -> bool:
        return 0 < self.rows == len(self.cells) == len(set(self.cells))

    @property
    def words(self) -> float:
        return sum(len(cell.split()) for cell in self.cells) / max(1, len(self.cells))

    @property
    def type(self) -> LiteralType:
        if not self.cells:
            return LiteralType.STRING
        if all(is_form(cell, LiteralType.INTEGER) for cell in self.cells):
            years = _YEAR_NAME.fullmatch(self.name) and all(len(cell.lstrip("-")) <= 4 for cell in self.cells)
            return LiteralType.YEAR if years else LiteralType.INTEGER
        if all(is_form(cell, LiteralType.DECIMAL) for cell in self.cells):
            return LiteralType.DECIMAL
        if all(cell.lower() in ("true", "false") for cell in self.cells):
            return LiteralType.BOOLEAN
        if all(_FULL_DATE.fullmatch(cell) and is_form(cell, LiteralType.DATE) for cell in self.cells):
            return LiteralType.DATE
        return LiteralType.STRING


def propose_map(path: str | Path, *, format: Format | str | None = None, encoding: str = "utf-8") -> str:
    """YAML of a map that :func:`kgqa.graph.formats.read` takes, guessed from the first rows of the table.

    A column without gaps or repeats is the id, one named like a label the label; columns whose cells are ids or labels
    of the table, or that repeat themselves, are links; numbers and dates are attributes. Raises InputError for a table
    without rows or without a column that could be the id.
    """
    from kgqa.graph.formats.detect import detect_format

    path = str(path)
    chosen = Format.from_str(format) if format is not None else detect_format(path)
    if chosen not in (Format.CSV, Format.TSV, Format.PIPE, Format.PARQUET):
        raise InputError(f"{chosen} is no table", path=path, hint="a map is for .csv, .tsv and .parquet")
    delimiter, columns = _sample(path, chosen, encoding)
    key = _choose_id(columns, path)
    label = _choose_label(columns, key)
    data: dict[str, Any] = {"id": key.name}
    if delimiter is not None:
        data["delimiter"] = delimiter
    if label is not None:
        data["label"] = label.name
    rest = [column for column in columns if column is not key and column is not label]
    description = next((column for column in rest if _is_prose(column)), None)
    if description is not None:
        data["description"] = description.name
        rest.remove(description)
    ids, labels = set(key.cells), set() if label is None else set(label.cells)
    for column in rest:
        if _TYPE_NAME.fullmatch(column.name) and column.type is LiteralType.STRING and not column.unique:
            data.setdefault("type_columns", []).append(column.name)
        elif (link := _link(column, ids, labels)) is not None:
            data.setdefault("links", {})[column.name] = link
        else:
            data.setdefault("attributes", {})[column.name] = {"type": str(column.type)}
    head = f"# Proposed from the first {key.rows} rows: read it, mend it, then give it as the map.\n"
    return head + yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def _sample(path: str, format: Format, encoding: str) -> tuple[str | None, list[_Column]]:
    options = ReadOptions(path, encoding=encoding)
    errors = LineErrors(ErrorPolicy.SKIP, path=path, report=ReadReport())
    delimiter = None
    names: Sequence[Any] = ()
    rows: list[Sequence[Any]] = []
    for candidate in (None, ";", "\t") if format is Format.CSV else (None,):
        found = file_rows(path, format, options, errors, delimiter=candidate)
        header = next(found, None)
        if header is not None and len(header[1]) > len(names):
            delimiter, names = candidate, header[1]
            rows = [cells for (_, cells), _ in zip(found, range(SAMPLE_ROWS)) if len(cells) == len(names)]
    if not rows:
        raise InputError("no rows to propose a map from", path=path, hint="the first row must name the columns")
    columns = []
    for position, name in enumerate(names):
        cells = (row[position] for row in rows)
        filled = tuple(_flat(cell) for cell in cells if not is_missing(cell))
        columns.append(_Column(str(name).strip(), filled, len(rows)))
    return delimiter, columns


def _flat(cell: Any) -> str:
    return ";".join(str(part) for part in cell) if isinstance(cell, list) else str(cell).strip()


def _choose_id(columns: list[_Column], path: str) -> _Column:
    unique = [column for column in columns if column.unique]
    if not unique:
        raise InputError("no column could be the id", path=path, hint="one column must differ in every row")

    def rank(column: _Column) -> tuple[bool, bool, bool]:
        return (
            _ID_NAME.fullmatch(column.name) is None,
            column.type not in (LiteralType.STRING, LiteralType.INTEGER),
            column.words > 5,
        )

    return min(unique, key=rank)


def _choose_label(columns: list[_Column], key: _Column) -> _Column | None:
    texts = [column for column in columns if column.type is LiteralType.STRING and column.cells and column.words < 8]
    named = [column for column in texts if _LABEL_NAME.fullmatch(column.name)]
    if named:
        return max(named, key=lambda column: len(set(column.cells)))
    others = [column for column in texts if column is not key and column.unique]
    return others[0] if others else None


def _is_prose(column: _Column) -> bool:
    return bool(column.type is LiteralType.STRING and (column.words >= 8 or _TEXT_NAME.fullmatch(column.name)))


def _link(column: _Column, ids: set[str], labels: set[str]) -> dict[str, Any] | None:
    """How the column links, if it does: by id, by label, or to things that only this column names."""
    if column.type is not LiteralType.STRING or not column.cells:
        return None
    share, separator, by_id = max(_known(column, ids, labels), key=lambda found: found[0])
    if share >= _KNOWN_SHARE:
        target = {"to": "{}"} if by_id else {"match": "label"}
        return {**target, "separator": separator} if separator else target
    if column.words > 5 or len(set(column.cells)) > len(column.cells) / 2:
        return None
    return {"to": column.name + ":{}", "label": True, "type": column.name}


def _known(column: _Column, ids: set[str], labels: set[str]) -> Iterator[tuple[float, str | None, bool]]:
    """(share of the values that the table knows, separator, whether as ids) for each way to split the cells."""
    for separator in (None, *_SEPARATORS):
        cells = (cell.split(separator) if separator else [cell] for cell in column.cells)
        parts = {part.strip() for cell in cells for part in cell} - {""}
        for known, by_id in ((ids, True), (labels, False)):
            yield len(parts & known) / max(1, len(parts)), separator, by_id
