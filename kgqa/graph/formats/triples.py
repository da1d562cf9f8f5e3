"""Tables of triples: tab-separated, ``|``-separated and CSV. Column 1 is head, 2 relation, 3 tail.

A first row is a header only when it reads like one or when the caller says so; further columns need names and become
qualifiers. Tabs and ``|`` know no quotes, CSV does (RFC 4180). Blanks around a field are not part of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from kgqa.graph.blocks import Item, TripleBlock
from kgqa.graph.formats.opening import clean, open_text
from kgqa.graph.formats.options import LineErrors, ReadOptions
from kgqa.types import EMPTY, Record, Triple

HEADERS = (("head", "relation", "tail"), ("subject", "predicate", "object"), ("source", "relation", "target"))
_HEADER_HINT = "further columns need names: add a first row such as head, relation, tail, year or say that there is one"
_CHUNK = 1 << 19  # characters read at once
_NO_TEXT = "bytes that are no text in this encoding"


def is_triple_header(names: Sequence[str]) -> bool:
    """Whether a row reads head/relation/tail, subject/predicate/object or source/relation/target."""
    return tuple(name.strip().casefold() for name in names[:3]) in HEADERS


def read_separated(path: str, separator: str, options: ReadOptions, errors: LineErrors) -> Iterator[Item]:
    """A table whose fields are split at ``separator`` and nowhere else."""
    with open_text(path, encoding=options.encoding) as lines:
        numbered = enumerate(lines, 1)
        number, line = next(((number, line) for number, line in numbered if not line.isspace()), (0, ""))
        if not line:
            return
        first = [cell.strip() for cell in line.split(separator)]
        qualifiers = _header(first, options.header, number, errors)
        if qualifiers:
            yield from _qualified(
                ((number, line.split(separator), line) for number, line in numbered if not line.isspace()),
                qualifiers,
                errors,
            )
            return
        if qualifiers is None:
            yield from _plain([(number, line)], separator, errors)
        yield from _chunks(lines, number + 1, separator, errors)


def _chunks(lines: TextIO, number: int, separator: str, errors: LineErrors) -> Iterator[Item]:
    """Three columns, from line ``number`` on: many lines at once; one by one where a line is not as it should be."""
    while text := lines.read(_CHUNK):
        if not text.endswith("\n"):
            text += lines.readline()
        block = _block(text if text.endswith("\n") else text + "\n", separator)
        if block is None:
            yield from _plain(enumerate(io.StringIO(text, newline="\n"), number), separator, errors)
        else:
            yield block
        number += text.count("\n")


def _block(text: str, separator: str) -> TripleBlock | None:
    """The columns of whole lines; None where a line is blank, has other than three fields, an empty one or no text."""
    cleaned = text if text.isascii() else clean(text)
    if cleaned is None:
        return None
    lines = cleaned.count("\n")
    cells = cleaned.replace("\n", f"{separator}\n{separator}").split(separator)
    if len(cells) != 4 * lines + 1 or cells[3::4].count("\n") != lines:  # a line end in each fourth place
        return None
    heads, relations, tails = (list(map(str.strip, cells[column:-1:4])) for column in range(3))
    if "" in heads or "" in relations or "" in tails:
        return None
    return TripleBlock(heads, relations, tails)


def _plain(numbered: Iterable[tuple[int, str]], separator: str, errors: LineErrors) -> Iterator[Record]:
    """Three columns, line by line."""
    for number, line in numbered:
        if not line.isascii():
            cleaned = clean(line)
            if cleaned is None:
                errors.bad(_NO_TEXT, line=number, text=line, hint="save it as UTF-8")
                continue
            line = cleaned
        try:
            head, relation, tail = line.split(separator)
        except ValueError:
            if not line.isspace():
                _wrong_count(line.split(separator), 3, number, line, errors)
            continue
        head, relation, tail = head.strip(), relation.strip(), tail.strip()
        if head and relation and tail:
            yield Triple(head, relation, tail, EMPTY)
        else:
            _empty(("head", "relation", "tail"), (head, relation, tail), number, line, errors)


def read_csv(path: str, options: ReadOptions, errors: LineErrors) -> Iterator[Record]:
    """Comma-separated triples; a quoted field may hold commas, quotes and line ends."""
    with open_text(path, encoding=options.encoding, newline="") as lines:
        rows = csv_rows(lines, ",", errors)
        first = next(rows, None)
        if first is None:
            return
        number, cells, shown = first
        qualifiers = _header([cell.strip() for cell in cells], options.header, number, errors)
        if qualifiers is None:
            yield from _qualified([(number, cells, shown)], (), errors)
        yield from _qualified(rows, qualifiers or (), errors)


def csv_rows(lines: Iterable[str], delimiter: str, errors: LineErrors) -> Iterator[tuple[int, list[str], str]]:
    """(line where the row starts, cells, the row as text) of each row that is not blank."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            errors.bad(f"no CSV: {error}", line=start, text="", hint="check the quotes from this line on")
            continue
        if any(cell.strip() for cell in cells):
            yield start, cells, delimiter.join(cells)


def _qualified(
    rows: Iterable[tuple[int, list[str], str]], qualifiers: tuple[str, ...], errors: LineErrors
) -> Iterator[Record]:
    columns = ("head", "relation", "tail", *qualifiers)
    for number, cells, shown in rows:
        if len(cells) != len(columns):
            _wrong_count(cells, len(columns), number, shown, errors)
            continue
        if not shown.isascii():
            cleaned = [clean(cell) for cell in cells]
            if None in cleaned:
                errors.bad(_NO_TEXT, line=number, text=shown, hint="save it as UTF-8")
                continue
            cells = [cell for cell in cleaned if cell is not None]
        head, relation, tail, *rest = (cell.strip() for cell in cells)
        if head and relation and tail:
            said = {name: value for name, value in zip(qualifiers, rest) if value} if rest else EMPTY
            yield Triple(head, relation, tail, said)
        else:
            _empty(columns, (head, relation, tail), number, shown, errors)


def _header(cells: Sequence[str], header: bool | None, number: int, errors: LineErrors) -> tuple[str, ...] | None:
    """The names of the columns after the third when the row is a header, else None."""
    if header is False or (header is None and not is_triple_header(cells)):
        if len(cells) > 3:
            errors.fail(f"{len(cells)} columns without names", line=number, hint=_HEADER_HINT)
        return None
    names = [clean(cell) for cell in cells[3:]]
    for position, name in enumerate(names):
        if not name:
            errors.fail("a column without a name", line=number, hint=_HEADER_HINT)
        if name in names[:position]:
            errors.fail(f"the column {name!r} twice", line=number, hint="give each column its own name")
    return tuple(name for name in names if name)


def _wrong_count(cells: Sequence[str], expected: int, number: int, text: str, errors: LineErrors) -> None:
    errors.bad(
        f"{len(cells)} columns where {expected} are expected",
        line=number,
        text=text,
        hint="one statement a line: head, relation, tail",
    )


def _empty(columns: Sequence[str], cells: Sequence[str], number: int, text: str, errors: LineErrors) -> None:
    name = next(name for name, cell in zip(columns, cells) if not cell)
    errors.bad(f"empty {name}", line=number, text=text, hint="each of head, relation and tail needs an id")
