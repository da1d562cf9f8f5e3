"""Native JSONL: reading line by line, writing whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TextIO

from kgqa.errors import InputError
from kgqa.graph.blocks import Item, TripleBlock
from kgqa.graph.formats.native_read import record_from_dict
from kgqa.graph.formats.native_write import record_to_dict
from kgqa.graph.formats.opening import STDIN, open_text
from kgqa.graph.formats.options import LineErrors, ReadOptions
from kgqa.types import Record

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


_BLOCK = 4_096


def read_jsonl(path: str, options: ReadOptions, errors: LineErrors) -> Iterator[Item]:
    """One record a line, neighbouring plain triples in blocks; blank lines are passed over."""
    decode = json.JSONDecoder(parse_constant=_refuse_constant).decode
    plain: list[tuple[str, str, str]] = []
    with open_text(path, encoding=options.encoding) as lines:
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            record: Record | None = None
            problem: InputError | None = None
            try:
                data = decode(line)
                if (ends := _plain(data)) is not None:
                    plain.append(ends)
                    if len(plain) < _BLOCK:
                        continue
                else:
                    record = record_from_dict(data)
            except InputError as error:
                problem = error
            except (ValueError, RecursionError) as error:
                hint = "standard input is read as jsonl unless a format is given" if path == STDIN else None
                problem = InputError(f"no JSON: {error}", hint=hint or "one JSON object a line")
            if plain:
                yield _block(plain)
                plain = []
            if record is not None:
                yield record
            elif problem is not None:
                errors.bad(problem.problem, line=number, text=line, hint=problem.hint)
    if plain:
        yield _block(plain)


def _plain(data: Any) -> tuple[str, str, str] | None:
    """Head, relation and tail of a triple that says nothing else, with sound ids; None for anything else."""
    try:
        body = data["triple"]
        head, relation, tail = body["head"], body["relation"], body["tail"]
        if len(data) == 1 and len(body) == 3 and head.isascii() and relation.isascii() and tail.isascii():
            # Blank ids are told of as errors, others than ASCII are made normal: both where every record is.
            return (head, relation, tail) if head.strip() and relation.strip() and tail.strip() else None
    except (AttributeError, KeyError, TypeError):
        pass
    return None


def _block(rows: list[tuple[str, str, str]]) -> TripleBlock:
    heads, relations, tails = map(list, zip(*rows, strict=True))
    return TripleBlock(heads, relations, tails)


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
