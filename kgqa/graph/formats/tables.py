"""Tables of any shape, read through a map: CSV, TSV, Parquet, pandas frames."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kgqa.errors import InputError
from kgqa.graph.formats.literals import identifier, make_literal, text
from kgqa.graph.formats.objects import is_missing, named_triples, plain, shown
from kgqa.graph.formats.opening import STDIN, open_bytes, open_text
from kgqa.graph.formats.options import ErrorPolicy, Format, LineErrors, ReadOptions, ReadReport
from kgqa.graph.formats.rdf_terms import canonical
from kgqa.graph.formats.table_map import AttributeColumn, LinkColumn, Match, TableMap
from kgqa.graph.formats.triples import csv_rows
from kgqa.types import EMPTY, Entity, Literal, LiteralType, Record, Triple

if TYPE_CHECKING:
    import pandas as pd

Rows = Iterator[tuple[int, Sequence[Any]]]
_BATCH = 10_000


def file_rows(path: str, format: Format, options: ReadOptions, errors: LineErrors, *, delimiter: str | None) -> Rows:
    """(line or row number, cells); the first item holds the names of the columns."""
    if format is Format.PARQUET:
        yield from _parquet_rows(path, errors)
        return
    with open_text(path, encoding=options.encoding, newline="" if format is Format.CSV else "\n") as lines:
        if format is Format.CSV:
            for number, cells, _ in csv_rows(lines, delimiter or ",", errors):
                yield number, cells
        else:
            for number, line in enumerate(lines, 1):
                if not line.isspace():
                    yield number, line.rstrip("\r\n").split(delimiter or ("\t" if format is Format.TSV else "|"))


def _parquet_rows(path: str, errors: LineErrors) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open_bytes(path) as raw:
        try:
            file = pq.ParquetFile(io.BytesIO(raw.read()) if path == STDIN else path)
        except (pa.ArrowException, OSError) as error:
            errors.fail(f"no Parquet: {error}", hint="check that the file is whole")
        yield 0, list(file.schema_arrow.names)
        number = 0
        for batch in file.iter_batches(batch_size=_BATCH):
            for cells in zip(*(column.to_pylist() for column in batch.columns)):
                number += 1
                yield number, cells


def read_parquet_triples(path: str, errors: LineErrors) -> Iterator[Record]:
    """A Parquet table whose columns are named as those of a table of triples."""
    rows = _parquet_rows(path, errors)
    _, names = next(rows)
    yield from named_triples(names, rows, errors)


def frame_rows(frame: pd.DataFrame) -> Rows:
    """The rows of a pandas frame in the same form."""
    yield 0, [str(name) for name in frame.columns]
    yield from enumerate(frame.itertuples(index=False, name=None), 1)


def read_mapped(
    path: str, format: Format, table_map: TableMap, options: ReadOptions, errors: LineErrors
) -> Iterator[Record]:
    """Entities and statements of a file, row by row. Links by label read the file twice and keep its labels."""
    first = None
    if _needs_labels(table_map):
        if path == STDIN:
            errors.fail("links by label need the table twice", hint="give a file instead of standard input")
        options.say("first pass: labels")
        silent = LineErrors(ErrorPolicy.SKIP, path=path, report=ReadReport())
        first = file_rows(path, format, options, silent, delimiter=table_map.delimiter)
    rows = file_rows(path, format, options, errors, delimiter=table_map.delimiter)
    yield from map_rows(rows, table_map, errors, before=first)


def read_mapped_frame(frame: pd.DataFrame, table_map: TableMap, errors: LineErrors) -> Iterator[Record]:
    """Entities and statements of a pandas frame."""
    before = frame_rows(frame) if _needs_labels(table_map) else None
    yield from map_rows(frame_rows(frame), table_map, errors, before=before)


def map_rows(rows: Rows, table_map: TableMap, errors: LineErrors, *, before: Rows | None = None) -> Iterator[Record]:
    """The records of rows; ``before`` gives the same rows once more, for links by label."""
    mapper = _RowMapper(table_map, {} if before is None else _labels(before, table_map, errors))
    header = next(rows, None)
    if header is None:
        return
    columns = _positions(header[1], table_map, errors)
    for number, cells in rows:
        if len(cells) != len(header[1]):
            problem = f"{len(cells)} columns where {len(header[1])} are expected"
            errors.bad(problem, line=number, text=shown(list(cells)), hint="check separators and quotes")
            continue
        try:
            records = mapper.records({name: cells[position] for name, position in columns.items()})
        except InputError as error:
            errors.bad(error.problem, line=number, text=shown(list(cells)), hint=error.hint)
        else:
            yield from records


def _needs_labels(table_map: TableMap) -> bool:
    return any(link.match is Match.LABEL for link in table_map.links.values())


def _positions(names: Sequence[Any], table_map: TableMap, errors: LineErrors) -> dict[str, int]:
    positions = {str(name).strip(): position for position, name in enumerate(names)}
    for name in table_map.columns():
        if name not in positions:
            errors.fail(f"the map names the column {name!r}", hint=f"the table has {', '.join(positions)}")
    return {name: positions[name] for name in dict.fromkeys(table_map.columns())}


def _labels(rows: Rows, table_map: TableMap, errors: LineErrors) -> dict[str, str]:
    """Ids by label; where two rows share a label the first one has it."""
    header = next(rows, None)
    if table_map.label is None:
        errors.fail("the map links by label but names no label column", hint="add label: COLUMN")
    found: dict[str, str] = {}
    if header is not None:
        columns = _positions(header[1], table_map, errors)
        for _, cells in rows:
            if len(cells) == len(header[1]):
                label, key = cells[columns[table_map.label]], cells[columns[table_map.id]]
                if not is_missing(label) and not is_missing(key):
                    found.setdefault(_string(label), table_map.id_pattern.replace("{}", _string(key)))
    return found


class _RowMapper:
    """Turns one row into an entity and its statements."""

    def __init__(self, table_map: TableMap, labels: dict[str, str]) -> None:
        self.map, self.labels = table_map, labels

    def records(self, row: dict[str, Any]) -> list[Record]:
        """Raises InputError, with no record given, when a cell is wrong."""
        table_map = self.map
        if is_missing(row[table_map.id]):
            raise InputError(f"empty id in column {table_map.id!r}", hint="each row needs an id")
        own = identifier(table_map.id_pattern.replace("{}", _string(row[table_map.id])), "id")
        types = [
            *table_map.types,
            *(value for name in table_map.type_columns for value in self._cells(row, name, None)),
        ]
        entity = Entity(
            own,
            self._one(row, table_map.label),
            {tag: label for tag, name in table_map.labels.items() if (label := self._one(row, name))},
            {
                tag: tuple(dict.fromkeys(values))
                for tag, names in table_map.aliases.items()
                if (values := [value for name in names for value in self._cells(row, name, None)])
            },
            tuple(dict.fromkeys(identifier(value, "type") for value in types)),
            self._one(row, table_map.description),
            {tag: said for tag, name in table_map.descriptions.items() if (said := self._one(row, name))},
            self._attributes(row),
        )
        return [
            entity,
            *(record for name, link in table_map.links.items() for record in self._links(own, row, name, link)),
        ]

    def _attributes(self, row: dict[str, Any]) -> dict[str, Literal | tuple[Literal, ...]]:
        found: dict[str, tuple[Literal, ...]] = {}
        for name, column in self.map.attributes.items():
            try:
                values = tuple(_literal(value, column) for value in self._values(row, name, column.separator))
            except InputError as error:
                raise InputError(f"column {name!r}: {error.problem}", hint=error.hint) from None
            if values:
                relation = column.relation or name
                found[relation] = (*found.get(relation, ()), *values)
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}

    def _links(self, id: str, row: dict[str, Any], name: str, link: LinkColumn) -> Iterable[Record]:
        relation = link.relation or name
        for value in self._cells(row, name, link.separator):
            known = self.labels.get(value) if link.match is Match.LABEL else None
            target = identifier(known or link.to.replace("{}", value), f"link in column {name!r}")
            yield Triple(target, relation, id, EMPTY) if link.inverse else Triple(id, relation, target, EMPTY)
            if known is None and (link.label or link.type):
                yield Entity(target, value if link.label else None, types=(link.type,) if link.type else ())

    def _one(self, row: dict[str, Any], name: str | None) -> str | None:
        return None if name is None or is_missing(row[name]) else text(_string(row[name]), name)

    def _cells(self, row: dict[str, Any], name: str, separator: str | None) -> list[str]:
        return [text(_string(value), name) for value in self._values(row, name, separator)]

    def _values(self, row: dict[str, Any], name: str, separator: str | None) -> list[Any]:
        cell = row[name]
        separator = separator or self.map.separator
        if hasattr(cell, "tolist"):
            cell = cell.tolist()
        if isinstance(cell, str) and separator:
            cell = cell.split(separator)
        return [value for value in (cell if isinstance(cell, list | tuple) else [cell]) if not is_missing(value)]


def _string(value: Any) -> str:
    value = plain(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _literal(value: Any, column: AttributeColumn) -> Literal:
    value = plain(value)
    if isinstance(value, bool):
        lexical = "true" if value else "false"
    elif isinstance(value, datetime):
        lexical = value.isoformat().removesuffix("T00:00:00")
    elif isinstance(value, date):
        lexical = value.isoformat()
    elif column.type is LiteralType.STRING:
        lexical = str(value).strip()
    else:
        lexical = _string(value)
    return make_literal(canonical(text(lexical, "value"), column.type), column.type, unit=column.unit, lang=column.lang)
