"""Native JSONL: reading line by line, writing whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TextIO

from kgqa.errors import InputError
from kgqa.graph.formats.native_read import record_from_dict
from kgqa.graph.formats.native_write import record_to_dict
from kgqa.graph.formats.opening import STDIN, open_text
from kgqa.graph.formats.options import LineErrors, ReadOptions
from kgqa.types import Record

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def read_jsonl(path: str, options: ReadOptions, errors: LineErrors) -> Iterator[Record]:
    """One record a line; blank lines are passed over."""
    decode = json.JSONDecoder(parse_constant=_refuse_constant).decode
    with open_text(path, encoding=options.encoding) as lines:
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            try:
                record = record_from_dict(decode(line))
            except InputError as error:
                errors.bad(error.problem, line=number, text=line, hint=error.hint)
            except (ValueError, RecursionError) as error:
                hint = "standard input is read as jsonl unless a format is given" if path == STDIN else None
                errors.bad(f"no JSON: {error}", line=number, text=line, hint=hint or "one JSON object a line")
            else:
                yield record


def record_line(record: Record) -> str:
    """A record in native form, with its line end."""
    return f"{_encode(record_to_dict(record))}\n"


def write_jsonl(records: Iterable[Record], target: str | Path | TextIO, *, sort: bool = False) -> int:
    """Writes records in native form and returns their number.

    A file appears whole or not at all. Records are written in the order given (a store's export is sorted);
    ``sort`` sorts them by their line, which holds all lines in memory. Equal records give equal bytes.
    """
    lines: Iterable[str] = (_encode(record_to_dict(record)) for record in records)
    if sort:
        lines = sorted(lines)
    count = 0
    with writing(target) as stream:
        for line in lines:
            stream.write(line + "\n")
            count += 1
    return count


@contextmanager
def writing(target: str | Path | TextIO) -> Iterator[TextIO]:
    """A text stream whose file replaces ``target`` only when everything was written."""
    if not isinstance(target, str | Path):
        yield target
        return
    path = Path(target)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path=path) from error
    finally:
        temporary.unlink(missing_ok=True)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
